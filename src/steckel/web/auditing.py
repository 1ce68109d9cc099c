"""Recording what comes in by HTTP: around all doors, so that no new one is forgotten.

Two rings. `Auditing` stands behind the login: it knows who asks. `RefusalAuditing` stands in
front of it, and sees who was not let in. The rule: a change is answered as done only when its
record is durable; while nothing can be recorded, changes are refused and looking goes on.
"""

from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steckel.audit.acting import Act, acting
from steckel.audit.completing import patient_of_row
from steckel.audit.event import Actor, Event, Part, Query, Study, Thing, ThingKind, now
from steckel.audit.kinds import Action, Kind, Outcome
from steckel.audit.ports import Recorder
from steckel.audit.refusals import NotRecorded
from steckel.audit.window import Window
from steckel.errors import SteckelError
from steckel.security.principal import Principal
from steckel.web.audited import Found, find
from steckel.web.problems import problem_of

_log = structlog.get_logger(__name__)

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
#: Searches by POST change nothing.
_SEARCH: Final = "/_search"
_REFUSED: Final = {
    HTTPStatus.UNAUTHORIZED.value,
    HTTPStatus.FORBIDDEN.value,
    HTTPStatus.TOO_MANY_REQUESTS.value,
}
#: Seconds in which the same refusal is one event: a program that keeps trying fills no disk.
_REFUSAL_SECONDS: Final = 60.0
_LONGEST: Final = 2000


