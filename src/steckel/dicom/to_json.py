"""A data set in a buffer, as the DICOM JSON model (PS3.18 F.2).

Used for the documents that QIDO-RS and WADO-RS metadata return, and for the
identifiers of DIMSE. Values longer than a limit become a BulkDataURI, whose
path names the way to the element: ``54000100/1/54001010``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError  # noqa: N812

from steckel.dicom import charset, dictionary, elements, tags, values
from steckel.dicom.elements import UNDEFINED_LENGTH, Buffer, Element
from steckel.dicom.json_model import JsonDataset, JsonElement, json_key
from steckel.dicom.transfer_syntax import IMPLICIT_LITTLE, Encoding
from steckel.errors import NotDicom

#: Sequences nested deeper than this are left out of a document: no real object
#: has them, and readers of the document would fail on them.
MAX_DEPTH = 60

Bulk = Callable[[str], str]
_ITEM = {True: Struct("<HHI").unpack_from, False: Struct(">HHI").unpack_from}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How to read a data set."""

    encoding: Encoding
    bulk: Bulk | None = None  #: makes a URI from a path; without it all values are inline
    bulk_above: int = 256  #: bytes beyond which a binary value is given by URI


def dataset_to_json(
    buffer: Buffer, start: int, end: int, reading: Reading, codecs: tuple[str, ...] = ("iso8859",)
) -> JsonDataset:
    """Read the elements between `start` and `end`; stop quietly where they stop making sense."""
    return _Reader(buffer, reading).level(start, end, _At(reading.encoding, codecs))


def selected_to_json(
    buffer: Buffer,
    selected: list[Element],
    reading: Reading,
    codecs: tuple[str, ...],
    *,
    signed: bool = False,
) -> JsonDataset:
    """Read some elements of the top level, found by a scan; leave out what cannot be read."""
    reader = _Reader(buffer, reading, signed=signed)
    dataset: JsonDataset = {}
    view, little = memoryview(buffer), reading.encoding.little
    for element in selected:
        vr = element.vr
        try:
            if vr in values.TEXT:
                found = values.to_json(
                    bytes(view[element.offset : element.end]), vr, codecs, little=little
                )
                dataset[json_key(element.tag)] = {"vr": vr, "Value": found} if found else {"vr": vr}
                continue
            made = reader.standard(element, codecs)
        except (NotDicom, StructError):
            continue
        if made is not None:
            dataset[json_key(element.tag)] = made
    return dataset


