"""A data set in a buffer, as the DICOM JSON model (PS3.18 F.2).

Used for the documents that QIDO-RS and WADO-RS metadata return, and for the
identifiers of DIMSE. Values longer than a limit become a BulkDataURI, whose
path names the way to the element: ``54000100/1/54001010``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from struct import error as StructError  # noqa: N812

from steckel.dicom import charset, dictionary, elements, tags, values
from steckel.dicom.elements import Buffer, Element
from steckel.dicom.json_model import JsonDataset, JsonElement, json_key
from steckel.dicom.transfer_syntax import IMPLICIT_LITTLE, Encoding
from steckel.errors import NotDicom

#: Sequences nested deeper than this are left out of a document: no real object
#: has them, and readers of the document would fail on them.
MAX_DEPTH = 60

Bulk = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How to read a data set."""

    encoding: Encoding
    bulk: Bulk | None = None  #: makes a URI from a path; without it all values are inline
    bulk_above: int = 1024  #: bytes beyond which a binary value is given by URI


def dataset_to_json(
    buffer: Buffer, start: int, end: int, reading: Reading, codecs: tuple[str, ...] = ("iso8859",)
) -> JsonDataset:
    """Read the elements between `start` and `end`; stop quietly where they stop making sense."""
    return _Reader(buffer, reading).level(start, end, reading.encoding, codecs, path="", depth=0)


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
    for element in selected:
        try:
            made = reader.standard(element, codecs)
        except (NotDicom, StructError):
            continue
        if made is not None:
            dataset[json_key(element.tag)] = made
    return dataset


class _Reader:
    def __init__(self, buffer: Buffer, reading: Reading, *, signed: bool = False) -> None:
        self._buffer = memoryview(buffer)
        self._reading = reading
        self._signed = signed

    def standard(self, element: Element, codecs: tuple[str, ...]) -> JsonElement | None:
        """Read an element of the top level that is not private."""
        vr = self._vr(element, {})
        return self._element(element, vr, self._reading.encoding, codecs, path="", depth=0)

    def level(
        self,
        start: int,
        end: int,
        encoding: Encoding,
        codecs: tuple[str, ...],
        *,
        path: str,
        depth: int,
    ) -> JsonDataset:
        dataset: JsonDataset = {}
        creators: dict[int, str] = {}
        try:
            for element in elements.elements_between(self._buffer, start, end, encoding):
                tag = element.tag
                if not tag & 0xFFFF or tag >> 16 == 0xFFFE:
                    continue  # group lengths are not part of the model
                if tag == tags.SPECIFIC_CHARACTER_SET:
                    codecs = charset.codecs_of(self._text(element, codecs))
                elif tag == tags.PIXEL_REPRESENTATION and element.length == 2:
                    self._signed = bool(
                        self._buffer[element.offset] | self._buffer[element.end - 1]
                    )
                vr = self._vr(element, creators)
                if vr == "LO" and tag >> 16 & 1 and 0x10 <= tag & 0xFFFF <= 0xFF:
                    creators[tag >> 8 & 0xFFFF00 | tag & 0xFF] = self._text(element, codecs)
                made = self._element(element, vr, encoding, codecs, path=path, depth=depth)
                if made is not None:
                    dataset[json_key(tag)] = made
        except (NotDicom, StructError):
            if depth or not dataset:
                raise
        return dataset

    def _text(self, element: Element, codecs: tuple[str, ...]) -> str:
        return values.text_of(bytes(self._buffer[element.offset : element.end]), "LO", codecs)

    def _vr(self, element: Element, creators: dict[int, str]) -> str:
        vr, tag = element.vr, element.tag
        if vr == "UN":
            if tag >> 16 & 1 and tag & 0xFF00:
                creator = creators.get(tag >> 8 & 0xFFFF00 | tag >> 8 & 0xFF)
                vr = dictionary.private_vr(creator, tag) if creator else "UN"
            else:
                vr = dictionary.vr_of(tag)
            if element.length == elements.UNDEFINED_LENGTH:
                return "SQ"
        if vr == "US" and self._signed and dictionary.may_be_signed(tag):
            return "SS"
        return vr

    def _element(
        self,
        element: Element,
        vr: str,
        encoding: Encoding,
        codecs: tuple[str, ...],
        *,
        path: str,
        depth: int,
    ) -> JsonElement | None:
        here = path + json_key(element.tag)
        if vr == "SQ":
            if element.vr == "UN":
                encoding = IMPLICIT_LITTLE
            return self._sequence(element, encoding, codecs, here=here, depth=depth)
        if element.length == elements.UNDEFINED_LENGTH:  # encapsulated pixel data of an icon
            return self._bulk_or_nothing("OB", here)
        raw_length = element.end - element.offset
        if vr in values.BINARY:
            if self._reading.bulk is not None and raw_length > self._reading.bulk_above:
                return {"vr": vr, "BulkDataURI": self._reading.bulk(here)}
            if not raw_length:
                return {"vr": vr}
            raw = bytes(self._buffer[element.offset : element.end])
            return {"vr": vr, "InlineBinary": values.inline(_little(raw, vr, encoding))}
        raw = bytes(self._buffer[element.offset : element.end])
        found = values.to_json(raw, vr, codecs, little=encoding.little)
        return {"vr": vr, "Value": found} if found else {"vr": vr}

    def _bulk_or_nothing(self, vr: str, here: str) -> JsonElement | None:
        if self._reading.bulk is None:
            return None
        return {"vr": vr, "BulkDataURI": self._reading.bulk(here)}

    def _sequence(
        self,
        element: Element,
        encoding: Encoding,
        codecs: tuple[str, ...],
        *,
        here: str,
        depth: int,
    ) -> JsonElement | None:
        if depth >= MAX_DEPTH:
            return None
        items = [
            self.level(start, end, encoding, codecs, path=f"{here}/{number}/", depth=depth + 1)
            for number, (start, end) in enumerate(
                elements.items_of(self._buffer, element, encoding), start=1
            )
        ]
        return {"vr": "SQ", "Value": items} if items else {"vr": "SQ"}


def _little(raw: bytes, vr: str, encoding: Encoding) -> bytes:
    """Bring words of a big endian data set into the order that JSON has (PS3.18 F.2.7)."""
    size = {"OW": 2, "OL": 4, "OF": 4, "OD": 8, "OV": 8}.get(vr, 1)
    if encoding.little or size == 1 or len(raw) % size:
        return raw
    swapped = bytearray(raw)
    for index in range(size):
        swapped[index::size] = raw[size - 1 - index :: size]
    return bytes(swapped)
