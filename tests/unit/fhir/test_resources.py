"""Resources are what R4 wants; clients are told what they know already."""

from importlib import import_module
from typing import Any

import httpx
import pytest
from tests.unit.fhir.clinic import Clinic
from tests.unit.ris.said import merge

from steckel.index.engine import writing
from steckel.ris.model import MergeStatement, PatientKey
from steckel.ris.registers import Moment

pytestmark = pytest.mark.anyio

_KINDS = (
    "Patient", "ImagingStudy", "Endpoint", "ServiceRequest", "DiagnosticReport", "Appointment",
)  # fmt: skip
assert merge


def _check(resource: dict[str, Any]) -> None:
    kind = resource["resourceType"]
    module = import_module(f"fhir.resources.R4B.{kind.lower()}")
    getattr(module, kind).model_validate(resource)


@pytest.mark.parametrize("kind", _KINDS)
async def test_resources_and_bundles_are_valid(
    clinic: Clinic, user: httpx.AsyncClient, kind: str
) -> None:
    clinic.ward.archiving.run()
    bundle = (await user.get(f"/{kind}?eyes=blue")).json()
    _check(bundle)
    for entry in bundle["entry"]:
        _check(entry["resource"])
        if entry["search"]["mode"] == "match":
            path = entry["fullUrl"].partition("/fhir")[2]
            read = await user.get(path)
            assert read.headers["content-type"].startswith("application/fhir+json")
            _check(read.json())


async def test_the_statement_is_valid(user: httpx.AsyncClient) -> None:
    _check((await user.get("/metadata")).json())


async def test_a_study_says_what_its_images_say(user: httpx.AsyncClient) -> None:
    study = (await user.get("/ImagingStudy/1.2.3")).json()
    assert study["identifier"][0] == {"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"}
    assert study["identifier"][1]["type"]["coding"][0]["code"] == "ACSN"
    assert study["started"].startswith("2026-11-24T08:15:00")
    assert study["started"][19] in "+-"
    assert study["endpoint"] == [{"reference": "Endpoint/dicom-wado-rs"}]
    (series,) = study["series"]
    (instance,) = series["instance"]
    assert instance["sopClass"]["code"] == "urn:oid:1.2.840.10008.5.1.4.1.1.2"
    endpoint = (await user.get("/Endpoint/dicom-wado-rs")).json()
    assert endpoint["address"] == "http://steckel.test/dicomweb"


async def test_a_patient_has_identifiers_with_their_issuers(user: httpx.AsyncClient) -> None:
    bundle = (await user.get("/Patient?family=durand")).json()
    patient = bundle["entry"][0]["resource"]
    assert [(one["system"], one["value"]) for one in patient["identifier"]] == [
        ("urn:oid:1.2.250.1", "P2"),
        ("urn:oid:1.2.3.4", "NP2"),
    ]
    assert patient["name"][0]["given"] == ["Paul"]


async def test_who_was_merged_away_says_into_whom(clinic: Clinic, user: httpx.AsyncClient) -> None:
    entries = (await user.get("/Patient")).json()["entry"]
    first, second = (entry["resource"]["id"] for entry in entries)
    with writing(clinic.ward.house.engine) as connection:
        clinic.ward.department.merge(
            connection,
            MergeStatement(
                prior=PatientKey(patient_id="P1"),
                survivor=PatientKey(patient_id="P2", issuer="1.2.250.1"),
                moment=Moment(at=1),
                by="test",
            ),
        )
    merged = (await user.get(f"/Patient/{first}")).json()
    assert merged["active"] is False
    assert merged["link"][0]["other"]["reference"] == f"Patient/{second}"
    assert len((await user.get("/Patient")).json()["entry"]) == 1
    for kind in ("ImagingStudy", "ServiceRequest", "DiagnosticReport", "Appointment"):
        found = (await user.get(f"/{kind}?patient={second}")).json()["entry"]
        assert len(found) == 2, kind


async def test_what_did_not_change_is_not_sent_again(user: httpx.AsyncClient) -> None:
    first = await user.get("/ImagingStudy/1.2.3")
    assert first.headers["last-modified"].endswith("GMT")
    again = await user.get("/ImagingStudy/1.2.3", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_other_forms_than_json_are_refused(user: httpx.AsyncClient) -> None:
    assert (await user.get("/Patient?_format=xml")).status_code == 406
    assert (await user.get("/Patient", headers={"Accept": "text/html"})).status_code == 406
    assert (await user.get("/Patient?_format=json")).status_code == 200


@pytest.mark.parametrize(
    "path", ["/Patient/x", "/Patient/i.zz", "/ImagingStudy/1.9", "/Observation", "/Observation/1"]
)
async def test_what_is_not_there_is_not_found(user: httpx.AsyncClient, path: str) -> None:
    answer = await user.get(path)
    assert answer.status_code == 404
    _check(answer.json())


async def test_a_method_that_is_not_defined_says_which_are(user: httpx.AsyncClient) -> None:
    answer = await user.request("DELETE", "/Patient/1")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


async def test_nobody_reads_without_a_login(clinic: Clinic) -> None:
    transport = httpx.ASGITransport(clinic.app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://steckel.test") as nobody:
        assert (await nobody.get("/fhir/Patient")).status_code == 401


async def test_a_number_that_two_patients_share_ties_nobody_to_the_others_order(
    clinic: Clinic, user: httpx.AsyncClient
) -> None:
    clinic.ward.images("1.2.5", "A2", "P1")
    clinic.ward.report(text="Of the first.", key="R3", accession="A2", patient_id="P1")
    study = (await user.get("/ImagingStudy/1.2.5")).json()
    assert "basedOn" not in study
    theirs = (await user.get("/ImagingStudy/1.2.4")).json()["basedOn"]
    order = theirs[0]["reference"]
    found = (await user.get("/ImagingStudy", params={"basedon": order})).json()["entry"]
    assert [one["resource"]["id"] for one in found] == ["1.2.4"]
    reports = (await user.get("/DiagnosticReport", params={"based-on": order})).json()["entry"]
    ours = (await user.get("/DiagnosticReport", params={"patient.identifier": "P1"})).json()
    of_first = {one["resource"]["id"] for one in ours["entry"]}
    assert not of_first & {one["resource"]["id"] for one in reports}
    assert all(order not in str(one["resource"].get("basedOn")) for one in ours["entry"])
