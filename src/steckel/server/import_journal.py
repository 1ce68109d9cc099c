"""What an import has done so far, so that it can be resumed.

A small database of its own: a million files take some 30 MB of disk and no
memory. It is dropped when the import comes to its end, and locked while it runs.
"""

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from steckel.archive.disk import translate_errors
from steckel.errors import InputError, OutOfSpace, StorageFailure


class ImportJournal:
    """The journal of one set of paths.

    Raises
    ------
    InputError
        Another process imports the same paths now.
    OutOfSpace, StorageFailure
        It cannot be made.
    """

    def __init__(self, folder: Path, paths: Sequence[Path], *, again: bool) -> None:
        with translate_errors():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        names = "\n".join(sorted(str(path.absolute()) for path in paths))
        digest = hashlib.sha256(os.fsencode(names)).hexdigest()[:24]
        self._file = folder / f"{digest}.sqlite3"
        self._lock = _lock(folder / f"{digest}.lock")
        if again:
            self._file.unlink(missing_ok=True)
        with _written():
            self._connection = sqlite3.connect(self._file)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS done (item BLOB PRIMARY KEY) WITHOUT ROWID"
            )

    def has(self, name: str, size: int) -> bool:
        """Whether an object was archived, refused or skipped before."""
        row = self._connection.execute(
            "SELECT 1 FROM done WHERE item = ?", (_key(name, size),)
        ).fetchone()
        return row is not None

    def add(self, name: str, size: int) -> None:
        """Note that an object is done; kept at the next `commit`."""
        with _written():
            self._connection.execute(
                "INSERT OR IGNORE INTO done (item) VALUES (?)", (_key(name, size),)
            )

    def commit(self) -> None:
        """Keep what was noted."""
        with _written():
            self._connection.commit()

    def close(self, *, finished: bool) -> None:
        """Close it; drop it when the import came to its end."""
        with suppress(sqlite3.Error):  # what was not kept is looked at twice
            self._connection.commit()
        self._connection.close()
        if finished:
            for suffix in ("", "-wal", "-shm"):
                self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
            self._file.with_suffix(".lock").unlink(missing_ok=True)
        os.close(self._lock)


@contextmanager
def _written() -> Iterator[None]:
    """Turn what SQLite says of the disk into our errors."""
    try:
        yield
    except sqlite3.Error as problem:
        if problem.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL:
            raise OutOfSpace("there is no room on the archive's disk") from problem
        raise StorageFailure(f"the journal of the import cannot be written: {problem}") from problem


def _lock(path: Path) -> int:
    """Lock a file for this process; the lock ends with the process, however that ends."""
    with translate_errors():
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise InputError("the same import is running already, in another process") from None
    return file


def _key(name: str, size: int) -> bytes:
    return hashlib.blake2b(
        f"{size}|{name}".encode("utf-8", "surrogateescape"), digest_size=12
    ).digest()
