"""Reading events in their order, although PostgreSQL commits them in another.

A number is given out when a row is inserted, and the row is seen when its transaction is
committed; so a smaller number may appear later. The rule: a missing number is waited for as
long as a transaction is open that may have it; after that it was rolled back, and is gone.
SQLite has one writer: there, what is missing is gone at once.
"""

from collections.abc import Sequence
from itertools import pairwise
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
        #: events before which numbers are missing, and the transactions that may have them
        self._suspects: dict[int, frozenset[str]] = {}

    def settled(self, connection: Connection, seen: int, limit: int) -> Sequence[Row[Any]]:
        """Return events after a number, as far as no smaller one can appear any more."""
        rows = _read(connection, seen, limit)
        if self._is_ordered or not _behind_gaps(rows, seen):
            return rows
        # Whoever had a missing number when it was first missed is among them, or is over.
        writers = frozenset(connection.execute(_WRITERS).scalars())
        end = rows[-1].pk
        rows = [row for row in _read(connection, seen, limit) if row.pk <= end]
        self._suspects = {
            pk: self._suspects.get(pk, writers) & writers for pk in _behind_gaps(rows, seen)
        }
        waiting = [pk for pk, suspects in self._suspects.items() if suspects]
        return [row for row in rows if row.pk < min(waiting)] if waiting else rows


def _read(connection: Connection, seen: int, limit: int) -> Sequence[Row[Any]]:
    question = select(events).where(events.c.pk > seen).order_by(events.c.pk).limit(limit)
    return connection.execute(question).all()


def _behind_gaps(rows: Sequence[Row[Any]], seen: int) -> list[int]:
    """Return the numbers of the events before which numbers are missing."""
    numbers = [seen, *(row.pk for row in rows)]
    return [here for before, here in pairwise(numbers) if here != before + 1]
