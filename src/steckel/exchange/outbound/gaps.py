"""Reading events in their order, although PostgreSQL commits them in another.

A number is given out when a row is inserted, and the row is seen when its transaction is
committed; so a smaller number may appear later. The rule: a missing number is waited for as
long as a transaction is open that may have it; after that it was rolled back, and is gone.
SQLite has one writer: there, what is missing is gone at once.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, select, text

from steckel.index.engine import is_sqlite
from steckel.ris.schema import events

#: The transactions that have inserted an event and are not over.
_WRITERS: Final = text(
    "SELECT virtualtransaction FROM pg_locks WHERE relation = 'events'::regclass "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND mode = 'RowExclusiveLock' AND granted"
)


class Gaps:
    """Used by one thread."""

    def __init__(self, engine: Engine) -> None:
        self._is_ordered = is_sqlite(engine)
        #: a missing number, and the transactions that may have it
        self._suspects: dict[int, frozenset[str]] = {}

    def settled(self, connection: Connection, seen: int, limit: int) -> Sequence[Row[Any]]:
        """Return events after a number, as far as no smaller one can appear any more."""
        rows = _read(connection, seen, limit)
        if self._is_ordered:
            return rows
        missing = _missing(rows, seen)
        if not missing:
            return rows
        # Whoever had a missing number when it was first missed is among them, or is over.
        writers = frozenset(connection.execute(_WRITERS).scalars())
        end = rows[-1].pk
        rows = [row for row in _read(connection, seen, limit) if row.pk <= end]
        missing = _missing(rows, seen)
        self._suspects = {
            number: self._suspects.get(number, writers) & writers for number in missing
        }
        waiting = [number for number in missing if self._suspects[number]]
        return [row for row in rows if row.pk < min(waiting)] if waiting else rows


def _read(connection: Connection, seen: int, limit: int) -> Sequence[Row[Any]]:
    question = select(events).where(events.c.pk > seen).order_by(events.c.pk).limit(limit)
    return connection.execute(question).all()


def _missing(rows: Sequence[Row[Any]], seen: int) -> list[int]:
    there = {row.pk for row in rows}
    end = rows[-1].pk if rows else seen
    return [number for number in range(seen + 1, end) if number not in there]
