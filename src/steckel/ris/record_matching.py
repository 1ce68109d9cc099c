"""From values of parameters to conditions on columns."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from steckel.dicom import person_name
from steckel.ris.record_model import Reference, Span, Text, TextMatch, Token, Value

Condition = ColumnElement[bool]
Match = Callable[[Value], Condition]
Column = ColumnElement[Any]
_ESCAPE: Final = "\\"
_LAST: Final = "\U0010ffff"


def token(column: Column, system: str | None = None) -> Match:
    """Match a code; nothing where the value names another system."""

    def condition(value: Value) -> Condition:
        if not isinstance(value, Token) or value.system not in (None, system):
            return false()
        return column == value.code

    return condition


def mapped(column: Column, codes: Mapping[str, tuple[str, ...]], system: str) -> Match:
    """Match a code that stands for several of ours."""

    def condition(value: Value) -> Condition:
        if not isinstance(value, Token) or value.system not in (None, system):
            return false()
        return column.in_(codes.get(value.code, ()))

    return condition


def in_set(column: Column) -> Match:
    r"""Match a value of a set that is kept as ``\CT\SR\``, in any system."""

    def condition(value: Value) -> Condition:
        if not isinstance(value, Token) or not value.code:
            return false()
        return column.like(f"%{_ESCAPE * 2}{_quoted(value.code)}{_ESCAPE * 2}%", escape=_ESCAPE)

    return condition


def constant(system: str, *codes: str) -> Match:
    """Match what is the same for all records."""

    def condition(value: Value) -> Condition:
        fits = isinstance(value, Token) and value.code in codes and value.system in (None, system)
        return true() if fits else false()

    return condition


def folded(column: Column, separator: str = "", *, later_only: bool = False) -> Match:
    """Match a text that is kept folded.

    With `separator`, also at the start of its later parts, or only there.
    """

    def condition(value: Value) -> Condition:
        if not isinstance(value, Text):
            return false()
        text = person_name.fold(value.text).strip()
        if value.match is TextMatch.EXACT:
            return _among_parts(column, text, separator)
        if value.match is TextMatch.CONTAINS:
            return column.like(f"%{_quoted(text)}%", escape=_ESCAPE)
        starts = and_(column >= text, column < text + _LAST)
        if not separator:
            return starts
        later = column.like(f"%{_quoted(separator + text)}%", escape=_ESCAPE)
        return later if later_only else or_(starts, later)

    return condition


def _among_parts(column: Column, text: str, separator: str) -> Condition:
    """Match a whole text: all that is kept, or one of its parts."""
    mark = separator or "^"
    ends = [column == text, column.like(f"{_quoted(text + mark)}%", escape=_ESCAPE)]
    if separator:
        ends.append(column.like(f"%{_quoted(separator + text)}", escape=_ESCAPE))
        inside = f"%{_quoted(separator + text + separator)}%"
        ends.append(column.like(inside, escape=_ESCAPE))
    return or_(*ends)


def moment(column: Column) -> Match:
    """Match milliseconds since 1970."""

    def condition(value: Value) -> Condition:
        if not isinstance(value, Span):
            return false()
        first = value.first and column >= value.first[1]
        end = value.end and column < value.end[1]
        return _spanned(value, first, end, column > 0)

    return condition


def local_time(column: Column, day: Column | None = None) -> Match:
    """Match a local time as DICOM spells it, to any precision; `day` is an indexed part of it."""

    def condition(value: Value) -> Condition:
        if not isinstance(value, Span):
            return false()
        first = end = None
        narrow = day is not None and not value.is_outside
        if value.first:
            first = column >= _shortest(value.first[0])
            first = and_(first, day >= value.first[0][:8]) if narrow and day is not None else first
        if value.end:
            end = column < _shortest(value.end[0])
            end = and_(end, day <= value.end[0][:8]) if narrow and day is not None else end
        return _spanned(value, first, end, column != "")

    return condition


def reference(condition_of: Callable[[str], Condition]) -> Match:
    """Match the key of another record."""

    def condition(value: Value) -> Condition:
        return condition_of(value.key) if isinstance(value, Reference) else false()

    return condition


def _spanned(value: Span, first: Any, end: Any, there: Condition) -> Condition:
    inside = and_(there, *(part for part in (first, end) if part is not None))
    return and_(there, not_(inside)) if value.is_outside else inside


def _shortest(text: str) -> str:
    """Leave out minutes and seconds that are zero: what is compared may not have them."""
    while len(text) > 8 and text.endswith("00"):
        text = text[:-2]
    return text


def _quoted(text: str) -> str:
    return "".join(f"{_ESCAPE}{char}" if char in "%_\\" else char for char in text)
