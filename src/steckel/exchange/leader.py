"""Which process reads the messages of an installation, and which sends: one at a time.

PostgreSQL: an advisory lock, held by a connection of its own; lost with it. SQLite: the
lock of a file beside the database, which the kernel gives back when its process ends.
"""

import fcntl
import os
import time
from contextlib import suppress
from typing import Literal, Protocol

from sqlalchemy import Connection, Engine, text

from steckel.errors import SteckelError
from steckel.index.engine import is_sqlite

#: Numbers that nobody else takes in this database, by what is led.
_NUMBERS = {  # "Steckel", "Steckem", "Stecken"
    "dispatch": 0x537465636B656C,
    "send": 0x537465636B656D,
    "audit": 0x537465636B656E,
}

#: How often it is asked whether the connection with the lock is still there.
_ASK_SECONDS = 0.5

Purpose = Literal["dispatch", "send", "audit"]


class Leadership(Protocol):
    """Whether this process leads."""

    def held(self) -> bool:
        """Whether it leads now; it tries to, where nobody else does. Never waits."""

    def give_up(self) -> None:
        """Let another lead."""


def leadership(engine: Engine, purpose: Purpose = "dispatch") -> Leadership:
    """Return the leadership of the installation that a database is of."""
    if is_sqlite(engine):
        return _FileLeadership(f"{engine.url.database}-{purpose}")
    return _AdvisoryLeadership(engine, _NUMBERS[purpose])


class _FileLeadership:
    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor: int | None = None

    def held(self) -> bool:
        if self._descriptor is not None:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def give_up(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class _AdvisoryLeadership:
    def __init__(self, engine: Engine, number: int) -> None:
        self._engine = engine
        self._number = number
        self._connection: Connection | None = None
        self._asked = 0.0

    def held(self) -> bool:
        try:
            if self._connection is None:
                return self._try()
            if time.monotonic() - self._asked >= _ASK_SECONDS:
                self._connection.execute(text("SELECT 1"))
                self._asked = time.monotonic()
        except SteckelError:
            self._drop()
            raise
        return True

    def _try(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            got = connection.execute(text("SELECT pg_try_advisory_lock(:n)"), {"n": self._number})
            if got.scalar_one():
                self._connection = connection
        finally:
            if self._connection is not connection:
                connection.close()
        return self._connection is not None

    def give_up(self) -> None:
        if self._connection is not None:
            with suppress(SteckelError):
                self._connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": self._number})
        self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(SteckelError):
                self._connection.invalidate()  # a pooled one would keep the lock
                self._connection.close()
            self._connection = None
