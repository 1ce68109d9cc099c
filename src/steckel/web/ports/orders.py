"""What was ordered, and the studies that do not fit it."""

from typing import Protocol

from steckel.query.catalogue_model import Page, PatientRow
from steckel.ris.matching_rules import Rule
from steckel.ris.mismatch_rows import MismatchState
from steckel.ris.model import MismatchKind
from steckel.ris.reconciliation_model import (
    DryRun,
    MismatchRow,
    OrderFilter,
    OrderRow,
    StudyReconciliation,
)
from steckel.ris.rehearsal import Change as StudyChange
from steckel.ris.rehearsal import Choice
from steckel.ris.rule_book import KeptRule


class Orders(Protocol):
    """What was ordered."""

    def page(self, wanted: OrderFilter, limit: int, cursor: str | None) -> Page[OrderRow]:
        """Return the orders after a cursor, by when they are planned."""

    def of_patient(self, key: str) -> tuple[tuple[OrderRow, ...], tuple[PatientRow, ...]]:
        """Return what is planned for a patient, and who turned out to be the same."""


class Reconciliation(Protocol):
    """Studies that do not fit what was ordered.

    What is not there raises `NotFound`, what cannot be an `InputError`; each decision is
    recorded with who made it and why.
    """

    def page(
        self, kind: MismatchKind | None, state: MismatchState, limit: int, cursor: str | None
    ) -> Page[MismatchRow]:
        """Return mismatches, newest first."""

    def counts(self) -> dict[MismatchKind, int]:
        """Return how many are open, by kind."""

    def study(self, study_uid: str) -> StudyReconciliation:
        """Return what is known of a study, and what it may be."""

    def assign_order(self, study_uid: str, order: str, by: str, reason: str) -> None:
        """Say which order a study is for."""

    def assign_patient(self, study_uid: str, patient: str, by: str, reason: str) -> None:
        """Say whose a study is."""

    def accept(self, study_uid: str, kind: MismatchKind, by: str, reason: str) -> None:
        """Say that a study is right as it is."""

    def register(self, study_uid: str, by: str, reason: str) -> None:
        """Register the patient as the images have it."""

    def undo(self, study_uid: str, by: str, reason: str) -> None:
        """Take the last decision back."""

    def dry_run(self, rule: Rule) -> DryRun:
        """Return what a rule would do to what is open now."""


class Previews(Protocol):
    """What decisions about studies would change."""

    def preview(self, study_uid: str, choice: Choice) -> StudyChange:
        """Return what a decision would change in a study; nothing is done."""


class MatchingRules(Protocol):
    """How mismatches are put right without a person."""

    def rules(self) -> list[KeptRule]:
        """Return all rules, in their order."""

    def add(self, rule: Rule, position: int | None, *, enabled: bool, by: str) -> KeptRule:
        """Add a rule."""

    def replace(
        self, pk: int, rule: Rule, position: int | None, *, enabled: bool, by: str
    ) -> KeptRule:
        """Put another rule in the place of one."""

    def remove(self, pk: int) -> None:
        """Remove a rule."""
