from typing import Any

import httpx
import pytest
from sqlalchemy import insert
from tests.unit.web.house import House

from steckel.exchange.schema import deliveries
from steckel.index.engine import writing

pytestmark = pytest.mark.anyio

RIS = {"name": "RIS", "host": "192.0.2.20", "port": 2575, "options": {"application": "RIS"}}
RAW = b"MSH|^~\\&|STECKEL||RIS||20260301||ADT^A08^ADT_A01|c1|P|2.5.1\rPID|||4711\r"


def queued(house: House, state: str = "parked", raw: bytes = RAW) -> int:
    with writing(house.engine) as connection:
        made = connection.execute(
            insert(deliveries).values(
                destination_pk=1, type="ADT^A08", control_id="c1", patient_id="4711", raw=raw,
                state=state, created=1_772_366_400_000, reason="AE: no such patient",
                answer=b"MSH|^~\\&|RIS\rMSA|AE|c1\r",
            )
        )  # fmt: skip
        assert made.inserted_primary_key
        return int(made.inserted_primary_key[0])


async def test_a_destination_is_set_up_changed_and_removed(admin: httpx.AsyncClient) -> None:
    made = await admin.post("/api/destinations", json=RIS)
    assert made.status_code == 201
    assert made.json()["options"]["application"] == "RIS"
    assert made.json()["options"]["on_reject"] == "stop"
    assert (await admin.post("/api/destinations", json=RIS)).status_code == 409
    changed = await admin.put(
        "/api/destinations/RIS", json={"host": "ris", "port": 2576, "tls": True}
    )
    assert (changed.json()["host"], changed.json()["tls"]) == ("ris", True)
    (one,) = (await admin.get("/api/destinations")).json()["items"]
    assert one == (await admin.get("/api/destinations/RIS")).json()
    assert one["changed_by"] == "root"
    assert (await admin.delete("/api/destinations/RIS")).status_code == 204
    assert (await admin.get("/api/destinations/RIS")).status_code == 404


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"name": "a b"}, "name"),
        ({"host": "http://ris"}, "host"),
        ({"host": ""}, "host"),
        ({"host": "ris:2575"}, "host"),
        ({"host": "300.1.1.1"}, "host"),
        ({"host": "0.0.0.0"}, "no single machine"),
        ({"host": "224.0.0.1"}, "no single machine"),
        ({"host": "255.255.255.255"}, "no single machine"),
        ({"port": 0}, "port"),
        ({"port": 65536}, "port"),
        ({"options": {"colour": "red"}}, "colour"),
        ({"options": {"events": ["birth"]}}, "events"),
        ({"options": {"version": "3.0"}}, "version"),
        ({"options": {"viewer_url": "javascript:{study}"}}, "viewer_url"),
        ({"options": {"error_retries": True}}, "error_retries"),
        ({"options": {"order_message": "OMG", "version": "2.3.1"}}, "2.3.1"),
    ],
)
async def test_what_can_be_no_destination_is_refused_with_the_reason(
    admin: httpx.AsyncClient, change: dict[str, Any], word: str
) -> None:
    answer = await admin.post("/api/destinations", json=RIS | change)
    assert answer.status_code == 422
    assert word in answer.json()["detail"]


@pytest.mark.parametrize("host", ["ris", "ris.example.org", "::1", "fd00::7", "10.0.0.1", "ris_1"])
async def test_names_and_addresses_are_taken(admin: httpx.AsyncClient, host: str) -> None:
    assert (await admin.post("/api/destinations", json=RIS | {"host": host})).status_code == 201


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/destinations"),
        ("POST", "/api/destinations"),
        ("PUT", "/api/destinations/RIS"),
        ("DELETE", "/api/destinations/RIS"),
        ("POST", "/api/destinations/RIS/pause"),
        ("POST", "/api/destinations/RIS/resume"),
        ("POST", "/api/destinations/RIS/resend"),
        ("POST", "/api/destinations/RIS/test"),
        ("POST", "/api/destinations/test"),
        ("GET", "/api/deliveries"),
        ("GET", "/api/deliveries/1"),
        ("POST", "/api/deliveries/1/resend"),
        ("POST", "/api/deliveries/1/drop"),
    ],
)
async def test_a_user_may_do_nothing_with_destinations(
    user: httpx.AsyncClient, method: str, path: str
) -> None:
    assert (await user.request(method, path, json=RIS)).status_code == 403


