"""Building frame tables: where each frame of a pixel data element lies.

Native pixel data divides evenly (PS3.5 8.1.1); encapsulated pixel data is a
sequence of items (PS3.5 A.4) whose fragments are told to belong to frames by
the Extended Offset Table, the Basic Offset Table, or by counting.
"""

from struct import Struct, unpack_from

from steckel.dicom import tags
from steckel.dicom.elements import UNDEFINED_LENGTH, Buffer, Element
from steckel.dicom.frames import Fragment, FrameTable
from steckel.errors import TooLarge

#: Frames, or fragments of frames, of one instance. The largest slides have some
#: 700,000; a few bytes could claim a thousand times as many.
MOST = 1 << 20

_ITEM = Struct("<HHI").unpack_from


def native(
    pixel: Element, *, frame_bits: int, number_of_frames: int, available: int
) -> FrameTable | None:
    """Return the table of native pixel data; ``None`` where it does not divide.

    `frame_bits` is rows x columns x samples x bits allocated; `available` the
    number of bytes that are really there.

    Raises
    ------
    TooLarge
        There are more than `MOST` frames.
    """
    if frame_bits <= 0:
        return None
    if frame_bits % 8:
        # Bit-packed frames run into each other (PS3.5 8.1.1): one frame only.
        if number_of_frames > 1:
            return FrameTable(encapsulated=False, frames=())
        length = min((frame_bits + 7) // 8, available)
        return FrameTable(encapsulated=False, frames=((Fragment(pixel.offset, length),),))
    size = frame_bits // 8
    count = min(max(number_of_frames, 1), max(available // size, 1))
    if count > MOST:
        raise TooLarge(f"the pixel data has more than {MOST:,} frames")
    return FrameTable(
        encapsulated=False,
        frames=tuple(
            (Fragment(pixel.offset + i * size, min(size, max(available - i * size, 0))),)
            for i in range(count)
        ),
    )


def encapsulated(
    buffer: Buffer,
    pixel: Element,
    end: int,
    *,
    number_of_frames: int,
    extended: tuple[int, ...] = (),
) -> tuple[FrameTable, bool]:
    """Return the table of encapsulated pixel data, and whether it was closed properly.

    Raises
    ------
    TooLarge
        There are more than `MOST` fragments.
    """
    items, closed = _items(buffer, pixel.offset, end)
    if not items:
        return FrameTable(encapsulated=True, frames=()), closed
    table, fragments = items[0], items[1:]
    offsets = extended or _basic_offsets(buffer, table)
    return (
        FrameTable(
            encapsulated=True,
            frames=_group(buffer, fragments, offsets, max(number_of_frames, 1)),
        ),
        closed,
    )


def _items(buffer: Buffer, position: int, end: int) -> tuple[list[Fragment], bool]:
    found: list[Fragment] = []
    while position + 8 <= end:
        group, number, length = _ITEM(buffer, position)
        tag = group << 16 | number
        if tag == tags.SEQUENCE_DELIMITATION_ITEM:
            return found, True
        if tag != tags.ITEM or length == UNDEFINED_LENGTH:
            return found, False
        if len(found) > MOST:
            raise TooLarge(f"the pixel data is in more than {MOST:,} fragments")
        position += 8
        found.append(Fragment(position, min(length, end - position)))
        position += length
    return found, False


def _basic_offsets(buffer: Buffer, table: Fragment) -> tuple[int, ...]:
    count = table.length // 4
    return unpack_from(f"<{count}I", buffer, table.offset) if count else ()


def _group(
    buffer: Buffer, fragments: list[Fragment], offsets: tuple[int, ...], number_of_frames: int
) -> tuple[tuple[Fragment, ...], ...]:
    """Tell which fragments make which frame."""
    if not fragments:
        return ()
    if len(fragments) == number_of_frames:
        return tuple((fragment,) for fragment in fragments)
    if number_of_frames == 1:
        return (tuple(fragments),)
    if len(offsets) > 1:
        # Offsets count from the first byte of the first item after the table,
        # its tag included (PS3.5 A.4).
        base = fragments[0].offset - 8
        starts = {base + offset for offset in offsets}
        if all(start in {f.offset - 8 for f in fragments} for start in starts):
            return _split(fragments, [f.offset - 8 in starts for f in fragments])
    # Without offsets, a frame ends where a fragment ends with an end-of-image
    # marker (JPEG, JPEG-LS, JPEG 2000: FFD9; PS3.5 A.4 lets no frame share a fragment).
    ends = [_ends_image(buffer, fragment) for fragment in fragments]
    if any(ends[:-1]):
        return _split(fragments, [True, *ends[:-1]])
    return tuple((fragment,) for fragment in fragments)


def _split(fragments: list[Fragment], starts_frame: list[bool]) -> tuple[tuple[Fragment, ...], ...]:
    frames: list[list[Fragment]] = []
    for fragment, starts in zip(fragments, starts_frame, strict=True):
        if starts or not frames:
            frames.append([fragment])
        else:
            frames[-1].append(fragment)
    return tuple(tuple(frame) for frame in frames)


def _ends_image(buffer: Buffer, fragment: Fragment) -> bool:
    tail = bytes(memoryview(buffer)[fragment.offset : fragment.offset + fragment.length][-3:])
    return b"\xff\xd9" in tail
