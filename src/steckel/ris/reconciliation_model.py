"""What a person sees of studies that do not fit, and of orders they may be for."""

from dataclasses import dataclass

from steckel.query.catalogue_model import PatientRow, StudyRow
from steckel.ris.model import MismatchKind


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRow:
    """An order of a list."""

    key: str  #: opaque
    patient: PatientRow
    accession: str
    procedure_id: str
    description: str
    modality: str
    priority: str
    status: str  #: `ris.model.OrderStatus`
    date: str | None  #: DA
    time: str | None  #: TM
    stations: tuple[str, ...]  #: AE titles
    study_uid: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderFilter:
    """What orders are looked for; an empty criterion matches all."""

    patient: str = ""  #: identifier, or beginning of the name
    accession: str = ""
    modality: str = ""
    date_from: str | None = None  #: YYYYMMDD, inclusive
    date_to: str | None = None
    only_open: bool = True  #: those that a worklist shows


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnRow:
    """What the images themselves say."""

    patient: PatientRow  #: its key is empty
    accession: str
    study_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MismatchRow:
    """Why a study waits, or waited, for a person."""

    id: str
    kind: MismatchKind
    state: str  #: `ris.mismatch_rows.MismatchState`
    study: StudyRow
    own: OwnRow
    at: int  #: milliseconds since 1970
    changed: int
    by: str
    resolution: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidateOrder:
    """An order that a study may be for."""

    order: OrderRow
    score: int
    reasons: tuple[str, ...]
    is_taken: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidatePatient:
    """A registered patient that a study may be of."""

    patient: PatientRow
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionRow:
    """An entry of the log: what was put right, or taken back."""

    at: int  #: milliseconds since 1970
    by: str
    reason: str
    patient: str  #: identifier of the patient that it was assigned to, if any
    order: str  #: accession number or procedure of the order that it was linked to, if any
    accepted: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyReconciliation:
    """All that a person needs to put a study right."""

    study: StudyRow
    own: OwnRow
    source: str  #: AE title that sent it; empty where nobody knows
    kinds: tuple[MismatchKind, ...]  #: open ones
    order: OrderRow | None  #: that it is linked to
    orders: tuple[CandidateOrder, ...]
    patients: tuple[CandidatePatient, ...]
    decisions: tuple[DecisionRow, ...]  #: oldest first
    can_undo: bool
    can_register: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a rule would do to one mismatch."""

    study_uid: str
    kind: MismatchKind
    patient: str  #: identifier
    order: str  #: accession number or procedure


@dataclass(frozen=True, kw_only=True, slots=True)
class DryRun:
    """What a rule would do."""

    looked_at: int
    is_whole: bool  #: all that are open were looked at
    outcomes: tuple[Outcome, ...]
