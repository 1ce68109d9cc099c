"""The top level of a data set with the place of every element, for who writes it anew in parts.

`elements.scan` names each tag once, which is what readers want; here an element that is there
twice is found twice.
"""

from dataclasses import dataclass, field
from struct import Struct
from typing import NamedTuple

from steckel.dicom import dictionary, elements, tags
from steckel.dicom.elements import UNDEFINED_LENGTH, Buffer, Element
from steckel.dicom.transfer_syntax import Encoding
from steckel.errors import NotDicom

_TAG_VR_LENGTH = {True: Struct("<HH2sH").unpack_from, False: Struct(">HH2sH").unpack_from}
_TAG_LENGTH = {True: Struct("<HHI").unpack_from, False: Struct(">HHI").unpack_from}
_PIXEL_GROUP = tags.PIXEL_DATA >> 16
_new = tuple.__new__  # makes a named tuple without its own constructor, in half the time


class Placed(NamedTuple):
    """An element and where its tag stands."""

    start: int
    element: Element


@dataclass(slots=True)
class Level:
    """The elements before the pixel data, in the order in which they stand."""

    placed: list[Placed] = field(default_factory=list)
    end: int = 0  #: where the pixel data element starts, or the data set ends
    has_pixels: bool = False
    is_cut: bool = False  #: the last element runs past the end of the buffer


def read_level(buffer: Buffer, start: int, end: int, encoding: Encoding) -> Level:
    """Find the elements before the pixel data.

    Raises
    ------
    NotDicom
        The bytes are no data set in this encoding, or a sequence is never closed.
    """
    level = Level()
    take_plain = _take_explicit if encoding.explicit else _take_implicit
    position = take_plain(buffer, start, end, encoding, level.placed)
    while position + 8 <= end and not level.is_cut:
        try:
            tag, vr, offset, length = elements.read_element(buffer, position, encoding)
        except NotDicom:
            if level.placed and not any(memoryview(buffer)[position : min(end, position + 64)]):
                break  # zero padding after the data set
            raise
        level.has_pixels = tag in tags.PIXEL_TAGS
        if level.has_pixels or (tag == 0 and level.placed):
            break
        if length == UNDEFINED_LENGTH:
            stop = elements.skip_sequence(buffer, offset, end, encoding, unknown=vr == "UN")
        else:
            stop = offset + length
        level.is_cut = stop > end
        stop = min(stop, end)
        level.placed.append(Placed(position, Element(tag, vr, offset, length, stop)))
        position = take_plain(buffer, stop, end, encoding, level.placed)
    level.end = position
    return level


def _take_explicit(
    buffer: Buffer, position: int, end: int, encoding: Encoding, placed: list[Placed]
) -> int:
    """Take elements as long as they are whole and have a 16-bit length, as `elements` does."""
    unpack, names = _TAG_VR_LENGTH[encoding.little], elements.SHORT_VRS
    last = end - 12
    while position <= last:
        group, number, vr, length = unpack(buffer, position)
        name = names.get(vr)
        offset = position + 8
        stop = offset + length
        if name is None or not 0 < group < _PIXEL_GROUP or stop > end:
            break
        element = _new(Element, (group << 16 | number, name, offset, length, stop))
        placed.append(_new(Placed, (position, element)))
        position = stop
    return position


def _take_implicit(
    buffer: Buffer, position: int, end: int, encoding: Encoding, placed: list[Placed]
) -> int:
    """Take elements as long as they are whole and have a length."""
    unpack, vr_of = _TAG_LENGTH[encoding.little], dictionary.vr_of
    last = end - 8
    while position <= last:
        group, number, length = unpack(buffer, position)
        offset = position + 8
        stop = offset + length
        if not 0 < group < _PIXEL_GROUP or stop > end:
            break
        tag = group << 16 | number
        element = _new(Element, (tag, vr_of(tag), offset, length, stop))
        placed.append(_new(Placed, (position, element)))
        position = stop
    return position
