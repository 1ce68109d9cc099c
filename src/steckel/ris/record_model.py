"""What other systems ask of the department's records, free of any protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class RecordKind(StrEnum):
    """What a record is of (names of FHIR R4 resources)."""

    PATIENT = "Patient"
    STUDY = "ImagingStudy"
    ORDER = "ServiceRequest"
    REPORT = "DiagnosticReport"
    APPOINTMENT = "Appointment"


class TextMatch(StrEnum):
    """How a text is compared; case and accents never count, but with ``EXACT``."""

    START = "start"
    CONTAINS = "contains"
    EXACT = "exact"


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A code; `system` is ``None`` where any will do."""

    code: str
    system: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A text."""

    text: str
    match: TextMatch = TextMatch.START


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """The key of another record."""

    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Times from `first` up to but without `end`, each or none given.

    Local time as DICOM DT spells it (``20261124083000``) and milliseconds since 1970.
    """

    first: tuple[str, int] | None = None
    end: tuple[str, int] | None = None
    is_outside: bool = False


Value = Token | Text | Reference | Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """What a parameter asks for: one of its values."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordQuery:
    """A question for records of one kind; all criteria have to be met."""

    kind: RecordKind
    criteria: tuple[Criterion, ...] = ()
    sort: str = ""  #: a name of the kind's orders; empty: in the order of arrival
    descending: bool = False
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record: its key, when it changed, and what is known."""

    kind: RecordKind
    key: str
    changed: int  #: milliseconds since 1970; zero: not known
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordPage:
    """Some records, and where the next ones begin."""

    records: tuple[Record, ...]
    following: str | None = None