class _Reader:
    """Reads each byte once, however deep sequences of undefined length nest."""

    def __init__(self, buffer: Buffer, reading: Reading, *, signed: bool = False) -> None:
        self._buffer = memoryview(buffer)
        self._reading = reading
        self._signed = signed

    def standard(self, element: Element, codecs: tuple[str, ...]) -> JsonElement | None:
        """Read an element of the top level that is not private."""
        at = _At(self._reading.encoding, codecs)
        return self._element(element, self._vr(element, {}), at)[0]

    def level(self, start: int, end: int, at: "_At") -> JsonDataset:
        """Read the elements between `start` and `end`; stop quietly where that makes no sense."""
        dataset: JsonDataset = {}
        try:
            self._fill(dataset, start, end, at)
        except (NotDicom, StructError):
            if not dataset:
                raise
        return dataset

    def _fill(self, dataset: JsonDataset, position: int, end: int, at: "_At") -> tuple[int, bool]:
        """Read elements into a data set; return where they end, and whether by a delimiter."""
        creators: dict[int, str] = {}
        while position + 8 <= end:
            element = self._next(position, end, at)
            tag = element.tag
            if tag == tags.ITEM_DELIMITATION_ITEM:
                return element.offset, True
            if not tag & 0xFFFF or tag >> 16 == 0xFFFE:
                position = element.end
                continue  # group lengths are not part of the model
            if tag == tags.SPECIFIC_CHARACTER_SET:
                at = at.with_codecs(charset.codecs_of(self._text(element, at.codecs)))
            elif tag == tags.PIXEL_REPRESENTATION and element.length == 2:
                self._signed = bool(self._buffer[element.offset] | self._buffer[element.end - 1])
            vr = self._vr(element, creators)
            if vr == "LO" and tag >> 16 & 1 and 0x10 <= tag & 0xFFFF <= 0xFF:
                creators[tag >> 8 & 0xFFFF00 | tag & 0xFF] = self._text(element, at.codecs)
            made, position = self._element(element, vr, at)
            if made is not None:
                dataset[json_key(tag)] = made
        return position, False

    def _next(self, position: int, end: int, at: "_At") -> Element:
        """Return the element at `position`; where it ends is open for an undefined length."""
        tag, vr, offset, length = elements.read_element(self._buffer, position, at.encoding)
        if length == UNDEFINED_LENGTH:
            return Element(tag, vr, offset, length, end)
        stop = min(offset + length, end)
        return Element(tag, vr, offset, stop - offset, stop)

    def _text(self, element: Element, codecs: tuple[str, ...]) -> str:
        return values.text_of(bytes(self._buffer[element.offset : element.end]), "LO", codecs)

    def _vr(self, element: Element, creators: dict[int, str]) -> str:
        vr, tag = element.vr, element.tag
        if vr == "UN":
            if element.length == UNDEFINED_LENGTH:
                return "SQ"
            if tag >> 16 & 1 and tag & 0xFF00:
                creator = creators.get(tag >> 8 & 0xFFFF00 | tag >> 8 & 0xFF)
                vr = dictionary.private_vr(creator, tag) if creator else "UN"
            else:
                vr = dictionary.vr_of(tag)
        if vr == "US" and self._signed and dictionary.may_be_signed(tag):
            return "SS"
        return vr

    def _element(self, element: Element, vr: str, at: "_At") -> tuple[JsonElement | None, int]:
        """Read one element; return it and where it ends."""
        here = at.path + json_key(element.tag)
        if vr == "SQ" and at.depth < MAX_DEPTH:
            inside = IMPLICIT_LITTLE if element.vr == "UN" else at.encoding
            return self._sequence(element, _At(inside, at.codecs, f"{here}/", at.depth + 1))
        if element.length == UNDEFINED_LENGTH:
            end = elements.skip_sequence(
                self._buffer, element.offset, element.end, at.encoding, unknown=element.vr == "UN"
            )
            if vr == "SQ":
                return None, end
            return self._bulk_or_nothing("OB", here), end  # encapsulated pixel data of an icon
        if vr == "SQ":
            return None, element.end
        return self._value(element, vr, at, here), element.end

    def _value(self, element: Element, vr: str, at: "_At", here: str) -> JsonElement:
        raw_length = element.end - element.offset
        if vr in values.BINARY:
            if self._reading.bulk is not None and raw_length > self._reading.bulk_above:
                return {"vr": vr, "BulkDataURI": self._reading.bulk(here)}
            if not raw_length:
                return {"vr": vr}
            raw = bytes(self._buffer[element.offset : element.end])
            return {"vr": vr, "InlineBinary": values.inline(_little(raw, vr, at.encoding))}
        raw = bytes(self._buffer[element.offset : element.end])
        found = values.to_json(raw, vr, at.codecs, little=at.encoding.little)
        return {"vr": vr, "Value": found} if found else {"vr": vr}

    def _bulk_or_nothing(self, vr: str, here: str) -> JsonElement | None:
        if self._reading.bulk is None:
            return None
        return {"vr": vr, "BulkDataURI": self._reading.bulk(here)}

    def _sequence(self, sequence: Element, at: "_At") -> tuple[JsonElement, int]:
        """Read the items of a sequence."""
        items: list[JsonDataset] = []
        position, end, closed = sequence.offset, sequence.end, False
        while position + 8 <= end and not closed:
            group, number, length = _ITEM[at.encoding.little](self._buffer, position)
            tag = group << 16 | number
            position += 8
            if tag == tags.ITEM:
                item: JsonDataset = {}
                position = self._item(item, position, end, length, at.item(len(items) + 1))
                items.append(item)
            elif tag == tags.SEQUENCE_DELIMITATION_ITEM:
                closed = True
            else:
                raise NotDicom(f"{tags.show(tag)} stands where an item of a sequence belongs")
        if sequence.length != UNDEFINED_LENGTH:
            position = end
        elif not closed:
            raise NotDicom("a sequence is never closed: was the data set cut off?")
        return ({"vr": "SQ", "Value": items} if items else {"vr": "SQ"}), position

    def _item(self, item: JsonDataset, position: int, end: int, length: int, at: "_At") -> int:
        """Read one item, and return where it ends."""
        if length != UNDEFINED_LENGTH:
            stop = min(position + length, end)
            self._fill(item, position, stop, at)
            return stop
        stop, closed = self._fill(item, position, end, at)
        if not closed:
            raise NotDicom("an item is never closed: was the data set cut off?")
        return stop


@dataclass(frozen=True, slots=True)
class _At:
    """Where in a data set one reads, and how it is spelled there."""

    encoding: Encoding
    codecs: tuple[str, ...]
    path: str = ""
    depth: int = 0

    def with_codecs(self, codecs: tuple[str, ...]) -> "_At":
        return _At(self.encoding, codecs, self.path, self.depth)

    def item(self, number: int) -> "_At":
        return _At(self.encoding, self.codecs, f"{self.path}{number}/", self.depth)


def _little(raw: bytes, vr: str, encoding: Encoding) -> bytes:
    """Bring words of a big endian data set into the order that JSON has (PS3.18 F.2.7)."""
    size = {"OW": 2, "OL": 4, "OF": 4, "OD": 8, "OV": 8}.get(vr, 1)
    if encoding.little or size == 1 or len(raw) % size:
        return raw
    swapped = bytearray(raw)
    for index in range(size):
        swapped[index::size] = raw[size - 1 - index :: size]
    return bytes(swapped)
