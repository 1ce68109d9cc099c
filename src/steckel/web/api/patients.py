"""``/api/patients``: patients and their history."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from steckel.index.view import Guarded
from steckel.web import shapes, shapes_reconciliation
from steckel.web.answers import Json
from steckel.web.api.callers import Cursor, Limit, Reading
from steckel.web.ports.archive import StudyCatalogue
from steckel.web.ports.orders import Orders
from steckel.web.spelling import spell_patient, spell_patient_detail, spell_study_patient
from steckel.web.spelling_reconciliation import spell_order


class PatientDoor:
    """Lists and shows patients."""

    def __init__(self, catalogue: Guarded[StudyCatalogue], orders: Guarded[Orders]) -> None:
        self._catalogue = catalogue
        self._orders = orders

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/patients", tags=["patients"])
        router.get("", response_model=shapes.PatientPage)(self.page)
        router.get("/{key}", response_model=shapes_reconciliation.PatientRecord)(self.patient)
        return router

    def page(
        self,
        caller: Reading,
        search: Annotated[str, Query(max_length=256)] = "",
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        """List patients by name."""
        found = self._catalogue.seen_by(caller.view).patients(search.strip(), limit, cursor)
        items = [spell_patient(row) for row in found.items]
        return Json({"items": items, "next_cursor": found.next_cursor})

    def patient(self, key: str, caller: Reading) -> Response:
        """Show a patient with all studies, newest first, and what is planned."""
        found = self._catalogue.seen_by(caller.view).patient(key)
        detail = spell_patient_detail(found)
        planned, merged = self._orders.seen_by(caller.view).of_patient(found.patient.key)
        record: shapes_reconciliation.PatientRecord = {
            **detail,
            "orders": [spell_order(row) for row in planned],
            "merged": [spell_study_patient(row) for row in merged],
        }
        return Json(record)
