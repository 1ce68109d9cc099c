"""Orders and reports come in as from any other source."""

import base64
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from tests.unit.fhir.clinic import Clinic
from tests.unit.reporting.department import PDF
from tests.unit.ris.said import worklist

from steckel.ris.schema import reports

pytestmark = pytest.mark.anyio


def _order(**said: Any) -> dict[str, Any]:
    placer = {"type": {"coding": [{"code": "PLAC"}]}, "value": "PL7"}
    accession = {"type": {"coding": [{"code": "ACSN"}]}, "value": "A7"}
    return {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "identifier": [placer, accession],
        "subject": {"identifier": {"system": "urn:oid:1.2.250.1", "value": "P2"}},
        "code": {"text": "MR of the knee"},
        "priority": "urgent",
        "occurrenceDateTime": "2026-12-01T09:30:00+00:00",
        "orderDetail": [
            {"coding": [{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "MR"}]}
        ],
    } | said


def _report(**said: Any) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "identifier": [{"system": "urn:example", "value": "D1"}],
        "code": {"text": "CT of the chest"},
        "subject": {"identifier": {"value": "P1"}},
        "imagingStudy": [{"reference": "ImagingStudy/1.2.3"}],
        "resultsInterpreter": [{"display": "Nina Keller"}],
        "conclusion": "Conclusion: normal.",
        "issued": "2026-11-25T08:00:00Z",
    } | said


async def _post(client: httpx.AsyncClient, body: dict[str, Any], **headers: str) -> httpx.Response:
    return await client.post(
        f"/{body['resourceType']}",
        json=body,
        headers={"Content-Type": "application/fhir+json"} | headers,
    )


async def test_an_order_is_taken_and_in_the_worklist(
    clinic: Clinic, admin: httpx.AsyncClient
) -> None:
    answer = await _post(admin, _order())
    assert answer.status_code == 201, answer.text
    location = answer.headers["location"]
    read = (await admin.get(location)).json()
    assert read == answer.json()
    assert (read["status"], read["priority"]) == ("active", "urgent")
    with clinic.ward.house.engine.connect() as connection:
        item = worklist(connection)["A7"]
    step = item["00400100"]["Value"][0]
    assert step["00080060"]["Value"] == ["MR"]
    assert step["00400002"]["Value"] == ["20261201"]
    assert item["00100010"]["Value"][0]["Alphabetic"] == "Durand^Paul"
    assert item["0020000D"]["Value"][0].startswith("2.25.")


async def test_an_order_that_is_there_is_not_made_again(admin: httpx.AsyncClient) -> None:
    first = await _post(admin, _order(), **{"If-None-Exist": "identifier=PL7"})
    assert first.status_code == 201
    again = await _post(admin, _order(), **{"If-None-Exist": "identifier=PL7"})
    assert again.status_code == 200
    assert again.headers["location"] == first.headers["location"]
    many = await _post(admin, _order(), **{"If-None-Exist": "occurrence=gt2001"})
    assert many.status_code == 412


async def test_a_report_is_taken_and_put_into_its_study(
    clinic: Clinic, admin: httpx.AsyncClient
) -> None:
    form = {"contentType": "application/pdf", "data": base64.b64encode(PDF).decode()}
    answer = await _post(admin, _report(presentedForm=[form]))
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["imagingStudy"] == [{"reference": "ImagingStudy/1.2.3"}]
    assert body["resultsInterpreter"] == [{"display": "Nina Keller"}]
    corrected = await _post(admin, _report(status="corrected", issued="2026-11-26T08:00:00Z"))
    assert corrected.headers["location"] == answer.headers["location"]
    assert corrected.json()["status"] == "corrected"
    clinic.ward.archiving.run()
    titles = [str(one.SOPClassUID) for one in clinic.ward.reports_in("1.2.3")]
    assert "1.2.840.10008.5.1.4.1.1.104.1" in titles
    with clinic.ward.house.engine.connect() as connection:
        rows = connection.execute(select(reports.c.versions).where(reports.c.author != ""))
        assert 2 in rows.scalars().all()


@pytest.mark.parametrize(
    "body",
    [
        _order(status="done"),
        _order(subject={}),
        _order(subject={"reference": "Patient/r.999"}),
        _order(code={}),
        _order(occurrenceDateTime="soon"),
        _order(identifier=[{"type": {"coding": [{"code": "ACSN"}]}, "value": "A" * 17}]),
        _order(identifier="PL7"),
        _report(conclusion=""),
        _report(imagingStudy=[{"reference": "ImagingStudy/x"}]),
        _report(basedOn=[{"reference": "ServiceRequest/999"}]),
        _report(presentedForm=[{"contentType": "text/html", "data": "PGI+"}]),
        _report(presentedForm=[{"contentType": "application/pdf", "data": "?"}]),
    ],
)
async def test_what_cannot_be_taken_is_refused_with_the_element(
    admin: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    answer = await _post(admin, body)
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["diagnostics"]


async def test_what_is_no_resource_is_refused(admin: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/fhir+json"}
    assert (await admin.post("/ServiceRequest", content=b"{", headers=headers)).status_code == 422
    wrong = await admin.post("/ServiceRequest", json=_report(), headers=headers)
    assert wrong.status_code == 422
    text = await admin.post("/ServiceRequest", content=b"x", headers={"Content-Type": "text/xml"})
    assert text.status_code == 415
    assert (await admin.post("/Patient", json={}, headers=headers)).status_code == 400


async def test_who_may_not_speak_for_others_creates_nothing(user: httpx.AsyncClient) -> None:
    answer = await _post(user, _order())
    assert answer.status_code == 403
    assert answer.json()["resourceType"] == "OperationOutcome"
