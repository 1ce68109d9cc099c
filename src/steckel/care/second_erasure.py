"""Taking the frames of what was deleted out of the second representation.

A file is never changed: one without them is written beside it, the index is pointed
there, and the old one is removed, as with containers (`care.erasure`).
"""

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import Engine

from steckel.archive.second import Batch, SecondFiles
from steckel.dicom.frames import Fragment, FrameTable, pack_table, unpack_table
from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.index.second import (
    begin_again,
    file_after,
    forget_file,
    forget_orphans_without_file,
    known_files,
    move,
    orphaned_files,
    rows_of,
)

_log = structlog.get_logger(__name__)


class SecondErasure:
    """Runs in the thread that makes the second representation, never beside it."""

    def __init__(self, engine: Engine, files: SecondFiles) -> None:
        self._engine = engine
        self._files = files

    def run(self) -> int:
        """Erase what was deleted or replaced; return how many files went.

        Raises
        ------
        OutOfSpace, StorageFailure
            The rest stays to be done.
        """
        with self._engine.connect() as connection:
            names = orphaned_files(connection)
        if "" in names:
            with writing(self._engine) as connection:
                forget_orphans_without_file(connection)
        found = [name for name in names if name]
        for name in found:
            self._erase(name)
        return len(found)

    def reconcile(self) -> int:
        """Bring files and index together; return how many of either went.

        Files without rows go: a crash, a new index, or one from a backup left them. Rows
        without a file go too, and what they were for is made again.
        """
        self._files.drop_unfinished()
        names = list(self._files.names())
        with self._engine.connect() as connection:
            stray = sorted(set(names) - known_files(connection, names))
        for name in stray:
            self._files.delete(name)
        lost = sorted(self._files_with_rows() - set(names))
        self._forget(lost)
        if stray or lost:
            _log.info("second_reconciled", stray_files=len(stray), lost_files=len(lost))
        return len(stray) + len(lost)

    def _erase(self, name: str) -> None:
        with self._engine.connect() as connection:
            kept = [row for row in rows_of(connection, name) if row.instance_pk is not None]
        try:
            new, moved = self._copy(name, kept) if kept else (None, [])
        except NotFound:
            self._forget([name])
            return
        with writing(self._engine, durable=True) as connection:
            if new is not None:
                # What was deleted during the copy is erased in the next round.
                move(connection, new, moved)
            forget_file(connection, name)
        self._files.delete(name)
        _log.info("second_erased", file=name, kept=len(kept))

    def _copy(self, name: str, kept: Sequence[Any]) -> tuple[str, list[tuple[int, bytes]]]:
        batch = self._files.new()
        try:
            moved = [(row.pk, self._copy_frames(batch, name, bytes(row.frames))) for row in kept]
            batch.finish()
        finally:
            batch.discard()
        return batch.name, moved

    def _copy_frames(self, batch: Batch, name: str, frames: bytes) -> bytes:
        def copied(fragment: Fragment) -> Fragment:
            return batch.append(self._files.read(name, fragment.offset, fragment.length))

        table = unpack_table(frames)
        moved = tuple(tuple(copied(part) for part in frame) for frame in table.frames)
        return pack_table(FrameTable(encapsulated=True, frames=moved))

    def _files_with_rows(self) -> set[str]:
        found: set[str] = set()
        with self._engine.connect() as connection:
            name = file_after(connection, "")
            while name is not None:
                found.add(name)
                name = file_after(connection, name)
        return found

    def _forget(self, lost: Sequence[str]) -> None:
        """Forget files that are gone, and have the walk begin again."""
        if not lost:
            return
        with writing(self._engine) as connection:
            for name in lost:
                forget_file(connection, name)
            begin_again(connection)
