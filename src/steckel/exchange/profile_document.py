"""Profiles as documents: TOML or JSON in, a profile or a clear message out.

The rule: a key that means nothing is refused, and the message names the key.
"""

import json
import tomllib
from collections.abc import Callable, Mapping
from datetime import tzinfo
from enum import StrEnum
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from steckel.errors import InvalidProfile
from steckel.exchange.inbound.tables import FIELDS, TABLES
from steckel.exchange.profile import (
    AfterError,
    Answers,
    OrderIdentity,
    Profile,
    StationRule,
    StudyUidPolicy,
    TooLong,
)
from steckel.hl7.character_sets import codec_of
from steckel.hl7.path import parse_path
from steckel.ris.model import AppointmentStatus, OrderStatus, ReportStatus

_LONGEST: Final = 256 * 1024
_ANSWERS: Final = ("AA", "AE", "AR")
#: Tables whose values are words of ours.
_WORDS: Final[Mapping[str, type[StrEnum]]] = {
    "order-status": OrderStatus,
    "result-status": ReportStatus,
    "document-status": ReportStatus,
    "appointment-status": AppointmentStatus,
}

_NONE: Final[tuple[str, ...]] = ()

_BASE: Final = Profile(name="built-in")

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def read_profile(name: str, text: str, *, version: int = 0, base: Profile = _BASE) -> Profile:
    """Return the profile that a document describes.

    Parameters
    ----------
    base
        Says what the document leaves out.

    Raises
    ------
    InvalidProfile
        It is neither TOML nor JSON, or a key or value is wrong; the message names it.
    """
    root = _Part("", _parsed(text))
    match, texts, patient = root.part("match"), root.part("text"), root.part("patient")
    orders, errors, answers = root.part("orders"), root.part("errors"), root.part("answers")
    profile = Profile(
        name=name,
        version=version,
        senders=match.take("senders", _texts, base.senders),
        processing_ids=match.take("processing-ids", _texts, base.processing_ids),
        charset=texts.take("charset", _charset, base.charset),
        zone=texts.take("time-zone", _zone, base.zone),
        authorities=patient.take("authorities", _texts, base.authorities),
        issuer=patient.take("issuer", _text, base.issuer),
        snapshot=patient.take("snapshot", _flag, default=base.snapshot),
        too_long=orders.take("too-long", _one_of(TooLong), base.too_long),
        study_uid=orders.take("study-uid", _one_of(StudyUidPolicy), base.study_uid),
        order_identity=orders.take("identity", _one_of(OrderIdentity), base.order_identity),
        after_error=errors.take("later-messages", _one_of(AfterError), base.after_error),
        stations=_stations(root),
        answers=Answers(
            fault=answers.take("fault", _answer, base.answers.fault),
            unknown_type=answers.take("unknown-type", _answer, base.answers.unknown_type),
            unknown_event=answers.take("unknown-event", _answer, base.answers.unknown_event),
            processing_id=answers.take("processing-id", _answer, base.answers.processing_id),
        ),
        tables=_tables(root.part("tables")),
        fields=_fields(root.part("fields")),
    )
    for part in (match, texts, patient, orders, errors, answers, root):
        part.end()
    return profile


class _Part:
    """A table of the document, whose keys are taken one by one."""

    def __init__(self, path: str, values: Any) -> None:
        if not isinstance(values, dict):
            raise InvalidProfile(f"{path} is no table")
        self.path = path
        self.left: dict[str, Any] = dict(values)

    def part(self, name: str) -> "_Part":
        return _Part(self._at(name), self.left.pop(name, {}))

    def take(self, name: str, read: Callable[[Any], T], default: T) -> T:
        if name not in self.left:
            return default
        try:
            return read(self.left.pop(name))
        except ValueError as error:
            raise InvalidProfile(f"{self._at(name)} {error}") from None

    def end(self) -> None:
        for name in self.left:
            raise InvalidProfile(f"{self._at(name)} means nothing")

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def _parsed(text: str) -> Any:
    if len(text) > _LONGEST:
        raise InvalidProfile("the document is longer than a profile can be")
    try:
        return json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidProfile(f"the document cannot be read: {error}") from None


def _stations(root: _Part) -> tuple[StationRule, ...]:
    given = root.left.pop("stations", [])
    if not isinstance(given, list):
        raise InvalidProfile("stations is no list of tables")
    rules = []
    for at, one in enumerate(given, 1):
        part = _Part(f"stations[{at}]", one)
        titles = part.take("titles", _titles, _NONE)
        if not titles:
            raise InvalidProfile(f"stations[{at}].titles is missing")
        rules.append(
            StationRule(
                titles=titles,
                modality=part.take("modality", _text, "*"),
                location=part.take("location", _text, "*"),
            )
        )
        part.end()
    return tuple(rules)


def _tables(part: _Part) -> Mapping[str, Mapping[str, str]]:
    tables: dict[str, Mapping[str, str]] = dict(TABLES)
    for name, given in part.left.items():
        if name not in TABLES:
            raise InvalidProfile(f"tables.{name} means nothing: there are {', '.join(TABLES)}")
        inner = _Part(f"tables.{name}", given)
        read = _word(_WORDS[name]) if name in _WORDS else _text
        mine = {code.strip().upper(): inner.take(code, read, "") for code in list(inner.left)}
        tables[name] = {**TABLES[name], **mine}
    return tables


def _fields(part: _Part) -> Mapping[str, str]:
    fields = dict(FIELDS)
    for name in list(part.left):
        if name not in FIELDS:
            raise InvalidProfile(f"fields.{name} means nothing: there are {', '.join(FIELDS)}")
        fields[name] = part.take(name, _paths, "")
    return fields


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is no text")  # noqa: TRY004 - one type for all that is wrong here
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")  # noqa: TRY004
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("is no list of texts")
    return tuple(value)


def _titles(value: Any) -> tuple[str, ...]:
    for title in _texts(value):
        if not 0 < len(title.strip()) <= 16 or "\\" in title or not title.isascii():
            raise ValueError("has an AE title that is none: 1 to 16 characters of ASCII")
    return tuple(value)


def _charset(value: Any) -> str:
    if codec_of(_text(value)) is None:
        raise ValueError("is no character set that is known (HL7 table 0211)")
    return str(value)


def _zone(value: Any) -> tzinfo:
    try:
        return ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError("is no time zone such as Europe/Paris") from None


def _answer(value: Any) -> str:
    if value not in _ANSWERS:
        raise ValueError(f"is none of {', '.join(_ANSWERS)}")
    return str(value)


def _one_of(kind: type[E]) -> Callable[[Any], E]:
    def read(value: Any) -> E:
        try:
            return kind(value)
        except ValueError:
            raise ValueError(f"is none of {', '.join(kind)}") from None

    return read


def _word(kind: type[StrEnum]) -> Callable[[Any], str]:
    """Return what reads one of our words, or an empty text for a status that is not taken."""

    def read(value: Any) -> str:
        return "" if value == "" else str(_one_of(kind)(value))

    return read


def _paths(value: Any) -> str:
    for path in _text(value).split("|"):
        at = parse_path(path)
        if at is None or not at.field or at.occurrence:
            raise ValueError(f"has {path!r}, which is no place such as OBR-18 or PID-3.4.1")
    return str(value)
