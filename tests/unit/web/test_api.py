from typing import Any

import httpx
import pytest
from tests.unit.web.house import GOOD, House

from steckel.query.catalogue_model import Keep, StudyFilter, StudySort, StudySortKey

pytestmark = pytest.mark.anyio


async def test_a_page_of_studies_is_spelled_as_the_workstation_reads_it(
    user: httpx.AsyncClient,
) -> None:
    page = (await user.get("/api/studies")).json()
    assert page["next_cursor"] == "next"
    (study,) = page["items"]
    assert study["received"] == "2026-03-01T12:00:00.000Z"
    assert study["patient"] == {
        "key": "k1",
        "id": "P001",
        "issuer": "",
        "name": {"alphabetic": "DUPONT^Jeanne", "ideographic": "", "phonetic": ""},
        "birth_date": "19610304",
        "sex": "F",
    }
    assert study["modalities"] == ["CT", "SR"]
    assert study["series"] == 2
    assert study["has_report"] is True


async def test_filters_and_order_reach_the_catalogue(house: House, user: httpx.AsyncClient) -> None:
    await user.get(
        "/api/studies?search=+dup+&modality=CT&modality=MR&modality=CT"
        "&date_from=20260101&date_to=&patient=k1&sort=name&limit=5&cursor=abc"
    )
    assert house.catalogue.asked == [
        (
            StudyFilter(search="dup", modalities=("CT", "MR"), date_from="20260101", patient="k1"),
            StudySort(key=StudySortKey.NAME, descending=False),
            5,
            "abc",
        )
    ]


async def test_without_filters_the_newest_come_first_a_hundred_at_a_time(
    house: House, user: httpx.AsyncClient
) -> None:
    await user.get("/api/studies")
    assert house.catalogue.asked == [(StudyFilter(), StudySort(), 100, None)]


@pytest.mark.parametrize("query", ["limit=501", "limit=0", "sort=size", "date_from=2026-01-01"])
async def test_a_question_that_cannot_be_is_refused(user: httpx.AsyncClient, query: str) -> None:
    assert (await user.get(f"/api/studies?{query}")).status_code == 422


async def test_a_count_says_whether_it_is_exact(user: httpx.AsyncClient) -> None:
    counted = (await user.get("/api/studies/count?search=dup&sort=-date")).json()
    assert counted == {"count": 10_000, "exact": False}


async def test_a_study_comes_with_its_series(user: httpx.AsyncClient) -> None:
    study = (await user.get("/api/studies/1.2.3")).json()
    assert [(one["uid"], one["kind"]) for one in study["series"]] == [("1.2.3.1", "image")]
    response = await user.get("/api/studies/1.2.4")
    assert response.status_code == 404
    assert response.json()["detail"] == "there is no such study"


async def test_a_patient_comes_with_all_studies(user: httpx.AsyncClient) -> None:
    patient = (await user.get("/api/patients/k1")).json()
    assert patient["studies"] == 1
    assert patient["studies_list"][0]["series"][0]["uid"] == "1.2.3.1"


async def test_patients_are_searched(user: httpx.AsyncClient) -> None:
    assert len((await user.get("/api/patients?search=dup")).json()["items"]) == 1
    assert (await user.get("/api/patients?search=x")).json()["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/api/studies/1.2.3", None),
        ("GET", "/api/system", None),
        ("GET", "/api/quarantine/q1/file", None),
        ("POST", "/api/quarantine/q1/replay", None),
        ("DELETE", "/api/quarantine/q1", None),
        ("POST", "/api/conflicts/c1/resolve", {"keep": "first"}),
        ("GET", "/api/ae", None),
        ("POST", "/api/ae", {"title": "CT1", "host": "h", "port": 104}),
        ("DELETE", "/api/ae/CT1", None),
        ("POST", "/api/ae/CT1/echo", None),
        ("POST", "/api/ae/echo", {"title": "CT1", "host": "h", "port": 104}),
        ("GET", "/api/users", None),
        ("POST", "/api/users", {"name": "bob", "password": GOOD}),
        ("PATCH", "/api/users/alice", {"role": "admin"}),
    ],
)
async def test_a_user_may_not_do_what_an_administrator_may(
    house: House, user: httpx.AsyncClient, method: str, path: str, body: dict[str, Any]
) -> None:
    assert (await user.request(method, path, json=body)).status_code == 403
    assert not house.bin.deleted
    assert house.security.accounts.get("alice").role == "user"


