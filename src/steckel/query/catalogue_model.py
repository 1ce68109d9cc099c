"""What the workstation lists: studies, patients, what waits for a person, what changed.

Stands between the index, which makes these rows, and the JSON API, which spells
them. Dates, times and ages stay text as DICOM spells them; moments of our own are
milliseconds since 1970.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and where the next ones begin."""

    items: tuple[Row, ...]
    next_cursor: str | None = None  #: opaque; ``None`` at the end


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many rows there are; counting stops at a limit."""

    count: int
    exact: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonName:
    """A person name in its three groups (PS3.5 6.2.1.2)."""

    alphabetic: str = ""
    ideographic: str = ""
    phonetic: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PatientRow:
    """A patient."""

    key: str  #: opaque, of the index
    id: str
    issuer: str
    name: PersonName
    birth_date: str | None = None
    sex: str | None = None
    studies: int | None = None  #: not counted where the patient stands inside a study


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyRow:
    """A study as the list shows it."""

    uid: str
    patient: PatientRow
    date: str | None = None
    time: str | None = None
    timezone: str | None = None
    description: str = ""
    accession: str = ""
    study_id: str = ""
    modalities: tuple[str, ...] = ()
    series: int = 0
    instances: int = 0
    institution: str = ""
    referring: PersonName = PersonName()
    body_parts: tuple[str, ...] = ()
    received: int  #: milliseconds since 1970
    age: str | None = None  #: of the patient at the study, as an AS value
    has_report: bool = False  #: an SR or an encapsulated PDF is in it
    conflicts: int = 0  #: open ones


class SeriesKind(StrEnum):
    """What a person does with a series."""

    IMAGE = "image"
    DOCUMENT = "document"
    REPORT = "report"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesRow:
    """A series as the pages of a study show it."""

    uid: str
    number: int | None = None
    modality: str = ""
    description: str = ""
    body_part: str = ""
    instances: int = 0
    date: str | None = None
    time: str | None = None
    laterality: str = ""
    station: str = ""
    kind: SeriesKind = SeriesKind.OTHER


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyDetail:
    """A study with its series."""

    study: StudyRow
    series: tuple[SeriesRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PatientDetail:
    """A patient with all studies, newest first."""

    patient: PatientRow
    studies: tuple[StudyDetail, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyFilter:
    """What a person typed above the list; an empty criterion matches all.

    Texts match by word beginnings, case and accents ignored.
    """

    search: str = ""  #: over name, identifier, accession number and description
    patient_name: str = ""
    patient_id: str = ""
    accession: str = ""
    description: str = ""
    date_from: str | None = None  #: YYYYMMDD, inclusive
    date_to: str | None = None
    modalities: tuple[str, ...] = ()  #: any of them
    patient: str | None = None  #: key of a patient


class StudySortKey(StrEnum):
    """What the list can be sorted by."""

    DATE = "date"
    NAME = "name"
    RECEIVED = "received"
    MODALITY = "modality"
    DESCRIPTION = "description"
    ACCESSION = "accession"
    PATIENT_ID = "patient_id"


@dataclass(frozen=True, kw_only=True, slots=True)
class StudySort:
    """The order of the list."""

    key: StudySortKey = StudySortKey.DATE
    descending: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceRow:
    """Where an object came from."""

    way: str
    name: str
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class QuarantineRow:
    """An object that could not be taken, and why."""

    id: str
    name: str
    source: SourceRow
    received: int  #: milliseconds since 1970
    size: int
    reason: str
    kind: str  #: name of the error
    study_uid: str | None = None
    sop_instance_uid: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionRow:
    """One of the two data sets of a conflict."""

    digest: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ConflictRow:
    """Two data sets that claim to be the same instance."""

    id: str
    study_uid: str
    series_uid: str
    sop_instance_uid: str
    received: int  #: milliseconds since 1970
    source: str
    kept: VersionRow
    other: VersionRow
    differences: tuple[str, ...]  #: keywords of attributes
    state: str


class Keep(StrEnum):
    """Which data set of a conflict is right."""

    FIRST = "first"
    SECOND = "second"


class ChangeKind(StrEnum):
    """What happened to a study."""

    NEW = "new"
    CHANGED = "changed"
    DELETED = "deleted"


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyChange:
    """A study arrived, grew, or went."""

    sequence: int
    uid: str
    kind: ChangeKind


@dataclass(frozen=True, kw_only=True, slots=True)
class QuarantineChange:
    """The number of objects in quarantine is another one."""

    sequence: int
    count: int


Change = StudyChange | QuarantineChange


class Subject(StrEnum):
    """What is told to have changed, without saying what changed about it."""

    MESSAGES = "messages"
    MISMATCHES = "mismatches"
    DELIVERIES = "deliveries"  #: and the destinations
    RECORDS = "records"  #: patients, orders, reports
