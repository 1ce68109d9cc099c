"""``/api/hl7/profiles``: how the messages of a source are read, as versioned documents."""

from collections.abc import Iterator
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from steckel.exchange.dry_run import Trial
from steckel.exchange.profiles import KeptProfile
from steckel.index.view import Guarded
from steckel.web import clock
from steckel.web import profile_shapes as shapes
from steckel.web.answers import Json, moment
from steckel.web.api.callers import Caring
from steckel.web.keywords import keywords_in
from steckel.web.ports.exchange import ProfileStore

_log = structlog.get_logger(__name__)

_LONGEST_NAME = 64
#: Characters of a document, and of a message that is pasted.
_LONGEST = 256 * 1024

Name = Annotated[str, Query(min_length=1, max_length=_LONGEST_NAME)]
Source = Annotated[str, Query(max_length=400)]


class ProfileForm(BaseModel):
    """A profile, TOML or JSON."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=_LONGEST_NAME)
    body: str = Field(max_length=_LONGEST)


class ProfileTrialForm(ProfileForm):
    """A profile, and a message to try it on: of the store, or its text."""

    message: int | None = None
    text: str | None = Field(None, max_length=2 * _LONGEST)

    @model_validator(mode="after")
    def _one_of_both(self) -> "ProfileTrialForm":
        if (self.message is None) == (self.text is None):
            raise ValueError("either the number of a message or its text")
        return self


class VersionForm(BaseModel):
    """A version of a profile."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=_LONGEST_NAME)
    version: int


class RetiredForm(BaseModel):
    """A profile that is to be in force no more."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=_LONGEST_NAME)


class ProfileDoor:
    """Lists, keeps and tries profiles."""

    def __init__(self, store: Guarded[ProfileStore]) -> None:
        self._store = store

    def router(self) -> APIRouter:
        """Return the routes; a name may have any character, and is in no path."""
        router = APIRouter(prefix="/hl7/profiles", tags=["profiles"])
        router.get("", response_model=shapes.ProfileList)(self.all)
        router.get("/versions", response_model=shapes.ProfileList)(self.versions)
        router.post("", response_model=shapes.Profile, status_code=201)(self.save)
        router.post("/activate", response_model=shapes.Profile)(self.activate)
        router.post("/retire", response_model=shapes.Profile)(self.retire)
        router.post("/dry-run", response_model=shapes.ProfileTrial)(self.dry_run)
        return router

    def all(self, caller: Caring, source: Source = "") -> Response:
        """List the newest version of each profile, and what counts for a source."""
        in_force = None
        if source:
            profile = self._store.seen_by(caller.view).in_force(source)
            in_force = {"name": profile.name, "version": profile.version}
        return _list(map(_spell, self._store.seen_by(caller.view).all()), in_force)

    def versions(self, name: Name, caller: Caring) -> Response:
        """List all versions of a profile, the newest first."""
        return _list(map(_spell, self._store.seen_by(caller.view).versions(name)), None)

    def save(self, form: ProfileForm, caller: Caring) -> Response:
        """Keep a new version and have it in force."""
        store = self._store.seen_by(caller.view)
        kept = store.save(form.name, form.body, by=caller.name, at=clock.now())
        _log.info("profile_saved", profile=kept.name, version=kept.version, by=caller.name)
        return Json(_spell(kept), status_code=201)

    def activate(self, form: VersionForm, caller: Caring) -> Response:
        """Have an older version in force again, as a new one."""
        store = self._store.seen_by(caller.view)
        kept = store.activate(form.name, form.version, by=caller.name, at=clock.now())
        _log.info("profile_activated", profile=kept.name, version=kept.version, by=caller.name)
        return Json(_spell(kept))

    def retire(self, form: RetiredForm, caller: Caring) -> Response:
        """Have no version in force any more."""
        store = self._store.seen_by(caller.view)
        kept = store.retire(form.name, by=caller.name, at=clock.now())
        _log.info("profile_retired", profile=kept.name, version=kept.version, by=caller.name)
        return Json(_spell(kept))

    def dry_run(self, form: ProfileTrialForm, caller: Caring) -> Response:
        """Say what a message means now, and what it would mean; nothing is changed."""
        store = self._store.seen_by(caller.view)
        if form.message is not None:
            trial = store.stored(form.message)
            _log.info("message_read", message=form.message, by=caller.name)
        else:
            trial = Trial(raw=(form.text or "").encode(), received=clock.now())
        found = store.try_out(trial, form.name or "new", form.body)
        return Json({**found, "keywords": keywords_in(found)})


def _list(items: Iterator[shapes.Profile], in_force: dict[str, Any] | None) -> Response:
    return Json({"items": list(items), "in_force": in_force})


def _spell(kept: KeptProfile) -> shapes.Profile:
    return {
        "name": kept.name,
        "version": kept.version,
        "active": kept.is_active,
        "body": kept.body,
        "at": moment(kept.at),
        "by": kept.by,
    }
