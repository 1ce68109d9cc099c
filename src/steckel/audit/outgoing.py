"""What a destination has not got yet, and how far it has each chain.

The rule: a place moves only after the other side has what is before it, so that nothing is
left out; what was sent as the connection broke is sent again.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select, update

from steckel.audit.document import event_of
from steckel.audit.event import Event
from steckel.audit.model import DestinationState
from steckel.audit.schema import (
    audit_chains,
    audit_destinations,
    audit_events,
    audit_positions,
)
from steckel.index.engine import writing

_CHAINS: Final = 50
_C, _P = audit_chains.c, audit_positions.c


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """An event that a destination has not got."""

    chain_pk: int
    number: int
    process: str  #: role, host and number of the process
    event: Event


class Outgoing:
    """Thread-safe; blocking. One process sends to a destination at a time."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def waiting(self, destination: str, limit: int) -> list[Waiting]:
        """Return the next events, each chain in its order."""
        found: list[Waiting] = []
        with self._engine.connect() as connection:
            for chain in connection.execute(_behind(destination).limit(_CHAINS)).all():
                found += _next_of(connection, chain, limit - len(found))
                if len(found) >= limit:
                    break
        return found

    def arrived(self, destination: str, sent: Sequence[Waiting]) -> None:
        """Note that a destination has these events, and all before them in their chains."""
        last = {one.chain_pk: one.number for one in sent}
        with writing(self._engine, durable=True) as connection:
            for chain_pk, number in last.items():
                here = (_P.destination == destination) & (_P.chain_pk == chain_pk)
                values: dict[str, object] = {"number": number}
                moved = connection.execute(update(audit_positions).where(here).values(**values))
                if moved.rowcount == 0:
                    values |= {"destination": destination, "chain_pk": chain_pk}
                    connection.execute(insert(audit_positions).values(**values))
            _keep(connection, destination, sent=self._now(), failed=0, reason="")

    def failed(self, destination: str, reason: str) -> None:
        """Note why a destination cannot be reached."""
        with writing(self._engine) as connection:
            _keep(connection, destination, failed=self._now(), reason=reason[:500])

    def states(self, destinations: Sequence[str]) -> list[DestinationState]:
        """Return how sending to each goes."""
        with self._engine.connect() as connection:
            return [_state(connection, name) for name in destinations]

    def _now(self) -> int:
        return int(self._clock() * 1000)


def _place(destination: str) -> ColumnElement[int]:
    """Return how far a destination has a chain, of which it may have nothing."""
    had = (
        select(_P.number)
        .where(_P.destination == destination, _P.chain_pk == _C.pk)
        .scalar_subquery()
    )
    return func.coalesce(had, _C.pruned)


def _behind(destination: str) -> Any:
    place = _place(destination)
    return select(_C.pk, _C.process, place.label("place")).where(_C.length > place).order_by(_C.pk)


def _next_of(connection: Connection, chain: Any, limit: int) -> list[Waiting]:
    events = audit_events.c
    rows = connection.execute(
        select(events.number, events.body)
        .where(events.chain_pk == chain.pk, events.number > chain.place)
        .order_by(events.number)
        .limit(limit)
    )
    return [
        Waiting(
            chain_pk=chain.pk,
            number=row.number,
            process=chain.process,
            event=event_of(row.body),
        )
        for row in rows
    ]


def _keep(connection: Connection, name: str, **values: object) -> None:
    table = audit_destinations
    kept = connection.execute(update(table).where(table.c.name == name).values(**values))
    if kept.rowcount == 0:
        connection.execute(insert(table).values(name=name, **values))


def _state(connection: Connection, name: str) -> DestinationState:
    place = _place(name)
    behind = select(func.coalesce(func.sum(_C.length - place), 0)).where(_C.length > place)
    waiting = connection.execute(behind).scalar_one()
    table = audit_destinations
    row = connection.execute(select(table).where(table.c.name == name)).first()
    return DestinationState(
        name=name,
        waiting=int(waiting),
        sent=row.sent if row else 0,
        failed=row.failed if row else 0,
        reason=row.reason if row else "",
    )
