"""Drafts: in memory, and beyond a size in a file that can become a container."""

import fcntl
import mmap
import os
import secrets
from pathlib import Path

from steckel.archive.disk import require_room, translate_errors, write_at
from steckel.archive.draft import Buffer
from steckel.archive.layout import SPOOL_SUFFIX
from steckel.archive.sums import Tally
from steckel.dicom.part10 import read_start
from steckel.errors import NotDicom

#: Objects larger than this are spooled to a file.
IN_MEMORY = 8 << 20
#: Bytes kept free at the start of a spooled file for the member's local header.
RESERVED = 512


class SpoolFile:
    """The file of a large draft. Locked while its owner lives."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{secrets.token_hex(12)}{SPOOL_SUFFIX}"
        with translate_errors():
            self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def delete(self) -> None:
        """Close and remove it."""
        os.close(self.descriptor)
        self.path.unlink(missing_ok=True)


class SpooledDraft:
    """A draft (`archive.draft.Draft`)."""

    def __init__(self, folder: Path, *, in_memory: int = IN_MEMORY) -> None:
        self._folder = folder
        self._limit = in_memory
        self._memory: bytearray | None = bytearray()
        self._file: SpoolFile | None = None
        self._size = 0
        self._map: mmap.mmap | None = None
        self.tally: Tally | None = None  #: of a large draft that begins as a file does

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._size

    @property
    def spooled(self) -> bool:
        """Whether it is in a file."""
        return self._file is not None

    def write(self, data: Buffer) -> None:
        """Append bytes.

        Raises
        ------
        OutOfSpace, StorageFailure
            There is no room for a large object.
        """
        if self._memory is not None and self._size + len(data) > self._limit:
            self._spill(self._memory)
        if self.tally is not None:
            self.tally.add(data)
        if self._memory is None:
            self._append(data)
        else:
            self._memory += data
            self._size += len(data)

    def _spill(self, memory: bytearray) -> None:
        self._sum_up(memory)
        self._file = SpoolFile(self._folder)
        self._memory = None
        self._size = 0
        self._append(memory)

    def _sum_up(self, memory: bytearray) -> None:
        """Sum up what is large as it comes, if it begins as a file does.

        Afterwards all of it would have to be mapped into memory once more.
        """
        try:
            start = read_start(memory).dataset_offset
        except NotDicom:
            return
        self.tally = Tally(memory[:start])
        self.tally.add(memory[start:])

    def _append(self, data: Buffer) -> None:
        if self._file is None:
            raise ValueError("the draft is closed")
        view = memoryview(data)
        require_room(self._folder, len(view))
        write_at(self._file.descriptor, RESERVED + self._size, [view])
        self._size += len(view)

    def view(self) -> memoryview:
        """Return all of it, without a copy; nothing may be written afterwards."""
        if self._memory is not None:
            return memoryview(self._memory)
        if self._file is None or not self._size:
            return memoryview(b"")
        if self._map is None:
            length = RESERVED + self._size
            self._map = mmap.mmap(self._file.descriptor, length, access=mmap.ACCESS_READ)
        return memoryview(self._map)[RESERVED:]

    def read(self, offset: int, length: int) -> memoryview:
        """Return bytes written earlier (fewer at the end)."""
        if self._memory is not None:
            return memoryview(bytes(self._memory[offset : offset + length]))
        if self._file is None:
            return memoryview(b"")
        length = max(min(length, self._size - offset), 0)
        return memoryview(os.pread(self._file.descriptor, length, RESERVED + offset))

    def take_file(self) -> SpoolFile | None:
        """Hand over the file of a large draft; its new owner closes it."""
        taken, self._file = self._file, None
        return taken

    def discard(self) -> None:
        """Drop it."""
        self._memory, self._map = None, None
        taken = self.take_file()
        if taken is not None:
            taken.delete()
