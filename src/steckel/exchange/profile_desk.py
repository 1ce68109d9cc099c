"""The profiles of message sources for a person: to look into, to change, to try out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine

from steckel.exchange import profiles as kept
from steckel.exchange.desk import MessageDesk
from steckel.exchange.dry_run import Trial, dry_run, stored_trial
from steckel.exchange.profile import Profile
from steckel.exchange.profiles import KeptProfile, Profiles
from steckel.hl7.message import Message
from steckel.index.engine import writing
from steckel.index.view import EVERYTHING, View


class ProfileDesk:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine, profiles: Profiles, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._profiles = profiles
        self._view = view

    def seen_by(self, view: View) -> "ProfileDesk":
        """Return what tries profiles on messages that somebody with this view sees."""
        return self if view == self._view else ProfileDesk(self._engine, self._profiles, view)

    def all(self) -> Sequence[KeptProfile]:
        """Return the newest version of each profile, in force or retired, by name."""
        with self._engine.connect() as connection:
            return kept.newest_versions(connection)

    def versions(self, name: str) -> Sequence[KeptProfile]:
        """Return all versions of a profile, the newest first; none where there is no such one."""
        with self._engine.connect() as connection:
            return kept.versions(connection, name)

    def in_force(self, source: str) -> Profile:
        """Return what messages of a source (``APP^FACILITY``) are read by now."""
        with self._engine.connect() as connection:
            return self._profiles.current(connection, source)

    def save(self, name: str, body: str, *, by: str, at: int) -> KeptProfile:
        """Keep a document as the newest version of a profile, in force from now on.

        Raises
        ------
        InvalidProfile
            The name or the document is wrong; the message names the key.
        """
        with writing(self._engine, durable=True) as connection:
            return kept.save(connection, name, body, at=at, by=by)

    def activate(self, name: str, version: int, *, by: str, at: int) -> KeptProfile:
        """Have an older version in force again, as a new one; or raise `NotFound`."""
        with writing(self._engine, durable=True) as connection:
            return kept.activate(connection, name, version, at=at, by=by)

    def retire(self, name: str, *, by: str, at: int) -> KeptProfile:
        """Have no version of a profile in force any more; or raise `NotFound`."""
        with writing(self._engine, durable=True) as connection:
            return kept.retire(connection, name, at=at, by=by)

    def stored(self, message: int) -> Trial:
        """Return a message of the store to try a profile on; or raise `NotFound`."""
        MessageDesk(self._engine, self._view).message(message)
        with self._engine.connect() as connection:
            return stored_trial(connection, message)

    def try_out(self, trial: Trial, name: str, body: str) -> dict[str, Any]:
        """Return what a message means now, and what it would mean by a document (`dry_run`).

        Raises
        ------
        InvalidProfile, NotHl7
            The document is wrong; the message is none.
        """
        after = self._profiles.read(name, body)
        before = self.in_force(Message.parse(trial.raw).source)
        return dry_run(trial, before, after)
