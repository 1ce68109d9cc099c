"""Orders and mismatches in memory."""
# ruff: noqa: ARG002  they take what their ports take

from dataclasses import dataclass, field

from tests.unit.web.rooms import NOON, PATIENT, STUDY, Guard

from steckel.errors import NotFound
from steckel.query.catalogue_model import Page, PatientRow
from steckel.ris.matching_rules import Rule
from steckel.ris.mismatch_rows import MismatchState
from steckel.ris.model import MismatchKind
from steckel.ris.reconciliation_model import (
    CandidateOrder,
    CandidatePatient,
    DecisionRow,
    DryRun,
    MismatchRow,
    OrderFilter,
    OrderRow,
    Outcome,
    OwnRow,
    StudyReconciliation,
)
from steckel.ris.rehearsal import Change, Choice
from steckel.ris.rule_book import KeptRule

ORDER = OrderRow(
    key="7", patient=PATIENT, accession="A7", procedure_id="RP7", description="CT thorax",
    modality="CT", priority="", status="scheduled", date="20260301", time="1000",
    stations=("CT1",), study_uid="1.2.3",
)  # fmt: skip
OWN = OwnRow(patient=PATIENT, accession="", study_id="1")


@dataclass
class OrderRoom(Guard):
    asked: list[tuple[OrderFilter, int, str | None]] = field(default_factory=list)

    def page(self, wanted: OrderFilter, limit: int, cursor: str | None) -> Page[OrderRow]:
        self.asked.append((wanted, limit, cursor))
        return Page(items=(ORDER,))

    def of_patient(self, key: str) -> tuple[tuple[OrderRow, ...], tuple[PatientRow, ...]]:
        return (ORDER,), (PATIENT,)


@dataclass
class ReconciliationRoom(Guard):
    decided: list[tuple[str, ...]] = field(default_factory=list)

    def page(
        self, kind: MismatchKind | None, state: MismatchState, limit: int, cursor: str | None
    ) -> Page[MismatchRow]:
        row = MismatchRow(
            id="m1", kind=kind or MismatchKind.UNSCHEDULED, state=state, study=STUDY, own=OWN,
            at=NOON, changed=NOON, by="", resolution="",
        )  # fmt: skip
        return Page(items=(row,), next_cursor="next")

    def counts(self) -> dict[MismatchKind, int]:
        return dict.fromkeys(MismatchKind, 1)

    def study(self, study_uid: str) -> StudyReconciliation:
        if study_uid != STUDY.uid:
            raise NotFound("there is no such study")
        return StudyReconciliation(
            study=STUDY, own=OWN, source="CT1", kinds=(MismatchKind.UNSCHEDULED,), order=None,
            orders=(CandidateOrder(order=ORDER, score=3, reasons=("time",), is_taken=False),),
            patients=(CandidatePatient(patient=PATIENT, score=2, reasons=("name",)),),
            decisions=(DecisionRow(at=NOON, by="ada", reason="", patient="", order="",
                                   accepted=()),),
            can_undo=True, can_register=False,
        )  # fmt: skip

    def assign_order(self, study_uid: str, order: str, by: str, reason: str) -> None:
        self.decided.append(("order", study_uid, order, by, reason))

    def assign_patient(self, study_uid: str, patient: str, by: str, reason: str) -> None:
        self.decided.append(("patient", study_uid, patient, by, reason))

    def accept(self, study_uid: str, kind: MismatchKind, by: str, reason: str) -> None:
        self.decided.append(("accept", study_uid, kind, by, reason))

    def register(self, study_uid: str, by: str, reason: str) -> None:
        self.decided.append(("register", study_uid, by, reason))

    def undo(self, study_uid: str, by: str, reason: str) -> None:
        self.decided.append(("undo", study_uid, by, reason))

    def dry_run(self, rule: Rule) -> DryRun:
        kind = rule.kinds[0]
        outcome = Outcome(study_uid="1.2.3", kind=kind, patient="P1", order="A7")
        return DryRun(looked_at=4, is_whole=True, outcomes=(outcome,))


@dataclass
class PreviewRoom(Guard):
    asked: list[tuple[str, Choice]] = field(default_factory=list)

    def preview(self, study_uid: str, choice: Choice) -> Change:
        self.asked.append((study_uid, choice))
        accession = {"00080050": {"vr": "SH", "Value": ["A7"]}}
        return Change(before={}, after=accession)  # type: ignore[arg-type]


@dataclass
class RuleRoom:
    held: dict[int, KeptRule] = field(default_factory=dict)

    def rules(self) -> list[KeptRule]:
        return list(self.held.values())

    def add(self, rule: Rule, position: int | None, *, enabled: bool, by: str) -> KeptRule:
        pk = len(self.held) + 1
        self.held[pk] = KeptRule(
            pk=pk, position=position or pk, enabled=enabled, rule=rule, changed=NOON, by=by
        )
        return self.held[pk]

    def replace(
        self, pk: int, rule: Rule, position: int | None, *, enabled: bool, by: str
    ) -> KeptRule:
        self.remove(pk)
        self.held[pk] = KeptRule(
            pk=pk, position=position or pk, enabled=enabled, rule=rule, changed=NOON, by=by
        )
        return self.held[pk]

    def remove(self, pk: int) -> None:
        if self.held.pop(pk, None) is None:
            raise NotFound("there is no such rule")