async def test_a_destination_is_paused_and_resumed(admin: httpx.AsyncClient) -> None:
    await admin.post("/api/destinations", json=RIS)
    assert (await admin.post("/api/destinations/RIS/pause")).json()["paused"] is True
    assert (await admin.post("/api/destinations/RIS/resume")).json()["paused"] is False
    assert (await admin.post("/api/destinations/NONE/pause")).status_code == 404


async def test_deliveries_are_listed_by_pages_and_filters(
    house: House, admin: httpx.AsyncClient
) -> None:
    await admin.post("/api/destinations", json=RIS)
    ids = [queued(house), queued(house), queued(house, "waiting")]
    page = (await admin.get("/api/deliveries?destination=RIS&limit=2")).json()
    assert [one["id"] for one in page["items"]] == [ids[2], ids[1]]
    rest = (await admin.get(f"/api/deliveries?limit=2&cursor={page['next_cursor']}")).json()
    assert [one["id"] for one in rest["items"]] == [ids[0]]
    assert rest["next_cursor"] is None
    parked = (await admin.get("/api/deliveries?state=parked&text=4711")).json()
    assert [one["id"] for one in parked["items"]] == [ids[1], ids[0]]
    assert (await admin.get("/api/deliveries?text=471")).json()["items"] == []
    assert (await admin.get("/api/deliveries?destination=NONE")).status_code == 404
    assert (await admin.get("/api/deliveries?cursor=x")).status_code == 400
    length = (await admin.get("/api/destinations/RIS")).json()
    assert (length["waiting"], length["parked"]) == (1, 2)


async def test_a_delivery_is_shown_with_names_of_its_fields(
    house: House, admin: httpx.AsyncClient
) -> None:
    await admin.post("/api/destinations", json=RIS)
    shown = (await admin.get(f"/api/deliveries/{queued(house)}?language=fr")).json()
    pid = shown["message"]["segments"][1]
    assert (pid["name"], pid["fields"][0]["text"]) == ("PID", "4711")
    assert pid["label"]
    assert shown["answer"]["segments"][1]["fields"][0]["text"] == "AE"
    assert (await admin.get("/api/deliveries/99")).status_code == 404


async def test_a_delivery_is_sent_again_or_given_up(house: House, admin: httpx.AsyncClient) -> None:
    await admin.post("/api/destinations", json=RIS)
    one = queued(house)
    assert (await admin.post(f"/api/deliveries/{one}/resend")).status_code == 204
    assert (await admin.post(f"/api/deliveries/{one}/resend")).status_code == 422
    assert (await admin.post(f"/api/deliveries/{one}/drop")).status_code == 204
    assert (await admin.get(f"/api/deliveries/{one}")).json()["state"] == "dropped"
    sent, empty = queued(house, "sent"), queued(house, raw=b"")
    assert (await admin.post(f"/api/deliveries/{sent}/drop")).status_code == 422
    assert (await admin.post(f"/api/deliveries/{empty}/resend")).status_code == 422
    queued(house)
    assert (await admin.post("/api/destinations/RIS/resend")).json() == {"resent": 1}


async def test_a_connection_is_tried_out_before_and_after(
    house: House, admin: httpx.AsyncClient
) -> None:
    await admin.post("/api/destinations", json=RIS)
    saved = (await admin.post("/api/destinations/RIS/test")).json()
    assert saved == {
        "ok": False, "milliseconds": 12.3, "message": "nobody listens there", "code": "",
    }  # fmt: skip
    form = {"host": "::1", "port": 1}
    await admin.post("/api/destinations/test", json=form)
    assert [address.host for address in house.probes.asked] == ["192.0.2.20", "::1"]
