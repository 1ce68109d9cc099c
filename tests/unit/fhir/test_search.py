"""Every parameter that the CapabilityStatement names really narrows what is found."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from tests.unit.fhir.clinic import Clinic

from steckel.fhir.capability import capability_statement
from steckel.fhir.parameters import SEARCHABLE

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def clinic(shared_clinic: Clinic) -> Clinic:
    return shared_clinic


_STUDY = ("ImagingStudy/1.2.3", "ImagingStudy/1.2.4")
#: Of the first record only, and of none. ``{Patient}`` is the id of the first patient.
_VALUES: dict[str, dict[str, tuple[str, str]]] = {
    "Patient": {
        "_id": ("{Patient}", "r.999"),
        "_lastUpdated": ("lt2026-11-25", "gt2031"),
        "identifier": ("urn:oid:1.2.3.4|NP1", "urn:oid:9|NP1"),
        "name": ("zoe", "nobody"),
        "family": ("mull", "zoe"),
        "given": ("Zoé", "Müller"),
        "birthdate": ("1961-03", "ge1980"),
        "gender": ("female", "other"),
    },
    "ImagingStudy": {
        "_id": ("1.2.3", "1.2.9"),
        "_lastUpdated": ("", "lt2001"),
        "identifier": ("urn:dicom:uid|urn:oid:1.2.3", "A9"),
        "patient": ("Patient/{Patient}", "r.999"),
        "subject": ("{Patient}", "r.999"),
        "started": ("", "lt2026-11-24T08:15"),
        "modality": ("", "MR"),
        "bodysite": ("", "HEAD"),
        "status": ("", "cancelled"),
        "basedon": ("ServiceRequest/{ServiceRequest}", "999"),
        "endpoint": ("", "Endpoint/other"),
        "series": ("urn:oid:1.2.3.1", "1.2.9"),
        "instance": ("1.2.3.1.1", "1.2.9"),
        "dicom-class": ("", "urn:oid:1.2.9"),
    },
    "ServiceRequest": {
        "_id": ("{ServiceRequest}", "999"),
        "_lastUpdated": ("", "lt2001"),
        "identifier": ("PL1", "PL9"),
        "patient": ("{Patient}", "r.999"),
        "subject": ("Patient/{Patient}", "r.999"),
        "status": ("active", "completed"),
        "authored": ("", "lt2001"),
        "occurrence": ("le2026-11-24", "lt2026-11-24"),
    },
    "DiagnosticReport": {
        "_id": ("{DiagnosticReport}", "x"),
        "_lastUpdated": ("", "lt2001"),
        "identifier": ("F1", "F9"),
        "patient": ("{Patient}", "r.999"),
        "subject": ("{Patient}", "r.999"),
        "imaging-study": ("ImagingStudy/1.2.3", "1.2.9"),
        "based-on": ("ServiceRequest/{ServiceRequest}", "999"),
        "status": ("final", "amended"),
        "category": ("", "LAB"),
        "code": ("", "http://loinc.org|1-8"),
        "issued": ("2026-11-24", "2026-11-26"),
    },
    "Appointment": {
        "_id": ("{Appointment}", "999"),
        "_lastUpdated": ("lt2026-11-25", "lt2001"),
        "patient": ("{Patient}", "r.999"),
        "actor": ("Patient/{Patient}", "r.999"),
        "date": ("2026-11-24", "gt2026-11-26"),
        "status": ("booked", "noshow"),
    },
    "Endpoint": {
        "_id": ("dicom-wado-rs", "x"),
        "connection-type": ("dicom-wado-rs", "x"),
        "status": ("", "off"),
    },
}
_LISTED = [
    (resource["type"], parameter["name"])
    for resource in capability_statement("")["rest"][0]["resource"]
    if resource["type"] != "AuditEvent"  # is nothing of the department's: test_audit_events.py
    for parameter in resource["searchParam"]
]


_SORTS = {kind.value: sorted(found.sorts) for kind, found in SEARCHABLE.items()}


async def _found(client: httpx.AsyncClient, kind: str, **given: str) -> list[dict[str, Any]]:
    answer = await client.get(f"/{kind}", params=given, headers={"Prefer": "handling=strict"})
    assert answer.status_code == 200, answer.text
    return [entry["resource"] for entry in answer.json().get("entry", [])]


async def _firsts(client: httpx.AsyncClient) -> dict[str, str]:
    """The ids of what belongs to the first patient: all were said first."""
    kinds = ("Patient", "ServiceRequest", "DiagnosticReport", "Appointment", "Endpoint")
    return {kind: (await _found(client, kind))[0]["id"] for kind in kinds} | {
        "ImagingStudy": "1.2.3"
    }


async def test_the_statement_lists_what_is_tried_here(user: httpx.AsyncClient) -> None:
    answer = await user.get("/metadata")
    assert answer.json()["rest"][0]["resource"]
    tried = {(kind, name) for kind, all_of in _VALUES.items() for name in all_of}
    assert tried == set(_LISTED)


@pytest.mark.parametrize(("kind", "name"), _LISTED)
async def test_a_parameter_narrows(user: httpx.AsyncClient, kind: str, name: str) -> None:
    good, bad = _VALUES[kind][name]
    assert await _found(user, kind, **{name: bad}) == []
    assert len(await _found(user, kind)) > 1
    if good:
        firsts = await _firsts(user)
        found = await _found(user, kind, **{name: good.format(**firsts)})
        assert [one["id"] for one in found] == [firsts[kind]]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("ImagingStudy", {"modality": "http://dicom.nema.org/resources/ontology/DCM|CT,MR"}),
        ("ImagingStudy", {"started": "2026-11-24"}),
        ("ImagingStudy", {"endpoint": "Endpoint/dicom-wado-rs"}),
        ("ImagingStudy", {"dicom-class": "urn:oid:1.2.840.10008.5.1.4.1.1.2"}),
        ("ImagingStudy", {"dicom-class": "urn:ietf:rfc:3986|urn:oid:1.2.840.10008.5.1.4.1.1.2"}),
        ("DiagnosticReport", {"category": "RAD"}),
        ("ServiceRequest", {"authored": "gt2001"}),
    ],
)
async def test_what_all_have_finds_all(
    user: httpx.AsyncClient, kind: str, given: dict[str, str]
) -> None:
    assert len(await _found(user, kind, **given)) == 2


@pytest.mark.parametrize(
    ("name", "value", "count"),
    [
        ("family:exact", "müller", 1),
        ("family:exact", "mull", 0),
        ("name:contains", "ulle", 1),
        ("given:exact", "Zoé", 1),
        ("name:exact", "zoe", 1),
        ("name", "100%", 0),
    ],
)
async def test_a_name_is_compared_as_the_modifier_says(
    user: httpx.AsyncClient, name: str, value: str, count: int
) -> None:
    assert len(await _found(user, "Patient", **{name: value})) == count


async def test_a_patient_is_named_by_identifier_in_place_of_a_chain(
    user: httpx.AsyncClient,
) -> None:
    for name in ("patient.identifier", "patient:identifier", "subject:identifier"):
        (found,) = await _found(user, "ImagingStudy", **{name: "urn:oid:1.2.250.1|P2"})
        assert found["id"] == "1.2.4"


@pytest.mark.parametrize(
    ("kind", "sort"),
    [
        (kind, sort)
        for kind, sorts in _SORTS.items()
        for name in sorts
        for sort in (name, f"-{name}")
    ],
)
async def test_pages_of_one_are_the_whole_in_order(
    user: httpx.AsyncClient, kind: str, sort: str
) -> None:
    whole = [one["id"] for one in await _found(user, kind, _sort=sort)]
    reverse = sort[1:] if sort.startswith("-") else f"-{sort}"
    assert [one["id"] for one in await _found(user, kind, _sort=reverse)] == whole[::-1]
    paged: list[str] = []
    address: str | None = f"/{kind}?_count=1&_sort={sort}"
    while address:
        bundle = (await user.get(address)).json()
        paged += [entry["resource"]["id"] for entry in bundle["entry"]]
        address = {link["relation"]: link["url"] for link in bundle["link"]}.get("next")
    assert paged == whole


async def test_a_search_by_post_is_the_same(user: httpx.AsyncClient) -> None:
    answer = await user.post(
        "/ImagingStudy/_search",
        data={"identifier": "A1"},
        headers={"Origin": "http://steckel.test"},
    )
    (entry,) = answer.json()["entry"]
    assert entry["resource"]["id"] == "1.2.3"
    assert entry["fullUrl"] == "http://steckel.test/fhir/ImagingStudy/1.2.3"


async def test_what_is_referred_to_comes_along(user: httpx.AsyncClient) -> None:
    given = [("_id", "1.2.3"), ("_revinclude", "DiagnosticReport:imaging-study")]
    given += [("_include", f"ImagingStudy:{name}") for name in ("endpoint", "subject", "basedon")]
    bundle = (await user.get("/ImagingStudy", params=given)).json()
    modes = [(one["resource"]["resourceType"], one["search"]["mode"]) for one in bundle["entry"]]
    assert modes[0] == ("ImagingStudy", "match")
    assert sorted(modes[1:]) == [
        (kind, "include") for kind in ("DiagnosticReport", "Endpoint", "Patient", "ServiceRequest")
    ]


async def test_what_is_not_known_is_left_out_and_said(user: httpx.AsyncClient) -> None:
    bundle = (await user.get("/Patient?family=durand&eyes=blue&_sort=eyes")).json()
    match, hint = bundle["entry"]
    assert match["resource"]["birthDate"] == "1975-01-02"
    assert hint["search"]["mode"] == "outcome"
    assert "eyes" in hint["resource"]["issue"][0]["diagnostics"]
    (link,) = bundle["link"]
    assert dict(parse_qsl(urlsplit(link["url"]).query)) == {"family": "durand"}
    strict = await user.get("/Patient?eyes=blue", headers={"Prefer": "handling=strict"})
    assert strict.status_code == 400
    assert strict.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    "query",
    ["birthdate=yesterday", "birthdate=1961-13-01", "_count=many", "_cursor=x", "_cursor=WyJ4Il0"],
)
async def test_a_value_that_cannot_be_is_refused(user: httpx.AsyncClient, query: str) -> None:
    answer = await user.get(f"/Patient?{query}")
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["severity"] == "error"


async def test_a_summary_leaves_details_out_and_a_count_all(user: httpx.AsyncClient) -> None:
    whole = (await user.get("/ImagingStudy/1.2.3")).json()
    assert whole["series"][0]["instance"][0]["uid"] == "1.2.3.1.1"
    short = (await user.get("/ImagingStudy/1.2.3?_summary=true")).json()
    assert "instance" not in short["series"][0]
    assert short["meta"]["tag"][0]["code"] == "SUBSETTED"
    named = (await user.get("/ImagingStudy?_id=1.2.3&_elements=started")).json()
    assert set(named["entry"][0]["resource"]) == {
        "resourceType", "id", "meta", "identifier", "status", "subject", "started",
    }  # fmt: skip
    counted = (await user.get("/ImagingStudy?_summary=count")).json()
    assert counted["total"] == 2
    assert "entry" not in counted
