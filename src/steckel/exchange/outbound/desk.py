"""Destinations and their queues for a person: to set up, to look into, to put in order.

The rule: a list never counts or reads the whole table.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Engine, Row, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from steckel.errors import NotFound
from steckel.exchange.outbound.model import (
    Delivery,
    DeliveryState,
    Destination,
    DestinationForm,
    QueueLength,
)
from steckel.exchange.outbound.outbox import destination_of
from steckel.exchange.outbound.subscriptions import options_of
from steckel.exchange.schema import deliveries, destinations
from steckel.index.engine import writing
from steckel.index.view import EVERYTHING, View
from steckel.ris.schema import events
from steckel.ris.seen import of_identifier
from steckel.security.refusals import AlreadyExists, InvalidValue

#: Counting stops there.
COUNTED: Final = 10_000

_COLUMNS: Final = (
    *(deliveries.c.pk, destinations.c.name.label("destination"), deliveries.c.type),
    *(deliveries.c.control_id, deliveries.c.patient_id, deliveries.c.accession),
    *(deliveries.c.state, deliveries.c.attempts, deliveries.c.refusals),
    *(deliveries.c.next_attempt, deliveries.c.created, deliveries.c.sent, deliveries.c.reason),
    func.length(deliveries.c.raw).label("size"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryFilter:
    """Which deliveries are meant; what is empty does not restrict."""

    destination: str = ""
    state: DeliveryState | None = None
    text: str = ""  #: a whole control id, patient identifier or accession number


class DestinationDesk:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._view = view

    def seen_by(self, view: View) -> "DestinationDesk":
        """Return the deliveries about patients whom somebody with this view sees."""
        return self if view == self._view else DestinationDesk(self._engine, view)

    # ---- destinations

    def list(self) -> list[tuple[Destination, QueueLength]]:
        """Return all destinations by name, with what is in their queues."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(destinations).order_by(destinations.c.name)).all()
            return [(destination_of(row), _length(connection, row.pk)) for row in rows]

    def get(self, name: str) -> tuple[Destination, QueueLength]:
        """Return one, or raise `NotFound`."""
        with self._engine.connect() as connection:
            row = _row(connection, name)
            return destination_of(row), _length(connection, row.pk)

    def add(self, form: DestinationForm, by: str, at: int) -> None:
        """Set up a destination; it hears what happens from now on.

        Raises
        ------
        AlreadyExists
            There is one of this name.
        """
        heard = select(func.coalesce(func.max(events.c.pk), 0)).scalar_subquery()
        values = _columns(form, by, at)
        try:
            with writing(self._engine, durable=True) as connection:
                connection.execute(
                    insert(destinations).values(
                        **values, name=form.name, is_paused=False, seen=heard
                    )
                )
        except IntegrityError as problem:
            raise AlreadyExists("a destination of this name exists") from problem

    def change(self, form: DestinationForm, by: str, at: int) -> None:
        """Set a destination up anew, or raise `NotFound`; its queue stays."""
        changing = update(destinations).where(destinations.c.name == form.name)
        with writing(self._engine, durable=True) as connection:
            if not connection.execute(changing.values(**_columns(form, by, at))).rowcount:
                raise _no_destination()

    def remove(self, name: str) -> None:
        """Drop a destination with its queue, or raise `NotFound`."""
        with writing(self._engine, durable=True) as connection:
            pk = _row(connection, name).pk
            connection.execute(delete(deliveries).where(deliveries.c.destination_pk == pk))
            connection.execute(delete(destinations).where(destinations.c.pk == pk))

    def pause(self, name: str) -> None:
        """Send nothing to a destination until `resume`; its queue grows."""
        with writing(self._engine, durable=True) as connection:
            pk = _row(connection, name).pk
            mine = update(destinations).where(destinations.c.pk == pk)
            connection.execute(mine.values(is_paused=True))

    def resume(self, name: str) -> None:
        """Send again, at once."""
        with writing(self._engine, durable=True) as connection:
            pk = _row(connection, name).pk
            mine = update(destinations).where(destinations.c.pk == pk)
            connection.execute(mine.values(is_paused=False))
            waiting = update(deliveries).where(
                deliveries.c.destination_pk == pk,
                deliveries.c.state == DeliveryState.WAITING.value,
                deliveries.c.next_attempt != 0,
            )
            connection.execute(waiting.values(next_attempt=0))

    # ---- deliveries

    def page(
        self, criteria: DeliveryFilter, limit: int, before: int | None
    ) -> tuple[Sequence[Delivery], int | None]:
        """Return deliveries, newest first, and from where the next ones go on."""
        question = _matching(criteria).where(*self._seen())
        question = question.order_by(deliveries.c.pk.desc()).limit(limit + 1)
        if before is not None:
            question = question.where(deliveries.c.pk < before)
        with self._engine.connect() as connection:
            if criteria.destination:
                pk = _row(connection, criteria.destination).pk
                question = question.where(deliveries.c.destination_pk == pk)
            rows = [_delivery(row) for row in connection.execute(question).mappings()]
        return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None

    def delivery(self, pk: int) -> tuple[Delivery, bytes, bytes]:
        """Return a delivery, its message, and the last answer; or raise `NotFound`."""
        question = (
            select(*_COLUMNS, deliveries.c.raw, deliveries.c.answer)
            .join(destinations, deliveries.c.destination_pk == destinations.c.pk)
            .where(deliveries.c.pk == pk, *self._seen())
        )
        with self._engine.connect() as connection:
            found = connection.execute(question).mappings().first()
        if found is None:
            raise NotFound(f"there is no delivery {pk}")
        return _delivery(found), found["raw"], found["answer"] or b""

    def resend(self, pk: int) -> None:
        """Send a message again that was sent, parked or dropped.

        Raises
        ------
        NotFound
            There is none of this number.
        InvalidValue
            It waits already, or there is no message: it could not be made.
        """
        row, raw, _ = self.delivery(pk)
        if row.state is DeliveryState.WAITING:
            raise InvalidValue("it waits to be sent")
        if not raw:
            raise InvalidValue("there is nothing to send: the message could not be made")
        with writing(self._engine, durable=True) as connection:
            connection.execute(_again().where(deliveries.c.pk == pk))

    def resend_parked(self, name: str) -> int:
        """Send all parked messages of a destination again, in their order; return how many."""
        with writing(self._engine, durable=True) as connection:
            pk = _row(connection, name).pk
            parked = _again().where(
                deliveries.c.destination_pk == pk,
                deliveries.c.state == DeliveryState.PARKED.value,
                func.length(deliveries.c.raw) > 0,
            )
            return connection.execute(parked).rowcount

    def drop(self, pk: int) -> None:
        """Give a message up that waits or is parked.

        Raises
        ------
        NotFound
            There is none of this number.
        InvalidValue
            It was sent.
        """
        row, _, _ = self.delivery(pk)
        if row.state is DeliveryState.SENT:
            raise InvalidValue("it was sent")
        dropping = update(deliveries).where(
            deliveries.c.pk == pk, deliveries.c.state != DeliveryState.SENT.value
        )
        with writing(self._engine, durable=True) as connection:
            connection.execute(dropping.values(state=DeliveryState.DROPPED.value))

    def _seen(self) -> Sequence[Any]:
        return of_identifier(self._view, time.time(), deliveries.c.patient_id)