async def test_an_administrator_deletes_a_study(house: House, admin: httpx.AsyncClient) -> None:
    assert (await admin.delete("/api/studies/1.2.3")).status_code == 204
    assert house.bin.deleted == ["1.2.3"]
    assert (await admin.delete("/api/studies/9")).status_code == 404


async def test_an_administrator_sees_the_system(admin: httpx.AsyncClient) -> None:
    system = (await admin.get("/api/system")).json()
    assert system["started"] == "2026-03-01T12:00:00.000Z"
    assert system["counts"]["instances"] == 601
    assert system["processes"] == [{"role": "web", "pid": 1, "rss_bytes": 3}]


async def test_the_quarantine_is_listed_downloaded_replayed_and_emptied(
    admin: httpx.AsyncClient,
) -> None:
    page = (await admin.get("/api/quarantine")).json()
    assert page["count"] == 1
    assert page["items"][0]["source"]["address"] == "alice@192.0.2.1"
    file = await admin.get("/api/quarantine/q1/file")
    assert file.content == b"abcdef"
    assert file.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''Kopie%20%C3%A4%C3%B6%C3%BC.dcm"
    )
    replayed = (await admin.post("/api/quarantine/q1/replay")).json()
    assert (replayed["outcome"], replayed["reason"]) == ("quarantined", "still no DICOM")
    assert (await admin.delete("/api/quarantine/q1")).status_code == 204
    assert (await admin.get("/api/quarantine/q1/file")).status_code == 404


