"""``/api/events``: Server-Sent Events, so that a list shows a study when it arrives."""

from collections.abc import AsyncIterator
from time import monotonic

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from steckel.query.catalogue_model import QuarantineChange
from steckel.security.decisions import Action
from steckel.web.api.callers import Reading
from steckel.web.broadcast import Broadcast, Listener
from steckel.web.hearing import Hearing, SubjectChange, Told

_HEARTBEAT = 15.0
#: A stream ends after this, and the browser comes back: is the session still one?
_LONGEST = 600.0
_RETRY_MILLISECONDS = 1000


class EventDoor:
    """Tells what happens."""

    def __init__(self, broadcast: Broadcast, heartbeat: float = _HEARTBEAT) -> None:
        self._broadcast = broadcast
        self._heartbeat = heartbeat

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(tags=["events"])
        router.get(
            "/events",
            response_class=StreamingResponse,
            responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
        )(self.events)
        return router

    async def events(self, request: Request, caller: Reading) -> Response:
        """Stream changes of studies and of the quarantine; ``Last-Event-ID`` resumes.

        Of studies that the caller sees; what waits for decisions is told to those who make them.
        That something changed about messages, mismatches, deliveries or records has no number.
        """
        since = _last_event_id(request)
        hearing = Hearing(view=caller.view, cares=caller.may(Action.CARE))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(
            self._stream(since, hearing), headers=headers, media_type="text/event-stream"
        )

    async def _stream(self, since: int | None, hearing: Hearing) -> AsyncIterator[bytes]:
        async with self._broadcast.listening(hearing) as listener:
            yield f"retry: {_RETRY_MILLISECONDS}\n\n".encode()
            latest = listener.position
            missed = None
            if since is not None:
                missed = await self._broadcast.missed(since, latest, hearing)
            yield _event("hello", {"change": latest}, None if missed else latest)
            for change in missed or ():
                if not isinstance(change, SubjectChange):
                    listener.position = max(listener.position, change.sequence)
                yield _spell(change)
            async for line in self._follow(listener):
                yield line

    async def _follow(self, listener: Listener) -> AsyncIterator[bytes]:
        ends = monotonic() + _LONGEST
        while monotonic() < ends:
            try:
                change = await listener.next(self._heartbeat)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if change is None:
                return
            yield _spell(change)


def _spell(change: Told) -> bytes:
    if isinstance(change, SubjectChange):
        return _event("subject", {"subject": change.subject}, None)
    if isinstance(change, QuarantineChange):
        return _event("quarantine", {"count": change.count}, change.sequence)
    return _event("study", {"uid": change.uid, "kind": change.kind}, change.sequence)


def _event(name: str, data: dict[str, object], sequence: int | None) -> bytes:
    """Return one event (HTML Living Standard 9.2.6)."""
    head = f"event: {name}\n" if sequence is None else f"id: {sequence}\nevent: {name}\n"
    return head.encode() + b"data: " + orjson.dumps(data) + b"\n\n"


def _last_event_id(request: Request) -> int | None:
    value = request.headers.get("last-event-id", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None
