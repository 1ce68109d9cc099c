"""Reading elements of a data set in a buffer (PS3.5 7).

The rule: nothing is copied and nothing is decoded. A scan yields where each
value lies; who needs a value takes it from the buffer. Nesting is followed
with a stack, so that no depth of sequences can exhaust the interpreter's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import Struct
from typing import NamedTuple

from steckel.dicom import dictionary, tags
from steckel.dicom.transfer_syntax import IMPLICIT_LITTLE, Encoding, TransferSyntax
from steckel.errors import NotDicom

Buffer = bytes | bytearray | memoryview

UNDEFINED_LENGTH = 0xFFFFFFFF

#: VRs with a 32-bit length (PS3.5 table 7.1-1).
_LONG_VRS = frozenset(
    {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
)
#: VRs with a 16-bit length, as they are spelled.
SHORT_VRS = {
    vr.encode(): vr
    for vr in "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()
}
_LONG_VR_NAMES = {vr: vr.decode() for vr in _LONG_VRS}

_TAG_VR_LENGTH = {True: Struct("<HH2sH").unpack_from, False: Struct(">HH2sH").unpack_from}
_TAG_LENGTH = {True: Struct("<HHI").unpack_from, False: Struct(">HHI").unpack_from}
_U32 = {True: Struct("<I").unpack_from, False: Struct(">I").unpack_from}


_PIXEL_GROUP = tags.PIXEL_DATA >> 16

_VR_LETTERS = frozenset(range(ord("A"), ord("Z") + 1))


class Element(NamedTuple):
    """Where one element lies. `length` is `UNDEFINED_LENGTH` where it says so."""

    tag: int
    vr: str
    offset: int  #: of the value
    length: int
    end: int  #: of the element, delimiters included


_new = tuple.__new__  # makes an `Element` without its own constructor, in half the time


@dataclass(slots=True)
class Scan:
    """The top-level elements before the pixel data."""

    elements: dict[int, Element] = field(default_factory=dict)
    pixel: Element | None = None  #: its `end` is that of the buffer when it cannot be known
    header_end: int = 0  #: where the pixel data element starts, or the data set ends
    truncated_in: int | None = None  #: the tag of the element that runs past the end


def read_element(buffer: Buffer, position: int, encoding: Encoding) -> tuple[int, str, int, int]:
    """Read one element's header: tag, VR, offset of the value, length.

    Raises
    ------
    NotDicom
        What stands there is no element in this encoding.
    """
    if len(buffer) < position + 12:
        return _read_last_element(buffer, position, encoding)
    little = encoding.little
    if not encoding.explicit:
        group, number, length = _TAG_LENGTH[little](buffer, position)
        tag = group << 16 | number
        return tag, dictionary.vr_of(tag), position + 8, length
    group, number, vr, length = _TAG_VR_LENGTH[little](buffer, position)
    tag = group << 16 | number
    name = SHORT_VRS.get(vr)
    if name is not None:
        return tag, name, position + 8, length
    if group == 0xFFFE:
        return tag, "", position + 8, _U32[little](buffer, position + 4)[0]
    if vr in _LONG_VRS or (vr.isalpha() and vr.isupper()):
        # An unknown VR is read with a 32-bit length (PS3.5 6.2, note 2 of 7.1.2).
        (length,) = _U32[little](buffer, position + 8)
        return tag, _LONG_VR_NAMES.get(vr, "UN"), position + 12, length
    if vr == b"\0\0":
        # Seen from broken writers: no VR, but room for it, and a 16-bit length.
        return tag, dictionary.vr_of(tag), position + 8, length
    raise NotDicom(f"damaged at byte {position}: no value representation")


def _read_last_element(
    buffer: Buffer, position: int, encoding: Encoding
) -> tuple[int, str, int, int]:
    """Read an element's header so near the end that a long one may be cut off."""
    rest = bytes(buffer[position:])
    tag, vr, offset, length = read_element(rest + bytes(12), 0, encoding)
    if offset > len(rest):
        raise NotDicom("the data set ends inside an element's header")
    return tag, vr, position + offset, length


def shows_vr(buffer: Buffer, position: int) -> bool:
    """Whether the element at `position` spells out its value representation."""
    return len(buffer) >= position + 6 and (
        buffer[position + 4] in _VR_LETTERS and buffer[position + 5] in _VR_LETTERS
    )


def real_encoding(buffer: Buffer, start: int, syntax: TransferSyntax) -> Encoding:
    """Return how the data set at `start` is spelled.

    Compressed pixel data belongs into Explicit VR Little Endian (PS3.5 A.4), but
    some writers put it into Implicit VR.
    """
    if syntax.encapsulated and not shows_vr(buffer, start):
        return IMPLICIT_LITTLE
    return syntax.encoding


