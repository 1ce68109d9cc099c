"""What the operating system says when a disk is full or fails, in our errors."""

import ctypes
import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from steckel.archive.draft import Buffer
from steckel.errors import OutOfSpace, StorageFailure

#: Room that is never used up, so that the index and the logs can still be written.
RESERVE = 16 << 20

#: Linux has it; the standard library does not.
_sync_file_range = getattr(ctypes.CDLL(None), "sync_file_range", None)
_WRITE = 2  #: SYNC_FILE_RANGE_WRITE: begin to write what is dirty, wait for nothing
if _sync_file_range is not None:
    _sync_file_range.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn an `OSError` of the store into `OutOfSpace` or `StorageFailure`."""
    try:
        yield
    except OSError as problem:
        if problem.errno in _FULL:
            raise OutOfSpace("there is no room on the archive's disk") from problem
        reason = os.strerror(problem.errno) if problem.errno else type(problem).__name__
        raise StorageFailure(f"the archive's disk failed: {reason}") from problem


def require_room(folder: Path, size: int) -> None:
    """Raise `OutOfSpace` when `size` more bytes would eat into the reserve."""
    with translate_errors():
        status = os.statvfs(folder)
    if status.f_bavail * status.f_frsize < size + RESERVE:
        raise OutOfSpace("there is no room on the archive's disk")


def write_at(descriptor: int, position: int, pieces: Sequence[Buffer]) -> None:
    """Write all of `pieces` one after another; raises `OutOfSpace` or `StorageFailure`.

    The system may write less than it was given, most of all on a disk that runs full.
    """
    views = [memoryview(piece).cast("B") for piece in pieces if len(piece)]
    with translate_errors():
        while views:
            written = os.pwritev(descriptor, views, position)
            position += written
            while views and written >= len(views[0]):
                written -= len(views.pop(0))
            if views:
                views[0] = views[0][written:]


def begin_write_back(descriptor: int, position: int, length: int) -> None:
    """Have the system begin to bring bytes to the disk, so that a sync has less to wait for.

    It promises nothing; where the system cannot do it, nothing happens.
    """
    if _sync_file_range is not None:
        _sync_file_range(descriptor, position, length, _WRITE)
