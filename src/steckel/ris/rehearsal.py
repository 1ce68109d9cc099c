"""What a decision about a study would change: made, looked at, and undone before anybody sees."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import orjson
from sqlalchemy import Connection, Engine, select

from steckel.dicom.json_model import JsonDataset
from steckel.index.schema import studies
from steckel.index.view import EVERYTHING, View
from steckel.ris.corrections import Correction
from steckel.ris.matcher import Look, SourceOf, lock_matching
from steckel.ris.model import MismatchKind
from steckel.ris.reconciliation import Reconciliation


class Decision(StrEnum):
    """What a person can decide about a study."""

    ASSIGN_ORDER = "assign-order"
    ASSIGN_PATIENT = "assign-patient"
    ACCEPT = "accept"
    REGISTER = "register"
    UNDO = "undo"


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A decision that is not made yet."""

    decision: Decision
    target: str = ""  #: key of the order or patient, or the kind that is accepted


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Attributes of a study that a decision changes, as DICOM JSON."""

    before: JsonDataset
    after: JsonDataset


class Rehearsals:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine, source_of: SourceOf, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._source_of = source_of
        self._view = view

    def seen_by(self, view: View) -> "Rehearsals":
        """Return what rehearses as somebody with this view can decide."""
        return self if view == self._view else Rehearsals(self._engine, self._source_of, view)

    def preview(self, study_uid: str, choice: Choice) -> Change:
        """Return what a decision would change in what queries say of a study.

        Raises
        ------
        NotFound, InvalidQuery, MissingValue, AlreadyThere
            As the decision itself.
        """
        stage = _Stage(self._engine, self._source_of, self._view)
        match choice.decision:
            case Decision.ASSIGN_ORDER:
                stage.assign_order(study_uid, choice.target, "", "")
            case Decision.ASSIGN_PATIENT:
                stage.assign_patient(study_uid, choice.target, "", "")
            case Decision.ACCEPT:
                stage.accept(study_uid, MismatchKind(choice.target), "", "")
            case Decision.REGISTER:
                stage.register(study_uid, "", "")
            case Decision.UNDO:
                stage.undo(study_uid, "", "")
        return stage.change


class _Stage(Reconciliation):
    """One rehearsal."""

    change = Change(before={}, after={})

    def _act(
        self, study_uid: str, make: Callable[[Connection, Look], Correction], by: str, reason: str
    ) -> None:
        with self._engine.connect() as connection:
            connection.execution_options(steckel_writing=True)
            with connection.begin() as transaction:
                lock_matching(connection, study_uid)
                before = _attributes(connection, study_uid)
                correction = make(connection, self._look(connection, study_uid))
                self._corrections.correct(connection, study_uid, correction, by, reason)
                self._matcher.settle(connection, study_uid, by, reason)
                self.change = _change(before, _attributes(connection, study_uid))
                transaction.rollback()


def _attributes(connection: Connection, study_uid: str) -> JsonDataset:
    text = connection.execute(select(studies.c.json).where(studies.c.uid == study_uid)).scalar()
    found: JsonDataset = orjson.loads(text) if text else {}
    return found


def _change(before: JsonDataset, after: JsonDataset) -> Change:
    changed = {tag for tag in {*before, *after} if before.get(tag) != after.get(tag)}
    return Change(
        before={tag: value for tag, value in before.items() if tag in changed},
        after={tag: value for tag, value in after.items() if tag in changed},
    )
