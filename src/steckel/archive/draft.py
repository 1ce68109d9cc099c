"""A buffer for one object while it arrives.

Small objects stay in memory; a large one goes to a file in the store's
``open`` folder, which later becomes a container by itself, without a copy.
A draft is a whole Part 10 file, or whatever a peer sent in its place;
`ingest` finds out.
"""

from typing import Protocol

Buffer = bytes | bytearray | memoryview


class Draft(Protocol):
    """One object on its way in. Not thread-safe: it belongs to its receiver."""

    @property
    def size(self) -> int:
        """Bytes written so far."""

    def write(self, data: Buffer) -> None:
        """Append bytes; the buffer may be reused after the call.

        Raises
        ------
        OutOfSpace
            The spool is full.
        """

    def read(self, offset: int, length: int) -> memoryview:
        """Return bytes written earlier (fewer at the end)."""

    def discard(self) -> None:
        """Drop it; safe to call more than once, and after it was consumed."""
