"""A container that is still written to: members are appended, and made durable together.

The rule: `append` only writes; `sync` returns when all that was appended
before it is on stable storage. Several threads share one fdatasync (group
commit): the first to arrive does it, for all that was written until then.
"""

import fcntl
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic

from steckel.archive.disk import begin_write_back, require_room, translate_errors, write_at
from steckel.archive.draft import Buffer
from steckel.archive.drafts import RESERVED, SpoolFile
from steckel.archive.layout import Layout, new_container_name, sync_folder
from steckel.archive.location import Location
from steckel.archive.sums import crc32
from steckel.archive.zip_format import (
    Member,
    Provenance,
    central_directory,
    local_header,
    local_header_length,
)
from steckel.errors import OutOfSpace, StorageFailure

#: Members up to this size are written over zeros: a sync of bytes that have their place
#: on the disk already takes half the time of one that must also find them a place.
_SMALL = 64 << 10
_ZEROS = bytes(256 << 10)
#: Most containers stay small; zeros are for one that grows.
_GROWING = 8


class OpenContainer:
    """One file in the ``open`` folder, locked by its writer. Thread-safe."""

    def __init__(self, layout: Layout, name: str, descriptor: int) -> None:
        self.name = name
        self._layout = layout
        self._descriptor = descriptor
        self._members: list[Member] = []
        self._end = 0
        self._zeroed = 0  #: the file is at least so long, zeros after the last member
        self._synced = 0
        self._unsettled = 0
        self._failed = False
        self.closed_to_more = False
        self.touched = monotonic()
        self._writing = threading.Lock()
        self._syncing = threading.Lock()

    @classmethod
    def create(cls, layout: Layout, series: tuple[str, str]) -> "OpenContainer":
        """Start a new container for a series.

        Raises
        ------
        OutOfSpace, StorageFailure
            The file cannot be made.
        """
        name = new_container_name(series)
        with translate_errors():
            descriptor = os.open(layout.open_path(name), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            sync_folder(layout.open)
        return cls(layout, name, descriptor)

    @classmethod
    def adopt(
        cls, layout: Layout, series: tuple[str, str], spool: SpoolFile, member: Member
    ) -> "OpenContainer":
        """Make the file of a large draft a container with one member; it takes no more."""
        name = new_container_name(series)
        with translate_errors():
            write_at(spool.descriptor, 0, [local_header(member, pad_to=RESERVED)])
            os.fdatasync(spool.descriptor)
            spool.path.rename(layout.open_path(name))
            sync_folder(layout.open)
        container = cls(layout, name, spool.descriptor)
        container._members.append(member)
        container._end = container._synced = member.end
        container._unsettled = 1
        container.closed_to_more = True
        return container

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._end

    @property
    def idle(self) -> bool:
        """Whether every member is indexed or given up."""
        return self._unsettled == 0

    @property
    def failed(self) -> bool:
        """Whether stable storage failed; what was synced before is safe."""
        return self._failed

    def expect(self) -> None:
        """Announce one append; the caller owes a `settle` for it, however it ends."""
        with self._writing:
            self._unsettled += 1

    def append(
        self, pieces: Sequence[Buffer], provenance: Provenance, crc: int | None = None
    ) -> Location:
        """Write one member made of `pieces`; not yet durable.

        `crc` is their CRC-32, where it is known already. It was announced by `expect`.

        Raises
        ------
        OutOfSpace, StorageFailure
            Nothing was added.
        """
        length = sum(len(piece) for piece in pieces)
        if crc is None:
            crc = 0
            for piece in pieces:
                crc = crc32(piece, crc)
        with self._writing:
            if self._failed:
                raise StorageFailure("the archive's disk failed")
            require_room(self._layout.open, length)
            start = self._end
            header_length = local_header_length(provenance.source, length)
            member = Member(
                number=len(self._members) + 1,
                start=start,
                offset=start + header_length,
                length=length,
                crc=crc,
                provenance=provenance,
            )
            if length <= _SMALL and start >= _GROWING * length:
                self._prepare(member.end)
            self._write_at(start, [local_header(member), *pieces])
            self._members.append(member)
            self._end = member.end
            self.touched = monotonic()
        begin_write_back(self._descriptor, start, member.end - start)
        return Location(self.name, member.offset, length)

    def _prepare(self, end: int) -> None:
        """Have zeros where the next members will be."""
        if end > self._zeroed:
            start = max(self._end, self._zeroed)
            self._write_at(start, [_ZEROS])
            self._zeroed = start + len(_ZEROS)

    def _write_at(self, start: int, pieces: Sequence[Buffer]) -> None:
        try:
            write_at(self._descriptor, start, pieces)
        except (OutOfSpace, StorageFailure):
            with translate_errors():
                os.ftruncate(self._descriptor, start)
            self._zeroed = start
            raise

    def sync(self, upto: int) -> None:
        """Return when all bytes before `upto` are durable.

        Raises
        ------
        OutOfSpace, StorageFailure
            They may not be. The container takes no more.
        """
        if self._synced >= upto:
            return
        with self._syncing:
            if self._synced >= upto:
                return
            if self._failed:
                raise StorageFailure("the archive's disk failed")
            target = self._end
            try:
                with translate_errors():
                    os.fdatasync(self._descriptor)
            except (OutOfSpace, StorageFailure):
                # After a failed fsync the kernel may have dropped the pages: nothing
                # that was not synced before may be promised any more.
                self._give_up()
                raise
            self._synced = target

    def _give_up(self) -> None:
        """Take no more, and leave nothing behind that was not synced.

        A process that finds it here later would read it from memory, and a sync of
        its own would not tell that it never came to the disk.
        """
        with self._writing:
            self._failed = True
            self.closed_to_more = True
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._synced)

    def settle(self) -> None:
        """Note that one expected member is indexed, or was given up."""
        with self._writing:
            self._unsettled -= 1

    def close_to_more(self) -> bool:
        """Stop taking members; answer whether it can be sealed now."""
        with self._writing:
            self.closed_to_more = True
            return self._unsettled == 0

    def seal(self) -> Path:
        """Write the central directory, and hand the file over; call once, when `idle`.

        Raises
        ------
        OutOfSpace, StorageFailure
            It stays open; it can be tried again, or is recovered at the next start.
        """
        with self._writing, translate_errors():
            directory = central_directory(self._members, self._end)
            write_at(self._descriptor, self._end, [directory])
            os.ftruncate(self._descriptor, self._end + len(directory))
            os.fdatasync(self._descriptor)
        return self._layout.open_path(self.name)

    @property
    def empty(self) -> bool:
        """Whether it has no member."""
        return not self._members

    def release(self) -> None:
        """Close the file and its lock."""
        os.close(self._descriptor)
