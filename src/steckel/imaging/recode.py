"""A data set in another encoding, element by element (PS3.5 7).

Pure. The rule: no value is interpreted. Text stays as it is to the byte,
numbers only change the order of their bytes; what is written anew is tags,
VRs and lengths. Group lengths, which would be wrong, go (PS3.5 7.2).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from struct import pack
from typing import Final, NamedTuple

from steckel.dicom import dictionary, elements, tags
from steckel.dicom.elements import UNDEFINED_LENGTH, Buffer, Element
from steckel.dicom.transfer_syntax import Encoding
from steckel.errors import CannotRender

_LONG: Final = frozenset("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
#: Bytes of one number.
_SIZES: Final = {
    "US": 2, "SS": 2, "AT": 2, "OW": 2, "UL": 4, "SL": 4, "FL": 4, "OF": 4, "OL": 4,
    "FD": 8, "OD": 8, "UV": 8, "SV": 8, "OV": 8,
}  # fmt: skip
_MAX_DEPTH: Final = 60
_ICON_IMAGE_SEQUENCE: Final = 0x00880200
_TRAILING_PADDING: Final = 0xFFFCFFFC


class NewElement(NamedTuple):
    """An element that takes the place of another, its value ready in the target's order."""

    vr: str
    value: Buffer


@dataclass(frozen=True, kw_only=True)
class Recoding:
    """From one encoding to another."""

    source: Encoding
    target: Encoding
    signed: bool = False  #: Pixel Representation, on which US or SS depends


def recode(
    buffer: Buffer,
    start: int,
    end: int,
    recoding: Recoding,
    changes: Mapping[int, NewElement | None],
) -> Iterator[Buffer]:
    """Yield the top-level elements between `start` and `end`, with changes put in, in order.

    A change to nothing leaves the element out.

    Raises
    ------
    NotDicom
        The bytes are no data set.
    CannotRender
        They are nested too deeply.
    """
    pending = [(tag, new) for tag, new in sorted(changes.items()) if new is not None]
    for element in _level(buffer, start, end, recoding.source):
        while pending and pending[0][0] <= element.tag:
            tag, new = pending.pop(0)
            yield from write_element(tag, new.vr, new.value, recoding.target)
        if element.tag not in changes:
            yield from _rewrite(buffer, element, recoding, depth=0)
    for tag, new in pending:
        yield from write_element(tag, new.vr, new.value, recoding.target)


def write_element(tag: int, vr: str, value: Buffer, target: Encoding) -> Iterator[Buffer]:
    """Yield header and value of one element."""
    padded = value if len(value) % 2 == 0 else bytes(value) + b"\0"
    if len(padded) >= UNDEFINED_LENGTH:
        raise CannotRender(f"{tags.show(tag)} would be longer than an element can be")
    yield _head(tag, vr, len(padded), target)
    yield padded


def swapped(raw: Buffer, size: int) -> bytes:
    """Return bytes with the order inside each number turned round."""
    whole = len(raw) // size * size
    turned = bytearray(raw)
    for index in range(size):
        turned[index:whole:size] = raw[size - 1 - index : whole : size]
    return bytes(turned)


def _head(tag: int, vr: str, length: int, target: Encoding) -> bytes:
    order = "<" if target.little else ">"
    group, number = tag >> 16, tag & 0xFFFF
    if not target.explicit:
        return pack(f"{order}HHI", group, number, length)
    if vr not in _LONG and length > 0xFFFF:
        vr = "UN"  # PS3.5 6.2.2: for a value too long for its VR
    if vr in _LONG:
        return pack(f"{order}HH2sHI", group, number, vr.encode(), 0, length)
    return pack(f"{order}HH2sH", group, number, vr.encode(), length)


def _level(buffer: Buffer, start: int, end: int, encoding: Encoding) -> Iterator[Element]:
    for element in elements.elements_between(buffer, start, end, encoding):
        if element.tag == 0:
            return  # zeros after the data set
        if element.tag & 0xFFFF and element.tag != _TRAILING_PADDING:
            yield element


def _rewrite(
    buffer: Buffer, element: Element, recoding: Recoding, *, depth: int
) -> Iterator[Buffer]:
    tag, vr = element.tag, element.vr
    if vr == "UN" or (vr == "SQ" and not _holds_items(buffer, element, recoding.source)):
        yield from _verbatim(buffer, element, "UN", recoding.target)
    elif vr == "SQ":
        if _may_be_left_out(tag) and _has_fragments(buffer, element, recoding.source):
            return
        body = b"".join(bytes(part) for part in _items(buffer, element, recoding, depth=depth))
        yield from write_element(tag, vr, body, recoding.target)
    elif element.length == UNDEFINED_LENGTH:
        raise CannotRender(f"{tags.show(tag)} has fragments, which the syntax has no room for")
    else:
        if recoding.signed and vr == "US" and dictionary.may_be_signed(tag):
            vr = "SS"
        raw: Buffer = memoryview(buffer)[element.offset : element.end]
        size = _SIZES.get(vr, 1)
        if size > 1 and recoding.source.little != recoding.target.little:
            raw = swapped(raw, size)
        yield from write_element(tag, vr, raw, recoding.target)


def _verbatim(buffer: Buffer, element: Element, vr: str, target: Encoding) -> Iterator[Buffer]:
    """Write what is not understood; of undefined length, its delimiter is in the bytes."""
    raw = memoryview(buffer)[element.offset : element.end]
    if element.length == UNDEFINED_LENGTH:
        yield _head(element.tag, vr, UNDEFINED_LENGTH, target)
        yield raw
    else:
        yield from write_element(element.tag, vr, raw, target)


def _holds_items(buffer: Buffer, element: Element, encoding: Encoding) -> bool:
    if element.end - element.offset < 8:
        return True
    raw = bytes(memoryview(buffer)[element.offset : element.offset + 2])
    return raw == (b"\xfe\xff" if encoding.little else b"\xff\xfe")


def _items(buffer: Buffer, element: Element, recoding: Recoding, *, depth: int) -> Iterator[Buffer]:
    if depth >= _MAX_DEPTH:
        raise CannotRender(f"sequences are nested more than {_MAX_DEPTH} deep")
    order = "<" if recoding.target.little else ">"
    for start, end in elements.items_of(buffer, element, recoding.source):
        body = b"".join(
            bytes(part)
            for inner in _level(buffer, start, end, recoding.source)
            for part in _rewrite(buffer, inner, recoding, depth=depth + 1)
        )
        yield pack(f"{order}HHI", tags.ITEM >> 16, tags.ITEM & 0xFFFF, len(body))
        yield body


def _may_be_left_out(tag: int) -> bool:
    """Whether a small copy of the image may go that cannot be said without fragments.

    The icon is optional (PS3.3 C.7.6.1.1.6), and what is private is meant for its maker.
    """
    return tag == _ICON_IMAGE_SEQUENCE or bool(tag >> 16 & 1)


def _has_fragments(buffer: Buffer, element: Element, encoding: Encoding) -> bool:
    return any(
        inner.tag == tags.PIXEL_DATA and inner.length == UNDEFINED_LENGTH
        for start, end in elements.items_of(buffer, element, encoding)
        for inner in _level(buffer, start, end, encoding)
    )
