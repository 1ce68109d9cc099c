import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI, Request
from tests.unit.web.rooms import ClearSight, Feed, FixedMarks

from steckel.errors import StorageFailure
from steckel.index.view import EVERYTHING, NOTHING, Criteria, View
from steckel.query.catalogue_model import Change, ChangeKind, QuarantineChange, StudyChange, Subject
from steckel.security.decisions import ALL_ACTIONS, Action
from steckel.security.principal import Principal, Via
from steckel.web.api.events import EventDoor
from steckel.web.broadcast import Broadcast
from steckel.web.hearing import Hearing
from steckel.web.problems import HANDLERS

pytestmark = pytest.mark.anyio


def study(sequence: int, kind: ChangeKind = ChangeKind.NEW) -> StudyChange:
    return StudyChange(sequence=sequence, uid=f"1.2.{sequence}", kind=kind)


ADMINISTRATOR = Principal(
    name="root", role="admin", via=Via.SESSION, actions=ALL_ACTIONS, view=EVERYTHING
)


def looker(view: View, *more: Action) -> Principal:
    """Somebody who may look, and what else is said."""
    actions = frozenset({Action.READ, *more})
    return Principal(name="alice", role="user", via=Via.SESSION, actions=actions, view=view)


class Browser:
    """Reads an event stream from an ASGI application, message by message."""

    def __init__(
        self, broadcast: Broadcast, heartbeat: float = 60.0, caller: Principal = ADMINISTRATOR
    ) -> None:
        self._caller = caller
        self._app = FastAPI()
        self._app.include_router(EventDoor(broadcast, heartbeat).router())
        self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._leave = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self, last_event_id: str | None = None) -> "Browser":
        headers = [] if last_event_id is None else [(b"last-event-id", last_event_id.encode())]
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "method": "GET",
            "path": "/events", "raw_path": b"/events", "query_string": b"", "root_path": "",
            "headers": headers, "scheme": "http", "server": ("test", 80), "client": ("test", 1),
            "http_version": "1.1", "state": {"principal": self._caller},
        }  # fmt: skip
        self._task = asyncio.create_task(self._app(scope, self._receive, self._messages.put))
        start = await self._messages.get()
        assert start["status"] == 200
        return self

    async def event(self) -> tuple[str, str, Any]:
        """Return identifier, name and data of the next event."""
        while True:
            text = await self.text()
            fields = dict(line.split(": ", 1) for line in text.splitlines() if line)
            if "event" in fields:
                return fields.get("id", ""), fields["event"], orjson.loads(fields["data"])

    async def text(self) -> str:
        message = await self._messages.get()
        return message["body"].decode()

    async def wait_for_end(self) -> None:
        assert self._task is not None
        await self._task

    async def leave(self) -> None:
        self._leave.set()
        await self.wait_for_end()

    async def _receive(self) -> dict[str, Any]:
        await self._leave.wait()
        return {"type": "http.disconnect"}


@pytest.fixture
def feed() -> Feed:
    return Feed([study(4), study(5)])


@pytest.fixture
def marks() -> FixedMarks:
    return FixedMarks({Subject.MESSAGES: 1, Subject.MISMATCHES: 1})


@pytest.fixture
async def broadcast(feed: Feed, marks: FixedMarks) -> AsyncIterator[Broadcast]:
    broadcast = Broadcast(feed, marks, ClearSight(), interval=0.001)
    yield broadcast
    broadcast.close()


async def test_a_listener_is_greeted_with_the_last_change_and_told_the_next(
    feed: Feed, broadcast: Broadcast
) -> None:
    browser = await Browser(broadcast).open()
    assert await browser.event() == ("5", "hello", {"change": 5})
    feed.changes.append(study(6))
    assert await browser.event() == ("6", "study", {"uid": "1.2.6", "kind": "new"})
    feed.changes.append(study(7, ChangeKind.DELETED))
    assert await browser.event() == ("7", "study", {"uid": "1.2.7", "kind": "deleted"})
    feed.changes.append(QuarantineChange(sequence=8, count=3))
    assert await browser.event() == ("8", "quarantine", {"count": 3})


async def test_a_subject_of_which_something_changed_is_told_without_a_number(
    marks: FixedMarks, broadcast: Broadcast
) -> None:
    browser = await Browser(broadcast).open()
    await browser.event()
    marks.marks[Subject.MISMATCHES] = 2
    assert await browser.event() == ("", "subject", {"subject": "mismatches"})
    marks.marks[Subject.MESSAGES] = 7
    assert await browser.event() == ("", "subject", {"subject": "messages"})


async def test_who_comes_back_gets_what_was_missed_once(feed: Feed, broadcast: Broadcast) -> None:
    browser = await Browser(broadcast).open(last_event_id="4")
    assert await browser.event() == ("", "hello", {"change": 5})
    assert (await browser.event())[0] == "5"
    feed.changes.append(study(6))
    assert (await browser.event())[0] == "6"


async def test_who_missed_nothing_is_only_greeted(broadcast: Broadcast) -> None:
    browser = await Browser(broadcast).open(last_event_id="5")
    assert await browser.event() == ("5", "hello", {"change": 5})


@pytest.mark.parametrize("value", ["99", "-1", "x", "1" * 30, "²"])
async def test_a_number_that_was_not_given_out_is_as_good_as_none(
    broadcast: Broadcast, value: str
) -> None:
    browser = await Browser(broadcast).open(last_event_id=value)
    assert await browser.event() == ("5", "hello", {"change": 5})


async def test_who_missed_too_much_is_told_to_look_again(feed: Feed, broadcast: Broadcast) -> None:
    feed.changes.extend(study(sequence) for sequence in range(6, 2000))
    browser = await Browser(broadcast).open(last_event_id="4")
    assert await browser.event() == ("1999", "hello", {"change": 1999})


