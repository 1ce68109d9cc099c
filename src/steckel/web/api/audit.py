"""``/api/audit``: who did what. Reading it is itself recorded (`web.audited`)."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from steckel.audit.kinds import Kind, Outcome
from steckel.audit.message import Origin, message_of
from steckel.audit.model import AuditFilter
from steckel.audit.ports import Recorder
from steckel.audit.trail import of_patient
from steckel.errors import NotFound
from steckel.security.decisions import Action
from steckel.security.principal import Principal
from steckel.web import audit_shapes as shapes
from steckel.web.answers import Json, moment
from steckel.web.api.callers import Cursor, Limit, who_may
from steckel.web.audit_view import csv_of, own_log_csv, own_log_html, spell_event
from steckel.web.audit_words import Language
from steckel.web.ports.audit import AuditRooms

Auditor = Annotated[Principal, Depends(who_may(Action.AUDIT))]

_FAILURES = tuple(one for one in Outcome if one is not Outcome.SUCCESS)
_NO_STORE = {"Cache-Control": "no-store"}


class AuditQuestion(BaseModel):
    """Which events are meant; what is not said does not restrict."""

    model_config = ConfigDict(extra="ignore")

    kind: Annotated[list[Kind], Field(max_length=50)] = []
    outcome: Literal["success", "failure"] | None = None
    account: str = Field("", max_length=256)
    patient: str = Field("", max_length=18, description="key of a patient, as /api/patients has it")
    patient_id: str = Field("", max_length=64, description="identifier, whoever issued it")
    study: str = Field("", max_length=64)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class AuditPageQuestion(AuditQuestion):
    """The same, a page at a time."""

    limit: Limit = 100
    cursor: Cursor = None


class AuditDoor:
    """Shows the audit trail to those who may read it."""

    def __init__(self, rooms: AuditRooms, recorder: Recorder) -> None:
        self._rooms = rooms
        self._recorder = recorder

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/audit", tags=["audit"])
        router.get("", response_model=shapes.AuditPage)(self.page)
        router.get("/status", response_model=shapes.AuditState)(self.status)
        router.get("/export.csv", response_class=StreamingResponse)(self.export)
        router.get("/events/{key}/message", response_class=Response)(self.message)
        router.get("/anchors/{day}", response_class=Response)(self.anchor)
        router.get("/patients/{key}/log", response_class=StreamingResponse)(self.own_log)
        return router

    def page(self, _caller: Auditor, question: Annotated[AuditPageQuestion, Query()]) -> Response:
        """List events, newest first."""
        found = self._rooms.reader.page(self._wanted(question), question.limit, question.cursor)
        items = [spell_event(record) for record in found.records]
        return Json({"items": items, "next_cursor": found.following})

    def export(self, _caller: Auditor, question: Annotated[AuditQuestion, Query()]) -> Response:
        """Download all events that are meant, as CSV."""
        lines = csv_of(self._rooms.reader.all(self._wanted(question)))
        return _download(lines, "audit.csv")

    def message(self, key: str, _caller: Auditor) -> Response:
        """Show an event as an audit message of DICOM (PS3.15 A.5)."""
        origin = Origin(source=self._rooms.source, site=self._rooms.site)
        document = message_of(self._rooms.reader.read(key).event, origin)
        return Response(document, media_type="application/xml", headers=_NO_STORE)

    def status(self, _caller: Auditor) -> Response:
        """Say whether events are recorded and sent, and which days have an anchor."""
        status = self._rooms.status
        answer: shapes.AuditState = {
            "recording": not self._recorder.is_failing,
            "destinations": [
                {
                    "name": one.name,
                    "waiting": one.waiting,
                    "sent": _moment(one.sent),
                    "failed": _moment(one.failed),
                    "reason": one.reason,
                }
                for one in status.destinations()
            ],
            "anchors": [
                {
                    "day": one.day,
                    "hash": one.hash,
                    "exported": _moment(one.exported),
                    "pruned": _moment(one.pruned),
                }
                for one in status.anchors()[:400]
            ],
        }
        return Json(answer)

    def anchor(self, day: str, _caller: Auditor) -> Response:
        """Download the anchor of a day, to be kept elsewhere."""
        document = self._rooms.status.export_anchor(day)
        headers = _NO_STORE | {"Content-Disposition": f'attachment; filename="anchor-{day}.json"'}
        return Response(document, media_type="application/json", headers=headers)

    def own_log(
        self,
        key: str,
        _caller: Auditor,
        form: Literal["html", "csv"] = "html",
        language: Language = "en",
    ) -> Response:
        """Make the list for a patient who asks who had access, to print or as a table."""
        known = self._rooms.reader.patient(_row(key))
        records = self._rooms.reader.all(of_patient(known))
        if form == "csv":
            return _download(own_log_csv(records, language), "access-log.csv")
        pieces = own_log_html(known, records, language)
        return StreamingResponse(pieces, media_type="text/html; charset=utf-8", headers=_NO_STORE)

    def _wanted(self, question: AuditQuestion) -> AuditFilter:
        reader = self._rooms.reader
        patients: tuple[str, ...] = ()
        if question.patient:
            patients = reader.patient(_row(question.patient)).identities
        elif question.patient_id.strip():
            patients = reader.identities(question.patient_id.strip())
        outcomes = {None: (), "success": (Outcome.SUCCESS,), "failure": _FAILURES}
        return AuditFilter(
            kinds=tuple(dict.fromkeys(question.kind)),
            outcomes=outcomes[question.outcome],
            account=question.account.strip(),
            patients=patients,
            of_patient=bool(patients),
            study=question.study.strip(),
            since=_milliseconds(question.since),
            until=_milliseconds(question.until),
        )


def _row(key: str) -> int:
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        raise NotFound("there is no such patient")
    return int(key)


def _download(lines: object, name: str) -> Response:
    headers = _NO_STORE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)  # type: ignore[arg-type]


def _moment(at: int) -> str | None:
    return moment(at) if at else None


def _milliseconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.astimezone(UTC).timestamp() * 1000)
