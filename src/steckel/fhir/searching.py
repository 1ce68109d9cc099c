"""From the parameters of a request to a question (R4 3.1.1).

The rule: what is not known is left out and the self link says so, or refused where the client
prefers to be told (``Prefer: handling=strict``); a known parameter with a wrong value is refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from steckel.fhir.parameters import Parameter, ParameterType, Searchable
from steckel.fhir.refusals import InvalidParameter
from steckel.fhir.times import Interval, dicom_of, interval_of
from steckel.ris.record_model import (
    Criterion,
    RecordKind,
    RecordQuery,
    Reference,
    Span,
    Text,
    TextMatch,
    Token,
    Value,
)

CURSOR: Final = "_cursor"
_PAGE: Final = 50
_MOST: Final = 500
_PREFIXES: Final = frozenset({"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"})
_SUMMARIES: Final = frozenset({"true", "false", "count", "data", "text"})
_MODIFIERS: Final = {"exact": TextMatch.EXACT, "contains": TextMatch.CONTAINS}
_NUMBER: Final = "patient.identifier"
_NUMBERS: Final = frozenset({_NUMBER, "subject.identifier"})
#: Parameters of the answer, not of what is looked for.
_CONTROLS: Final = frozenset(
    {"_count", CURSOR, "_sort", "_summary", "_elements", "_include", "_revinclude", "_format",
     "_pretty", "_total"}
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """A question, and the form of its answer."""

    query: RecordQuery
    followed: tuple[tuple[str, str], ...]  #: the parameters that were understood
    ignored: tuple[str, ...] = ()
    summary: str = ""
    elements: frozenset[str] = frozenset()
    includes: frozenset[str] = frozenset()
    revincludes: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    kind: RecordKind
    searchable: Searchable
    criteria: list[Criterion] = field(default_factory=list)
    followed: list[tuple[str, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    controls: dict[str, list[str]] = field(default_factory=dict)


def parse_search(
    kind: RecordKind, searchable: Searchable, given: Iterable[tuple[str, str]], *, strict: bool
) -> Search:
    """Return what is asked for.

    Raises
    ------
    InvalidParameter
        A value cannot be, or with `strict` a parameter is not known.
    """
    reading = _Reading(kind, searchable)
    for name, value in given:
        _take(reading, name, value)
    _take_sort(reading)
    includes = _included(reading, "_include", [f"{kind}:{n}" for n in searchable.includes or ()])
    revincludes = _included(reading, "_revinclude", list(searchable.revincludes))
    if strict and reading.ignored:
        raise InvalidParameter(f"not known here: {', '.join(reading.ignored)[:200]}")
    sort = (reading.controls.get("_sort") or [""])[-1]
    summary = (reading.controls.get("_summary") or [""])[-1]
    if summary and summary not in _SUMMARIES:
        raise InvalidParameter("_summary is true, false, text, data or count")
    return Search(
        query=RecordQuery(
            kind=kind,
            criteria=tuple(reading.criteria),
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
            limit=_count(reading.controls.get("_count") or []),
            cursor=next(reversed(reading.controls.get(CURSOR, [])), None),
        ),
        followed=tuple(reading.followed),
        ignored=tuple(reading.ignored),
        summary=summary,
        elements=_elements(reading),
        includes=includes,
        revincludes=revincludes,
    )


def _elements(reading: _Reading) -> frozenset[str]:
    texts = reading.controls.get("_elements", [])
    return frozenset(name.strip() for text in texts for name in text.split(",")) - {""}


def _take(reading: _Reading, name: str, value: str) -> None:
    if name in _CONTROLS:
        reading.controls.setdefault(name, []).append(value)
        if name != CURSOR:
            reading.followed.append((name, value))
        return
    known, asked, modifier = _known(reading.searchable, name)
    if known is None or not value:
        reading.ignored.append(name)
        return
    values = tuple(_value(known, name, one, modifier) for one in _alternatives(value))
    reading.criteria.append(Criterion(name=asked, values=values))
    reading.followed.append((name, value))


def _known(searchable: Searchable, name: str) -> tuple[Parameter | None, str, str]:
    """Return a parameter, our name for what it asks, and its modifier."""
    bare, _, modifier = name.partition(":")
    number = searchable.parameters.get(_NUMBER)
    if name in _NUMBERS:
        return number, _NUMBER, ""
    found = searchable.parameters.get(bare)
    if found is None:
        return None, "", ""
    fits = not modifier or (found.type is ParameterType.STRING and modifier in _MODIFIERS)
    if fits or (found.type is ParameterType.REFERENCE and modifier == found.target):
        return found, found.ours or bare, modifier
    if found.target == "Patient" and modifier == "identifier":
        return number, _NUMBER, ""
    return None, "", ""


def _alternatives(value: str) -> list[str]:
    r"""Split at commas that are not escaped (R4 3.1.1.4.0.1)."""
    found, current, escaped = [], "", False
    for char in value:
        if escaped:
            current += char if char in ",\\$" else f"\\{char}"
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == ",":
            found.append(current)
            current = ""
        else:
            current += char
    return [part for part in [*found, current] if part] or [""]


def _value(parameter: Parameter, name: str, text: str, modifier: str) -> Value:
    match parameter.type:
        case ParameterType.DATE:
            return _span(name, text)
        case ParameterType.STRING:
            return Text(text=text, match=_MODIFIERS.get(modifier, TextMatch.START))
        case ParameterType.REFERENCE:
            return _reference(parameter, name, text)
        case ParameterType.URI:
            return Token(code=text.rpartition("|")[2])  # some clients name a system
        case _:
            system, bar, code = text.rpartition("|")
            code = code.replace("\\|", "|")
            return Token(code=code, system=system if bar else None)


def _reference(parameter: Parameter, name: str, text: str) -> Reference:
    kind, _, key = text.rpartition("/")
    if kind and kind.rpartition("/")[2] != parameter.target:
        raise InvalidParameter(f"{name} refers to {parameter.target}")
    return Reference(key=key)


def _span(name: str, text: str) -> Span:
    prefix = text[:2] if text[:2] in _PREFIXES else ""
    try:
        covered = interval_of(text.removeprefix(prefix))
    except InvalidParameter as problem:
        raise InvalidParameter(f"{name}: {problem}") from problem
    return _spans(prefix or "eq", covered)


def _spans(prefix: str, covered: Interval) -> Span:
    first, end = _spelled(covered.first), _spelled(covered.end)
    match prefix:
        case "gt" | "sa":
            return Span(first=end)
        case "lt" | "eb":
            return Span(end=first)
        case "ge":
            return Span(first=first)
        case "le":
            return Span(end=end)
        case "ap":
            day = timedelta(days=1)
            return Span(first=_spelled(covered.first - day), end=_spelled(covered.end + day))
        case _:
            return Span(first=first, end=end, is_outside=prefix == "ne")


def _spelled(moment: datetime) -> tuple[str, int]:
    return dicom_of(moment), int(moment.timestamp() * 1000)


def _take_sort(reading: _Reading) -> None:
    for text in reading.controls.get("_sort", []):
        name = text.removeprefix("-")
        if name not in reading.searchable.sorts:
            reading.ignored.append(f"_sort={text[:40]}")
            reading.followed = [pair for pair in reading.followed if pair != ("_sort", text)]
    reading.controls["_sort"] = [
        text
        for text in reading.controls.get("_sort", [])
        if text.removeprefix("-") in reading.searchable.sorts
    ]


def _included(reading: _Reading, control: str, known: Sequence[str]) -> frozenset[str]:
    found = set()
    for text in reading.controls.get(control, []):
        if text in known:
            found.add(text.partition(":")[2])
        else:
            reading.ignored.append(f"{control}={text[:60]}")
            reading.followed = [pair for pair in reading.followed if pair != (control, text)]
    return frozenset(found)


def _count(given: Sequence[str]) -> int:
    if not given:
        return _PAGE
    text = given[-1]
    if not (text.isascii() and text.isdecimal()):
        raise InvalidParameter("_count is a number")
    return min(int(text[:9]), _MOST)