async def test_all_listeners_share_one_question_to_the_feed(
    feed: Feed, broadcast: Broadcast
) -> None:
    browsers = [await Browser(broadcast).open() for _ in range(5)]
    for browser in browsers:
        await browser.event()
    feed.changes.append(study(6))
    for browser in browsers:
        assert (await browser.event())[0] == "6"
    assert feed.asked.count(6) <= feed.asked.count(5) + 5
    tasks = [task for task in asyncio.all_tasks() if "Broadcast._run" in repr(task.get_coro())]
    assert len(tasks) == 1


async def test_nobody_asks_the_feed_when_nobody_listens(feed: Feed, broadcast: Broadcast) -> None:
    browser = await Browser(broadcast).open()
    await browser.event()
    await browser.leave()
    (task,) = [task for task in asyncio.all_tasks() if "Broadcast._run" in repr(task.get_coro())]
    await task
    again = await Browser(broadcast).open()
    await again.event()
    feed.changes.append(study(6))
    assert (await again.event())[0] == "6"


async def test_a_quiet_stream_beats(broadcast: Broadcast) -> None:
    browser = await Browser(broadcast, heartbeat=0.001).open()
    await browser.event()
    assert await browser.text() == ": still here\n\n"
    assert await browser.text() == ": still here\n\n"


async def test_closing_ends_all_streams_and_those_to_come(broadcast: Broadcast) -> None:
    browser = await Browser(broadcast).open()
    await browser.event()
    broadcast.close()
    await browser.wait_for_end()
    late = await Browser(broadcast).open()
    await late.wait_for_end()


class FailingFeed(Feed):
    def changes_since(self, sequence: int) -> Sequence[Change]:
        if self.changes[-1].sequence == 6:
            raise StorageFailure("the database does not answer")
        return super().changes_since(sequence)


async def test_when_the_feed_fails_streams_end_and_new_ones_work_when_it_is_back() -> None:
    feed = FailingFeed([study(5)])
    broadcast = Broadcast(feed, FixedMarks(), ClearSight(), interval=0.001)
    browser = await Browser(broadcast).open()
    await browser.event()
    feed.changes.append(study(6))
    await browser.wait_for_end()
    feed.changes.append(study(7))
    again = await Browser(broadcast).open(last_event_id="5")
    assert [(await again.event())[0] for _ in range(3)] == ["", "6", "7"]
    broadcast.close()


async def test_a_listener_that_cannot_follow_is_let_go(feed: Feed, broadcast: Broadcast) -> None:
    async with broadcast.listening(Hearing(view=EVERYTHING, cares=True)) as listener:
        listener.tell([study(sequence) for sequence in range(6, 900)])
        listener.tell([study(sequence) for sequence in range(900, 1200)])
        assert await listener.next(10) is None


ONLY_6 = View(any_of=(Criteria(studies=("1.2.6",)),))


async def _happen(feed: Feed) -> None:
    feed.changes += [
        study(6),
        study(7),
        StudyChange(sequence=8, uid="1.2.6", kind=ChangeKind.CHANGED),
        QuarantineChange(sequence=9, count=3),
        StudyChange(sequence=10, uid="1.2.7", kind=ChangeKind.DELETED),
        StudyChange(sequence=11, uid="1.2.6", kind=ChangeKind.DELETED),
    ]


@pytest.mark.parametrize("came_back", [False, True])
async def test_a_browser_hears_of_the_studies_that_it_sees(
    feed: Feed, broadcast: Broadcast, came_back: bool
) -> None:
    browser = Browser(broadcast, caller=looker(ONLY_6))
    if came_back:
        await _happen(feed)
        await browser.open(last_event_id="5")
        await browser.event()
    else:
        await browser.open()
        await browser.event()
        await _happen(feed)
    for sequence, kind in ((6, "new"), (8, "changed"), (11, "deleted")):
        expected = (str(sequence), "study", {"uid": "1.2.6", "kind": kind})
        assert await browser.event() == expected


async def test_only_those_who_decide_hear_of_what_waits(
    feed: Feed, marks: FixedMarks, broadcast: Broadcast
) -> None:
    deaf = await Browser(broadcast, caller=looker(EVERYTHING)).open()
    caring = await Browser(broadcast, caller=looker(NOTHING, Action.CARE)).open()
    for browser in (deaf, caring):
        await browser.event()
    feed.changes += [QuarantineChange(sequence=6, count=3), study(7)]
    assert await deaf.event() == ("7", "study", {"uid": "1.2.7", "kind": "new"})
    assert await caring.event() == ("6", "quarantine", {"count": 3})
    for subject in (Subject.MISMATCHES, Subject.RECORDS):
        marks.marks[subject] = 2
        assert await caring.event() == ("", "subject", {"subject": subject})
    assert await deaf.event() == ("", "subject", {"subject": "records"})


async def test_the_stream_is_for_those_who_may_look(broadcast: Broadcast) -> None:
    app = FastAPI(exception_handlers=HANDLERS)
    app.include_router(EventDoor(broadcast).router())
    nobody = Principal(name="x", role="", via=Via.TOKEN, actions=frozenset({Action.STORE}))

    @app.middleware("http")
    async def log_in(request: Request, proceed: Any) -> Any:
        request.state.principal = nobody
        return await proceed(request)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/events")).status_code == 403


async def test_the_stream_needs_a_login(client: httpx.AsyncClient) -> None:
    headers = {"Accept": "text/event-stream", "Sec-Fetch-Mode": "cors"}
    response = await client.get("/api/events", headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
