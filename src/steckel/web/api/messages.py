"""``/api/hl7``: messages of other systems, brought by HTTP; and the store of messages."""

from datetime import UTC, datetime
from typing import Annotated

import structlog
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from steckel.errors import TooLarge, UnsupportedTransferSyntax
from steckel.exchange.desk import MessageFilter
from steckel.exchange.model import Door, Origin, State
from steckel.hl7.labels import Language
from steckel.index.view import Guarded
from steckel.web import message_shapes as shapes
from steckel.web.answers import Json, moment
from steckel.web.api.callers import Address, Caring, Exchanging
from steckel.web.api.cursors import row_of
from steckel.web.message_view import spell_count, spell_detail, spell_message
from steckel.web.ports.exchange import MessageReceiver, MessageStore

_log = structlog.get_logger(__name__)

_MEDIA_TYPES = ("application/hl7-v2", "x-application/hl7-v2+er7", "text/plain")
#: Numbers of messages in one request to replay them.
_MOST = 10_000
_TEXT = {"schema": {"type": "string"}}
_OPENAPI = {
    "requestBody": {"required": True, "content": dict.fromkeys(_MEDIA_TYPES, _TEXT)},
}


class Selection(BaseModel):
    """Which messages are meant; what is not said does not restrict."""

    model_config = ConfigDict(extra="forbid")

    state: State | None = None
    type: str = Field("", max_length=200)
    source: str = Field("", max_length=400)
    text: str = Field("", max_length=200)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    def criteria(self) -> MessageFilter:
        """Return it as the store takes it."""
        return MessageFilter(
            state=self.state,
            type=self.type,
            source=self.source,
            text=self.text,
            since=_milliseconds(self.since),
            until=_milliseconds(self.until),
        )


class Question(Selection):
    """A selection, and which page of it."""

    limit: int = Field(100, ge=1, le=500)
    cursor: str | None = Field(None, max_length=1024)


class Replay(BaseModel):
    """Messages that are to be processed again: by their numbers, or all of a selection."""

    model_config = ConfigDict(extra="forbid")

    ids: list[int] | None = Field(None, max_length=_MOST)
    selection: Selection | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Replay":
        if (self.ids is None) == (self.selection is None):
            raise ValueError("either ids or a selection")
        return self


class MessageDoor:
    """Shows the store of messages, and lets a person have them processed again."""

    def __init__(self, store: Guarded[MessageStore]) -> None:
        self._store = store

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/hl7", tags=["hl7"])
        router.get("/messages", response_model=shapes.MessagePage)(self.page)
        router.get("/messages/{message_id}", response_model=shapes.MessageDetail)(self.message)
        router.post("/messages/replay", response_model=shapes.Replayed)(self.replay)
        router.get("/summary", response_model=shapes.MessageSummary)(self.summary)
        return router

    def page(self, caller: Caring, question: Annotated[Question, Query()]) -> Response:
        """List messages, newest first."""
        before = row_of(question.cursor)
        store = self._store.seen_by(caller.view)
        rows, following = store.page(question.criteria(), question.limit, before)
        items = [spell_message(row) for row in rows]
        return Json({"items": items, "next_cursor": None if following is None else str(following)})

    def message(self, message_id: int, caller: Caring, language: Language = "en") -> Response:
        """Show a message with its segments."""
        row, raw = self._store.seen_by(caller.view).message(message_id)
        _log.info("message_read", message=message_id, by=caller.name)
        return Json(spell_detail(row, raw, language))

    def replay(self, replay: Replay, caller: Caring) -> Response:
        """Have messages processed again, in the order in which they came."""
        store = self._store.seen_by(caller.view)
        if replay.selection is not None:
            count = store.replay_all(replay.selection.criteria())
        else:
            count = store.replay(replay.ids or [])
        _log.info("messages_replayed", count=count, by=caller.name)
        return Json({"replayed": count})

    def summary(self, caller: Caring) -> Response:
        """Say how many messages are in each state, and since when one waits."""
        store = self._store.seen_by(caller.view)
        oldest = store.oldest_waiting()
        return Json(
            {
                "states": [spell_count(count) for count in store.counts()],
                "oldest_waiting": None if oldest is None else moment(oldest),
            }
        )


class Hl7Door:
    """Takes messages, and answers with their acknowledgements (HL7 over HTTP)."""

    def __init__(self, receiver: MessageReceiver, longest: int) -> None:
        self._receiver = receiver
        self._longest = longest

    def router(self) -> APIRouter:
        """Return the route; its body is as long as a message may be."""
        router = APIRouter(tags=["hl7"])
        router.post(
            "/hl7",
            response_class=Response,
            responses={200: {"content": dict.fromkeys(_MEDIA_TYPES, _TEXT)}},
            openapi_extra=_OPENAPI,
        )(self.receive)
        return router

    async def receive(self, request: Request, caller: Exchanging, address: Address) -> Response:
        """Keep a message or a batch; the answer is 200 whatever the acknowledgement says."""
        media_type = request.headers.get("content-type", "text/plain").partition(";")[0].strip()
        if media_type.lower() not in _MEDIA_TYPES:
            raise UnsupportedTransferSyntax(f"allowed: {', '.join(_MEDIA_TYPES)}")
        raw = await self._read(request)
        origin = Origin(door=Door.HTTP, address=address)
        answer = await run_sync(self._receiver.receive_and_wait, raw, origin)
        _log.info("message_received", by=caller.name, address=address)
        # Its character set is the sender's, and said in MSH-18.
        return Response(
            answer, headers={"Content-Type": media_type.lower(), "Cache-Control": "no-store"}
        )

    async def _read(self, request: Request) -> bytes:
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > self._longest:
                raise TooLarge(f"a message has no more than {self._longest >> 20} MiB here")
        return bytes(body)


def _milliseconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.astimezone(UTC).timestamp() * 1000)
