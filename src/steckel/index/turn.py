"""Whose turn it is among the processes that archive into one SQLite database.

SQLite takes one writer at a time and lets the others try again after a pause of
a millisecond or more, longer than a transaction of ours takes. Our processes
therefore queue on the lock of a file, in which the kernel wakes the next. It is
a courtesy: without it, and for all other writers, SQLite's own locks hold.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Engine

from steckel.index.engine import is_sqlite

_SUFFIX = "-turn"


class Turn:
    """The lock of a file beside the database, for one thread at a time; nothing on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        name = engine.url.database if is_sqlite(engine) else None
        self._path = name + _SUFFIX if name else None
        self._descriptor: int | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn, and have it for the time of a ``with``."""
        self._lock(fcntl.LOCK_EX)
        try:
            yield
        finally:
            self.give()

    def take_now(self) -> bool:
        """Take it unless another process has it."""
        return self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB)

    def give(self) -> None:
        """Let the next one have it."""
        if self._descriptor is not None:
            with suppress(OSError):
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file; it is opened again when it is needed."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _lock(self, how: int) -> bool:
        if self._path is None:
            return True
        try:
            if self._descriptor is None:
                self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._descriptor, how)
        except BlockingIOError:
            return False
        except OSError:  # no room for the file, or a file system without locks
            return True
        return True
