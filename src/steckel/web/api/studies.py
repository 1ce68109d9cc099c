"""``/api/studies``: the study list."""

from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from steckel.index.view import Guarded
from steckel.query.catalogue_model import StudyFilter, StudySort, StudySortKey
from steckel.web import shapes
from steckel.web.answers import Json, no_content
from steckel.web.api.callers import Deleting, Reading
from steckel.web.ports.archive import Deleter, StudyCatalogue
from steckel.web.spelling import spell_study, spell_study_detail

_log = structlog.get_logger(__name__)

_Date = Annotated[str, Field(pattern=r"^(\d{8})?$", description="YYYYMMDD")]
_Text = Annotated[str, Field(max_length=256)]
_Sort = Literal[
    "date", "name", "received", "modality", "description", "accession", "patient_id",
    "-date", "-name", "-received", "-modality", "-description", "-accession", "-patient_id",
]  # fmt: skip


class StudyQuestion(BaseModel):
    """The parameters of the list. A count takes the same and needs no order."""

    search: _Text = ""
    patient_name: _Text = ""
    patient_id: _Text = ""
    accession: _Text = ""
    description: _Text = ""
    date_from: _Date = ""
    date_to: _Date = ""
    modality: Annotated[list[Annotated[str, Field(max_length=16)]], Field(max_length=100)] = []
    patient: Annotated[str | None, Field(max_length=512)] = None
    sort: _Sort = "-date"

    def criteria(self) -> StudyFilter:
        """Return what is asked for."""
        return StudyFilter(
            search=self.search.strip(),
            patient_name=self.patient_name.strip(),
            patient_id=self.patient_id.strip(),
            accession=self.accession.strip(),
            description=self.description.strip(),
            date_from=self.date_from or None,
            date_to=self.date_to or None,
            modalities=tuple(dict.fromkeys(self.modality)),
            patient=self.patient,
        )

    def order(self) -> StudySort:
        """Return in which order."""
        key = StudySortKey(self.sort.removeprefix("-"))
        return StudySort(key=key, descending=self.sort.startswith("-"))


class StudyPageQuestion(StudyQuestion):
    """The same, a page at a time."""

    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[str | None, Field(max_length=1024)] = None


class StudyDoor:
    """Lists, counts, shows and deletes studies."""

    def __init__(self, catalogue: Guarded[StudyCatalogue], deleter: Guarded[Deleter]) -> None:
        self._catalogue = catalogue
        self._deleter = deleter

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/studies", tags=["studies"])
        router.get("", response_model=shapes.StudyPage)(self.page)
        router.get("/count", response_model=shapes.StudyCount)(self.count)
        router.get("/{uid}", response_model=shapes.StudyWithSeries)(self.study)
        router.delete("/{uid}", status_code=204)(self.delete)
        return router

    def page(self, caller: Reading, question: Annotated[StudyPageQuestion, Query()]) -> Response:
        """List studies."""
        found = self._catalogue.seen_by(caller.view).studies(
            question.criteria(), question.order(), question.limit, question.cursor
        )
        items = [spell_study(row) for row in found.items]
        return Json({"items": items, "next_cursor": found.next_cursor})

    def count(self, caller: Reading, question: Annotated[StudyQuestion, Query()]) -> Response:
        """Count studies, no further than 10,000."""
        counted = self._catalogue.seen_by(caller.view).count(question.criteria())
        return Json({"count": counted.count, "exact": counted.exact})

    def study(self, uid: str, caller: Reading) -> Response:
        """Show a study and its series."""
        return Json(spell_study_detail(self._catalogue.seen_by(caller.view).study(uid)))

    def delete(self, uid: str, caller: Deleting) -> Response:
        """Delete a study."""
        self._deleter.seen_by(caller.view).delete_study(uid)
        _log.info("study_deleted", study=uid, by=caller.name)
        return no_content()
