"""The top level of a data set with the place of every element, for who writes it anew in parts.

`elements.scan` names each tag once, which is what readers want; here an element that is there
twice is found twice.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from steckel.dicom import elements, tags
from steckel.dicom.elements import UNDEFINED_LENGTH, Buffer, Element
from steckel.dicom.transfer_syntax import Encoding
from steckel.errors import NotDicom


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
    position = start
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
        position = stop
    level.end = position
    return level
