"""Small data sets to bytes and back: identifiers of DIMSE and file meta information.

The DICOM JSON model on one side, a transfer syntax on the other (PS3.5 7).
Text beyond ASCII is written as UTF-8, and Specific Character Set says so, as it
does wherever the data set has one.
"""

import base64
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache
from struct import Struct, pack
from typing import Any

from steckel.dicom import person_name, tags, values
from steckel.dicom.elements import Buffer
from steckel.dicom.json_model import JsonDataset, JsonElement, json_key
from steckel.dicom.to_json import Reading, dataset_to_json
from steckel.dicom.transfer_syntax import Encoding, assume

#: VRs with a 32-bit length (PS3.5 table 7.1-1).
LONG = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
#: VRs whose values are made even with a space (PS3.5 6.2).
SPACE_PADDED = frozenset(
    {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UR", "UT"}
)
_CHARACTER_SET = json_key(tags.SPECIFIC_CHARACTER_SET)
#: What nearly all names have.
_PLAIN_NAME = {"Alphabetic"}
_UTF_8: JsonElement = {"vr": "CS", "Value": ["ISO_IR 192"]}


def decode_dataset(data: Buffer, transfer_syntax: str) -> JsonDataset:
    """Read a small data set with all its values inline.

    Raises
    ------
    NotDicom
        The bytes are no data set in this encoding.
    """
    if not len(data):
        return {}
    reading = Reading(encoding=assume(transfer_syntax).encoding)
    return dataset_to_json(data, 0, len(data), reading)


def encode_dataset(dataset: JsonDataset, transfer_syntax: str) -> bytes:
    """Write a data set; its elements in order of tags."""
    encoding = assume(transfer_syntax).encoding
    keys = sorted(dataset)
    encoded = [_encode_element(key, dataset[key], encoding) for key in keys]
    body = b"".join(encoded)
    is_declared = _CHARACTER_SET in dataset
    if not is_declared and (body.isascii() or not _has_wide_text(dataset)):
        return body
    place = bisect_left(keys, _CHARACTER_SET)
    encoded[place : place + is_declared] = [_encode_element(_CHARACTER_SET, _UTF_8, encoding)]
    return b"".join(encoded)


def _has_wide_text(dataset: JsonDataset) -> bool:
    for element in dataset.values():
        for value in element.get("Value") or ():
            if isinstance(value, str) and not value.isascii():
                return True
            if isinstance(value, dict):
                if element["vr"] == "SQ" and _has_wide_text(value):
                    return True
                if element["vr"] == "PN" and not "".join(value.values()).isascii():
                    return True
    return False


def _encode_level(dataset: JsonDataset, encoding: Encoding) -> bytes:
    return b"".join(
        [_encode_element(key, element, encoding) for key, element in sorted(dataset.items())]
    )


def _encode_element(key: str, element: JsonElement, encoding: Encoding) -> bytes:
    vr = element["vr"]
    head, pack_length, empty = _head(key, vr, encoding)
    if len(element) == 1:
        return empty  # of an answer, many are
    raw = encode_value(element, vr, encoding)
    if len(raw) & 1:
        raw += b" " if vr in SPACE_PADDED else b"\0"
    return head + pack_length(len(raw)) + raw


@lru_cache(maxsize=4096)
def _head(key: str, vr: str, encoding: Encoding) -> tuple[bytes, Callable[[int], bytes], bytes]:
    """Return what stands before the length of an element, what makes the length, and it empty."""
    order, tag = "<" if encoding.little else ">", int(key, 16)
    head, length = pack(f"{order}HH", tag >> 16, tag & 0xFFFF), Struct(f"{order}I")
    if encoding.explicit:
        head += vr.encode() + (b"\0\0" if vr in LONG else b"")
        length = length if vr in LONG else Struct(f"{order}H")
    return head, length.pack, head + length.pack(0)


def encode_value(element: JsonElement, vr: str, encoding: Encoding) -> bytes:
    """Return the bytes of a value, not made even; text in UTF-8."""
    if "InlineBinary" in element:
        return base64.b64decode(element["InlineBinary"])
    found = element.get("Value")
    if not found:
        return b""
    first = found[0]
    if len(found) == 1 and type(first) is str and vr in SPACE_PADDED:
        return first.encode()  # nearly all of them
    if len(found) == 1 and vr == "PN" and type(first) is dict and first.keys() == _PLAIN_NAME:
        return str(first["Alphabetic"]).encode()
    if vr == "SQ":
        return b"".join(_encode_item(item, encoding) for item in found)
    order = "<" if encoding.little else ">"
    number = values.NUMBERS.get(vr)
    if number is not None:
        letter = number[0]
        return Struct(f"{order}{len(found)}{letter}").pack(*(_number(v, letter) for v in found))
    if vr == "AT":
        halves = [half for v in found for half in (int(v[:4], 16), int(v[4:], 16))]
        return Struct(f"{order}{len(halves)}H").pack(*halves)
    return text_of(found).encode("utf-8")


def text_of(found: list[Any]) -> str:
    """Return the values of a text VR as one text, as DICOM spells them."""
    return "\\".join(_text(value) for value in found)


def _number(value: Any, letter: str) -> int | float:
    return float(value) if letter in "fd" else int(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return person_name.from_json(value)
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def _encode_item(item: JsonDataset, encoding: Encoding) -> bytes:
    body = _encode_level(item, encoding)
    order = "<" if encoding.little else ">"
    return pack(f"{order}HHI", tags.ITEM >> 16, tags.ITEM & 0xFFFF, len(body)) + body
