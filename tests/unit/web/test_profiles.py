"""Profiles of message sources over HTTP."""

import httpx
import pytest
from tests.unit.web.house import House
from tests.unit.web.message_rooms import RAW

pytestmark = pytest.mark.anyio

BODY = '[match]\nsenders = ["RIS^*"]\n[orders]\ntoo-long = "map"\n'


async def test_a_profile_is_kept_and_listed_with_its_versions(admin: httpx.AsyncClient) -> None:
    form = {"name": "ris/main", "body": BODY}
    first = await admin.post("/api/hl7/profiles", json=form)
    assert first.status_code == 201
    assert (first.json()["version"], first.json()["by"], first.json()["active"]) == (
        1, "root", True,
    )  # fmt: skip
    await admin.post("/api/hl7/profiles", json={**form, "body": ""})
    answer = (await admin.get("/api/hl7/profiles", params={"source": "RIS^HOSPITAL"})).json()
    assert [(one["name"], one["version"]) for one in answer["items"]] == [("ris/main", 2)]
    assert answer["in_force"] == {"name": "ris/main", "version": 2}
    versions = await admin.get("/api/hl7/profiles/versions", params={"name": "ris/main"})
    assert [one["body"] for one in versions.json()["items"]] == ["", BODY]
    again = await admin.post("/api/hl7/profiles/activate", json={"name": "ris/main", "version": 1})
    assert (again.json()["version"], again.json()["body"]) == (3, BODY)
    gone = await admin.post("/api/hl7/profiles/retire", json={"name": "ris/main"})
    assert gone.json()["active"] is False


async def test_a_wrong_document_is_refused_with_its_key(
    house: House, admin: httpx.AsyncClient
) -> None:
    form = {"name": "ris", "body": '[orders]\ntoo-long = "cut"\n'}
    answer = await admin.post("/api/hl7/profiles", json=form)
    assert answer.status_code == 400
    assert "orders.too-long is none of reject, map" in answer.json()["detail"]
    assert house.profiles.kept == []


async def test_a_document_is_tried_on_a_message_of_the_store_or_a_text(
    admin: httpx.AsyncClient,
) -> None:
    form = {"name": "ris", "body": '[patient]\nissuer = "ELSEWHERE"\n'}
    stored = (await admin.post("/api/hl7/profiles/dry-run", json={**form, "message": 7})).json()
    assert stored["before"]["profile"] == {"name": "built-in", "version": 0}
    assert stored["after"]["profile"]["name"] == "ris"
    assert stored["before"]["statements"][0]["kind"] == "patient"
    assert stored["keywords"]["00100010"] == "PatientName"
    text = RAW.decode().replace("P1^^^HOSPITAL", "P1").replace("\r", "\n")
    pasted = (await admin.post("/api/hl7/profiles/dry-run", json={**form, "text": text})).json()
    assert pasted["differs"]
    assert pasted["after"]["statements"][0]["patient"]["issuer"] == "ELSEWHERE"


@pytest.mark.parametrize(
    ("trial", "status"),
    [
        ({}, 422),
        ({"message": 7, "text": "MSH"}, 422),
        ({"message": 9}, 404),
        ({"text": "hello"}, 400),
    ],
)
async def test_a_trial_needs_one_message_that_can_be_read(
    admin: httpx.AsyncClient, trial: dict[str, object], status: int
) -> None:
    form = {"name": "ris", "body": "", **trial}
    assert (await admin.post("/api/hl7/profiles/dry-run", json=form)).status_code == status


@pytest.mark.parametrize("path", ["/api/hl7/profiles", "/api/hl7/profiles/versions?name=x"])
async def test_profiles_are_for_those_who_care_for_messages(
    user: httpx.AsyncClient, path: str
) -> None:
    assert (await user.get(path)).status_code == 403
