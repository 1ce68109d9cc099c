"""The second representation of frames, as files: batches of codestreams.

One behind the other, with nothing between them; the index says where each lies. The
rule: all of it can be thrown away, for it is made again of what is archived.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from steckel.archive.disk import require_room, translate_errors, write_at
from steckel.archive.layout import SECOND_SUFFIX, Layout, sync_folder
from steckel.archive.sealed import Descriptors
from steckel.dicom.frames import Fragment
from steckel.errors import NotFound

_NEW_SUFFIX = ".new"


class Batch:
    """One file while it is written. Used by one thread."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.size = 0
        self._path = path
        self._new = path.with_suffix(_NEW_SUFFIX)
        with translate_errors():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            self._descriptor = os.open(self._new, flags, 0o600)

    def append(self, codestream: bytes) -> Fragment:
        """Write one codestream; return where it lies.

        Raises
        ------
        OutOfSpace, StorageFailure
            It was not written.
        """
        require_room(self._path.parent, len(codestream))
        write_at(self._descriptor, self.size, (codestream,))
        written = Fragment(self.size, len(codestream))
        self.size += len(codestream)
        return written

    def cut(self, size: int) -> None:
        """Take back what stands behind."""
        with translate_errors():
            os.ftruncate(self._descriptor, size)
        self.size = size

    def finish(self) -> None:
        """Make it durable and give it its name."""
        with translate_errors():
            os.fsync(self._descriptor)
            self._close()
            self._new.rename(self._path)
            sync_folder(self._path.parent)

    def discard(self) -> None:
        """Drop it; does nothing when it is finished."""
        self._close()
        self._new.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class SecondFiles:
    """The ``second`` folder of a store. Reading is thread-safe."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._descriptors = Descriptors(limit=64)

    def new(self) -> Batch:
        """Begin a file.

        Raises
        ------
        OutOfSpace, StorageFailure
            It cannot be made.
        """
        name = secrets.token_hex(16)
        return Batch(name, self._layout.second_path(name))

    def read(self, name: str, offset: int, length: int) -> bytes:
        """Read a range.

        Raises
        ------
        NotFound
            The file is gone, or ends before.
        """
        with translate_errors():
            try:
                found = self._descriptors.read(self._layout.second_path(name), offset, length)
            except FileNotFoundError as problem:
                raise NotFound(f"batch {name} is not in the store") from problem
        if len(found) < length:
            raise NotFound(f"batch {name} ends before its frames do")
        return found

    def delete(self, name: str) -> None:
        """Remove a file, durably."""
        path = self._layout.second_path(name)
        self._descriptors.forget(path)
        with translate_errors(), suppress(FileNotFoundError):
            path.unlink()
            sync_folder(path.parent)

    def names(self) -> Iterator[str]:
        """Yield the names of all finished files."""
        for path in sorted(self._layout.second.glob(f"*/*{SECOND_SUFFIX}")):
            yield path.stem

    def drop_unfinished(self) -> None:
        """Remove what a crash left half written; nothing may be written meanwhile."""
        for path in self._layout.second.glob(f"*/*{_NEW_SUFFIX}"):
            with translate_errors():
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the files kept open."""
        self._descriptors.close()
