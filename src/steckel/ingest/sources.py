"""What a person gives: files, folders, ZIPs, media. One object after the other.

Stands before `ingest.intake`, which archives what comes out. Memory does not
grow with the number of files: at any time the names of the folders on the way
down to the current one are held, and the directory of one ZIP.

The rule: nothing is silently dropped. What is not taken comes out as `Skipped`,
and says whether an object may have been lost by it. A file that a person names
is believed to be one; beside others in a folder it may well be something else.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from steckel.ingest.archives import archive_items
from steckel.ingest.found import Found, Skipped, SourceItem, Stream, Unreadable
from steckel.ingest.medium import missing_files
from steckel.ingest.recognise import HEAD, is_dicomdir, is_zip, why_skip

__all__ = ["Found", "Skipped", "SourceItem", "Stream", "Unreadable", "file_items", "sources"]


def sources(paths: Iterable[Path], spool: Path | None = None) -> Iterator[Found]:
    """Yield what is in files, folders, ZIPs and on media.

    Parameters
    ----------
    paths
        In this order; inside a folder, by name.
    spool
        Folder for ZIPs that are inside of ZIPs; that of the system by default.
    """
    for path in paths:
        # A person who names the DICOMDIR means the medium (PS3.10 8.6).
        is_medium = path.name.upper() == "DICOMDIR" and path.is_file()
        for found in _walk(path.parent if is_medium else path, spool):
            if isinstance(found, Skipped) and found.name == str(path):
                yield replace(found, lost=True)
            else:
                yield found


def file_items(path: str, name: str, size: int, spool: Path | None = None) -> Iterator[Found]:
    """Yield what is in one file: itself, or the members if it is a ZIP."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  a million times
            head = file.read(HEAD)
            if is_zip(head):
                yield from archive_items(file, name, size, spool)
                return
    except OSError as error:
        yield Skipped(name=name, reason=f"cannot be read: {error.strerror}", lost=True)
        return
    if reason := why_skip(name, head):
        yield Skipped(name=name, reason=reason)
        if is_dicomdir(head) and os.path.basename(path).upper() == "DICOMDIR":  # noqa: PTH119
            yield from _missing(Path(path))
        return
    yield SourceItem(name=name, size=size, open=lambda: _FileStream(path))


@dataclass(slots=True)
class _Level:
    """A folder on the way down, and what is still to be visited in it."""

    path: str
    names: Iterator[str]
    identity: tuple[int, int]


def _walk(root: Path, spool: Path | None) -> Iterator[Found]:
    levels: list[_Level] = []
    yield from _visit(str(root), levels, spool)
    while levels:
        name = next(levels[-1].names, None)
        if name is None:
            levels.pop()
        else:
            yield from _visit(os.path.join(levels[-1].path, name), levels, spool)  # noqa: PTH118


def _visit(path: str, levels: list[_Level], spool: Path | None) -> Iterator[Found]:
    """Go down into a folder, or yield what is in a file."""
    try:
        status = os.stat(path)  # noqa: PTH116  a million times
        if stat.S_ISDIR(status.st_mode):
            identity = (status.st_dev, status.st_ino)
            if any(level.identity == identity for level in levels):
                yield Skipped(name=path, reason="a link back to a folder above it")
                return
            with os.scandir(path) as entries:
                names = iter(sorted(entry.name for entry in entries))
            levels.append(_Level(path=path, names=names, identity=identity))
            return
    except OSError as error:
        yield Skipped(name=path, reason=f"cannot be read: {error.strerror}", lost=True)
        return
    if not stat.S_ISREG(status.st_mode):
        yield Skipped(name=path, reason="not a regular file")
        return
    yield from file_items(path, path, status.st_size, spool)


def _missing(dicomdir: Path) -> Iterator[Skipped]:
    for name in missing_files(dicomdir):
        path = dicomdir.parent / name
        yield Skipped(name=str(path), reason="listed in the DICOMDIR, but not there", lost=True)


class _FileStream:
    """A file; what the disk says against it becomes `Unreadable`."""

    def __init__(self, path: str) -> None:
        try:
            self._file: BinaryIO = open(path, "rb", buffering=0)  # noqa: PTH123, SIM115
        except OSError as error:
            raise Unreadable(f"cannot be read: {error.strerror}") from error

    def read(self, size: int, /) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise Unreadable(f"cannot be read: {error.strerror}") from error

    def close(self) -> None:
        self._file.close()