def _again() -> Any:
    return update(deliveries).values(
        state=DeliveryState.WAITING.value, refusals=0, next_attempt=0, reason=""
    )


def _columns(form: DestinationForm, by: str, at: int) -> dict[str, Any]:
    address = form.address
    return {
        "host": address.host,
        "port": address.port,
        "tls": address.tls,
        "options": orjson.dumps(options_of(form.subscription)).decode(),
        "changed": at,
        "by": by,
    }


def _row(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(select(destinations).where(destinations.c.name == name)).first()
    if row is None:
        raise _no_destination()
    return row


def _no_destination() -> NotFound:
    return NotFound("there is no destination of this name")


def _length(connection: Connection, pk: int) -> QueueLength:
    waiting, parked = (
        connection.execute(
            select(func.count()).select_from(
                select(deliveries.c.pk)
                .where(deliveries.c.destination_pk == pk, deliveries.c.state == state.value)
                .limit(COUNTED)
                .subquery()
            )
        ).scalar_one()
        for state in (DeliveryState.WAITING, DeliveryState.PARKED)
    )
    return QueueLength(waiting=waiting, parked=parked)


def _matching(criteria: DeliveryFilter) -> Any:
    question = select(*_COLUMNS).join(
        destinations, deliveries.c.destination_pk == destinations.c.pk
    )
    if criteria.state is not None:
        question = question.where(deliveries.c.state == criteria.state.value)
    if text := criteria.text.strip():
        question = question.where(
            (deliveries.c.control_id == text)
            | (deliveries.c.patient_id == text)
            | (deliveries.c.accession == text)
        )
    return question


def _delivery(found: RowMapping) -> Delivery:
    values = {item.name: found[item.name] for item in fields(Delivery)}
    return Delivery(**{**values, "state": DeliveryState(values["state"])})
