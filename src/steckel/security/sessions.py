"""Sessions of browsers: a random identifier in a cookie, its digest in a row.

A session ends after twelve hours without a request, after seven days in any
case, at logout, and when the password changes or the account is disabled.
"""

import time
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, and_, bindparam, delete, insert, or_, select, update

from steckel.index.engine import writing
from steckel.security.accounts import Account, Clock, account_of
from steckel.security.secret import digest, new_session_id
from steckel.security.tables import account as accounts_table
from steckel.security.tables import session as sessions_table

IDLE = 12 * 3600.0
ABSOLUTE = 7 * 24 * 3600.0
#: A session's row is touched no more often than this.
_TOUCH = 60.0

_LIVE = (
    select(accounts_table, sessions_table.c.seen)
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


class Sessions:
    """The sessions of all accounts. Thread-safe; blocking."""

    def __init__(self, engine: Engine, clock: Clock = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def start(self, account: str) -> str:
        """Begin a session and return its identifier, this once."""
        identifier = new_session_id()
        now = self._clock()
        row = {"digest": digest(identifier), "account": account, "created": now, "seen": now}
        with writing(self._engine) as connection:
            connection.execute(delete(sessions_table).where(_is_over(now)))
            connection.execute(insert(sessions_table).values(**row))
        return identifier

    def find(self, identifier: str) -> LiveSession | None:
        """Return the session of a cookie, if it still counts."""
        now = self._clock()
        key = digest(identifier)
        wanted = {"key": key, "seen_since": now - IDLE, "created_since": now - ABSOLUTE}
        with self._engine.connect() as connection:
            row = connection.execute(_LIVE, wanted).mappings().first()
        if row is None:
            return None
        if now - row["seen"] > _TOUCH:
            self._touch(key, now)
        return LiveSession(digest=key, account=account_of(row))

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

    def _touch(self, key: str, now: float) -> None:
        statement = update(sessions_table).where(
            and_(sessions_table.c.digest == key, sessions_table.c.seen < now)
        )
        with writing(self._engine) as connection:
            connection.execute(statement.values(seen=now))


def _is_over(now: float) -> ColumnElement[bool]:
    table = sessions_table
    return or_(table.c.seen < now - IDLE, table.c.created < now - ABSOLUTE)
