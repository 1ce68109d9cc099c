"""Messages over HTTP, and the store of messages for a person."""

import httpx
import pytest
from tests.unit.web.house import House
from tests.unit.web.message_rooms import RAW

from steckel.exchange.desk import MessageFilter
from steckel.exchange.model import State

pytestmark = pytest.mark.anyio


async def test_a_message_is_kept_and_answered_with_its_acknowledgement(
    house: House, admin: httpx.AsyncClient
) -> None:
    answer = await admin.post(
        "/api/hl7", content=RAW, headers={"Content-Type": "application/hl7-v2; charset=utf-8"}
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/hl7-v2"
    assert answer.content == house.reception.answer
    ((raw, origin),) = house.reception.received
    assert (raw, origin.door, origin.address) == (RAW, "http", "192.0.2.1")


async def test_what_is_no_hl7_is_a_problem(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/api/hl7", content=b"hello", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def test_another_media_type_is_refused(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/api/hl7", json={"message": "MSH"})
    assert answer.status_code == 415


async def test_a_message_that_is_too_long_is_refused(
    house: House, admin: httpx.AsyncClient
) -> None:
    answer = await admin.post(
        "/api/hl7", content=RAW + b"x" * 100_000, headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 413
    assert house.reception.received == []


async def test_messages_are_found_by_all_that_is_said_of_them(
    house: House, admin: httpx.AsyncClient
) -> None:
    page = (
        await admin.get(
            "/api/hl7/messages?state=error&type=ADT&source=RIS^HOSPITAL&text=P1"
            "&since=2026-03-01T12:00:00Z&until=2026-03-01T14:00:00%2B01:00&limit=5&cursor=12"
        )
    ).json()
    assert page["next_cursor"] == "7"
    assert page["items"][0]["received"] == "2026-03-01T12:00:00.000Z"
    assert page["items"][0]["said"] is None
    assert house.messages.asked == [
        (
            MessageFilter(
                state=State.ERROR,
                type="ADT",
                source="RIS^HOSPITAL",
                text="P1",
                since=1_772_366_400_000,
                until=1_772_370_000_000,
            ),
            5,
            12,
        )
    ]


@pytest.mark.parametrize("question", ["state=gone", "since=yesterday", "cursor=x", "wrong=1"])
async def test_questions_that_cannot_be_understood_are_refused(
    admin: httpx.AsyncClient, question: str
) -> None:
    assert (await admin.get(f"/api/hl7/messages?{question}")).status_code in (400, 422)


async def test_a_message_is_shown_with_the_names_of_its_fields(admin: httpx.AsyncClient) -> None:
    shown = (await admin.get("/api/hl7/messages/7?language=fr")).json()
    header, patient, document = shown["segments"]
    assert (header["name"], patient["name"], document["name"]) == ("MSH", "PID", "OBX")
    assert all(segment["label"] for segment in shown["segments"])
    assert {field["number"]: field["text"] for field in patient["fields"]}[5] == "DOE^JANE"
    last = document["fields"][-1]
    assert (last["cut"], len(last["text"])) == (True, 4000)
    english = (await admin.get("/api/hl7/messages/7")).json()
    assert english["segments"][0]["label"] != header["label"]


async def test_what_cannot_be_read_is_shown_as_text(admin: httpx.AsyncClient) -> None:
    shown = (await admin.get("/api/hl7/messages/8")).json()
    assert (shown["segments"], shown["text"]) == ([], "no \N{REPLACEMENT CHARACTER} HL7")


async def test_a_message_that_is_not_there_is_not_found(admin: httpx.AsyncClient) -> None:
    assert (await admin.get("/api/hl7/messages/9")).status_code == 404


async def test_some_or_all_are_replayed(house: House, admin: httpx.AsyncClient) -> None:
    some = await admin.post("/api/hl7/messages/replay", json={"ids": [7, 8]})
    every = await admin.post("/api/hl7/messages/replay", json={"selection": {"state": "error"}})
    assert (some.json(), every.json()) == ({"replayed": 2}, {"replayed": 3})
    assert house.messages.replayed == [[7, 8], MessageFilter(state=State.ERROR)]


@pytest.mark.parametrize("body", [{}, {"ids": [1], "selection": {}}, {"ids": "all"}])
async def test_a_replay_says_what_it_means(
    house: House, admin: httpx.AsyncClient, body: dict[str, object]
) -> None:
    assert (await admin.post("/api/hl7/messages/replay", json=body)).status_code == 422
    assert house.messages.replayed == []


async def test_the_summary_counts_by_state(admin: httpx.AsyncClient) -> None:
    assert (await admin.get("/api/hl7/summary")).json() == {
        "states": [{"state": "error", "count": 1, "exact": True}],
        "oldest_waiting": "2026-03-01T12:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/hl7"),
        ("GET", "/api/hl7/messages"),
        ("GET", "/api/hl7/messages/7"),
        ("POST", "/api/hl7/messages/replay"),
        ("GET", "/api/hl7/summary"),
    ],
)
async def test_who_has_no_right_is_refused(
    house: House, user: httpx.AsyncClient, method: str, path: str
) -> None:
    body = {"ids": [7]} if path.endswith("replay") else None
    assert (await user.request(method, path, json=body)).status_code == 403
    assert house.messages.replayed == []
    assert house.reception.received == []
