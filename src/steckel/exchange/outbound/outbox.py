"""The queues in the database, as who sends from them sees them."""

from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Engine, Row, select, update

from steckel.exchange.outbound.model import Address, DeliveryState, Destination
from steckel.exchange.outbound.subscriptions import read_subscription
from steckel.exchange.schema import deliveries, destinations
from steckel.index.engine import writing

_LONGEST_REASON: Final = 500
_WAITING: Final = DeliveryState.WAITING.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The first message that waits."""

    pk: int
    control_id: str
    raw: bytes
    attempts: int
    refusals: int
    next_attempt: int  #: milliseconds since 1970


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """What an attempt leaves in the row of its message."""

    state: DeliveryState
    was_sent: bool = True  #: whether anything reached the peer
    was_refused: bool = False
    next_attempt: int = 0
    answer: bytes | None = None
    reason: str = ""
    at: int = 0


class Outbox:
    """Thread-safe; blocking. Raises `StorageFailure` where the database fails."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def destinations(self) -> list[Destination]:
        """Return all destinations by name."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(destinations).order_by(destinations.c.name)).all()
        return [destination_of(row) for row in rows]

    def destination(self, pk: int) -> Destination | None:
        """Return a destination as it is now."""
        with self._engine.connect() as connection:
            row = connection.execute(select(destinations).where(destinations.c.pk == pk)).first()
        return None if row is None else destination_of(row)

    def head(self, destination_pk: int) -> Head | None:
        """Return the first message that waits, in the order of the events."""
        question = (
            select(deliveries)
            .where(deliveries.c.destination_pk == destination_pk, deliveries.c.state == _WAITING)
            .order_by(deliveries.c.pk)
            .limit(1)
        )
        with self._engine.connect() as connection:
            row = connection.execute(question).first()
        if row is None:
            return None
        return Head(
            pk=row.pk,
            control_id=row.control_id,
            raw=row.raw,
            attempts=row.attempts,
            refusals=row.refusals,
            next_attempt=row.next_attempt,
        )

    def note(self, head: Head, attempt: Attempt) -> None:
        """Note what came of an attempt; durable where it is not tried again by itself.

        What a person has done with the message meanwhile stays.
        """
        is_over = attempt.state is not DeliveryState.WAITING
        values: dict[str, Any] = {
            "state": attempt.state.value,
            "attempts": head.attempts + attempt.was_sent,
            "refusals": head.refusals + attempt.was_refused,
            "next_attempt": attempt.next_attempt,
            "reason": attempt.reason[:_LONGEST_REASON],
        }
        if attempt.answer is not None:
            values["answer"] = attempt.answer
        if attempt.state is DeliveryState.SENT:
            values["sent"] = attempt.at
        noting = (
            update(deliveries)
            .where(deliveries.c.pk == head.pk, deliveries.c.state == _WAITING)
            .values(values)
        )
        with writing(self._engine, durable=is_over) as connection:
            connection.execute(noting)

    def begins_to_fail(self, destination_pk: int, problem: str, at: int) -> bool:
        """Note what keeps a destination from being reached; whether it worked until now."""
        mine = destinations.c.pk == destination_pk
        problem = problem[:_LONGEST_REASON]
        first = update(destinations).where(mine, destinations.c.failing_since == 0)
        with writing(self._engine) as connection:
            is_new = connection.execute(first.values(failing_since=at, problem=problem)).rowcount
            if not is_new:
                connection.execute(update(destinations).where(mine).values(problem=problem))
        return bool(is_new)

    def works(self, destination_pk: int) -> bool:
        """Note that a destination was reached; whether it failed until now."""
        again = (
            update(destinations)
            .where(destinations.c.pk == destination_pk, destinations.c.failing_since != 0)
            .values(failing_since=0, problem="")
        )
        with writing(self._engine) as connection:
            return bool(connection.execute(again).rowcount)

    def stop(self, destination_pk: int) -> None:
        """Pause a destination until a person goes on."""
        pausing = update(destinations).where(destinations.c.pk == destination_pk)
        with writing(self._engine, durable=True) as connection:
            connection.execute(pausing.values(is_paused=True))


def destination_of(row: Row[Any]) -> Destination:
    """Return a row of `destinations`."""
    return Destination(
        pk=row.pk,
        name=row.name,
        address=Address(host=row.host, port=row.port, tls=row.tls),
        subscription=read_subscription(orjson.loads(row.options)),
        is_paused=row.is_paused,
        failing_since=row.failing_since,
        problem=row.problem,
        changed=row.changed,
        by=row.by,
    )
