"""The content items of a structured report, spelled for people (PS3.3 C.17.3).

Pure: from the DICOM JSON of a report to names and values. `structured_report`
makes a page of them, `report_text` plain lines. The depth of a tree is that of
its DICOM JSON, which is bounded.
"""

from collections.abc import Callable
from typing import Any, Final

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset, json_key, values_in

_VALUE_TYPE: Final = 0x0040A040
_CONTENT_SEQUENCE: Final = 0x0040A730
_CODE_MEANING: Final = 0x00080104
_CODE_VALUE: Final = 0x00080100
_TEXT_VALUE: Final = 0x0040A160
_DATE_TIME: Final = 0x0040A120
_DATE: Final = 0x0040A121
_TIME: Final = 0x0040A122
_PERSON_NAME: Final = 0x0040A123
_UID: Final = 0x0040A124
_CONCEPT_CODE_SEQUENCE: Final = 0x0040A168
_MEASURED_VALUE_SEQUENCE: Final = 0x0040A300
_NUMERIC_VALUE: Final = 0x0040A30A
_NUMERIC_VALUE_QUALIFIER: Final = 0x0040A301
_MEASUREMENT_UNITS: Final = 0x004008EA
_REFERENCED_SOP_SEQUENCE: Final = 0x00081199
_REFERENCED_SOP_INSTANCE_UID: Final = 0x00081155
_REFERENCED_FRAME_NUMBER: Final = 0x00081160
_GRAPHIC_TYPE: Final = 0x00700023
_TEMPORAL_RANGE_TYPE: Final = 0x0040A130
_REFERENCED_CONTENT_ITEM_IDENTIFIER: Final = 0x0040DB73
_UNITY: Final = ("1", "")

_HEAD_LINES: Final = (
    ("Patient", tags.PATIENT_NAME),
    ("Patient ID", tags.PATIENT_ID),
    ("Born", tags.PATIENT_BIRTH_DATE),
    ("Study", tags.STUDY_DESCRIPTION),
    ("Accession number", tags.ACCESSION_NUMBER),
    ("Date", tags.CONTENT_DATE),
    ("Completion", tags.COMPLETION_FLAG),
    ("Verification", tags.VERIFICATION_FLAG),
)


def title_of(report: JsonDataset) -> str:
    """Return the title of a document."""
    return name_of(report) or "Structured report"


def heading_of(report: JsonDataset) -> list[tuple[str, str]]:
    """Return what stands above the content: labels, and values that are there."""
    dates = (tags.PATIENT_BIRTH_DATE, tags.CONTENT_DATE)
    found = ((label, tag, _text(report, tag)) for label, tag in _HEAD_LINES)
    return [(label, _date(text) if tag in dates else text) for label, tag, text in found if text]


def children_of(item: JsonDataset) -> list[JsonDataset]:
    """Return the items below a report or an item."""
    return _items(item, _CONTENT_SEQUENCE)


def is_container(item: JsonDataset) -> bool:
    """Whether an item is a section."""
    return _text(item, _VALUE_TYPE) == "CONTAINER"


def value_of(item: JsonDataset) -> str:
    """Spell the value of a content item by its type (PS3.3 table C.17.3-7)."""
    kind = _text(item, _VALUE_TYPE)
    spell = _VALUES.get(kind)
    if spell is not None:
        return spell(item)
    if json_key(_REFERENCED_CONTENT_ITEM_IDENTIFIER) in item:
        return "(refers to another item)"  # a relationship by reference, PS3.3 C.17.3.2.4
    return f"({kind or 'no value'})"


def _code(item: JsonDataset) -> str:
    return _meaning(item, _CONCEPT_CODE_SEQUENCE)


def _number(item: JsonDataset) -> str:
    for measured in _items(item, _MEASURED_VALUE_SEQUENCE)[:1]:
        units = next(iter(_items(measured, _MEASUREMENT_UNITS)), {})
        unit = _text(units, _CODE_VALUE)
        if unit in _UNITY or unit.startswith("{"):
            unit = "" if unit in _UNITY else _text(units, _CODE_MEANING)
        return f"{_text(measured, _NUMERIC_VALUE)} {unit}".rstrip()
    return _meaning(item, _NUMERIC_VALUE_QUALIFIER) or "(not measured)"


def _reference(item: JsonDataset) -> str:
    for reference in _items(item, _REFERENCED_SOP_SEQUENCE)[:1]:
        frames = _text(reference, _REFERENCED_FRAME_NUMBER)
        uid = _text(reference, _REFERENCED_SOP_INSTANCE_UID)
        return f"{uid}, frame {frames}" if frames else uid
    return "(no reference)"


def _plain(tag: int) -> Callable[[JsonDataset], str]:
    return lambda item: _text(item, tag)


_VALUES: Final[dict[str, Callable[[JsonDataset], str]]] = {
    "TEXT": _plain(_TEXT_VALUE),
    "CODE": _code,
    "NUM": _number,
    "PNAME": _plain(_PERSON_NAME),
    "DATE": lambda item: _date(_text(item, _DATE)),
    "TIME": lambda item: _time(_text(item, _TIME)),
    "DATETIME": lambda item: _date_time(_text(item, _DATE_TIME)),
    "UIDREF": _plain(_UID),
    "IMAGE": _reference,
    "COMPOSITE": _reference,
    "WAVEFORM": _reference,
    "SCOORD": _plain(_GRAPHIC_TYPE),
    "SCOORD3D": _plain(_GRAPHIC_TYPE),
    "TCOORD": _plain(_TEMPORAL_RANGE_TYPE),
}


def name_of(item: JsonDataset) -> str:
    """Return what an item is about: the meaning of its concept name."""
    return _meaning(item, tags.CONCEPT_NAME_CODE_SEQUENCE)


def _meaning(item: JsonDataset, tag: int) -> str:
    return next((_text(code, _CODE_MEANING) for code in _items(item, tag)), "")


def _items(item: JsonDataset, tag: int) -> list[JsonDataset]:
    return [value for value in values_in(item, tag) if isinstance(value, dict)]


def _text(item: JsonDataset, tag: int) -> str:
    values = [_spelled(value) for value in values_in(item, tag) if value is not None]
    return ", ".join(values)


def _spelled(value: Any) -> str:
    if isinstance(value, dict):
        # A person name: the first group that is there (PS3.18 F.2.2), its
        # components as they are read, without the carets.
        group = next(iter(value.values()), "")
        return " ".join(part for part in str(group).split("^") if part)
    return str(value)


def _date(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if len(text) == 8 and text.isdigit() else text


def _time(text: str) -> str:
    return f"{text[:2]}:{text[2:4]}" if len(text) >= 4 and text[:4].isdigit() else text


def _date_time(text: str) -> str:
    return f"{_date(text[:8])} {_time(text[8:])}".rstrip()
