"""Whether anything changed about messages, mismatches, deliveries or records, read off the tables.

Its rule: who writes pays nothing. No writer bumps a counter, at which all would queue; what
indexes tell within a millisecond is compared with what they told before. A change that leaves
them as they were (a message that came again) is not noticed.
"""

from collections.abc import Hashable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, func, select
from sqlalchemy.sql import ColumnElement

from steckel.exchange.model import State
from steckel.exchange.outbound.model import DeliveryState
from steckel.exchange.schema import deliveries, destinations, messages
from steckel.query.catalogue_model import Subject
from steckel.ris.mismatch_rows import MismatchState
from steckel.ris.schema import events, mismatches

#: Rows that are counted: where more wait, the ends of the list move.
_COUNTED: Final = 500
#: The newest rows that are counted: on PostgreSQL a lower number may be committed later.
_RECENT: Final = 256


class Marks:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self) -> Mapping[Subject, Hashable]:
        """Return something for each subject that is another after each change.

        Raises
        ------
        StorageFailure
            The database failed.
        """
        with self._engine.connect() as connection:
            return {
                Subject.MESSAGES: _messages(connection),
                Subject.MISMATCHES: _mismatches(connection),
                Subject.DELIVERIES: _deliveries(connection),
                Subject.RECORDS: _newest(connection, events),
            }


def _messages(connection: Connection) -> Hashable:
    ends = [_end(messages, messages.c.state == state.value) for state in State]
    waiting = _some(messages, messages.c.state == State.RECEIVED.value)
    return _newest(connection, messages), *_values(connection, *ends, *waiting)


def _mismatches(connection: Connection) -> Hashable:
    last = select(func.max(mismatches.c.changed)).scalar_subquery()
    waiting = _some(mismatches, mismatches.c.state == MismatchState.OPEN.value)
    return _newest(connection, mismatches), *_values(connection, last, *waiting)


def _deliveries(connection: Connection) -> Hashable:
    # Not how far it has read the events, most of which are of no interest to it.
    columns = [column for column in destinations.c if column is not destinations.c.seen]
    found: list[Hashable] = [_newest(connection, deliveries)]
    for row in connection.execute(select(*columns).order_by(destinations.c.pk)).all():
        found += [tuple(row), *_queue(connection, row.pk)]
    return tuple(found)


def _queue(connection: Connection, destination: int) -> tuple[Hashable, ...]:
    """Return marks of a queue: its head is tried again and again, and then leaves it."""
    columns, mine = deliveries.c, deliveries.c.destination_pk == destination
    waits = columns.state == DeliveryState.WAITING.value
    head = select(columns.pk, columns.attempts, columns.next_attempt).where(mine, waits)
    first = connection.execute(head.order_by(columns.pk).limit(1)).first()
    ends = [_end(deliveries, mine, columns.state == state.value) for state in DeliveryState]
    parked = _some(deliveries, mine, columns.state == DeliveryState.PARKED.value)
    counted = _values(connection, *ends, *_some(deliveries, mine, waits), *parked)
    return None if first is None else tuple(first), *counted


def _newest(connection: Connection, table: Table) -> Hashable:
    """Return the highest number of a table, and how many rows are just below it."""
    last = connection.execute(select(func.max(table.c.pk))).scalar() or 0
    recent = select(func.count()).select_from(table).where(table.c.pk > last - _RECENT)
    return last, connection.execute(recent).scalar_one()


def _end(table: Table, *which: ColumnElement[bool]) -> Any:
    return select(func.max(table.c.pk)).where(*which).scalar_subquery()


def _some(table: Table, *which: ColumnElement[bool]) -> tuple[Any, Any]:
    """Return the lowest number of rows, and how many there are at least."""
    some = select(table.c.pk).where(*which).limit(_COUNTED).subquery()
    count = select(func.count()).select_from(some).scalar_subquery()
    return select(func.min(table.c.pk)).where(*which).scalar_subquery(), count


def _values(connection: Connection, *asked: Any) -> tuple[Hashable, ...]:
    return tuple(connection.execute(select(*asked)).one())
