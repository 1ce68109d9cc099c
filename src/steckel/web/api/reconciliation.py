"""``/api/reconciliation``: studies that do not fit what was ordered, and what to do about it."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from steckel.index.view import Guarded
from steckel.ris.mismatch_rows import MismatchState
from steckel.ris.model import MismatchKind
from steckel.ris.rehearsal import Choice, Decision
from steckel.security.principal import Principal
from steckel.web import shapes_reconciliation as shapes
from steckel.web.answers import Json
from steckel.web.api.callers import Caring, Cursor, Limit
from steckel.web.keywords import keywords_in
from steckel.web.ports.orders import Previews, Reconciliation
from steckel.web.spelling_reconciliation import spell_mismatch, spell_reconciliation

_log = structlog.get_logger(__name__)

Reason = Annotated[str, Field(max_length=500)]


class _Said(BaseModel):
    """What a person says about a decision."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""


class OrderAssignment(_Said):
    """Which order a study is for."""

    order: str  #: its key


class PatientAssignment(_Said):
    """Whose a study is."""

    patient: str  #: the key


class Acceptance(_Said):
    """What is right as it is."""

    kind: MismatchKind


class Word(_Said):
    """Nothing but why."""


class ChoiceForm(BaseModel):
    """A decision that is not made yet: `target` is an order, a patient or a kind."""

    model_config = ConfigDict(extra="forbid")

    decision: Decision
    target: str = Field("", max_length=64)

    @model_validator(mode="after")
    def _kind_is_one(self) -> "ChoiceForm":
        if self.decision is Decision.ACCEPT and self.target not in set(MismatchKind):
            raise ValueError("the target of accept is a kind of mismatch")
        return self


class ReconciliationDoor:
    """Shows what does not fit and lets a person decide; each answer is the study as it is then."""

    def __init__(self, desk: Guarded[Reconciliation], previews: Guarded[Previews]) -> None:
        self._desk = desk
        self._previews = previews

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/reconciliation", tags=["reconciliation"])
        router.get("", response_model=shapes.MismatchPage)(self.page)
        study = "/studies/{uid}"
        shape = shapes.StudyReconciliation
        router.get(study, response_model=shape)(self.study)
        preview = shapes.DecisionPreview
        router.post(f"{study}/preview", response_model=preview)(self.preview)
        router.post(f"{study}/assign-order", response_model=shape)(self.assign_order)
        router.post(f"{study}/assign-patient", response_model=shape)(self.assign_patient)
        router.post(f"{study}/accept", response_model=shape)(self.accept)
        router.post(f"{study}/register", response_model=shape)(self.register)
        router.post(f"{study}/undo", response_model=shape)(self.undo)
        return router

    def page(
        self,
        caller: Caring,
        kind: MismatchKind | None = None,
        state: Annotated[MismatchState, Query()] = MismatchState.OPEN,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        """List mismatches, newest first; the counts are of all that are open."""
        desk = self._desk.seen_by(caller.view)
        found = desk.page(kind, state, limit, cursor)
        counts = desk.counts()
        return Json(
            {
                "items": [spell_mismatch(row) for row in found.items],
                "next_cursor": found.next_cursor,
                "count": sum(counts.values()),
                "counts": {kind.value: number for kind, number in counts.items()},
            }
        )

    def study(self, uid: str, caller: Caring) -> Response:
        """Show a study, the orders and patients it may be of, and what was decided so far."""
        return Json(spell_reconciliation(self._desk.seen_by(caller.view).study(uid)))

    def preview(self, uid: str, form: ChoiceForm, caller: Caring) -> Response:
        """Say which attributes of a study a decision would change; nothing is done."""
        choice = Choice(decision=form.decision, target=form.target)
        found = self._previews.seen_by(caller.view).preview(uid, choice)
        change = {"before": found.before, "after": found.after}
        return Json({**change, "keywords": keywords_in(change)})

    def assign_order(self, uid: str, said: OrderAssignment, caller: Caring) -> Response:
        """Link a study with an order: it takes its patient and its numbers."""
        self._desk.seen_by(caller.view).assign_order(uid, said.order, caller.name, said.reason)
        return self._decided("assigned_to_order", uid, caller)

    def assign_patient(self, uid: str, said: PatientAssignment, caller: Caring) -> Response:
        """Say whose a study is; its order is looked for again."""
        self._desk.seen_by(caller.view).assign_patient(uid, said.patient, caller.name, said.reason)
        return self._decided("assigned_to_patient", uid, caller)

    def accept(self, uid: str, said: Acceptance, caller: Caring) -> Response:
        """Accept a mismatch as it is; of demographics, the registered ones count then."""
        self._desk.seen_by(caller.view).accept(uid, said.kind, caller.name, said.reason)
        return self._decided("accepted", uid, caller)

    def register(self, uid: str, said: Word, caller: Caring) -> Response:
        """Register an unknown patient as the images have it."""
        self._desk.seen_by(caller.view).register(uid, caller.name, said.reason)
        return self._decided("registered", uid, caller)

    def undo(self, uid: str, said: Word, caller: Caring) -> Response:
        """Take the last decision back, whoever made it."""
        self._desk.seen_by(caller.view).undo(uid, caller.name, said.reason)
        return self._decided("undone", uid, caller)

    def _decided(self, what: str, uid: str, caller: Principal) -> Response:
        _log.info("study_reconciled", decision=what, study_uid=uid, by=caller.name)
        return Json(spell_reconciliation(self._desk.seen_by(caller.view).study(uid)))
