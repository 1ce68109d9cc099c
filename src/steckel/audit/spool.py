"""Events of a process that are not in the database yet, in a file beside it.

The file is there for the two cases in which a process could take events to its grave: the
database failed, or transfers were under way. Whoever starts next brings them in (`adopt`).
The process holds a lock on its file while it lives.
"""

import contextlib
import fcntl
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import orjson
import structlog

from steckel.audit.document import body_of, event_of
from steckel.audit.event import Event

_log = structlog.get_logger(__name__)

_SUFFIX: Final = ".jsonl"


class Spool:
    """One file. Used by one thread."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}{_SUFFIX}"
        self._descriptor: int | None = None
        self._holds = b""

    def keep(self, events: Sequence[Event]) -> None:
        """Let the file hold these events and no others; does nothing if it does already.

        Raises
        ------
        OSError
            It cannot be written.
        """
        content = b"".join(body_of(event).encode() + b"\n" for event in events)
        if content == self._holds:
            return
        if self._descriptor is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # What is there may be needed until what is new is safe: shorter only afterwards.
        os.pwrite(self._descriptor, content, 0)
        os.ftruncate(self._descriptor, len(content))
        os.fdatasync(self._descriptor)
        self._holds = content

    def close(self) -> None:
        """Close the file; an empty one is removed."""
        if self._descriptor is not None:
            if not self._holds:
                self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None


def adopt(folder: Path, write: Callable[[Sequence[Event]], None]) -> int:
    """Bring in what processes left that are gone; return how many events that were.

    An event that was kept twice is recorded twice: none is left out.

    Raises
    ------
    SteckelError
        The database failed; the files stay.
    """
    count = 0
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        with contextlib.suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            events = _read(file.read())
            if events:
                write(events)
                count += len(events)
            path.unlink(missing_ok=True)
    if count:
        _log.warning("audit_events_adopted", count=count)
    return count


def _read(content: bytes) -> list[Event]:
    """Return the events of a file; a line that was being written when it ended is none."""
    events = []
    for line in content.splitlines():
        with contextlib.suppress(orjson.JSONDecodeError, KeyError, ValueError, TypeError):
            events.append(event_of(line.decode()))
    return events
