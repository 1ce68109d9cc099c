"""``/api/emergency``, and below patients and studies: who has to do with whom."""

from datetime import UTC
from typing import Annotated

import structlog
from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import Response

from steckel.index.view import Guarded
from steckel.security.relations import Assignment, Emergency, ExactPatient, Relation, Relations
from steckel.web import sight_shapes as shapes
from steckel.web.answers import Json, moment, no_content
from steckel.web.api.callers import EmergencyCaller, Flagging

_log = structlog.get_logger(__name__)

_LONGEST_REASON = 500
_Word = Annotated[str, Field(min_length=1, max_length=64)]
_Reason = Annotated[
    str, Field(min_length=3, max_length=_LONGEST_REASON, pattern=r"\S", description="Why")
]


class EmergencyForm(BaseModel):
    """Why a patient has to be opened."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: _Reason


class ExactEmergencyForm(EmergencyForm):
    """The same, and whom: both exactly."""

    patient_id: _Word
    birth_date: Annotated[str, Field(pattern=r"^\d{8}$", description="YYYYMMDD")]
    issuer: Annotated[str, Field(max_length=256)] = ""

    def patient(self) -> ExactPatient:
        """Return whom."""
        return ExactPatient(
            patient_id=self.patient_id, birth_date=self.birth_date, issuer=self.issuer
        )


class CareForm(BaseModel):
    """Somebody who cares for a patient; without an end, until somebody ends it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    account: _Word
    reason: Annotated[str, Field(max_length=_LONGEST_REASON)] = ""
    until: AwareDatetime | None = None


class MarkForm(BaseModel):
    """Whether a patient is to be kept confidential."""

    model_config = ConfigDict(extra="forbid")

    confidential: bool


class RelationDoor:
    """Opens patients in an emergency, and notes who cares, who is marked, what was given."""

    def __init__(self, relations: Guarded[Relations]) -> None:
        self._relations = relations

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(tags=["access"])
        router.post("/emergency", response_model=shapes.Emergency)(self.open_unseen)
        patient, study = "/patients/{key}", "/studies/{uid}/assignments"
        router.post(f"{patient}/emergency", response_model=shapes.Emergency)(self.open)
        mark, marked = f"{patient}/confidential", shapes.Confidentiality
        router.get(mark, response_model=marked)(self.is_confidential)
        router.put(mark, response_model=marked)(self.mark)
        care, cared = f"{patient}/care", shapes.CareRelation
        router.get(care, response_model=shapes.CareRelationList)(self.care)
        router.post(care, response_model=cared, status_code=201)(self.note_care)
        router.delete(f"{care}/{{relation}}", status_code=204)(self.end_care)
        router.get(study, response_model=shapes.AssignmentList)(self.assignments)
        router.put(f"{study}/{{account}}", response_model=shapes.AssignmentList)(self.assign)
        router.delete(f"{study}/{{account}}", status_code=204)(self.take_back)
        return router

    def open_unseen(self, form: ExactEmergencyForm, caller: EmergencyCaller) -> Response:
        """Open a patient whom the caller does not see, by identifier and birth date."""
        relations = self._relations.seen_by(caller.view)
        opened = relations.open_unseen(form.patient(), caller.name, form.reason)
        return _opened(opened, caller.name)

    def open(self, key: str, form: EmergencyForm, caller: EmergencyCaller) -> Response:
        """Open all studies of a patient of whom the caller sees something."""
        relations = self._relations.seen_by(caller.view)
        return _opened(relations.open_in_emergency(key, caller.name, form.reason), caller.name)

    def is_confidential(self, key: str, caller: Flagging) -> Response:
        """Say whether a patient is marked as confidential."""
        marked = self._relations.seen_by(caller.view).is_confidential(key)
        return Json({"confidential": marked})

    def mark(self, key: str, form: MarkForm, caller: Flagging) -> Response:
        """Mark a patient as confidential, or take the mark away."""
        self._relations.seen_by(caller.view).mark(key, confidential=form.confidential)
        _log.info("patient_marked", patient=key, confidential=form.confidential, by=caller.name)
        return Json({"confidential": form.confidential})

    def care(self, key: str, caller: Flagging) -> Response:
        """List who has or had to do with a patient."""
        found = self._relations.seen_by(caller.view).of_patient(key)
        return Json({"items": [_spell_relation(relation) for relation in found]})

    def note_care(self, key: str, form: CareForm, caller: Flagging) -> Response:
        """Note that somebody cares for a patient: that opens all of the patient's studies."""
        until = form.until
        relation = self._relations.seen_by(caller.view).note_care(
            key,
            form.account,
            caller.name,
            form.reason,
            None if until is None else int(until.astimezone(UTC).timestamp() * 1000),
        )
        _log.info("care_noted", patient=key, account=relation.account, by=caller.name)
        return Json(_spell_relation(relation), status_code=201)

    def end_care(self, key: str, relation: str, caller: Flagging) -> Response:
        """End what runs between somebody and a patient, an emergency too."""
        self._relations.seen_by(caller.view).end(key, relation, caller.name)
        _log.info("care_ended", patient=key, relation=relation, by=caller.name)
        return no_content()

    def assignments(self, uid: str, caller: Flagging) -> Response:
        """List to whom a study was given."""
        return self._assigned(uid, caller)

    def assign(self, uid: str, account: str, caller: Flagging) -> Response:
        """Give a study to somebody; to have it already is no error."""
        self._relations.seen_by(caller.view).assign(uid, account, caller.name)
        _log.info("study_assigned", study=uid, account=account, by=caller.name)
        return self._assigned(uid, caller)

    def take_back(self, uid: str, account: str, caller: Flagging) -> Response:
        """Take a study from somebody."""
        self._relations.seen_by(caller.view).take_back(uid, account)
        _log.info("study_taken_back", study=uid, account=account, by=caller.name)
        return no_content()

    def _assigned(self, uid: str, caller: Flagging) -> Response:
        found = self._relations.seen_by(caller.view).of_study(uid)
        return Json({"items": [_spell_assignment(assignment) for assignment in found]})


def _opened(opened: Emergency, by: str) -> Response:
    _log.info("patient_opened_in_emergency", patient=opened.patient, by=by)
    answer: shapes.Emergency = {"patient": opened.patient, "until": moment(opened.until)}
    return Json(answer)


def _spell_relation(relation: Relation) -> shapes.CareRelation:
    return {
        "id": relation.key,
        "account": relation.account,
        "kind": relation.kind,
        "reason": relation.reason,
        "granted_by": relation.granted_by,
        "since": moment(relation.since),
        "until": None if relation.until is None else moment(relation.until),
    }


def _spell_assignment(assignment: Assignment) -> shapes.Assignment:
    return {
        "account": assignment.account,
        "assigned_by": assignment.assigned_by,
        "at": moment(assignment.at),
    }
