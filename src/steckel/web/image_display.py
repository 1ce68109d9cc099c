"""``/IHEInvokeImageDisplay``: another system asks to show a study or a patient (IHE RAD-106).

Leads to the page of the workstation that shows it. Its rule: it leads to pages of our own
alone, made of what the index holds, and never to one with images of two patients.
"""

import html
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote, urlencode

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from steckel.dicom import person_name
from steckel.errors import InvalidQuery, NotAllowed, NotFound, SteckelError
from steckel.index.view import Guarded, View
from steckel.query.catalogue_model import PatientRow, StudyDetail, StudyRow
from steckel.security.decisions import Action
from steckel.web.credentials import is_navigation
from steckel.web.invocation import (
    PatientInvocation,
    StudyInvocation,
    first_second,
    last_second,
    read_invocation,
)
from steckel.web.policy import text_page_policy
from steckel.web.ports.archive import PatientFinder, StudyCatalogue
from steckel.web.problems import new_reference, status_of

PATH = "/IHEInvokeImageDisplay"

#: Studies that a viewer shows side by side; more are chosen on the patient's page.
MOST_SHOWN = 8

_log = structlog.get_logger(__name__)

_STYLE = "body { font: 16px/1.5 system-ui; max-width: 40em; margin: 4em auto; padding: 0 1em }"
_POLICY = text_page_policy(_STYLE)
_REFUSAL = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Steckel</title>
<style>{style}</style>
<body>
<h1>{title}</h1>
<p>Another system asked to show images here, but {detail}.</p>
<p>Reference: <code>{reference}</code></p>
<p><a href="/">Go to the study list</a></p>
"""
_TITLES = {
    HTTPStatus.BAD_REQUEST: "This address cannot be understood",
    HTTPStatus.NOT_FOUND: "There is nothing to show",
    HTTPStatus.FORBIDDEN: "This account may not see it",
}


class ImageDisplayDoor:
    """Leads from what another system calls a study or a patient to the page that shows it."""

    def __init__(
        self, catalogue: Guarded[StudyCatalogue], patients: Guarded[PatientFinder]
    ) -> None:
        self._catalogue = catalogue
        self._patients = patients

    def routes(self) -> list[BaseRoute]:
        """Return the route, which needs a login."""
        return [Route(PATH, self.invoke, methods=["GET"])]

    def invoke(self, request: Request) -> Response:
        """Lead to the page, or say why there is none."""
        try:
            page = self._page(request)
        except (InvalidQuery, NotFound, NotAllowed) as error:
            if is_navigation(request.headers):
                return _refusal(error)
            raise
        _log.info("image_display_invoked", by=request.state.principal.name, page=page)
        headers = {"Cache-Control": "no-store"}
        return RedirectResponse(page, HTTPStatus.FOUND, headers=headers)

    def _page(self, request: Request) -> str:
        caller = request.state.principal
        if not caller.may(Action.READ):
            raise NotAllowed("this account has no right to do this")
        asked = read_invocation(request.url.query)
        if isinstance(asked, StudyInvocation):
            return self._of_studies(asked, caller.view)
        return self._of_patient(asked, caller.view)

    def _of_studies(self, asked: StudyInvocation, view: View) -> str:
        numbers = () if asked.study_uids else asked.accession_numbers
        found = self._catalogue.seen_by(view).named_studies(asked.study_uids, numbers)
        if not found:
            raise NotFound("there is no such study")
        others = {study.accession for study in found if study.accession}
        if asked.accession_numbers and not others <= set(asked.accession_numbers):
            raise InvalidQuery("studyUID and accessionNumber name different studies")
        if len({study.patient.key for study in found}) > 1:
            raise InvalidQuery("these are studies of different patients")
        if len(found) > MOST_SHOWN:
            return _patient_page(found[0].patient)
        given = {uid: place for place, uid in enumerate(asked.study_uids)}
        return _view(sorted(found, key=lambda study: given.get(study.uid, 0)))

    def _of_patient(self, asked: PatientInvocation, view: View) -> str:
        known = self._patients.seen_by(view).find(asked.patient_id, asked.authorities)
        patient = _the_one(known, asked)
        if not asked.is_restricted:
            return _patient_page(patient)
        detail = self._catalogue.seen_by(view).patient(patient.key)
        found = [study.study for study in detail.studies if _is_asked_for(study, asked)]
        if not found:
            raise NotFound("there is no such study")
        shown = found[: asked.most_recent or None]
        return _view(shown) if len(shown) <= MOST_SHOWN else _patient_page(patient)


def _the_one(found: Sequence[PatientRow], asked: PatientInvocation) -> PatientRow:
    """Return the patient that is meant; a birth date may speak against one, a name may change."""
    born = [one for one in found if asked.birth_date in ("", one.birth_date or asked.birth_date)]
    if not born:
        raise NotFound("there is no such patient")
    named = [one for one in born if _has_name(one, asked.name)] if len(born) > 1 else born
    if len(named) != 1:
        raise InvalidQuery("several patients have this patientID; it has to say who issued it")
    return named[0]


def _has_name(patient: PatientRow, name: str) -> bool:
    groups = (patient.name.alphabetic, patient.name.ideographic, patient.name.phonetic)
    return set(person_name.words(name)) <= set(person_name.words("=".join(groups)))


def _is_asked_for(detail: StudyDetail, asked: PatientInvocation) -> bool:
    study = detail.study
    if asked.modalities and set(asked.modalities).isdisjoint(study.modalities):
        return False
    if not (asked.lower or asked.upper):
        return True
    if not study.date:
        return False
    clock = (study.time or "").partition(".")[0].replace(":", "")[:6]
    moment = study.date + clock
    after = not asked.lower or last_second(moment) >= asked.lower
    return after and (not asked.upper or first_second(moment) <= asked.upper)


def _view(studies: Sequence[StudyRow]) -> str:
    """Return the address of the screen ``/view`` with the first study, and the others beside it."""
    first, *others = (study.uid for study in studies)
    beside = urlencode([("with", uid) for uid in others])
    return f"/view/{quote(first, safe='')}" + (f"?{beside}" if beside else "")


def _patient_page(patient: PatientRow) -> str:
    return f"/patients/{quote(patient.key, safe='')}"


def _refusal(error: SteckelError) -> Response:
    status, reference = status_of(error), new_reference()
    _log.info(
        "request_refused", reference=reference, status=status.value, path=PATH, reason=str(error)
    )
    page = _REFUSAL.format(
        style=_STYLE, title=_TITLES[status], detail=html.escape(str(error)), reference=reference
    )
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": _POLICY}
    return HTMLResponse(page, status, headers)
