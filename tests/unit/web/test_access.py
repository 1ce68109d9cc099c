"""Roles, what accounts say of themselves, and relations, over the API."""

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio

ROLE: dict[str, Any] = {
    "title": "Ward",
    "actions": ["read", "emergency"],
    "sees": {
        "everything": False,
        "confidential": False,
        "rules": [{"departments": "own", "modalities": ["CT"]}],
    },
}


async def test_a_role_is_made_changed_shown_and_removed(admin: httpx.AsyncClient) -> None:
    path = "/api/roles/ward"
    made = await admin.put(path, json=ROLE)
    expected = {**ROLE, "name": "ward", "actions": ["emergency", "read"]}
    assert (made.status_code, made.json()) == (201, expected)
    assert (await admin.put(path, json={**ROLE, "title": "W"})).status_code == 200
    assert (await admin.get(path)).json()["title"] == "W"
    listed = (await admin.get("/api/roles")).json()
    assert "ward" in [role["name"] for role in listed["items"]]
    assert {"read", "administer"} <= set(listed["actions"])
    assert "modalities" in listed["terms"]["lists"]
    assert "modalities" not in listed["terms"]["own"]
    assert (await admin.delete(path)).status_code == 204
    assert (await admin.get(path)).status_code == 404
    assert (await admin.delete(path)).status_code == 404


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("admin", {}),
        ("Ward", {}),
        ("ward", {"actions": ["fly"]}),
        ("ward", {"sees": {"rules": [{}]}}),
        ("ward", {"sees": {"rules": [{"colour": ["red"]}]}}),
        ("ward", {"sees": {"rules": [{"modalities": "own"}]}}),
        ("ward", {"sees": {"all": True}}),
        ("ward", {"title": "x" * 100}),
        ("ward", {"more": 1}),
    ],
)
async def test_a_role_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, name: str, change: dict[str, Any]
) -> None:
    assert (await admin.put(f"/api/roles/{name}", json=ROLE | change)).status_code == 422


async def test_a_role_that_somebody_has_stays(admin: httpx.AsyncClient) -> None:
    assert (await admin.delete("/api/roles/user")).status_code == 422
    assert (await admin.delete("/api/roles/admin")).status_code == 422


async def test_roles_are_for_administrators(user: httpx.AsyncClient) -> None:
    assert (await user.get("/api/roles")).status_code == 403
    assert (await user.put("/api/roles/ward", json=ROLE)).status_code == 403
    assert (await user.delete("/api/roles/guest")).status_code == 403


async def test_an_account_has_any_role_and_says_who_it_is_of(admin: httpx.AsyncClient) -> None:
    await admin.put("/api/roles/ward", json=ROLE)
    own = {"person": "Grey^Anne", "institutions": ["North"], "departments": ["Neuro", "Cardio"]}
    new = {"name": "grey", "password": "a-long-password", "role": "ward", **own}
    made = await admin.post("/api/users", json=new)
    assert (made.status_code, {key: made.json()[key] for key in own}) == (201, own)
    changed = await admin.patch("/api/users/grey", json={"departments": [], "role": "guest"})
    assert (changed.json()["departments"], changed.json()["role"]) == ([], "guest")
    assert changed.json()["person"] == "Grey^Anne"
    wrong = {**new, "name": "green", "institutions": ["x" * 200]}
    assert (await admin.post("/api/users", json=wrong)).status_code == 422
    names = [one["name"] for one in (await admin.get("/api/users")).json()["items"]]
    assert "green" not in names
    assert (await admin.patch("/api/users/grey", json={"role": "fly"})).status_code == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"patient_id": "A", "birth_date": "19610304", "reason": "shock room"}, 404),
        ({"patient_id": "A", "birth_date": "1961-03-04", "reason": "shock room"}, 422),
        ({"patient_id": "A", "birth_date": "19610304", "reason": "   "}, 422),
        ({"patient_id": "A", "reason": "shock room"}, 422),
        ({"patient_id": "", "birth_date": "19610304", "reason": "shock room"}, 422),
    ],
)
async def test_an_emergency_says_whom_and_why(
    admin: httpx.AsyncClient, user: httpx.AsyncClient, body: dict[str, str], status: int
) -> None:
    assert (await admin.post("/api/emergency", json=body)).status_code == status
    if status == 404:
        assert (await user.post("/api/emergency", json=body)).status_code == 403