async def test_a_conflict_is_listed_and_resolved(house: House, admin: httpx.AsyncClient) -> None:
    page = (await admin.get("/api/conflicts")).json()
    assert page["items"][0]["differences"] == ["PatientName"]
    response = await admin.post("/api/conflicts/c1/resolve", json={"keep": "second"})
    assert response.status_code == 204
    assert house.conflicts.resolved == [("c1", Keep.SECOND)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rights": ["everything"]},
        {"networks": ["10.1.0.7/16"]},
        {"sees": {"rules": [{}]}},
        {"sees": {"rules": [{"institutions": "own"}]}},
        {"certificate": "a\nb"},
        {"right": []},
    ],
)
async def test_terms_of_an_application_entity_that_cannot_be_are_refused(
    admin: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    form = {"title": "CT1", "host": "192.0.2.7", "port": 104} | wrong
    assert (await admin.post("/api/ae", json=form)).status_code == 422
    assert (await admin.get("/api/ae")).json() == {"items": []}


async def test_application_entities_are_registered_replaced_verified_and_removed(
    house: House, admin: httpx.AsyncClient
) -> None:
    form = {"title": "CT1", "host": "192.0.2.7", "port": 104, "tls": True, "description": "1"}
    terms = {
        "rights": ["store"],
        "networks": ["192.0.2.0/24"],
        "sees": {"everything": False, "confidential": False, "rules": [{"modalities": ["CT"]}]},
        "certificate": "CN=ct1",
    }
    assert (await admin.post("/api/ae", json=form | terms)).status_code == 201
    # Who changes an address says nothing of rights: they stay.
    changed = await admin.post("/api/ae", json=form | {"port": 105})
    assert changed.status_code == 200
    assert changed.json() == form | terms | {"port": 105}
    assert (await admin.get("/api/ae")).json() == {"items": [changed.json()]}
    echo = (await admin.post("/api/ae/CT1/echo")).json()
    assert echo == {"ok": False, "milliseconds": 12.3, "message": "nobody listens there"}
    assert house.echo.asked[0].port == 105
    assert (await admin.post("/api/ae/echo", json=form | {"title": "X"})).status_code == 200
    assert (await admin.delete("/api/ae/CT1")).status_code == 204
    assert (await admin.delete("/api/ae/CT1")).status_code == 404
    assert (await admin.post("/api/ae/CT1/echo")).status_code == 404


async def test_an_application_entity_that_cannot_be_is_refused_with_the_reason(
    admin: httpx.AsyncClient,
) -> None:
    form = {"title": "SEVENTEEN_LETTERS", "host": "192.0.2.7", "port": 104}
    response = await admin.post("/api/ae", json=form)
    assert response.status_code == 422
    assert "16" in response.json()["detail"]


async def test_accounts_are_made_and_changed(
    admin: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    form = {"name": "Bob", "password": GOOD, "role": "user", "display_name": "Bob B."}
    made = await admin.post("/api/users", json=form)
    assert made.status_code == 201
    assert made.json()["name"] == "bob"
    assert "password" not in made.text
    assert (await admin.post("/api/users", json=form)).status_code == 409
    names = [one["name"] for one in (await admin.get("/api/users")).json()["items"]]
    assert names == ["alice", "bob", "root"]
    merge = {"Content-Type": "application/merge-patch+json"}
    changed = await admin.patch(
        "/api/users/bob", content='{"display_name": "Robert"}', headers=merge
    )
    assert changed.json()["display_name"] == "Robert"
    assert (await admin.patch("/api/users/nobody", json={})).status_code == 404


async def test_the_last_administrator_cannot_leave(admin: httpx.AsyncClient) -> None:
    response = await admin.patch("/api/users/root", json={"role": "user"})
    assert response.status_code == 422
    assert "administrator" in response.json()["detail"]


async def test_tokens_are_made_shown_once_and_revoked(user: httpx.AsyncClient) -> None:
    made = (await user.post("/api/tokens", json={"name": "script"})).json()
    assert made["token"].startswith("stk_")
    assert made["user"] == "alice"
    listed = (await user.get("/api/tokens")).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert "token" not in listed[0]
    assert (await user.delete(f"/api/tokens/{made['id']}")).status_code == 204
    assert (await user.get("/api/tokens")).json()["items"] == []


async def test_tokens_of_others_are_the_administrators(
    user: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    made = (await admin.post("/api/tokens", json={"name": "x", "user": "root"})).json()
    assert (await user.get("/api/tokens")).json()["items"] == []
    assert (await user.delete(f"/api/tokens/{made['id']}")).status_code == 404
    response = await user.post("/api/tokens", json={"name": "x", "user": "root"})
    assert response.status_code == 403
    own = (await user.post("/api/tokens", json={"name": "y"})).json()
    listed = (await admin.get("/api/tokens")).json()["items"]
    assert {one["id"] for one in listed} == {made["id"], own["id"]}


async def test_a_session_says_who_and_where(user: httpx.AsyncClient) -> None:
    session = (await user.get("/api/session")).json()
    assert session["site"] == {
        "aet": "STECKEL",
        "name": "Ward",
        "dicom": {"host": "127.0.0.1", "port": 11112},
    }


async def test_preferences_are_merged(user: httpx.AsyncClient) -> None:
    path = "/api/session/preferences"
    first = await user.patch(path, json={"language": "fr", "columns": ["name", "date"]})
    assert first.json() == {"language": "fr", "columns": ["name", "date"]}
    second = await user.patch(path, json={"language": None, "theme": "dark", "list": {"a": 1}})
    assert second.json() == {"theme": "dark", "columns": ["name", "date"], "list": {"a": 1}}
    session = (await user.get("/api/session")).json()
    assert session["preferences"] == second.json()
    assert (await user.patch(path, json={"language": "xx"})).status_code == 422
    assert (await user.patch(path, json={"x": "y" * 20_000})).status_code == 422


async def test_a_changed_password_ends_the_other_sessions_only(
    house: House, client: httpx.AsyncClient
) -> None:
    other = house.client()
    for one in (client, other):
        await one.post("/api/login", json={"name": "alice", "password": GOOD})
    wrong = {"old": "wrong wrong", "new": "another good one"}
    assert (await client.post("/api/session/password", json=wrong)).status_code == 401
    short = {"old": GOOD, "new": "short"}
    assert (await client.post("/api/session/password", json=short)).status_code == 422
    right = {"old": GOOD, "new": "another good one"}
    assert (await client.post("/api/session/password", json=right)).status_code == 204
    assert (await client.get("/api/session")).status_code == 200
    assert (await other.get("/api/session")).status_code == 401
