"""``/api/orders``: what was ordered, by when it is planned."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from steckel.index.view import Guarded
from steckel.ris.reconciliation_model import OrderFilter
from steckel.web import shapes_reconciliation as shapes
from steckel.web.answers import Json
from steckel.web.api.callers import Cursor, Limit, Reading
from steckel.web.ports.orders import Orders
from steckel.web.spelling_reconciliation import spell_order

_Day = Annotated[str | None, Query(pattern=r"^([0-9]{8})?$")]
_Word = Annotated[str, Query(max_length=256)]


class OrderDoor:
    """Lists orders."""

    def __init__(self, orders: Guarded[Orders]) -> None:
        self._orders = orders

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/orders", tags=["orders"])
        router.get("", response_model=shapes.OrderPage)(self.page)
        return router

    def page(  # noqa: PLR0913, PLR0917 - one parameter for each field above the list
        self,
        caller: Reading,
        patient: _Word = "",
        accession: _Word = "",
        modality: _Word = "",
        date_from: _Day = None,
        date_to: _Day = None,
        only_open: bool = True,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        """List orders by when they are planned; `patient` is an identifier or begins a name."""
        wanted = OrderFilter(
            patient=patient.strip(),
            accession=accession.strip(),
            modality=modality.strip().upper(),
            date_from=date_from or None,
            date_to=date_to or None,
            only_open=only_open,
        )
        found = self._orders.seen_by(caller.view).page(wanted, limit, cursor)
        items = [spell_order(row) for row in found.items]
        return Json({"items": items, "next_cursor": found.next_cursor})
