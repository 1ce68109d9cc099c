"""Dates and times between FHIR (R4 2.24.0.1) and DICOM.

FHIR wants an offset wherever there is a time. DICOM seldom has one: then it is this server's.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from steckel.fhir.refusals import InvalidParameter

_FHIR: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>\.\d+)?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?\Z"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """What a date of some precision covers, in the local time of this server."""

    first: datetime
    end: datetime


def date_of(dicom: str) -> str:
    """Return a DA as a FHIR date; empty where it is none."""
    found = _parsed(dicom[:8])
    return f"{found:%Y-%m-%d}" if found else ""


def date_time_of(dicom: str, offset: str = "") -> str:
    """Return a date and time as DICOM spells them; the date alone where there is no time."""
    text = re.sub(r"[^0-9]", "", dicom.split("&", maxsplit=1)[0])
    if len(text) < 10:
        return date_of(text)
    moment = _parsed(text[:14].ljust(14, "0"))
    if moment is None:
        return date_of(text)
    zone = _zone(offset)
    aware = moment.replace(tzinfo=zone) if zone else moment.astimezone()
    return aware.isoformat(timespec="seconds")


def instant_of(milliseconds: int) -> str:
    """Return milliseconds since 1970 as an instant."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def dicom_of(moment: datetime) -> str:
    """Return a moment as DICOM DT, in the local time of this server."""
    return f"{moment.astimezone():%Y%m%d%H%M%S}"


def interval_of(text: str) -> Interval:
    """Return what a FHIR date or dateTime covers.

    Raises
    ------
    InvalidParameter
        It is none.
    """
    found = _FHIR.match(text)
    if found is None:
        raise InvalidParameter("a date is spelled YYYY, YYYY-MM, YYYY-MM-DD or with a time")
    parts = found.groupdict()
    try:
        first = datetime(
            int(parts["year"]), int(parts["month"] or 1), int(parts["day"] or 1),
            int(parts["hour"] or 0), int(parts["minute"] or 0), int(parts["second"] or 0),
            tzinfo=_fhir_zone(parts["zone"]),
        ).astimezone()  # fmt: skip
        return Interval(first=first, end=_end(first, parts))
    except (ValueError, OverflowError) as problem:
        raise InvalidParameter("there is no such date") from problem


def _end(first: datetime, parts: dict[str, str | None]) -> datetime:
    if parts["second"]:
        return first + timedelta(seconds=1)
    if parts["minute"]:
        return first + timedelta(minutes=1)
    if parts["day"]:
        return first + timedelta(days=1)
    if parts["month"]:
        return (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first.replace(year=first.year + 1)


def _fhir_zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    return UTC if text == "Z" else _zone(text.replace(":", ""))


def _zone(text: str) -> timezone | None:
    """Return an offset as DICOM spells it."""
    if len(text) != 5 or text[0] not in "+-" or not text[1:].isdecimal():
        return None
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:]))
    if offset >= timedelta(hours=24):
        return None
    return timezone(-offset if text[0] == "-" else offset)


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S"[: 6 if len(text) == 8 else 12])  # noqa: DTZ007
    except ValueError:
        return None
