"""The profiles behind the web application, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.unit.web.message_rooms import RAW
from tests.unit.web.rooms import Guard

from steckel.errors import NotFound
from steckel.exchange.dry_run import Trial, dry_run
from steckel.exchange.profile import Profile
from steckel.exchange.profile_document import read_profile
from steckel.exchange.profiles import BUILT_IN, KeptProfile


@dataclass
class ProfileRoom(Guard):
    """Keeps versions in a list."""

    kept: list[KeptProfile] = field(default_factory=list)

    def all(self) -> Sequence[KeptProfile]:
        return list({one.name: one for one in self.kept}.values())

    def versions(self, name: str) -> Sequence[KeptProfile]:
        return [one for one in reversed(self.kept) if one.name == name]

    def in_force(self, source: str) -> Profile:
        fitting = [read_profile(one.name, one.body, version=one.version) for one in self.kept]
        return next((one for one in reversed(fitting) if one.is_for(source)), BUILT_IN)

    def save(self, name: str, body: str, *, by: str, at: int) -> KeptProfile:
        read_profile(name, body)
        return self._add(name, body, by, at)

    def activate(self, name: str, version: int, *, by: str, at: int) -> KeptProfile:
        found = next((one for one in self.versions(name) if one.version == version), None)
        if found is None:
            raise NotFound("there is no such version of this profile")
        return self._add(name, found.body, by, at)

    def retire(self, name: str, *, by: str, at: int) -> KeptProfile:
        found = self.versions(name)
        if not found:
            raise NotFound("there is no such profile")
        self.kept[-1] = replace(self._add(name, found[0].body, by, at), is_active=False)
        return self.kept[-1]

    def stored(self, message: int) -> Trial:
        if message != 7:
            raise NotFound("there is no such message")
        return Trial(raw=RAW, received=0)

    def try_out(self, trial: Trial, name: str, body: str) -> dict[str, Any]:
        return dry_run(trial, BUILT_IN, read_profile(name, body))

    def _add(self, name: str, body: str, by: str, at: int) -> KeptProfile:
        version = len(self.versions(name)) + 1
        one = KeptProfile(name=name, version=version, is_active=True, body=body, at=at, by=by)
        self.kept.append(one)
        return one
