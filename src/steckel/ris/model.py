"""What is said to the department, and the words in which its state is kept.

A statement is a fact with its moment. Values are DICOM JSON elements by their tag
(``"00100010": {"vr": "PN", "Value": [{"Alphabetic": "DOE^JANE"}]}``), because that is how they
leave again; what DICOM has no attribute for has a name in lower case (``"phone"``). An element
without a value says that there is none (HL7's ``""``); what is not mentioned is not said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from steckel.index.model import patient_identity
from steckel.ris.registers import Moment

Values = Mapping[str, Any]


class OrderStatus(StrEnum):
    """Where a requested procedure is on its way."""

    REQUESTED = "requested"
    SCHEDULED = "scheduled"
    ARRIVED = "arrived"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    ON_HOLD = "on-hold"
    CANCELLED = "cancelled"
    DISCONTINUED = "discontinued"


#: Nothing that is said later opens these again.
TERMINAL = frozenset({OrderStatus.CANCELLED, OrderStatus.DISCONTINUED, OrderStatus.COMPLETED})


class StepStatus(StrEnum):
    """Scheduled Procedure Step Status (0040,0020), PS3.3 C.4.10."""

    SCHEDULED = "SCHEDULED"
    ARRIVED = "ARRIVED"
    READY = "READY"
    STARTED = "STARTED"
    DEPARTED = "DEPARTED"
    COMPLETED = "COMPLETED"
    DISCONTINUED = "DISCONTINUED"
    CANCELLED = "CANCELLED"
    ON_HOLD = "ON HOLD"


#: What a modality finds in its worklist.
OPEN_STEPS = frozenset({StepStatus.SCHEDULED, StepStatus.ARRIVED, StepStatus.READY})


class PerformedStatus(StrEnum):
    """Performed Procedure Step Status (0040,0252), PS3.3 C.4.14."""

    IN_PROGRESS = "IN PROGRESS"
    COMPLETED = "COMPLETED"
    DISCONTINUED = "DISCONTINUED"


class VisitStatus(StrEnum):
    """Where a visit is."""

    PLANNED = "planned"
    ARRIVED = "arrived"
    ADMITTED = "admitted"
    LEFT = "left"
    CANCELLED = "cancelled"


class AppointmentStatus(StrEnum):
    """Where an appointment is (names of FHIR R4 AppointmentStatus)."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NO_SHOW = "noshow"


class ReportStatus(StrEnum):
    """What a report is worth (names of FHIR R4 DiagnosticReportStatus)."""

    REGISTERED = "registered"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    ERROR = "entered-in-error"


class MismatchKind(StrEnum):
    """Why a study waits for a person."""

    UNKNOWN_PATIENT = "unknown-patient"  #: no registration has its Patient ID
    UNSCHEDULED = "unscheduled"  #: no order fits it
    DEMOGRAPHICS = "demographics"  #: name, birth date or sex are another's
    WRONG_PATIENT = "wrong-patient"  #: its order is another patient's
    WRONG_ORDER = "wrong-order"  #: accession number and Study Instance UID name two orders


class EventKind(StrEnum):
    """What others may want to hear."""

    PATIENT_CHANGED = "patient-changed"
    PATIENT_MERGED = "patient-merged"
    PATIENT_UNMERGED = "patient-unmerged"
    ORDER_PLACED = "order-placed"
    ORDER_STATUS = "order-status"
    APPOINTMENT = "appointment"
    REPORT = "report"
    STUDY_AVAILABLE = "study-available"


