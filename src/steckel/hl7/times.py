"""Times of HL7 (TS, DTM, DT) and of DICOM (DA, TM, DT).

``YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]`` (HL7 v2.5.1 2.A.22). A time without offset
is one of the zone of its source, which is passed in. What is no time is ``None`` or empty:
senders write "Aug 15, 1942".
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

_TIME: Final = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<month>[0-9]{2})(?:(?P<day>[0-9]{2})(?:(?P<hour>[0-9]{2})"
    r"(?:(?P<minute>[0-9]{2})(?:(?P<second>[0-9]{2})(?:\.?(?P<fraction>[0-9]{1,9}))?)?)?)?)?)?"
    r"(?P<offset>[+-][0-9]{4}|Z)?\Z",
    re.ASCII,
)
_ISO_SIGNS: Final = re.compile(r"(?<=[0-9])(?:-(?=[0-9]{2}(?:\Z|[-T ]))|:|[T ](?=[0-9]))")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST: Final = 40


def parse_time(text: str, zone: tzinfo) -> int | None:
    """Return a time as milliseconds since 1970 UTC, or ``None`` when the text is none.

    What is not said is the first: ``2026`` is its New Year.
    """
    match = _match(text)
    if match is None:
        return None
    at = _moment(match, zone)
    return None if at is None else (at - _EPOCH) // timedelta(milliseconds=1)


def format_time(at: datetime) -> str:
    """Return a time that knows its zone as HL7 writes it, to the second, with its offset."""
    return at.strftime("%Y%m%d%H%M%S%z")


def to_da(text: str) -> str:
    """Return the DICOM date (VR DA) of an HL7 date or time; empty when the day is not said."""
    match = _match(text)
    if match is None or not match["day"] or _moment(match, UTC) is None:
        return ""
    return f"{match['year']}{match['month']}{match['day']}"


def to_tm(text: str) -> str:
    """Return the DICOM time of day (VR TM) of an HL7 time, as far as it is said."""
    match = _match(text)
    if match is None or not match["hour"] or _moment(match, UTC) is None:
        return ""
    return _clock(match)


def to_dt(text: str) -> str:
    """Return the DICOM date and time (VR DT) of an HL7 time, with its offset if it has one."""
    match = _match(text)
    if match is None or _moment(match, UTC) is None:
        return ""
    offset = "+0000" if match["offset"] == "Z" else match["offset"] or ""
    date = "".join(match[name] or "" for name in ("year", "month", "day"))
    return f"{date}{_clock(match)}{offset}"


def _match(text: str) -> re.Match[str] | None:
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    return _TIME.match(text) or _TIME.match(_ISO_SIGNS.sub("", text))


def _clock(match: re.Match[str]) -> str:
    clock = "".join(match[name] or "" for name in ("hour", "minute", "second"))
    return f"{clock}.{match['fraction'][:6]}" if match["fraction"] else clock


def _moment(match: re.Match[str], zone: tzinfo) -> datetime | None:
    fraction = int(f"{match['fraction'] or ''}000000"[:6])
    try:
        return datetime(
            int(match["year"]),
            int(match["month"] or 1),
            int(match["day"] or 1),
            int(match["hour"] or 0),
            int(match["minute"] or 0),
            min(int(match["second"] or 0), 59),  # a leap second
            fraction,
            tzinfo=_offset(match["offset"]) if match["offset"] else zone,
        )
    except ValueError:
        return None


def _offset(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[3:5])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
