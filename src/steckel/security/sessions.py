"""Sessions of browsers: a random identifier in a cookie, its digest in a row.

A session ends after some hours without a request, after some days in any case, at
logout, when somebody ends it, and when the password changes or the account is disabled.
One that is locked stays, and reads nothing until it is opened again.
"""

import time
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Engine,
    RowMapping,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.security.access_rules import SessionLimits
from steckel.security.accounts import Account, Clock, account_of
from steckel.security.secret import digest, new_session_id
from steckel.security.tables import account as accounts_table
from steckel.security.tables import session as sessions_table

#: A session's row is touched no more often than this.
_TOUCH = 60.0
_LONGEST_AGENT = 256

_LIVE = (
    select(accounts_table, sessions_table.c.seen, sessions_table.c.is_locked)
    .join(sessions_table, sessions_table.c.account == accounts_table.c.name)
    .where(
        sessions_table.c.digest == bindparam("key"),
        sessions_table.c.seen >= bindparam("seen_since"),
        sessions_table.c.created >= bindparam("created_since"),
        accounts_table.c.disabled.is_(False),
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveSession:
    """A session that counts, and whose it is."""

    digest: str
    account: Account
    is_locked: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where somebody sits."""

    address: str
    agent: str = ""  #: what the browser calls itself


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedSession:
    """A session as a person sees it in a list. Moments are seconds since 1970."""

    digest: str
    account: str
    created: float
    seen: float
    place: Place
    is_locked: bool


class Sessions:
    """The sessions of all accounts. Thread-safe; blocking."""

    def __init__(
        self, engine: Engine, clock: Clock = time.time, limits: SessionLimits | None = None
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._limits = limits or SessionLimits()

    def start(self, account: str, place: Place) -> str:
        """Begin a session and return its identifier, this once."""
        identifier = new_session_id()
        now = self._clock()
        row = {
            "digest": digest(identifier),
            "account": account,
            "created": now,
            "seen": now,
            "address": place.address,
            "agent": "".join(filter(str.isprintable, place.agent))[:_LONGEST_AGENT],
        }
        with writing(self._engine) as connection:
            connection.execute(delete(sessions_table).where(self._is_over(now)))
            connection.execute(insert(sessions_table).values(**row))
        return identifier

    def find(self, identifier: str) -> LiveSession | None:
        """Return the session of a cookie, if it still counts."""
        now = self._clock()
        key = digest(identifier)
        wanted = {
            "key": key,
            "seen_since": now - self._limits.idle,
            "created_since": now - self._limits.absolute,
        }
        with self._engine.connect() as connection:
            row = connection.execute(_LIVE, wanted).mappings().first()
        if row is None:
            return None
        if now - row["seen"] > _TOUCH:
            self._touch(key, now)
        return LiveSession(digest=key, account=account_of(row), is_locked=row["is_locked"])

    def list(self, account: str | None = None) -> list[ListedSession]:
        """Return the sessions of an account, or of all, those seen last first."""
        table = sessions_table
        statement = select(table).where(~self._is_over(self._clock()))
        if account is not None:
            statement = statement.where(table.c.account == account)
        ordered = statement.order_by(table.c.seen.desc(), table.c.digest)
        with self._engine.connect() as connection:
            return [_listed(row) for row in connection.execute(ordered).mappings()]

    def end_one(self, session: str, account: str | None = None) -> None:
        """End a session (of this account), or raise `NotFound`."""
        statement = delete(sessions_table).where(sessions_table.c.digest == session)
        if account is not None:
            statement = statement.where(sessions_table.c.account == account)
        with writing(self._engine) as connection:
            if connection.execute(statement).rowcount == 0:
                raise NotFound("there is no such session")

    def lock(self, session: str) -> None:
        """Lock the session with this digest: it reads nothing until it is opened again."""
        self._set_locked(session, is_locked=True)

    def unlock(self, session: str) -> None:
        """Open a session again."""
        self._set_locked(session, is_locked=False)

    def end(self, session: str) -> None:
        """End the session with this digest."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions_table).where(sessions_table.c.digest == session))

    def end_all(self, account: str, *, but: str | None = None) -> None:
        """End the sessions of an account, all but one perhaps."""
        statement = delete(sessions_table).where(sessions_table.c.account == account)
        if but is not None:
            statement = statement.where(sessions_table.c.digest != but)
        with writing(self._engine) as connection:
            connection.execute(statement)

    def _set_locked(self, session: str, *, is_locked: bool) -> None:
        statement = update(sessions_table).where(sessions_table.c.digest == session)
        with writing(self._engine) as connection:
            connection.execute(statement.values(is_locked=is_locked))

    def _is_over(self, now: float) -> ColumnElement[bool]:
        table = sessions_table
        unseen = table.c.seen < now - self._limits.idle
        return or_(unseen, table.c.created < now - self._limits.absolute)

    def _touch(self, key: str, now: float) -> None:
        statement = update(sessions_table).where(
            and_(sessions_table.c.digest == key, sessions_table.c.seen < now)
        )
        with writing(self._engine) as connection:
            connection.execute(statement.values(seen=now))


def _listed(row: RowMapping) -> ListedSession:
    return ListedSession(
        digest=row["digest"],
        account=row["account"],
        created=row["created"],
        seen=row["seen"],
        place=Place(address=row["address"], agent=row["agent"]),
        is_locked=row["is_locked"],
    )
