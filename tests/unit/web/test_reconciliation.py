from typing import Any

import httpx
import pytest
from tests.unit.web.house import House

from steckel.ris.reconciliation_model import OrderFilter
from steckel.ris.rehearsal import Choice, Decision

pytestmark = pytest.mark.anyio

STUDY = "/api/reconciliation/studies/1.2.3"
RULE = {
    "name": "typos", "action": "assign", "kinds": ["unknown-patient"], "id_differs": ["digit"],
}  # fmt: skip


async def test_mismatches_are_listed_with_their_counts(
    user: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    page = (await admin.get("/api/reconciliation?kind=demographics&state=resolved")).json()
    [row] = page["items"]
    assert (row["kind"], row["state"], row["study"]["uid"]) == ("demographics", "resolved", "1.2.3")
    assert row["own"]["patient"]["name"]["alphabetic"] == "DUPONT^Jeanne"
    assert (page["count"], page["counts"]["wrong-order"], page["next_cursor"]) == (5, 1, "next")
    assert (await admin.get("/api/reconciliation?kind=nonsense")).status_code == 422
    assert (await user.get("/api/reconciliation")).status_code == 403


async def test_a_study_comes_with_what_it_may_be(
    user: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    shown = (await admin.get(STUDY)).json()
    assert shown["orders"][0]["order"]["stations"] == ["CT1"]
    assert shown["orders"][0]["reasons"] == ["time"]
    assert shown["patients"][0]["patient"]["id"] == "P001"
    assert shown["decisions"][0]["by"] == "ada"
    assert (await admin.get(f"{STUDY}.4")).status_code == 404
    assert (await user.get(STUDY)).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "decided"),
    [
        ("assign-order", {"order": "7", "reason": "r"}, ("order", "1.2.3", "7", "root", "r")),
        ("assign-patient", {"patient": "k1"}, ("patient", "1.2.3", "k1", "root", "")),
        ("accept", {"kind": "unscheduled"}, ("accept", "1.2.3", "unscheduled", "root", "")),
        ("register", {}, ("register", "1.2.3", "root", "")),
        ("undo", {"reason": "wrong"}, ("undo", "1.2.3", "root", "wrong")),
    ],
)
async def test_who_cares_for_the_archive_decides(
    house: House,
    user: httpx.AsyncClient,
    admin: httpx.AsyncClient,
    path: str,
    body: dict[str, Any],
    decided: tuple[str, ...],
) -> None:
    assert (await user.post(f"{STUDY}/{path}", json=body)).status_code == 403
    assert house.reconciliation.decided == []
    answer = await admin.post(f"{STUDY}/{path}", json=body)
    assert (answer.status_code, answer.json()["study"]["uid"]) == (200, "1.2.3")
    assert house.reconciliation.decided == [decided]
    assert (await admin.post(f"{STUDY}/{path}", json=body | {"x": 1})).status_code == 422


async def test_orders_are_searched(house: House, user: httpx.AsyncClient) -> None:
    page = await user.get(
        "/api/orders?patient=+doe+&accession=A7&modality=ct&date_from=20260101&only_open=false"
    )
    assert page.json()["items"][0]["accession"] == "A7"
    asked = OrderFilter(
        patient="doe", accession="A7", modality="CT", date_from="20260101", only_open=False
    )
    assert house.orders.asked == [(asked, 100, None)]
    assert (await user.get("/api/orders?date_to=yesterday")).status_code == 422


async def test_a_patient_comes_with_what_is_planned(user: httpx.AsyncClient) -> None:
    patient = (await user.get("/api/patients/k1")).json()
    assert [order["accession"] for order in patient["orders"]] == ["A7"]
    assert [one["id"] for one in patient["merged"]] == ["P001"]


async def test_an_administrator_writes_rules(
    user: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    for method, path in (("GET", ""), ("POST", ""), ("POST", "/dry-run"), ("DELETE", "/1")):
        answer = await user.request(method, f"/api/matching-rules{path}", json=RULE)
        assert answer.status_code == 403
    made = await admin.post("/api/matching-rules", json=RULE)
    assert made.status_code == 201
    assert made.json()["by"] == "root"
    path = f"/api/matching-rules/{made.json()['id']}"
    changed = await admin.put(path, json=RULE | {"enabled": False, "position": 3})
    assert (changed.json()["enabled"], changed.json()["position"]) == (False, 3)
    assert len((await admin.get("/api/matching-rules")).json()["items"]) == 1
    assert (await admin.delete(path)).status_code == 204
    assert (await admin.delete(path)).status_code == 404


async def test_a_rule_is_tried_before_it_is_kept(admin: httpx.AsyncClient) -> None:
    found = (await admin.post("/api/matching-rules/dry-run", json=RULE)).json()
    assert found["looked_at"] == 4
    assert found["outcomes"][0]["patient"] == "P1"
    wrong = RULE | {"id_differs": []}
    answer = await admin.post("/api/matching-rules/dry-run", json=wrong)
    assert answer.status_code == 400
    assert "has to compare" in answer.json()["detail"]


async def test_a_decision_is_previewed_and_not_made(
    house: House, user: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    wanted = {"decision": "assign-order", "target": "7"}
    assert (await user.post(f"{STUDY}/preview", json=wanted)).status_code == 403
    shown = (await admin.post(f"{STUDY}/preview", json=wanted)).json()
    assert shown == {
        "before": {}, "after": {"00080050": {"vr": "SH", "Value": ["A7"]}},
        "keywords": {"00080050": "AccessionNumber"},
    }  # fmt: skip
    assert house.previews.asked == [("1.2.3", Choice(decision=Decision.ASSIGN_ORDER, target="7"))]
    assert house.reconciliation.decided == []
    no_kind = {"decision": "accept", "target": "7"}
    assert (await admin.post(f"{STUDY}/preview", json=no_kind)).status_code == 422
