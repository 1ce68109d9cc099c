"""The audit pages' API: who may read, what is found, what a patient is handed out."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from sqlalchemy import insert, select
from tests.unit.audit.audit_schema import check
from tests.unit.audit.happenings import ANNA, looked_at
from tests.unit.web.house import House, open_house

from steckel.audit.anchors import Anchors
from steckel.audit.document import event_of
from steckel.audit.event import Actor, Event
from steckel.audit.kinds import Kind, Outcome
from steckel.audit.ledger import Ledger
from steckel.audit.schema import audit_events
from steckel.index.engine import writing
from steckel.index.schema import patients

pytestmark = pytest.mark.anyio

NAMED = '{"00100010":{"vr":"PN","Value":[{"Alphabetic":"Berg^<b>Anna</b>"}]}}'
EVIL = "=cmd|'/c calc'!A1"


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[House]:
    house = open_house(tmp_path)
    with writing(house.engine) as connection:
        rows = [
            {"pk": 7, "identity": ANNA.identity, "survivor_pk": None},
            {"pk": 8, "identity": "id\x1f\x1fOLD", "survivor_pk": 7},
        ]
        more = {"patient_id": "P-1", "issuer": "CLINIC", "json": NAMED}
        connection.execute(insert(patients), [row | more for row in rows])
    old = ANNA.__class__(identity="id\x1f\x1fOLD", id="OLD")
    Ledger(house.engine, "web").write(
        [
            looked_at("1.2.3", "mia", 1000, patient=ANNA),
            looked_at("1.2.4", "tom", 2000, patient=old),
            looked_at("1.2.9", "eve", 3000),
            Event(
                kind=Kind.LOGGED_IN,
                at=4000,
                outcome=Outcome.MINOR_FAILURE,
                actors=(Actor(name=EVIL),),
            ),
        ]
    )
    yield house
    house.close()


@pytest.fixture
def auditor(filled: House) -> httpx.AsyncClient:
    return filled.client(auth=("root", "correct horse battery"))


async def accounts(client: httpx.AsyncClient, query: str) -> list[str]:
    answer = await client.get(f"/api/audit?{query}")
    assert answer.status_code == 200, answer.text
    return [one["account"] for one in answer.json()["items"]]


async def test_only_those_who_may_read_the_trail(filled: House) -> None:
    async with filled.client(auth=("alice", "correct horse battery")) as client:
        for path in ("", "/export.csv", "/status", "/patients/7/log", "/anchors/2024-01-01"):
            assert (await client.get(f"/api/audit{path}")).status_code == 403, path


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("patient=7", ["tom", "mia"]),
        ("patient=8", ["tom", "mia"]),
        ("patient_id=P-1", ["tom", "mia"]),
        ("patient_id=nobody", []),
        ("account=eve", ["eve"]),
        ("study=1.2.4", ["tom"]),
        ("kind=instances-accessed&kind=query", ["eve", "tom", "mia"]),
        ("outcome=failure", [EVIL]),
        ("since=1970-01-01T00:00:02Z&until=1970-01-01T00:00:03Z", ["tom"]),
        ("patient=7&account=mia", ["mia"]),
    ],
)
async def test_events_are_found(auditor: httpx.AsyncClient, query: str, found: list[str]) -> None:
    async with auditor:
        assert await accounts(auditor, query) == found


async def test_pages_follow_one_another(auditor: httpx.AsyncClient) -> None:
    seen, cursor = [], ""
    async with auditor:
        for _ in range(9):
            answer = (
                await auditor.get(f"/api/audit?until=1970-01-02T00:00:00Z&limit=1{cursor}")
            ).json()
            seen += [one["account"] for one in answer["items"]]
            if answer["next_cursor"] is None:
                break
            cursor = f"&cursor={answer['next_cursor']}"
        assert seen == [EVIL, "eve", "tom", "mia"]
        assert (await auditor.get("/api/audit?cursor=x")).status_code == 400


async def test_a_table_holds_no_formula(auditor: httpx.AsyncClient) -> None:
    async with auditor:
        answer = await auditor.get("/api/audit/export.csv?outcome=failure")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["account"] for row in rows] == [f"'{EVIL}"]


async def test_a_patient_is_handed_out_who_had_access(auditor: httpx.AsyncClient) -> None:
    async with auditor:
        page = await auditor.get("/api/audit/patients/7/log?language=fr")
        table = await auditor.get("/api/audit/patients/7/log?form=csv")
        missing = await auditor.get("/api/audit/patients/99/log")
    assert page.headers["content-type"].startswith("text/html")
    assert "Qui a accédé à mes données" in page.text
    assert "<b>Anna" not in page.text
    assert page.text.count("<tr>") == 3
    assert len(table.text.splitlines()) == 3
    assert missing.status_code == 404


async def test_an_event_is_shown_as_a_message_of_the_standard(auditor: httpx.AsyncClient) -> None:
    async with auditor:
        (event,) = (await auditor.get("/api/audit?study=1.2.3")).json()["items"]
        answer = await auditor.get(f"/api/audit/events/{event['id']}/message")
    check(fromstring(answer.content))


async def test_the_state_says_what_waits_and_anchors_can_be_taken_away(
    filled: House, auditor: httpx.AsyncClient
) -> None:
    days = Anchors(filled.engine, lambda: 4e9).make()
    async with auditor:
        state = (await auditor.get("/api/audit/status")).json()
        assert (state["recording"], state["destinations"][0]["waiting"]) == (True, 3)
        assert [one["exported"] for one in state["anchors"]] == [None]
        anchor = await auditor.get(f"/api/audit/anchors/{days[0]}")
        assert anchor.json()["day"] == days[0]
        state = (await auditor.get("/api/audit/status")).json()
    assert state["anchors"][0]["exported"] is not None


async def test_who_reads_the_trail_is_in_it(filled: House, auditor: httpx.AsyncClient) -> None:
    async with auditor:
        await auditor.get("/api/audit?patient=7")
        await auditor.get("/api/audit/patients/7/log")
    filled.recorder.stop()
    with filled.engine.connect() as connection:
        used = select(audit_events.c.body).where(audit_events.c.kind == "log-used")
        events = [event_of(body) for body in connection.execute(used).scalars()]
    assert [(one.account, one.things[0].id) for one in events] == [
        ("root", "GET /api/audit?patient=7"),
        ("root", "GET /api/audit/patients/7/log"),
    ]
