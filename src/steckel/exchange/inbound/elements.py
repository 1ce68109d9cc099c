"""DICOM JSON elements from texts of messages, strict in what they let through.

The rule: what leaves here is valid for its VR (PS3.5 6.2). Text that is too long is cut with
a warning, numbers and dates that are none are left out with one, identifiers are never cut.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from steckel.dicom.dictionary import vr_of
from steckel.dicom.json_model import is_json_key
from steckel.exchange.inbound.reading import Reading
from steckel.hl7.message import NULL, Field
from steckel.hl7.times import parse_time, to_da, to_dt, to_tm

#: Characters that a value may have (PS3.5 6.2).
_LIMITS: Final = {
    "AE": 16, "CS": 16, "LO": 64, "LT": 10240, "SH": 16, "ST": 1024, "PN": 64, "UI": 64,
    "UT": 1 << 20,
}  # fmt: skip
_MULTI_LINE: Final = frozenset({"LT", "ST", "UT"})
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_CONTROL_IN_LINES: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]+")
_CODE_STRING: Final = re.compile(r"[A-Z0-9 _]{1,16}\Z")
_NOT_IN_NAMES: Final = str.maketrans({"\\": "/", "^": " ", "=": " "})

Element = dict[str, Any]
Elements = dict[str, Element]


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """A coded value: value, coding scheme, meaning."""

    value: str
    scheme: str = ""
    meaning: str = ""


class Attributes:
    """Elements that are being put together."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.values: Elements = {}

    def empty(self, tag: str) -> None:
        """Say that there is no value."""
        self.values[tag] = {"vr": _vr(tag)} if is_json_key(tag) else {}

    def put(self, tag: str, values: Sequence[Any]) -> None:
        """Take values as they are; without any, nothing is said."""
        if values:
            self.values[tag] = {"vr": _vr(tag), "Value": list(values)}

    def own(self, name: str, value: Any) -> None:
        """Take a value that DICOM has no attribute for."""
        if value == NULL:
            self.values[name] = {}
        elif value:
            self.values[name] = {"Value": [value]}

    def text(self, tag: str, value: str | Iterable[str], place: str) -> None:
        """Take text; several values where the VR allows them."""
        given = [value] if isinstance(value, str) else list(value)
        if NULL in given:
            self.empty(tag)
            return
        self.put(tag, [fit for one in given if (fit := self._fitting(tag, one, place))])

    def date(self, tag: str, value: str, place: str) -> None:
        """Take the date of a time as it is written: that of a birth is no moment (DA)."""
        if value == NULL:
            self.empty(tag)
        elif value:
            date = to_da(value)
            if not date:
                self.reading.warn(f"{place} is no date: left out")
            self.put(tag, [date] if date else [])

    def moment(self, tags: tuple[str, str], value: str, place: str) -> None:
        """Take date and time of day (DA, TM) of a time, as clocks of the source's zone show it."""
        if value == NULL:
            self.empty(tags[0])
            self.empty(tags[1])
        elif value:
            date, time = local(value, self.reading.profile.zone)
            if not date:
                self.reading.warn(f"{place} is no date or time: left out")
                return
            self.put(tags[0], [date])
            self.put(tags[1], [time] if time else [])

    def name(self, tag: str, groups: Sequence[dict[str, str]]) -> None:
        """Take person names as `names` makes them."""
        self.put(tag, [group for group in groups if group])

    def codes(self, tag: str, codes: Iterable[Code], place: str) -> None:
        """Take a code sequence (PS3.3 8.8)."""
        self.put(tag, [item for code in codes if (item := self._code_item(code, place))])

    def items(self, tag: str, items: Sequence[Elements]) -> None:
        """Take the items of a sequence."""
        self.put(tag, [item for item in items if item])

    def _fitting(self, tag: str, value: str, place: str) -> str:
        vr = _vr(tag)
        text = clean(value, vr)
        limit = _LIMITS.get(vr, 64)
        if vr == "CS" and text:
            text = text.upper()
            if _CODE_STRING.match(text) is None:
                self.reading.warn(f"{place} is no code string: left out")
                return ""
        if len(text) > limit and vr == "AE":
            self.reading.warn(f"{place} is longer than the {limit} characters of an AE title")
            return ""
        if len(text) > limit:
            self.reading.warn(f"{place} cut to the {limit} characters of its attribute")
            text = text[:limit].rstrip()
        return text

    def _code_item(self, code: Code, place: str) -> Elements:
        item = Attributes(self.reading)
        value, meaning = clean(code.value, "SH"), code.meaning or code.value
        if not value:
            return {}
        # A code of more than 16 characters is no Code Value but a Long Code Value (PS3.3 8.1).
        item.put("00080100" if len(value) <= 16 else "00080119", [value])
        scheme = self.reading.profile.code("scheme", code.scheme or "L") or code.scheme
        item.text("00080102", scheme, place)
        item.text("00080104", meaning, place)
        return item.values


def local(value: str, zone: tzinfo) -> tuple[str, str]:
    """Return date and time of day (DA, TM) of a time in a zone; empty where it is none."""
    if "+" not in to_dt(value) and "-" not in to_dt(value):
        return to_da(value), to_tm(value)
    at = parse_time(value, zone)
    if at is None:
        return "", ""
    there = datetime.fromtimestamp(at / 1000, zone)
    return f"{there:%Y%m%d}", f"{there:%H%M%S}" if to_tm(value) else ""


def clean(value: str, vr: str) -> str:
    """Return a text without control characters; no backslash where it parts values."""
    if vr in _MULTI_LINE:
        return _CONTROL_IN_LINES.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return _CONTROL.sub(" ", value).replace("\\", "/").strip()


def code_of(found: Field, first: int = 1) -> Code | None:
    """Return the code in three components of a CE or CWE from `first` on."""
    value, meaning = found.value(first).strip(), found.component(first + 1).strip()
    scheme = found.value(first + 2).strip()
    if not value and not meaning:
        return None
    return Code(value=value or meaning, scheme=scheme, meaning=meaning)


def name_group(parts: Sequence[str], reading: Reading, place: str) -> str:
    """Join name components as PN does, and keep to 64 characters (PS3.5 6.2.1).

    The components behind go first: degree and suffix matter less than the name.
    """
    cleaned = [_CONTROL.sub(" ", part).translate(_NOT_IN_NAMES).strip() for part in parts]
    joined = "^".join(cleaned).rstrip("^")
    if len(joined) <= _LIMITS["PN"]:
        return joined
    reading.warn(f"{place} cut to the 64 characters of a person name")
    while len(cleaned) > 1 and len("^".join(cleaned)) > _LIMITS["PN"]:
        cleaned.pop()
    return "^".join(cleaned)[: _LIMITS["PN"]].rstrip("^ ")


def _vr(tag: str) -> str:
    return vr_of(int(tag, 16))
