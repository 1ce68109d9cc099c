"""A structured report as a page for people to read (PS3.3 A.35, C.17.3).

Pure: from the DICOM JSON of the object to HTML. The rule: every value of the
object is escaped, and the page has no script, no style and no link, so that
nothing in a report can act.
"""

from collections.abc import Callable, Iterator
from html import escape
from typing import Any, Final

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset, json_key

_REPORTS: Final = "1.2.840.10008.5.1.4.1.1.88."

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

_START: Final = (
    '<!DOCTYPE html>\n<html><head><meta charset="utf-8">'
    '<meta name="color-scheme" content="light dark">'
    '<meta name="viewport" content="width=device-width">'
)


def is_structured_report(sop_class_uid: str) -> bool:
    """Whether instances of a class are a tree of content items."""
    return sop_class_uid.startswith(_REPORTS)


def report_to_html(dataset: JsonDataset) -> str:
    """Return a whole page."""
    title = _name(dataset) or "Structured report"
    return "".join(
        [
            _START,
            f"<title>{escape(title)}</title></head><body>\n<h1>{escape(title)}</h1>\n",
            *_head(dataset),
            *_children(dataset, level=2),
            "</body></html>\n",
        ]
    )


def _head(dataset: JsonDataset) -> Iterator[str]:
    yield "<table>\n"
    for label, tag in _HEAD_LINES:
        text = _text(dataset, tag)
        if text:
            shown = _date(text) if tag in (tags.PATIENT_BIRTH_DATE, tags.CONTENT_DATE) else text
            yield f'<tr><th scope="row" align="left">{label}</th><td>{escape(shown)}</td></tr>\n'
    yield "</table>\n<hr>\n"


def _children(item: JsonDataset, *, level: int) -> Iterator[str]:
    """Yield what is below an item: containers as sections, the rest as lists."""
    listing = False
    for child in _items(item, _CONTENT_SEQUENCE):
        is_section = _text(child, _VALUE_TYPE) == "CONTAINER"
        if listing == is_section:
            yield "</ul>\n" if listing else "<ul>\n"
            listing = not is_section
        yield from _section(child, level=level) if is_section else _line(child, level=level)
    if listing:
        yield "</ul>\n"


def _section(item: JsonDataset, *, level: int) -> Iterator[str]:
    heading = f"h{min(level, 6)}"
    yield "<section>\n"
    name = _name(item)
    if name:
        yield f"<{heading}>{escape(name)}</{heading}>\n"
    yield from _children(item, level=level + 1)
    yield "</section>\n"


def _line(item: JsonDataset, *, level: int) -> Iterator[str]:
    name, value = _name(item), _value(item)
    shown = "<br>".join(escape(line) for line in value.splitlines())
    yield f"<li><b>{escape(name)}:</b> {shown}" if name else f"<li>{shown}"
    if _items(item, _CONTENT_SEQUENCE):
        yield "\n"
        yield from _children(item, level=level)
    yield "</li>\n"


def _value(item: JsonDataset) -> str:
    """Spell the value of a content item by its type (PS3.3 table C.17.3-7)."""
    spell = _VALUES.get(_text(item, _VALUE_TYPE))
    return spell(item) if spell else f"({_text(item, _VALUE_TYPE) or 'no value'})"


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


def _name(item: JsonDataset) -> str:
    return _meaning(item, tags.CONCEPT_NAME_CODE_SEQUENCE)


def _meaning(item: JsonDataset, tag: int) -> str:
    return next((_text(code, _CODE_MEANING) for code in _items(item, tag)), "")


def _items(item: JsonDataset, tag: int) -> list[JsonDataset]:
    return [value for value in _values(item, tag) if isinstance(value, dict)]


def _text(item: JsonDataset, tag: int) -> str:
    values = [_spelled(value) for value in _values(item, tag) if value is not None]
    return ", ".join(values)


def _spelled(value: Any) -> str:
    if isinstance(value, dict):
        # A person name: the first group that is there (PS3.18 F.2.2), its
        # components as they are read, without the carets.
        group = next(iter(value.values()), "")
        return " ".join(part for part in str(group).split("^") if part)
    return str(value)


def _values(item: JsonDataset, tag: int) -> list[Any]:
    element = item.get(json_key(tag))
    return list(element.get("Value") or ()) if element else []


def _date(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if len(text) == 8 and text.isdigit() else text


def _time(text: str) -> str:
    return f"{text[:2]}:{text[2:4]}" if len(text) >= 4 and text[:4].isdigit() else text


def _date_time(text: str) -> str:
    return f"{_date(text[:8])} {_time(text[8:])}".rstrip()
