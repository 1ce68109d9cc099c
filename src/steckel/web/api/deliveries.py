"""``/api/deliveries``: messages on their way out, and what to do about them."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from steckel.exchange.outbound.desk import DeliveryFilter
from steckel.exchange.outbound.model import DeliveryState
from steckel.hl7.labels import Language
from steckel.index.view import Guarded
from steckel.web import destination_shapes as shapes
from steckel.web.answers import Json, no_content
from steckel.web.api.callers import Caring
from steckel.web.api.cursors import row_of
from steckel.web.destination_view import spell_delivery
from steckel.web.message_view import spell_content
from steckel.web.ports.exchange import Deliveries

_log = structlog.get_logger(__name__)


class DeliveryQuestion(BaseModel):
    """Which deliveries are meant, and which page of them; what is not said does not restrict."""

    model_config = ConfigDict(extra="forbid")

    destination: str = Field("", max_length=64)
    state: DeliveryState | None = None
    text: str = Field("", max_length=200)
    limit: int = Field(100, ge=1, le=500)
    cursor: str | None = Field(None, max_length=1024)

    def criteria(self) -> DeliveryFilter:
        """Return it as the queues take it."""
        return DeliveryFilter(destination=self.destination, state=self.state, text=self.text)


class DeliveryDoor:
    """Shows the queues, and lets a person decide."""

    def __init__(self, deliveries: Guarded[Deliveries]) -> None:
        self._deliveries = deliveries

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/deliveries", tags=["deliveries"])
        router.get("", response_model=shapes.DeliveryPage)(self.page)
        router.get("/{delivery_id}", response_model=shapes.DeliveryDetail)(self.one)
        router.post("/{delivery_id}/resend", status_code=204)(self.resend)
        router.post("/{delivery_id}/drop", status_code=204)(self.drop)
        return router

    def page(self, caller: Caring, question: Annotated[DeliveryQuestion, Query()]) -> Response:
        """List messages on their way out, newest first."""
        before = row_of(question.cursor)
        deliveries = self._deliveries.seen_by(caller.view)
        found, following = deliveries.page(question.criteria(), question.limit, before)
        items = [spell_delivery(row) for row in found]
        return Json({"items": items, "next_cursor": None if following is None else str(following)})

    def one(self, delivery_id: int, caller: Caring, language: Language = "en") -> Response:
        """Show a message on its way out with its segments, and what was answered last."""
        row, raw, answer = self._deliveries.seen_by(caller.view).delivery(delivery_id)
        _log.info("delivery_read", delivery=delivery_id, by=caller.name)
        return Json(
            {
                **spell_delivery(row),
                "message": spell_content(raw, language),
                "answer": spell_content(answer, language) if answer else None,
            }
        )

    def resend(self, delivery_id: int, caller: Caring) -> Response:
        """Send a message again that was sent, parked or dropped."""
        self._deliveries.seen_by(caller.view).resend(delivery_id)
        _log.info("delivery_resent", delivery=delivery_id, by=caller.name)
        return no_content()

    def drop(self, delivery_id: int, caller: Caring) -> Response:
        """Give up a message that waits or is parked."""
        self._deliveries.seen_by(caller.view).drop(delivery_id)
        _log.info("delivery_dropped", delivery=delivery_id, by=caller.name)
        return no_content()
