"""The DICOM JSON model as XML: the Native DICOM Model (PS3.19 A.1)."""

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from steckel.dicom import dictionary
from steckel.dicom.json_model import JsonDataset, JsonElement, values_in

_OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM"'
    ' xml:space="preserve">'
)
_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_COMPONENTS = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
#: XML 1.0 has no way to spell other control characters.
_UNSPEAKABLE = {code: None for code in range(32) if code not in (9, 10, 13)}


def to_xml(dataset: JsonDataset) -> bytes:
    """Spell one data set as a document in UTF-8."""
    return "".join([_OPEN, *_attributes(dataset), "</NativeDicomModel>"]).encode("utf-8")


def _attributes(dataset: JsonDataset) -> Iterator[str]:
    for key, element in sorted(dataset.items()):
        tag = int(key, 16)
        head = f'<DicomAttribute tag="{key}" vr={quoteattr(element["vr"])}'
        if keyword := dictionary.keyword_of(tag):
            head += f' keyword="{keyword}"'
        if creator := _creator(dataset, tag):
            head += f" privateCreator={quoteattr(creator)}"
        yield head + ">"
        yield from _content(element)
        yield "</DicomAttribute>"


def _creator(dataset: JsonDataset, tag: int) -> str:
    """Return who reserved the block of a private attribute (PS3.5 7.8.1)."""
    if not tag >> 16 & 1 or tag & 0xFFFF < 0x1000:
        return ""
    values = values_in(dataset, tag & 0xFFFF0000 | tag >> 8 & 0xFF)
    return str(values[0]) if values else ""


def _content(element: JsonElement) -> Iterator[str]:
    if "BulkDataURI" in element:
        yield f"<BulkData uri={quoteattr(element['BulkDataURI'])}/>"
    if "InlineBinary" in element:
        yield f"<InlineBinary>{element['InlineBinary']}</InlineBinary>"
    for number, value in enumerate(element.get("Value") or (), start=1):
        if element["vr"] == "SQ":
            yield f'<Item number="{number}">'
            yield from _attributes(value or {})
            yield "</Item>"
        elif element["vr"] == "PN":
            yield from _person_name(value or {}, number)
        else:
            yield f'<Value number="{number}">{_text(value)}</Value>'


def _person_name(name: dict[str, str] | str, number: int) -> Iterator[str]:
    groups = name if isinstance(name, dict) else {"Alphabetic": name}
    yield f'<PersonName number="{number}">'
    for group in _GROUPS:
        if text := groups.get(group):
            yield f"<{group}>"
            for component, part in zip(_COMPONENTS, text.split("^"), strict=False):
                if part:
                    yield f"<{component}>{_text(part)}</{component}>"
            yield f"</{group}>"
    yield "</PersonName>"


def _text(value: Any) -> str:
    return "" if value is None else escape(str(value).translate(_UNSPEAKABLE))