def scan(buffer: Buffer, start: int, end: int, encoding: Encoding) -> Scan:
    """Find the top-level elements up to the pixel data.

    A value that runs past `end` is cut there and noted in `truncated_in`.

    Raises
    ------
    NotDicom
        The bytes are no data set in this encoding, or a sequence is never closed.
    """
    found = Scan()
    elements = found.elements
    take_plain = _take_explicit if encoding.explicit else _take_implicit
    position = take_plain(buffer, start, end, encoding, elements)
    while position + 8 <= end:
        try:
            tag, vr, offset, length = read_element(buffer, position, encoding)
        except NotDicom:
            if _is_padding(buffer, position, end):
                break
            if not elements:
                raise NotDicom("the bytes are no DICOM data set") from None
            raise
        if tag in tags.PIXEL_TAGS:
            found.pixel = Element(tag, vr, offset, length, end)
            break
        if tag == 0 and elements:
            break  # zero padding after the data set
        if length == UNDEFINED_LENGTH:
            stop = skip_sequence(buffer, offset, end, encoding, unknown=vr == "UN")
        else:
            stop = offset + length
        if stop > end:
            found.truncated_in = tag
            elements[tag] = Element(tag, vr, offset, end - offset, end)
            position = end
            break
        elements[tag] = Element(tag, vr, offset, length, stop)
        position = take_plain(buffer, stop, end, encoding, elements)
    found.header_end = position
    return found


def _take_explicit(
    buffer: Buffer, position: int, end: int, encoding: Encoding, elements: dict[int, Element]
) -> int:
    """Take elements as long as they are whole and have a 16-bit length; return where they stop.

    Nearly all of a header have, and each counts at ingest.
    """
    unpack, names = _TAG_VR_LENGTH[encoding.little], SHORT_VRS
    last = end - 12
    while position <= last:
        group, number, vr, length = unpack(buffer, position)
        name = names.get(vr)
        offset = position + 8
        stop = offset + length
        if name is None or not 0 < group < _PIXEL_GROUP or stop > end:
            break
        tag = group << 16 | number
        elements[tag] = _new(Element, (tag, name, offset, length, stop))
        position = stop
    return position


def _take_implicit(
    buffer: Buffer, position: int, end: int, encoding: Encoding, elements: dict[int, Element]
) -> int:
    """Take elements as long as they are whole and have a length; return where they stop."""
    unpack, vr_of = _TAG_LENGTH[encoding.little], dictionary.vr_of
    last = end - 8
    while position <= last:
        group, number, length = unpack(buffer, position)
        offset = position + 8
        stop = offset + length
        if not 0 < group < _PIXEL_GROUP or stop > end:
            break
        tag = group << 16 | number
        elements[tag] = _new(Element, (tag, vr_of(tag), offset, length, stop))
        position = stop
    return position


def _is_padding(buffer: Buffer, position: int, end: int) -> bool:
    return not any(memoryview(buffer)[position : min(end, position + 64)])


def skip_sequence(
    buffer: Buffer, position: int, end: int, encoding: Encoding, *, unknown: bool = False
) -> int:
    """Return where a sequence of undefined length ends, its delimiter included.

    `unknown` says that its VR is UN: its items are then in Implicit VR Little
    Endian (PS3.5 6.2.2 note 2). Works for encapsulated pixel data as well.

    Raises
    ------
    NotDicom
        It is never closed, or holds what is no item.
    """
    # Each entry: whether we stand among items (a sequence) or among elements
    # (an item), and the encoding of what is inside.
    stack = [(True, IMPLICIT_LITTLE if unknown else encoding)]
    while stack:
        among_items, inside = stack[-1]
        if position + 8 > end:
            raise NotDicom("a sequence is never closed: was the data set cut off?")
        if among_items:
            group, number, length = _TAG_LENGTH[inside.little](buffer, position)
            tag = group << 16 | number
            position += 8
            if tag == tags.ITEM:
                if length == UNDEFINED_LENGTH:
                    stack.append((False, inside))
                else:
                    position += length
            elif tag == tags.SEQUENCE_DELIMITATION_ITEM:
                stack.pop()
            else:
                raise NotDicom(f"{tags.show(tag)} stands where an item of a sequence belongs")
        else:
            tag, vr, offset, length = read_element(buffer, position, inside)
            position = offset
            if tag == tags.ITEM_DELIMITATION_ITEM:
                stack.pop()
            elif length == UNDEFINED_LENGTH:
                stack.append((True, IMPLICIT_LITTLE if vr == "UN" else inside))
            else:
                position += length
    return position


def elements_between(
    buffer: Buffer, position: int, end: int, encoding: Encoding
) -> Iterator[Element]:
    """Yield the elements of a data set or an item, up to its delimiter or `end`.

    Raises
    ------
    NotDicom
        As `scan`.
    """
    while position + 8 <= end:
        tag, vr, offset, length = read_element(buffer, position, encoding)
        if tag == tags.ITEM_DELIMITATION_ITEM:
            return
        if length == UNDEFINED_LENGTH:
            stop = skip_sequence(buffer, offset, end, encoding, unknown=vr == "UN")
        else:
            stop = min(offset + length, end)
            length = stop - offset
        yield Element(tag, vr, offset, length, stop)
        position = stop


def items_of(buffer: Buffer, sequence: Element, encoding: Encoding) -> Iterator[tuple[int, int]]:
    """Yield start and end of the content of each item of a sequence.

    An item of undefined length ends where its delimiter starts.
    """
    position, end = sequence.offset, sequence.end
    while position + 8 <= end:
        group, number, length = _TAG_LENGTH[encoding.little](buffer, position)
        tag = group << 16 | number
        if tag != tags.ITEM:
            return
        start = position + 8
        if length == UNDEFINED_LENGTH:
            stop = start
            for element in elements_between(buffer, start, end, encoding):
                stop = element.end
            yield start, stop
            position = stop + 8
        else:
            stop = min(start + length, end)
            yield start, stop
            position = stop
