"""The shapes of what the JSON API answers about orders and studies that do not fit them."""

from typing import Any, Literal

from typing_extensions import TypedDict

from steckel.web.shapes import Date, Moment, PatientWithStudies, Study, StudyPatient

Kind = Literal["unknown-patient", "unscheduled", "demographics", "wrong-patient", "wrong-order"]
State = Literal["open", "resolved", "accepted"]
IdDifference = Literal["zeros", "case", "prefix", "digit"]


class Order(TypedDict):
    """An order."""

    key: str
    patient: StudyPatient
    accession: str
    procedure_id: str
    description: str
    modality: str
    priority: str
    status: str
    date: Date
    time: str | None
    stations: list[str]
    study_uid: str


class OrderPage(TypedDict):
    """Some orders."""

    items: list[Order]
    next_cursor: str | None


class PatientRecord(PatientWithStudies):
    """A patient, all studies, what is planned, and the identifiers that turned out to be the same.

    `merged` are patients that were merged into this one; their studies are among its own.
    """

    orders: list[Order]
    merged: list[StudyPatient]


class Own(TypedDict):
    """What the images themselves say; the key of the patient is empty."""

    patient: StudyPatient
    accession: str
    study_id: str


class Mismatch(TypedDict):
    """Why a study waits, or waited, for a person."""

    id: str
    kind: Kind
    state: State
    study: Study
    own: Own
    at: Moment
    changed: Moment
    by: str
    resolution: str


class MismatchPage(TypedDict):
    """Some mismatches, and how many are open."""

    items: list[Mismatch]
    next_cursor: str | None
    count: int
    counts: dict[Kind, int]


class CandidateOrder(TypedDict):
    """An order that a study may be for, and why."""

    order: Order
    score: int
    reasons: list[str]
    is_taken: bool


class CandidatePatient(TypedDict):
    """A registered patient that a study may be of, and why."""

    patient: StudyPatient
    score: int
    reasons: list[str]


class Decision(TypedDict):
    """What was put right or taken back, and by whom: a person, `matching`, or `rule:NAME`."""

    at: Moment
    by: str
    reason: str
    patient: str
    order: str
    accepted: list[str]


class StudyReconciliation(TypedDict):
    """All that a person needs to put a study right."""

    study: Study
    own: Own
    source: str
    kinds: list[Kind]
    order: Order | None
    orders: list[CandidateOrder]
    patients: list[CandidatePatient]
    decisions: list[Decision]
    can_undo: bool
    can_register: bool


class DecisionPreview(TypedDict):
    """Attributes that a decision would change, as DICOM JSON; keywords by tag."""

    before: dict[str, Any]
    after: dict[str, Any]
    keywords: dict[str, str]


class RuleFacts(TypedDict):
    """Conditions of a rule, and what it does."""

    name: str
    action: Literal["assign", "accept"]
    kinds: list[Kind]
    sources: list[str]
    modalities: list[str]
    id_differs: list[IdDifference]
    same_person: bool
    same_day: bool


class MatchingRule(RuleFacts):
    """A rule with its place among all."""

    id: str
    position: int
    enabled: bool
    changed: Moment
    by: str


class MatchingRuleList(TypedDict):
    """All rules, in the order in which they are tried."""

    items: list[MatchingRule]


class RuleOutcome(TypedDict):
    """What a rule would do to one mismatch."""

    study_uid: str
    kind: Kind
    patient: str
    order: str


class RuleDryRun(TypedDict):
    """What a rule would do to what is open now."""

    looked_at: int
    is_whole: bool
    outcomes: list[RuleOutcome]
