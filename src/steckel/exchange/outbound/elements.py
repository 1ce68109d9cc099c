"""DICOM JSON values as HL7 fields: names, codes, identifiers, times."""

from collections.abc import Sequence
from typing import Any, Final

from steckel.dicom.json_model import JsonDataset
from steckel.hl7.message import NULL
from steckel.hl7.write import Component, Repetition

#: Groups of a PN to XPN-8 and XCN-15 (table 0465).
_GROUPS: Final = (("Alphabetic", "A"), ("Ideographic", "I"), ("Phonetic", "P"))
_TIME_DIGITS: Final = 14


def first(json: JsonDataset, key: str) -> str:
    """Return the first value of an element as text; empty where there is none."""
    found = values(json, key)
    return str(found[0]) if found and not isinstance(found[0], dict) else ""


def values(json: JsonDataset, key: str) -> list[Any]:
    """Return the values of an element; none where it is absent."""
    element = json.get(key)
    return (element.get("Value") if element else None) or []


def said(json: JsonDataset, key: str) -> str:
    """Return the first value of an element; `NULL` where it says that there is none."""
    if key in json and not values(json, key):
        return NULL
    return first(json, key)


def names(json: JsonDataset, key: str, kind: str = "L") -> list[Repetition]:
    """Return a PN as XPN; several repetitions where it has ideographic or phonetic groups."""
    found = values(json, key)
    if not found or not isinstance(found[0], dict):
        return []
    groups = [(found[0].get(group, ""), code) for group, code in _GROUPS]
    filled = [(text, code) for text, code in groups if text.strip("^ ")]
    return [
        (*_parts(text), "", kind, code if len(filled) > 1 or code != "A" else "")
        for text, code in filled
    ]


def clinician(name: str) -> Repetition:
    """Return a PN group as XCN, which has an identifier before the name; empty for none."""
    return ("", *_parts(name)) if name.strip("^ ") else ""


def reader(name: str) -> Repetition:
    """Return a PN group as NDL: a name with its identifier, in subcomponents (CNN)."""
    if not name.strip("^ "):
        return ""
    parts = [part for part in _parts(name) if isinstance(part, str)]
    return (("", *parts),)


def alphabetic(json: JsonDataset, key: str) -> str:
    """Return the alphabetic group of a PN."""
    found = values(json, key)
    return found[0].get("Alphabetic", "") if found and isinstance(found[0], dict) else ""


def code(json: JsonDataset, key: str) -> Repetition:
    """Return the first item of a code sequence as CE; empty where there is none."""
    items = values(json, key)
    if not items or not isinstance(items[0], dict):
        return ""
    item = items[0]
    return (first(item, "00080100"), first(item, "00080104"), first(item, "00080102"))


def number(value: str, json: JsonDataset, authority: str) -> Repetition:
    """Return an identifier as EI, with who assigned it: the sequence at `authority` (PS3.3 10.15).

    Without an identifier it is empty.
    """
    if not value:
        return ""
    items: Sequence[Any] = values(json, authority)
    if not items:
        return value
    item = items[0]
    return (
        value,
        first(item, "00400031"),
        first(item, "00400032"),
        first(item, "00400033"),
    )


def hierarchic(issuer: str, qualifiers: Sequence[Any]) -> Component:
    """Return who assigned an identifier as HD."""
    universal = first(qualifiers[0], "00400032") if qualifiers else ""
    kind = first(qualifiers[0], "00400033") if qualifiers else ""
    if universal == issuer:
        return ("", universal, kind)
    return (issuer, universal, kind) if universal else issuer


def clock(date_and_time: str) -> str:
    """Return a DICOM date and time as HL7 writes it: to the second, without what is not said."""
    return date_and_time.replace(":", "").partition(".")[0][:_TIME_DIGITS]


def _parts(name: str) -> tuple[Component, ...]:
    """Return family, given, middle, suffix, prefix: DICOM has the prefix before the suffix."""
    family, given, middle, prefix, suffix = [*name.split("^"), "", "", "", ""][:5]
    return (family.strip(), given.strip(), middle.strip(), suffix.strip(), prefix.strip())