class Auditing:
    """Records what those do who were let in."""

    def __init__(self, app: ASGIApp, recorder: Recorder) -> None:
        self._app = app
        self._recorder = recorder
        self._window = Window()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and take note of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._recorder.is_failing and _changes(scope):
            await problem_of(scope, NotRecorded())(scope, receive, send)
            return
        found = find(scope["method"], scope["path"])
        if found is None:
            await self._app(scope, receive, send)
        elif _changes(scope):
            await self._change(found, scope, receive, send)
        else:
            await self._look(found, scope, receive, send)

    async def _look(self, found: Found, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what only looks; recorded when it succeeds, for which nobody waits."""
        key = _key(found, scope)
        if found.recorded.is_windowed and self._window.holds(key):
            await self._app(scope, receive, send)
            return

        async def noting(message: Message) -> None:
            # 304: somebody looks at what was sent a while ago.
            if _is_start(message) and message["status"] < HTTPStatus.BAD_REQUEST:
                self._note(found, key, _seen(found, scope, message))
            await send(message)

        await self._app(scope, receive, noting)

    def _note(self, found: Found, key: tuple[Any, ...], event: Event) -> None:
        if not found.recorded.is_windowed or self._window.enter(key):
            self._recorder.record(event)

    async def _change(self, found: Found, scope: Scope, receive: Receive, send: Send) -> None:
        event = _event_of(found, scope)
        try:
            act = await run_in_threadpool(
                self._recorder.begin, event, with_change=found.recorded.with_change
            )
            with acting(act):
                await self._app(scope, receive, _Answer(self, act, found, scope, send).send)
        except NotRecorded as refusal:
            await problem_of(scope, refusal)(scope, receive, send)

    async def finish(self, act: Act, found: Found, status: int) -> None:
        """Record how a change ended, before it is answered."""
        if status in _REFUSED and not found.recorded.if_said:
            return  # the outer ring records it
        if status < HTTPStatus.BAD_REQUEST:
            if not found.recorded.if_said or act.is_said:
                await run_in_threadpool(self._recorder.finish, act)
            return
        reason = HTTPStatus(status).phrase
        for event in act.events(Outcome.MINOR_FAILURE, reason):
            self._recorder.record(event)


class _Answer:
    """Holds the beginning of an answer back until what it answers is recorded."""

    def __init__(self, ring: Auditing, act: Act, found: Found, scope: Scope, send: Send) -> None:
        self._ring = ring
        self._act = act
        self._found = found
        self._scope = scope
        self._send = send
        self._is_replaced = False

    async def send(self, message: Message) -> None:
        """Send a message of the answer on."""
        if self._is_replaced:
            return
        if _is_start(message):
            try:
                await self._ring.finish(self._act, self._found, message["status"])
            except SteckelError as problem:
                self._is_replaced = True
                await self._replace(problem)
                return
        await self._send(message)

    async def _replace(self, problem: SteckelError) -> None:
        response = problem_of(self._scope, problem)
        await response(self._scope, _nothing, self._send)


class RefusalAuditing:
    """Records who was not let in, or not allowed."""

    def __init__(self, app: ASGIApp, recorder: Recorder) -> None:
        self._app = app
        self._recorder = recorder
        self._window = Window(_REFUSAL_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and take note when it is refused."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def noting(message: Message) -> None:
            if _is_start(message) and message["status"] in _REFUSED:
                self._note(scope, message["status"])
            await send(message)

        await self._app(scope, receive, noting)

    def _note(self, scope: Scope, status: int) -> None:
        path = scope["path"]
        if path.startswith("/api/login"):
            return  # recorded with the name of the account, where that is known
        showed = any(name in (b"authorization", b"cookie") for name, _ in scope["headers"])
        is_unknown = status == HTTPStatus.UNAUTHORIZED
        if is_unknown and not showed:
            return  # nobody tried anything: a browser asks before it knows that it has to log in
        actor = actor_of(scope)
        if not self._window.enter((actor.name, actor.address, status, path)):
            return
        kind = Kind.ACCESS_REFUSED if status == HTTPStatus.FORBIDDEN else Kind.LOGGED_IN
        event = Event(
            kind=kind,
            at=now(),
            action=Action.EXECUTE,
            outcome=Outcome.MINOR_FAILURE if is_unknown else Outcome.SERIOUS_FAILURE,
            reason=HTTPStatus(status).phrase,
            actors=(actor,),
            things=(Thing(id=f"{scope['method']} {path}"[:_LONGEST], kind=ThingKind.ADDRESS),),
        )
        self._recorder.record(event)


def actor_of(scope: Scope) -> Actor:
    """Return who asks."""
    client = scope.get("client")
    address = client[0] if client else ""
    principal: Principal | None = scope.get("state", {}).get("principal")
    if principal is None:
        return Actor(name="", address=address, via="http")
    return Actor(
        name=principal.name,
        address=address,
        alternative=(principal.session or "")[:16],
        display=principal.display_name,
        via=str(principal.via.value),
        role=principal.role,
    )


def _is_start(message: Message) -> bool:
    return bool(message["type"] == "http.response.start")


def _changes(scope: Scope) -> bool:
    return scope["method"] not in _SAFE and not scope["path"].endswith(_SEARCH)


def _key(found: Found, scope: Scope) -> tuple[Any, ...]:
    """Return what makes looking the same: by whom, at what."""
    principal: Principal | None = scope.get("state", {}).get("principal")
    who = (principal.name, principal.session) if principal else ("", "")
    what = found.study or found.patient or found.thing or scope["path"]
    asked = _asked(found, scope) if not found.study else b""
    return (*who, found.recorded.kind, what, asked)


def _asked(found: Found, scope: Scope) -> bytes:
    """Return the question without the place in its list: the next page is the same question."""
    if found.recorded.kind not in (Kind.QUERY, Kind.LOG_USED) and scope["path"] != "/wado":
        return b""
    query: bytes = scope["query_string"]
    return b"&".join(
        part
        for part in query.split(b"&")
        if not part.startswith((b"cursor=", b"_cursor=", b"offset="))
    )


def _seen(found: Found, scope: Scope, start: Message) -> Event:
    event = _event_of(found, scope)
    if event.kind is Kind.INSTANCES_TRANSFERRED:
        types = [value for name, value in start["headers"] if name == b"content-type"]
        if types and types[0].startswith(b"application/zip"):
            event = replace(event, kind=Kind.EXPORTED)
        taker = replace(event.actors[0], part=Part.DESTINATION)
        event = replace(event, actors=(*event.actors, taker))
    return event


def _event_of(found: Found, scope: Scope) -> Event:
    recorded, path = found.recorded, scope["path"]
    study = found.study or _study_in_query(scope)
    patient = patient_of_row(found.patient) if found.patient else None
    query = None
    if recorded.kind is Kind.QUERY:
        query = Query(text=scope["query_string"][: _LONGEST * 4], about=path)
    return Event(
        kind=recorded.kind,
        at=now(),
        action=Action.EXECUTE if recorded.kind is Kind.QUERY else recorded.action,
        actors=(actor_of(scope),),
        study=Study(uid=study[:64]) if study else None,
        patient=patient,
        query=query,
        things=tuple(_things(found, scope)),
    )


def _things(found: Found, scope: Scope) -> list[Thing]:
    things = []
    if found.recorded.thing is not None and found.thing:
        things.append(Thing(id=found.thing[:_LONGEST], kind=found.recorded.thing))
    if found.recorded.kind is Kind.LOG_USED or _changes(scope):
        asked = scope["query_string"].decode("latin-1")
        address = f"{scope['method']} {scope['path']}" + (f"?{asked}" if asked else "")
        things.append(Thing(id=address[:_LONGEST], kind=ThingKind.ADDRESS))
    return things


def _study_in_query(scope: Scope) -> str:
    if scope["path"] != "/wado":
        return ""
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    return next(iter(asked.get("studyUID", [])), "")


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
