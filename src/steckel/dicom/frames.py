"""Frame tables: where each frame of a pixel data element lies (PS3.5 A.4)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fragment:
    """A range of bytes, counted from the start of the Part 10 file."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class FrameTable:
    """The fragments of each frame; one fragment for native pixel data.

    Native frames of a bit-packed image (Bits Allocated 1) that do not start
    on a byte are not in the table: `frames` is then empty and `encapsulated` false.
    """

    encapsulated: bool
    frames: tuple[tuple[Fragment, ...], ...]

    @property
    def count(self) -> int:
        """Number of frames."""
        return len(self.frames)
