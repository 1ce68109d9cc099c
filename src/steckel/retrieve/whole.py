"""A Part 10 file as it leaves: ranges of the stored one, and what is put in between.

The rule: only what was made is in memory; what is stored is read when its turn comes.
"""

from collections.abc import Callable, Iterator, Sequence

from steckel.archive.reader import CHUNK
from steckel.dicom.frames import Fragment

#: Made bytes, or a range of the stored file.
Part = bytes | Fragment

#: With a short part before it, a range still makes one piece.
_RANGE = CHUNK - (64 << 10)

Read = Callable[[int, int], bytes]  #: offset and length


class Whole:
    """The parts of one file. Thread-safe; blocking."""

    def __init__(self, read: Read, parts: Sequence[Part]) -> None:
        self._read = read
        self.parts = parts
        self.length = sum(map(_size, parts))

    def pieces(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` to `stop` in pieces of at most 1 MiB, none very small.

        A file that is shorter than the index says ends early, as what is stored does.
        """
        stop = self.length if stop is None else min(stop, self.length)
        held = b""
        for piece in self._ranges(start, stop):
            if held and len(held) + len(piece) > CHUNK:
                yield held
                held = b""
            held = held + piece if held else piece
            if len(held) >= CHUNK // 2:
                yield held
                held = b""
        if held:
            yield held

    def read(self) -> bytes:
        """Return all of it."""
        read = self._read
        parts = (p if isinstance(p, bytes) else read(p.offset, p.length) for p in self.parts)
        return b"".join(parts)

    def _ranges(self, start: int, stop: int) -> Iterator[bytes]:
        position = 0
        for part in self.parts:
            size = _size(part)
            first, last = max(start - position, 0), min(stop - position, size)
            position += size
            if isinstance(part, bytes):
                if first < last:
                    yield part[first:last]
                continue
            while first < last:
                piece = self._read(part.offset + first, min(last - first, _RANGE))
                if not piece:
                    return
                yield piece
                first += len(piece)


def _size(part: Part) -> int:
    return len(part) if isinstance(part, bytes) else part.length
