"""The profiles of message sources as they are kept: every change a new version.

A name has one active version or none. To go back to an older version makes a new one of it, so
that the newest row tells whether anything changed: that is all that is asked before each message.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy import Connection, Engine, RowMapping, desc, func, insert, select, update

from steckel.errors import InvalidProfile, NotFound
from steckel.exchange.profile import Profile
from steckel.exchange.profile_document import read_profile
from steckel.exchange.schema import profiles

_log = structlog.get_logger(__name__)

#: Seconds that `Profiles.recent` may be behind.
_FRESH: Final = 1.0
#: What a message is read by that no profile is for.
BUILT_IN: Final = Profile(name="built-in")
_LONGEST_NAME: Final = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptProfile:
    """One version of a profile."""

    name: str
    version: int
    is_active: bool
    body: str
    at: int  #: milliseconds since 1970
    by: str


class Profiles:
    """Gives out the profiles in force; thread-safe."""

    def __init__(
        self,
        engine: Engine,
        *,
        built_in: Profile = BUILT_IN,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._built_in = built_in
        self._now = now
        self._lock = threading.Lock()
        self._newest: int | None = None
        self._active: tuple[Profile, ...] = ()
        self._looked = float("-inf")

    def read(self, name: str, body: str) -> Profile:
        """Return the profile that a document would be in force as; to try it (`dry_run`).

        Raises
        ------
        InvalidProfile
            A key or a value of it is wrong.
        """
        return read_profile(name, body, base=self._built_in)

    def recent(self, source: str) -> Profile:
        """Return the profile of a source; it may be a second old."""
        if self._now() - self._looked > _FRESH:
            with self._engine.connect() as connection:
                return self.current(connection, source)
        return self._of(source)

    def current(self, connection: Connection, source: str) -> Profile:
        """Return the profile of a source as it is now."""
        newest = connection.execute(select(func.max(profiles.c.pk))).scalar() or 0
        if newest != self._newest:
            kept = active_profiles(connection)
            found = tuple(profile for one in kept if (profile := self._usable(one)))
            with self._lock:
                self._active, self._newest = found, newest
        self._looked = self._now()
        return self._of(source)

    def _usable(self, kept: KeptProfile) -> Profile | None:
        """Return a profile; None where a version of long ago means nothing any more."""
        try:
            return read_profile(kept.name, kept.body, version=kept.version, base=self._built_in)
        except InvalidProfile as problem:
            _log.error(
                "profile_not_used", name=kept.name, version=kept.version, reason=str(problem)
            )
            return None

    def _of(self, source: str) -> Profile:
        active = self._active
        fitting = (profile for profile in active if profile.is_for(source))
        return min(fitting, key=_generality, default=self._built_in)


def save(connection: Connection, name: str, body: str, *, at: int, by: str) -> KeptProfile:
    """Keep a new version of a profile and have it in force.

    Raises
    ------
    InvalidProfile
        The name or the document is wrong; the message says where.
    """
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise InvalidProfile(f"a name of a profile has 1 to {_LONGEST_NAME} characters")
    if name == BUILT_IN.name:
        raise InvalidProfile("the built-in profile cannot be replaced: give yours another name")
    read_profile(name, body)
    return _add(connection, name, body, (at, by), is_active=True)


def activate(connection: Connection, name: str, version: int, *, at: int, by: str) -> KeptProfile:
    """Have an older version in force again, as a new one.

    Raises
    ------
    NotFound
        There is no such version.
    """
    for kept in versions(connection, name):
        if kept.version == version:
            return _add(connection, name, kept.body, (at, by), is_active=True)
    raise NotFound("there is no such version of this profile")


def retire(connection: Connection, name: str, *, at: int, by: str) -> KeptProfile:
    """Have no version of a profile in force any more; all are kept.

    Raises
    ------
    NotFound
        There is no such profile.
    """
    kept = versions(connection, name)
    if not kept:
        raise NotFound("there is no such profile")
    return _add(connection, name, kept[0].body, (at, by), is_active=False)


def versions(connection: Connection, name: str) -> Sequence[KeptProfile]:
    """Return all versions of a profile, the newest first."""
    rows = connection.execute(
        select(profiles).where(profiles.c.name == name).order_by(desc(profiles.c.version))
    )
    return [_kept(row) for row in rows.mappings()]


def active_profiles(connection: Connection) -> Sequence[KeptProfile]:
    """Return the versions in force, by name."""
    rows = connection.execute(
        select(profiles).where(profiles.c.is_active).order_by(profiles.c.name)
    )
    return [_kept(row) for row in rows.mappings()]


def newest_versions(connection: Connection) -> Sequence[KeptProfile]:
    """Return the newest version of each profile, in force or retired, by name."""
    newest = select(func.max(profiles.c.pk)).group_by(profiles.c.name)
    rows = connection.execute(
        select(profiles).where(profiles.c.pk.in_(newest)).order_by(profiles.c.name)
    )
    return [_kept(row) for row in rows.mappings()]


def _add(
    connection: Connection, name: str, body: str, stamp: tuple[int, str], *, is_active: bool
) -> KeptProfile:
    connection.execute(update(profiles).where(profiles.c.name == name).values(is_active=False))
    last = connection.execute(
        select(func.max(profiles.c.version)).where(profiles.c.name == name)
    ).scalar()
    kept = KeptProfile(
        name=name,
        version=(last or 0) + 1,
        is_active=is_active,
        body=body,
        at=stamp[0],
        by=stamp[1],
    )
    connection.execute(
        insert(profiles).values(
            name=kept.name,
            version=kept.version,
            is_active=kept.is_active,
            body=kept.body,
            at=kept.at,
            by=kept.by,
        )
    )
    return kept


def _kept(row: RowMapping) -> KeptProfile:
    return KeptProfile(
        name=row["name"],
        version=row["version"],
        is_active=bool(row["is_active"]),
        body=row["body"],
        at=row["at"],
        by=row["by"],
    )


def _generality(profile: Profile) -> tuple[int, str]:
    """Put the profile first that names its senders most exactly."""
    exact = max(len(pattern.replace("*", "").replace("?", "")) for pattern in profile.senders)
    return -exact, profile.name
