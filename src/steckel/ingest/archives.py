"""The members of a ZIP, one after the other, and of a ZIP inside it.

The rule: an archive is not trusted. What its members may unpack to is bounded by
what the archive weighs, its directory by what fits into memory; nothing is written
under a name that it gives.
"""

import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from steckel.errors import TooLarge
from steckel.ingest.found import Found, Skipped, SourceItem, Stream, Unreadable
from steckel.ingest.recognise import HEAD, is_junk, is_zip, why_skip

#: What everybody's archive may unpack to; beyond it, so many times its own size.
#: DEFLATE reaches 1032 : 1 on zeros; medical images stay below 20 : 1.
_FREELY = 1 << 30
_RATIO = 200

#: Bytes of a central directory: about 300,000 members, 200 MB as objects in memory.
_LARGEST_DIRECTORY = 32 << 20
_NESTED_IN_MEMORY = 8 << 20
_DEEPEST = 2

_END = struct.Struct("<4s4H2LH")  # APPNOTE 4.3.16
_LONGEST_COMMENT = 0xFFFF
_ENCRYPTED = 0x1

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


@dataclass(slots=True)
class _Budget:
    """How much an archive may still unpack to."""

    left: int

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise TooLarge("the archive unpacks to far more than archives of images do")


@dataclass(frozen=True, slots=True)
class _Archive:
    """An open ZIP, and where it stands."""

    zip: zipfile.ZipFile
    name: str
    depth: int
    budget: _Budget
    spool: Path | None


def archive_items(
    file: BinaryIO, name: str, size: int, spool: Path | None = None
) -> Iterator[Found]:
    """Yield the members of a ZIP. The file has to stay open meanwhile."""
    yield from _items(file, name, 1, _Budget(_FREELY + _RATIO * size), spool)


def _items(
    file: IO[bytes], name: str, depth: int, budget: _Budget, spool: Path | None
) -> Iterator[Found]:
    try:
        _require_small_directory(file)
        opened = zipfile.ZipFile(file)
    except TooLarge as error:
        yield Skipped(name=name, reason=str(error), lost=True)
        return
    except _DAMAGE:
        yield Skipped(name=name, reason="a ZIP that is damaged or incomplete", lost=True)
        return
    archive = _Archive(opened, name, depth, budget, spool)
    with opened:
        for info in opened.infolist():
            if not info.is_dir():
                yield from _member(archive, info)
            if budget.left < 0:
                reason = "the rest of the archive was not looked at: it unpacks to far too much"
                yield Skipped(name=name, reason=reason, lost=True)
                return


def _member(archive: _Archive, info: zipfile.ZipInfo) -> Iterator[Found]:
    name = f"{archive.name}/{info.filename}"
    if is_junk(info.filename):
        yield Skipped(name=name, reason="a file of the operating system")
        return
    if info.flag_bits & _ENCRYPTED:
        yield Skipped(name=name, reason="encrypted: unpack it with its password first", lost=True)
        return
    try:
        stream = _MemberStream(archive, info)
        head = stream.read(HEAD)
        stream.close()
    except (Unreadable, TooLarge) as error:
        yield Skipped(name=name, reason=str(error), lost=True)
        return
    if is_zip(head):
        yield from _nested(archive, info, name)
    elif reason := why_skip(info.filename, head):
        yield Skipped(name=name, reason=reason)
    else:
        yield SourceItem(name=name, size=info.file_size, open=lambda: _MemberStream(archive, info))


def _nested(archive: _Archive, info: zipfile.ZipInfo, name: str) -> Iterator[Found]:
    """Yield the members of a ZIP inside a ZIP, which is copied to be read from its end."""
    if archive.depth >= _DEEPEST:
        reason = "a ZIP inside a ZIP inside a ZIP: unpack it first"
        yield Skipped(name=name, reason=reason, lost=True)
        return
    with tempfile.SpooledTemporaryFile(_NESTED_IN_MEMORY, dir=_folder(archive)) as copy:
        try:
            _copy(_MemberStream(archive, info), copy)
        except (Unreadable, TooLarge) as error:
            yield Skipped(name=name, reason=str(error), lost=True)
            return
        yield from _items(copy, name, archive.depth + 1, archive.budget, archive.spool)


def _folder(archive: _Archive) -> str | None:
    return None if archive.spool is None else str(archive.spool)


def _copy(stream: Stream, target: IO[bytes]) -> None:
    try:
        while block := stream.read(1 << 20):
            try:
                target.write(block)
            except OSError as error:
                raise Unreadable(f"no room to unpack it: {error.strerror}") from error
    finally:
        stream.close()
    target.seek(0)


class _MemberStream:
    """A member while it is unpacked; every byte counts against the budget."""

    def __init__(self, archive: _Archive, info: zipfile.ZipInfo) -> None:
        self._budget = archive.budget
        try:
            self._file = archive.zip.open(info)
        except (*_DAMAGE, RuntimeError) as error:
            raise Unreadable("damaged, or compressed in a way that is not supported") from error

    def read(self, size: int, /) -> bytes:
        try:
            block = self._file.read(size)
        except _DAMAGE as error:
            raise Unreadable("damaged inside the archive") from error
        self._budget.take(len(block))
        return block

    def close(self) -> None:
        self._file.close()


def _require_small_directory(file: IO[bytes]) -> None:
    """Refuse a directory that would not fit into memory, before it is read."""
    size = file.seek(0, os.SEEK_END)
    tail_size = min(size, _END.size + _LONGEST_COMMENT)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    file.seek(0)
    start = tail.rfind(b"PK\x05\x06")
    if start < 0 or start + _END.size > len(tail):
        raise zipfile.BadZipFile
    directory = _END.unpack_from(tail, start)[5]
    # ZIP64 says 0xFFFFFFFF here: the directory lies between its offset and the end.
    if directory == 0xFFFFFFFF:
        directory = _zip64_directory(file, size - tail_size + start)
    if directory > _LARGEST_DIRECTORY:
        raise TooLarge("the archive has too many members: split it, or import the folder")


def _zip64_directory(file: IO[bytes], end: int) -> int:
    """Return the size of the central directory by the ZIP64 end (APPNOTE 4.3.14, 4.3.15)."""
    file.seek(max(0, end - 20))
    locator = file.read(20)
    if locator[:4] != b"PK\x06\x07":
        return 0
    file.seek(struct.unpack_from("<Q", locator, 8)[0])
    record = file.read(56)
    file.seek(0)
    return int(struct.unpack_from("<Q", record, 40)[0]) if len(record) == 56 else 0
