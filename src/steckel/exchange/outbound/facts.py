"""What a message about an event may need, as `sources` finds it.

Values are DICOM JSON, as the department keeps them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from steckel.dicom.json_model import JsonDataset
from steckel.ris.model import EventKind, OrderStatus, ReportStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A patient; of merged ones the one that stayed."""

    patient_id: str
    issuer: str = ""
    json: JsonDataset = field(default_factory=JsonDataset)
    #: (issuer, value) of other identifiers to their type (table 0203)
    types: Mapping[tuple[str, str], str] = field(default_factory=dict)
    identity_state: str = ""  #: PID-32


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A requested procedure."""

    placer: str = ""
    filler: str = ""
    accession: str = ""
    procedure_id: str = ""
    step_id: str = ""  #: of its first step
    study_uid: str = ""
    modality: str = ""
    description: str = ""
    scheduled: str = ""  #: DICOM DT, local time
    status: OrderStatus = OrderStatus.SCHEDULED
    json: JsonDataset = field(default_factory=JsonDataset)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One version of a report. `number` counts from 1 those that a destination hears of."""

    id: str
    number: int
    status: ReportStatus
    at: int  #: milliseconds since 1970
    title: str = ""
    author: str = ""
    text: str = ""
    media_type: str = ""
    body: bytes = b""
    study_uid: str = ""
    accession: str = ""
    placer: str = ""
    filler: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Study:
    """A study that has arrived."""

    uid: str
    accession: str = ""
    description: str = ""
    date: str = ""
    time: str = ""
    modalities: tuple[str, ...] = ()
    series: int = 0
    instances: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """An event with what is known of it now."""

    kind: EventKind
    at: int  #: milliseconds since 1970
    person: Person
    source: str = ""  #: who told it: ``APP^FACILITY``; empty: ourselves
    prior: Person | None = None  #: who was merged away, or stands alone again
    order: Order | None = None
    report: Report | None = None
    study: Study | None = None

    @property
    def accession(self) -> str:
        """The accession number that it is about; empty when it is about none."""
        parts = (self.report, self.study, self.order)
        return next((part.accession for part in parts if part and part.accession), "")

    @property
    def study_uid(self) -> str:
        """The study that it is about; empty when it is about none."""
        found = self.study.uid if self.study else self.report.study_uid if self.report else ""
        return found or (self.order.study_uid if self.order else "")
