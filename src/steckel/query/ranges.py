"""Dates, times and moments: a single value or a range ``A-B``, ``A-``, ``-B`` (PS3.4 C.2.2.2.5).

All are texts that sort as the time goes: a value stands for everything that
begins with it, so that a year is all its days, and a minute all its seconds.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, true

from steckel.dicom import tags
from steckel.errors import InvalidQuery

Column = ColumnElement[Any]
Condition = ColumnElement[bool]
Bounds = Callable[[str, int], tuple[str, str]]

_DATE = re.compile(r"\d{4}(?:\d{2}(?:\d{2})?)?\Z")
_OLD_DATE = re.compile(r"(\d{4})\.(\d{2})\.(\d{2})\Z")
_TIME = re.compile(r"\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?\Z")
_DAY = re.compile(r"\d{8}\Z")
#: Sorts after digits, the dot and the signs of an offset.
_BEHIND_ALL = "~"

_CLOCK = r"\d{4}(?:\d\d){0,5}(?:\.\d{1,6})?"
#: From UTC, at most 14 hours: what is more is the end of a range.
_OFFSET = r"(?:[+-](?:0\d|1[0-4])[0-5]\d)?"
_DATETIME = re.compile(rf"({_CLOCK}){_OFFSET}\Z")
_DATETIMES = re.compile(rf"(?:({_CLOCK}){_OFFSET})?\s*-\s*(?:({_CLOCK}){_OFFSET})?\Z")


def in_dates(column: Column, value: str, tag: int) -> Condition:
    """Match a DA."""
    return _between(column, *_ends(value), _date_bounds, tag)


def in_times(column: Column, value: str, tag: int) -> Condition:
    """Match a TM."""
    return _between(column, *_ends(value), _time_bounds, tag)


def in_datetimes(column: Column, value: str, tag: int) -> Condition:
    """Match a DT by what the clock showed; offsets from UTC do not count."""
    if single := _DATETIME.match(value):
        return _between(column, single[1], single[1], _prefix_bounds, tag)
    ends = _DATETIMES.match(value)
    if ends is None:
        raise InvalidQuery(f"{tags.show(tag)} is not a date and time or a range of them")
    return _between(column, ends[1] or "", ends[2] or "", _prefix_bounds, tag)


#: How values of these representations are matched.
RANGES: Final[Mapping[str, Callable[[Column, str, int], Condition]]] = {
    "DA": in_dates,
    "TM": in_times,
    "DT": in_datetimes,
}


def is_of_moments(date: str, time: str) -> bool:
    """Whether a range of dates and one of times are the ends of one range of moments.

    They are where every end that has a time has a day.
    """
    if "-" not in date or "-" not in time:
        return False
    days, hours = _ends(date), _ends(time)
    return all(_DAY.match(day) for day, hour in zip(days, hours, strict=True) if hour)


def in_moments(day: Column, days: str, clock: Column, hours: str, tag: int) -> Condition:
    """Match from the first time of the first day to the last time of the last."""
    (first, last), (since, until) = _ends(days), _ends(hours)
    begun: Condition = true()
    ended: Condition = true()
    if since:
        begun = or_(day > first, clock >= _time_bounds(since, tag)[0])
    if until:
        ended = or_(day < last, and_(clock <= _time_bounds(until, tag)[1], clock != ""))
    return and_(_between(day, first, last, _date_bounds, tag), begun, ended)


def _ends(value: str) -> tuple[str, str]:
    first, dash, last = value.partition("-")
    return first.strip(), last.strip() if dash else first.strip()


def _between(column: Column, first: str, last: str, bounds: Bounds, tag: int) -> Condition:
    conditions: list[Condition] = [column != ""]
    if first:
        conditions.append(column >= bounds(first, tag)[0])
    if last:
        conditions.append(column <= bounds(last, tag)[1])
    return and_(*conditions)


def _date_bounds(value: str, tag: int) -> tuple[str, str]:
    """Return the first and last text of a date; a year or a month stands for all its days."""
    old = _OLD_DATE.match(value)
    if old:
        value = "".join(old.groups())
    if not _DATE.match(value):
        raise InvalidQuery(f"{tags.show(tag)} is not a date or a range of dates")
    return value, value + "99999999"[len(value) :] if len(value) < 8 else value


def _time_bounds(value: str, tag: int) -> tuple[str, str]:
    value = value.replace(":", "")
    if not _TIME.match(value):
        raise InvalidQuery(f"{tags.show(tag)} is not a time or a range of times")
    return _prefix_bounds(value, tag)


def _prefix_bounds(value: str, _tag: int) -> tuple[str, str]:
    """Return the first and the last text that begin with a value."""
    return value, value + _BEHIND_ALL
