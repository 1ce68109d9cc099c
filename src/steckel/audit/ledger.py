"""Adding rows to the chain of this process, inside of a transaction of somebody else's.

Where the chain stands is kept in the database, in a row that only this process changes: what is
rolled back leaves no gap, and threads of the process wait for one another there. The rule:
adding is the last thing that a transaction does.
"""

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine, insert, select, update

from steckel.audit.chain import hash_of
from steckel.audit.completing import complete
from steckel.audit.document import body_of
from steckel.audit.event import Event
from steckel.audit.schema import audit_chains, audit_events
from steckel.index.engine import writing
from steckel.index.witness import unwitnessed

Clock = Callable[[], float]


class Ledger:
    """One chain. Thread-safe; blocking."""

    def __init__(self, engine: Engine, process: str, clock: Clock = time.time) -> None:
        self._engine = engine
        self._process = f"{process} {socket.gethostname()} {os.getpid()}"
        self._clock = clock
        self._name = uuid.uuid4().hex
        self._opening = threading.Lock()
        self._pk: int | None = None

    @property
    def name(self) -> str:
        """The name of the chain."""
        return self._name

    @property
    def process(self) -> str:
        """Role, host and number of this process."""
        return self._process

    def is_kept_in(self, connection: Connection) -> bool:
        """Whether a transaction is one of the database that holds the chain."""
        return connection.engine.url == self._engine.url

    def open(self) -> None:
        """Begin the chain, if it was not begun; never called inside of a transaction."""
        with self._opening:
            if self._pk is not None:
                return
            values = {"name": self._name, "process": self._process, "started": self._now()}
            with unwitnessed(), writing(self._engine) as connection:
                added = connection.execute(insert(audit_chains).values(**values))
                key = added.inserted_primary_key
            assert key is not None
            self._pk = int(key[0])

    def complete(self, event: Event) -> Event:
        """Return an event with what the index knows of its study and patient now."""
        with self._engine.connect() as connection:
            return complete(connection, event)

    def append(self, connection: Connection, events: Sequence[Event]) -> None:
        """Add events as the last rows of a transaction; the chain was opened before.

        Raises
        ------
        StorageFailure, OutOfSpace
            They cannot be written.
        """
        pk = self._pk
        assert pk is not None, "a chain is opened before the transaction"
        place = select(audit_chains.c.length, audit_chains.c.head).where(audit_chains.c.pk == pk)
        number, head = connection.execute(place.with_for_update()).one()
        rows = []
        for event in events:
            number += 1
            row = self._row(complete(connection, event), number, head)
            head = row["hash"]
            rows.append(row | {"chain_pk": pk})
        connection.execute(insert(audit_events), rows)
        moved = update(audit_chains).where(audit_chains.c.pk == pk)
        connection.execute(moved.values(length=number, head=head))

    def write(self, events: Sequence[Event]) -> None:
        """Add events in a transaction of their own; durable when it returns."""
        self.open()
        with unwitnessed(), writing(self._engine, durable=True) as connection:
            self.append(connection, events)

    def _row(self, event: Event, number: int, previous: str) -> dict[str, object]:
        body, written = body_of(event), self._now()
        digest = hash_of(self._name, number, written, previous, body)
        return columns_of(event) | {
            "number": number,
            "written": written,
            "body": body,
            "hash": digest,
        }

    def _now(self) -> int:
        return int(self._clock() * 1000)


def columns_of(event: Event) -> dict[str, object]:
    """Return what of an event is searched by; all of it is in its body too."""
    return {
        "at": event.at,
        "kind": event.kind.value,
        "outcome": int(event.outcome),
        "account": event.account,
        "patient": event.patient.identity if event.patient else "",
        "study": event.study.uid if event.study else "",
    }
