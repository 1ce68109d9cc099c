"""Single elements and items to bytes, in any encoding and character set (PS3.5 7)."""

from struct import pack
from typing import Final

from steckel.dicom import tags
from steckel.dicom.elements import UNDEFINED_LENGTH
from steckel.dicom.encode import LONG, SPACE_PADDED, encode_value, text_of
from steckel.dicom.json_model import JsonDataset, JsonElement, json_key
from steckel.dicom.text_encoding import encode_text
from steckel.dicom.transfer_syntax import Encoding

#: VRs to which Specific Character Set applies (PS3.5 6.1.2.3).
ENCODED_TEXT: Final = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})

_CHARACTER_SET = json_key(tags.SPECIFIC_CHARACTER_SET)


def head(tag: int, vr: str, length: int, encoding: Encoding) -> bytes:
    """Return what stands before a value."""
    order = "<" if encoding.little else ">"
    group, number = tag >> 16, tag & 0xFFFF
    if not encoding.explicit:
        return pack(f"{order}HHI", group, number, length)
    if vr not in LONG and length > 0xFFFF:
        vr = "UN"  # PS3.5 6.2.2: for a value too long for its VR
    if vr in LONG:
        return pack(f"{order}HH2sHI", group, number, vr.encode(), 0, length)
    return pack(f"{order}HH2sH", group, number, vr.encode(), length)


def with_head(tag: int, vr: str, raw: bytes, encoding: Encoding) -> bytes:
    """Return an element of a value that is made even here."""
    if len(raw) & 1:
        raw += b" " if vr in SPACE_PADDED else b"\0"
    return head(tag, vr, len(raw), encoding) + raw


def element_bytes(tag: int, element: JsonElement, encoding: Encoding, declared: str) -> bytes:
    """Return an element; `declared` is the value of Specific Character Set.

    Raises
    ------
    UnencodableText
        The character set does not have all of its text.
    """
    vr = element["vr"]
    found = element.get("Value") or []
    if vr == "SQ":
        raw = b"".join(
            item_bytes(dataset_bytes(item, encoding, declared), encoding) for item in found
        )
    elif vr in ENCODED_TEXT:
        raw = encode_text(text_of(found), declared, name=vr == "PN")
    else:
        raw = encode_value(element, vr, encoding)
    return with_head(tag, vr, raw, encoding)


def dataset_bytes(dataset: JsonDataset, encoding: Encoding, declared: str) -> bytes:
    """Return the elements of an item in their order; it says nothing of its character set."""
    return b"".join(
        element_bytes(int(key, 16), element, encoding, declared)
        for key, element in sorted(dataset.items())
        if key != _CHARACTER_SET
    )


def item_bytes(body: bytes, encoding: Encoding) -> bytes:
    """Return an item of a sequence."""
    return _delimiter(tags.ITEM, len(body), encoding) + body


def sequence_bytes(
    tag: int, vr: str, items: bytes, encoding: Encoding, *, undefined: bool = False
) -> bytes:
    """Return a sequence of items, of explicit or of undefined length (PS3.5 7.5.1)."""
    if not undefined:
        return head(tag, vr, len(items), encoding) + items
    end = _delimiter(tags.SEQUENCE_DELIMITATION_ITEM, 0, encoding)
    return head(tag, vr, UNDEFINED_LENGTH, encoding) + items + end


def _delimiter(tag: int, length: int, encoding: Encoding) -> bytes:
    order = "<" if encoding.little else ">"
    return pack(f"{order}HHI", tag >> 16, tag & 0xFFFF, length)
