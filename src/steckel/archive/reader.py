"""Reading from containers, open or sealed, whoever writes them."""

from collections.abc import Iterator

from steckel.archive.disk import translate_errors
from steckel.archive.layout import Layout
from steckel.archive.location import Location
from steckel.archive.ports import SealedContainers
from steckel.archive.sealed import Descriptors
from steckel.errors import NotFound

CHUNK = 1 << 20


class Reader:
    """Reads ranges of archived files. Thread-safe."""

    def __init__(self, layout: Layout, sealed: SealedContainers) -> None:
        self._layout = layout
        self._sealed = sealed
        self._open = Descriptors(limit=32)

    def read(self, location: Location, offset: int = 0, length: int | None = None) -> bytes:
        """Read bytes of an archived file; fewer at its end.

        Raises
        ------
        NotFound
            Its container is gone: it was moved or deleted since the index was asked.
        StorageFailure
            The disk failed.
        """
        offset = min(max(offset, 0), location.length)
        rest = location.length - offset
        length = rest if length is None else min(max(length, 0), rest)
        return self._range(location.container, location.offset + offset, length)

    def _range(self, container: str, start: int, length: int) -> bytes:
        try:
            return self._sealed.read(container, start, length)
        except NotFound:
            try:
                with translate_errors():
                    return self._read_open(container, start, length)
            except NotFound:
                # It may have been sealed between the two looks.
                return self._sealed.read(container, start, length)

    def _read_open(self, container: str, start: int, length: int) -> bytes:
        try:
            return self._open.read(self._layout.open_path(container), start, length)
        except FileNotFoundError as problem:
            raise NotFound(f"container {container} is not open") from problem

    def chunks(self, location: Location, offset: int = 0) -> Iterator[bytes]:
        """Read from `offset` to the end in pieces of at most 1 MiB."""
        while offset < location.length:
            piece = self.read(location, offset, CHUNK)
            if not piece:
                return
            yield piece
            offset += len(piece)

    def size(self, container: str) -> int:
        """Return the bytes of a container, open or sealed; none when it is gone."""
        for path in (self._layout.sealed_path(container), self._layout.open_path(container)) * 2:
            try:  # twice: it may be sealed between the two looks
                return path.stat().st_size
            except FileNotFoundError:
                continue
        return 0

    def close(self) -> None:
        """Close the files kept open."""
        self._open.close()
