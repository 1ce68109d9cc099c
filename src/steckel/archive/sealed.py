"""Sealed containers as files (`archive.ports.SealedContainers`)."""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

from steckel.archive.disk import translate_errors
from steckel.archive.layout import CONTAINER_SUFFIX, Layout, sync_folder
from steckel.errors import NotFound


class Descriptors:
    """Open files kept for the next read, the least recently used closed first."""

    def __init__(self, limit: int = 128) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._files: OrderedDict[Path, int] = OrderedDict()

    def read(self, path: Path, offset: int, length: int) -> bytes:
        """Read a range of a file.

        The file may be moved meanwhile: what was opened is read. What was removed is
        not there, even if it is still held open here.

        Raises
        ------
        FileNotFoundError
            It is not there.
        """
        with self._lock:
            descriptor = os.dup(self._kept(path))
        try:
            return _read_fully(descriptor, offset, length)
        finally:
            os.close(descriptor)

    def _kept(self, path: Path) -> int:
        kept = self._files.get(path)
        if kept is not None and not os.fstat(kept).st_nlink:
            os.close(self._files.pop(path))
            kept = None
        if kept is not None:
            self._files.move_to_end(path)
            return kept
        opened = self._files[path] = os.open(path, os.O_RDONLY)
        if len(self._files) > self._limit:
            _, oldest = self._files.popitem(last=False)
            os.close(oldest)
        return opened

    def forget(self, path: Path) -> None:
        """Close a file that is kept."""
        with self._lock:
            descriptor = self._files.pop(path, None)
        if descriptor is not None:
            os.close(descriptor)

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            descriptors = list(self._files.values())
            self._files.clear()
        for descriptor in descriptors:
            os.close(descriptor)


def _read_fully(descriptor: int, offset: int, length: int) -> bytes:
    first = os.pread(descriptor, length, offset)
    if len(first) == length or not first:
        return first
    parts = [first]
    done = len(first)
    while done < length:
        part = os.pread(descriptor, length - done, offset + done)
        if not part:
            break
        parts.append(part)
        done += len(part)
    return b"".join(parts)


class SealedFiles:
    """The ``containers`` folder of a store."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._descriptors = Descriptors()

    def put(self, name: str, file: Path) -> None:
        """Take a finished file by renaming it."""
        target = self._layout.sealed_path(name)
        with translate_errors():
            if not target.parent.exists():
                target.parent.mkdir(mode=0o700, exist_ok=True)
                sync_folder(self._layout.sealed)
            file.rename(target)
            sync_folder(target.parent)

    def read(self, name: str, offset: int, length: int) -> bytes:
        """Read a range."""
        with translate_errors():
            try:
                return self._descriptors.read(self._layout.sealed_path(name), offset, length)
            except FileNotFoundError as problem:
                raise NotFound(f"container {name} is not in the store") from problem

    def delete(self, name: str) -> None:
        """Remove a container."""
        path = self._layout.sealed_path(name)
        self._descriptors.forget(path)
        with translate_errors():
            try:
                path.unlink()
            except FileNotFoundError:
                return
            sync_folder(path.parent)

    def names(self) -> Iterator[str]:
        """Yield the names of all containers."""
        for folder in sorted(self._layout.sealed.iterdir()):
            if folder.is_dir():
                for file in sorted(folder.glob(f"*{CONTAINER_SUFFIX}")):
                    yield file.stem

    def size(self, name: str) -> int:
        """Return the bytes of a container."""
        try:
            return self._layout.sealed_path(name).stat().st_size
        except FileNotFoundError as problem:
            raise NotFound(f"container {name} is not in the store") from problem

    def close(self) -> None:
        """Close the files kept open."""
        self._descriptors.close()
