"""One value of a data set by its path: ``7FE00010`` or ``54000100/1/54001010``."""

from steckel.dicom import elements, tags
from steckel.dicom.elements import UNDEFINED_LENGTH, Element
from steckel.dicom.transfer_syntax import IMPLICIT_LITTLE, Encoding
from steckel.errors import NotDicom, NotFound


def value_at(buffer: bytes, start: int, end: int, encoding: Encoding, path: str) -> bytes:
    """Return the bytes of a value.

    Raises
    ------
    NotFound
        The path leads nowhere.
    """
    steps = path.split("/")
    try:
        for tag_step, item_step in zip(steps[::2], steps[1::2], strict=False):
            sequence = _element(buffer, start, end, encoding, tag_step)
            if sequence.vr == "UN":
                encoding = IMPLICIT_LITTLE
            start, end = _item(buffer, sequence, encoding, item_step)
        element = _element(buffer, start, end, encoding, steps[-1])
    except (NotDicom, ValueError) as problem:
        raise NotFound("there is no such bulk value") from problem
    if element.length == UNDEFINED_LENGTH:
        return _joined_fragments(buffer, element)
    return buffer[element.offset : element.end]


def _element(buffer: bytes, start: int, end: int, encoding: Encoding, step: str) -> Element:
    wanted = int(step, 16)
    for element in elements.elements_between(buffer, start, end, encoding):
        if element.tag == wanted:
            return element
    raise NotFound("there is no such bulk value")


def _item(buffer: bytes, sequence: Element, encoding: Encoding, step: str) -> tuple[int, int]:
    number = int(step)
    for position, item in enumerate(elements.items_of(buffer, sequence, encoding), start=1):
        if position == number:
            return item
    raise NotFound("there is no such bulk value")


def _joined_fragments(buffer: bytes, element: Element) -> bytes:
    """Return encapsulated pixel data without its items, the offset table left out."""
    parts: list[bytes] = []
    position = element.offset
    while position + 8 <= element.end:
        group = int.from_bytes(buffer[position : position + 2], "little")
        number = int.from_bytes(buffer[position + 2 : position + 4], "little")
        length = int.from_bytes(buffer[position + 4 : position + 8], "little")
        if group << 16 | number != tags.ITEM:
            break
        parts.append(buffer[position + 8 : position + 8 + length])
        position += 8 + length
    return b"".join(parts[1:])
