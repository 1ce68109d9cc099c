"""Requests as events: each way that the two rings take."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, insert, select
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from steckel.audit.acting import by_account, say_done
from steckel.audit.document import event_of
from steckel.audit.event import Event, Part
from steckel.audit.journal import Journal
from steckel.audit.kinds import Kind, Outcome
from steckel.audit.ledger import Ledger
from steckel.audit.schema import audit_events
from steckel.audit.spool import Spool
from steckel.index.engine import open_engine, writing
from steckel.index.schema import clock
from steckel.index.upgrade import upgrade
from steckel.security.principal import Principal, Via
from steckel.web.audited import TABLE, find
from steckel.web.auditing import Auditing, RefusalAuditing
from steckel.web.problems import HANDLERS

pytestmark = pytest.mark.anyio

MIA = Principal(name="mia", role="radiologist", via=Via.SESSION, session="s1")


class Rooms:
    def __init__(self, folder: Path) -> None:
        self.engine: Engine = open_engine(f"sqlite:///{folder / 'audit.sqlite'}")
        upgrade(self.engine)
        ledger = Ledger(self.engine, "test")
        self.journal = Journal(ledger, Spool(folder / "spool", ledger.name))
        self.principal: Principal | None = MIA
        self.status = 200
        self.media_type = "application/json"
        self.changed = 0
        app: ASGIApp = Starlette(
            routes=[Route("/{path:path}", self.answer, methods=_METHODS)],
            exception_handlers=HANDLERS,
        )
        app = Auditing(app, self.journal)
        self.app = RefusalAuditing(_known(self, app), self.journal)

    async def answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD") and self.status < 300:
            await run_in_threadpool(self.change, request)
        return Response(status_code=self.status, media_type=self.media_type)

    def change(self, request: Request) -> None:
        if request.url.path == "/api/login":
            by_account("mia", via="password")
            say_done()
        with writing(self.engine) as connection:
            self.changed += 1
            connection.execute(insert(clock).values(pk=100 + self.changed, value=1))

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=("192.0.2.1", 4711))
        return httpx.AsyncClient(transport=transport, base_url="http://steckel.test")

    def events(self) -> list[Event]:
        self.journal.stop()
        with self.engine.connect() as connection:
            rows = connection.execute(select(audit_events.c.body).order_by(audit_events.c.pk))
            return [event_of(body) for body in rows.scalars()]


_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def _known(rooms: Rooms, app: ASGIApp) -> ASGIApp:
    async def authenticated(scope: Scope, receive: Receive, send: Send) -> None:
        if rooms.principal is not None:
            scope.setdefault("state", {})["principal"] = rooms.principal
        await app(scope, receive, send)

    return authenticated


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    rooms = Rooms(tmp_path)
    yield rooms
    rooms.journal.stop()
    rooms.engine.dispose()


async def test_looking_at_a_study_for_a_while_is_one_event(rooms: Rooms) -> None:
    async with rooms.client() as client:
        for path in ("metadata", "series/1/metadata", "series/1/instances/2/frames/1", "thumbnail"):
            await client.get(f"/dicomweb/studies/1.2.3/{path}")
        await client.get("/api/studies/1.2.3")
        await client.get("/api/studies/1.2.4")
    events = rooms.events()
    assert [one.study and one.study.uid for one in events] == ["1.2.3", "1.2.4"]
    assert {one.kind for one in events} == {Kind.INSTANCES_ACCESSED}
    assert {one.account for one in events} == {"mia"}


async def test_a_query_is_kept_as_it_was_asked_and_its_next_page_is_no_other(
    rooms: Rooms,
) -> None:
    async with rooms.client() as client:
        await client.get("/dicomweb/studies?PatientName=Berg*&limit=5")
        await client.get("/dicomweb/studies?PatientName=Berg*&limit=5&offset=5")
        await client.get("/dicomweb/studies?PatientID=7")
    events = rooms.events()
    assert [one.query and one.query.text for one in events] == [
        b"PatientName=Berg*&limit=5",
        b"PatientID=7",
    ]
    assert {one.query and one.query.about for one in events} == {"/dicomweb/studies"}


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("multipart/related; type=application/dicom", Kind.INSTANCES_TRANSFERRED),
        ("application/zip", Kind.EXPORTED),
    ],
)
async def test_taking_whole_objects_is_a_transfer_or_an_export(
    rooms: Rooms, media_type: str, kind: Kind
) -> None:
    rooms.media_type = media_type
    async with rooms.client() as client:
        await client.get("/dicomweb/studies/1.2.3")
        await client.get("/dicomweb/studies/1.2.3/series/1.2.3.1")
    (event,) = rooms.events()
    assert event.kind is kind
    assert [one.part for one in event.actors] == [Part.REQUESTOR, Part.DESTINATION]


async def test_a_change_is_recorded_with_it_and_once(rooms: Rooms) -> None:
    async with rooms.client() as client:
        answer = await client.patch("/api/users/tom", json={"role": "admin"})
    assert answer.status_code == 200
    (event,) = rooms.events()
    assert (event.kind, event.outcome) == (Kind.ACCOUNT_CHANGED, Outcome.SUCCESS)
    assert [one.id for one in event.things] == ["tom", "PATCH /api/users/tom"]


async def test_a_change_that_nobody_thought_of_is_recorded(rooms: Rooms) -> None:
    async with rooms.client() as client:
        await client.put("/api/something-new", json={})
    (event,) = rooms.events()
    assert event.kind is Kind.SOFTWARE_CONFIGURED
    assert event.things[0].id == "PUT /api/something-new"


async def test_a_change_that_failed_is_recorded_as_failed(rooms: Rooms) -> None:
    rooms.status = 409
    async with rooms.client() as client:
        await client.delete("/api/studies/1.2.3")
    (event,) = rooms.events()
    assert (event.kind, event.outcome, event.reason) == (
        Kind.STUDY_DELETED,
        Outcome.MINOR_FAILURE,
        "Conflict",
    )


async def test_while_nothing_can_be_recorded_changes_are_refused_and_looking_goes_on(
    rooms: Rooms,
) -> None:
    rooms.journal._failing = True
    async with rooms.client() as client:
        refused = await client.delete("/api/studies/1.2.3")
        upload = await client.post("/dicomweb/studies")
        looked = await client.get("/api/studies/1.2.3")
    assert (refused.status_code, upload.status_code, looked.status_code) == (503, 503, 200)
    assert rooms.changed == 0


async def test_a_change_is_not_answered_as_done_when_its_record_failed(rooms: Rooms) -> None:
    with writing(rooms.engine) as connection:
        connection.exec_driver_sql("DROP TABLE audit_events")
    async with rooms.client() as client:
        answer = await client.patch("/api/users/tom", json={})
    assert answer.status_code == 503
    with rooms.engine.connect() as connection:
        assert connection.execute(select(clock.c.pk).where(clock.c.pk > 100)).all() == []


async def test_a_login_is_recorded_under_the_name_that_it_turned_out_to_be(rooms: Rooms) -> None:
    rooms.principal = None
    async with rooms.client() as client:
        await client.post("/api/login", json={})
        rooms.status = 202
        await client.post("/api/login/passkey/options", json={})  # a step, and no login yet
        rooms.status = 401
        await client.post("/api/login", json={})
    good, bad = rooms.events()
    assert (good.kind, good.account, good.outcome) == (Kind.LOGGED_IN, "mia", Outcome.SUCCESS)
    assert (bad.kind, bad.account, bad.outcome) == (Kind.LOGGED_IN, "", Outcome.MINOR_FAILURE)
    assert bad.address == "192.0.2.1"


@pytest.mark.parametrize(("status", "kind"), [(401, Kind.LOGGED_IN), (403, Kind.ACCESS_REFUSED)])
async def test_who_is_refused_is_recorded_and_not_for_each_try(
    rooms: Rooms, status: int, kind: Kind
) -> None:
    rooms.status = status
    async with rooms.client() as client:
        for _ in range(3):
            await client.get("/api/users", headers={"Authorization": "Bearer stk_wrong"})
    (event,) = rooms.events()
    assert (event.kind, event.outcome > 0) == (kind, True)
    assert event.things[0].id == "GET /api/users"


async def test_a_browser_that_does_not_know_yet_that_it_has_to_log_in_tried_nothing(
    rooms: Rooms,
) -> None:
    rooms.status = 401
    async with rooms.client() as client:
        await client.get("/api/session")
    assert rooms.events() == []


async def test_reading_the_trail_is_itself_an_event(rooms: Rooms) -> None:
    async with rooms.client() as client:
        await client.get("/api/audit?account=tom")
        await client.get("/api/audit?account=tom&cursor=5.5")
        await client.get("/api/audit/export.csv?account=tom")
    events = rooms.events()
    assert [one.kind for one in events] == [Kind.LOG_USED, Kind.LOG_USED]
    assert "account=tom" in events[0].things[0].id


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/wado", Kind.INSTANCES_ACCESSED),
        ("GET", "/fhir/Patient", Kind.QUERY),
        ("GET", "/fhir/ImagingStudy/1.2.3", Kind.INSTANCES_ACCESSED),
        ("POST", "/fhir/Patient/_search", Kind.QUERY),
        ("DELETE", "/dicomweb/studies/1.2/series/1.3", Kind.STUDY_CHANGED),
        ("POST", "/api/ae", Kind.NETWORK_CONFIGURED),
        ("POST", "/api/ae/CT1/echo", None),
        ("POST", "/api/patients/7/emergency", Kind.EMERGENCY_ACCESS),
        ("POST", "/api/reconciliation/1.2.3/undo", Kind.STUDY_CHANGED),
        ("POST", "/api/reconciliation/1.2.3/preview", None),
        ("GET", "/healthz", None),
        ("GET", "/api/users", None),
        ("GET", "/ohif/app.js", None),
    ],
)
def test_what_a_request_is(method: str, path: str, kind: Kind | None) -> None:
    found = find(method, path)
    assert (found.recorded.kind if found else None) is kind


def test_every_line_of_the_table_can_be_reached() -> None:
    """A line behind a wider one would say something that never happens."""
    for method, pattern, recorded in TABLE:
        path = pattern.replace("{study}", "1.2").replace("{patient}", "7").replace("{thing}", "x")
        path = path.replace("(/x)?", "/x").replace("[^/]+", "9").replace("/**", "/more")
        path = path.replace("**/(preview|dry-run)", "/x/preview").replace("**", "/more")
        path = path.replace("(studies|series|instances)", "series")
        path = path.replace("(studies|assignments)", "studies")
        if pattern == "**":
            continue
        found = find("PUT" if method == "*" else method, path)
        assert (found.recorded if found else None) == recorded, (method, pattern, path)
