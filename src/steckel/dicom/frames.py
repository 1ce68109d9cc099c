"""Frame tables: where each frame of a pixel data element lies (PS3.5 A.4).

Kept in the index with each instance, packed, so that a frame is one range
read without parsing.
"""

from dataclasses import dataclass
from struct import Struct, error, pack, unpack_from


@dataclass(frozen=True, slots=True)
class Fragment:
    """A range of bytes, counted from the start of the Part 10 file."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class FrameTable:
    """The fragments of each frame; one fragment for native pixel data.

    Frames of a bit-packed image (Bits Allocated 1) that do not start on a
    byte are not in the table: `frames` is then empty and `encapsulated` false.
    """

    encapsulated: bool
    frames: tuple[tuple[Fragment, ...], ...]

    @property
    def count(self) -> int:
        """Number of frames."""
        return len(self.frames)


_EVEN, _ONE_EACH, _MANY = 0, 1, 2
_HEAD = Struct("<BBI")


def pack_table(table: FrameTable) -> bytes:
    """Pack a table; native pixel data of any number of frames takes 22 bytes."""
    head = (int(table.encapsulated), table.count)
    fragments = [fragment for frame in table.frames for fragment in frame]
    if _is_even(table, fragments):
        first = fragments[0]
        return _HEAD.pack(_EVEN, *head) + pack("<QQ", first.offset, first.length)
    flat = [part for fragment in fragments for part in (fragment.offset, fragment.length)]
    body = pack(f"<{len(flat)}Q", *flat)
    if len(fragments) == table.count:
        return _HEAD.pack(_ONE_EACH, *head) + body
    counts = [len(frame) for frame in table.frames]
    return _HEAD.pack(_MANY, *head) + pack(f"<{len(counts)}I", *counts) + body


def _is_even(table: FrameTable, fragments: list[Fragment]) -> bool:
    if table.encapsulated or not fragments or len(fragments) != table.count:
        return False
    first = fragments[0]
    return all(
        fragment.length == first.length and fragment.offset == first.offset + i * first.length
        for i, fragment in enumerate(fragments)
    )


def unpack_table(packed: bytes) -> FrameTable:
    """Unpack what `pack_table` made.

    Raises
    ------
    ValueError
        The bytes are no frame table.
    """
    try:
        kind, encapsulated, count = _HEAD.unpack_from(packed)
        if kind == _EVEN:
            offset, length = unpack_from("<QQ", packed, _HEAD.size)
            frames = tuple((Fragment(offset + i * length, length),) for i in range(count))
            return FrameTable(encapsulated=False, frames=frames)
        position, counts = _HEAD.size, (1,) * count
        if kind == _MANY:
            counts = unpack_from(f"<{count}I", packed, position)
            position += 4 * count
        flat = iter(unpack_from(f"<{2 * sum(counts)}Q", packed, position))
    except error as problem:
        raise ValueError("not a frame table") from problem
    return FrameTable(
        encapsulated=bool(encapsulated),
        frames=tuple(tuple(Fragment(next(flat), next(flat)) for _ in range(n)) for n in counts),
    )