@dataclass(frozen=True, kw_only=True, slots=True)
class PatientKey:
    """What makes a patient one: an identifier and who issued it."""

    patient_id: str
    issuer: str = ""

    @property
    def identity(self) -> str:
        """The key as tables keep it."""
        return patient_identity(self.issuer, self.patient_id, "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Identifier:
    """Another identifier of a patient."""

    value: str
    issuer: str = ""
    type: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PatientStatement:
    """What is said about a patient.

    With `weak`, it is said beside the matter (in an order, a result): it makes a patient
    that nobody has registered, and changes none that somebody has.
    """

    patient: PatientKey
    moment: Moment
    values: Values = field(default_factory=dict)
    identifiers: tuple[Identifier, ...] = ()
    weak: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeStatement:
    """`prior` is the same person as `survivor`; without one, stands by itself again.

    With `apart_from` it is not that one, and stays merged into anybody else.
    """

    prior: PatientKey
    survivor: PatientKey | None
    moment: Moment
    by: str  #: user or message
    apart_from: PatientKey | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitStatement:
    """What is said about a visit; `status` where the message moves it on."""

    patient: PatientKey
    number: str
    moment: Moment
    values: Values = field(default_factory=dict)
    status: VisitStatus | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StepStatement:
    """One scheduled procedure step: attributes of the items of (0040,0100)."""

    step_id: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderStatement:
    """What is said about one requested procedure.

    `key` is the same in everything that is said of it (`order_key`). `values` are
    attributes of the worklist item beside the patient's and the step's: accession number,
    placer and filler numbers, requested procedure, requesting physician, reason.
    """

    key: str
    patient: PatientKey
    moment: Moment
    placer: str = ""
    filler: str = ""
    accession: str = ""
    accession_issuer: str = ""
    procedure_id: str = ""
    study_uid: str = ""
    values: Values = field(default_factory=dict)
    steps: tuple[StepStatement, ...] = ()
    status: OrderStatus | None = None
    visit: str = ""  #: number of the visit that it belongs to


def order_key(placer: str, filler: str, accession: str, procedure: str) -> str:
    """Return what identifies a requested procedure in all that is said of it."""
    number = f"P{placer}" if placer else f"F{filler}" if filler else f"A{accession}"
    return f"{number}\x1f{procedure}"


@dataclass(frozen=True, kw_only=True, slots=True)
class AppointmentStatement:
    """What is said about an appointment."""

    key: str
    patient: PatientKey
    moment: Moment
    order_key: str = ""
    start: str = ""  #: DICOM DT, local time
    minutes: int = 0
    resource: str = ""
    values: Values = field(default_factory=dict)
    status: AppointmentStatus | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportStatement:
    """One version of a report, as it came or was written here.

    `text` is plain text; `body` a document with its `media_type` (``application/pdf``,
    ``text/xml`` for CDA). It is of the study with one of `study_uids`, else of the order with
    this accession, filler or placer number. What `replaces` another by its key is a version of
    the same report, as is what replaces this one.
    """

    key: str
    patient: PatientKey
    moment: Moment
    status: ReportStatus
    title: str = ""
    author: str = ""
    text: str = ""
    media_type: str = ""
    body: bytes = b""
    study_uids: tuple[str, ...] = ()
    accession: str = ""
    placer: str = ""
    filler: str = ""
    replaces: str = ""
    by: str = ""


def step_status(order: OrderStatus, scheduled: str, performed: str) -> StepStatus:
    """Return what a worklist says of a step.

    What the order's end is, is the step's; then what the modality says is true; then what
    was planned.
    """
    match order, performed:
        case (OrderStatus.CANCELLED, _):
            return StepStatus.CANCELLED
        case (OrderStatus.DISCONTINUED, _):
            return StepStatus.DISCONTINUED
        case (_, PerformedStatus.IN_PROGRESS):
            return StepStatus.STARTED
        case (_, PerformedStatus.COMPLETED) | (OrderStatus.COMPLETED, _):
            return StepStatus.COMPLETED
        case (_, PerformedStatus.DISCONTINUED):
            return StepStatus.DISCONTINUED
        case (OrderStatus.ON_HOLD, _):
            return StepStatus.ON_HOLD
        case (OrderStatus.ARRIVED, _) if scheduled in ("", StepStatus.SCHEDULED):
            return StepStatus.ARRIVED
        case _:
            return StepStatus(scheduled) if scheduled else StepStatus.SCHEDULED
