"""The one thread of a process that writes instances into the index.

Arrivals of all associations meet here and share transactions. The inserts run
while the arrivals' bytes are still on their way to stable storage; the commit
waits for all of them.
"""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Engine

from steckel.errors import SteckelError, StorageFailure
from steckel.index.batch import Batch, Memory
from steckel.index.engine import is_sqlite
from steckel.index.model import InstanceEntry
from steckel.index.statements import Statements

_log = structlog.get_logger(__name__)

#: Instances that share one transaction at most.
BATCH = 256


@dataclass(slots=True)
class Ticket:
    """One instance on its way into the index; belongs to the thread that waits for it."""

    entry: InstanceEntry
    added: bool = False
    error: SteckelError | None = None
    _durable: threading.Event = field(default_factory=threading.Event)
    _done: threading.Event = field(default_factory=threading.Event)

    def mark_durable(self) -> None:
        """Say that the bytes are on stable storage: the row may be committed."""
        self._durable.set()

    def give_up(self, error: SteckelError) -> None:
        """Say that the bytes are not safe: the row must not be committed."""
        self.error = error
        self._durable.set()

    def wait_durable(self) -> bool:
        """Return whether the bytes are safe, once that is known."""
        self._durable.wait()
        return self.error is None

    def finish(self) -> None:
        """Wake the waiting thread."""
        self._done.set()

    def wait(self) -> None:
        """Wait until it is decided."""
        self._done.wait()

    def result(self) -> bool:
        """Wait for the commit; ``False`` when the UID was already there.

        Raises
        ------
        PatientMismatch, OutOfSpace, StorageFailure
            It is not in the index.
        """
        self._done.wait()
        if self.error is not None:
            raise self.error
        return self.added


class IndexWriter:
    """Takes instances from any thread, and writes them in batches."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._statements = Statements(engine)
        self._memory = Memory()
        self._queue: queue.SimpleQueue[list[Ticket] | Callable[[], None] | None] = (
            queue.SimpleQueue()
        )
        self._connection: Any = None
        self._thread = threading.Thread(target=self._run, name="index-writer", daemon=True)
        self._thread.start()

    def submit(self, tickets: list[Ticket]) -> None:
        """Queue instances; they end up in one transaction."""
        self._queue.put(tickets)

    def remembered_owner(self, study_uid: str, series_uid: str) -> str | None:
        """Return the identity of a series' patient, if it was met lately."""
        known = self._memory.series.get((study_uid, series_uid))
        return None if known is None else known.identity

    def make_durable(self) -> None:
        """Return when everything committed so far is on stable storage.

        Raises
        ------
        StorageFailure
            The database failed.
        """
        done = threading.Event()
        failures: list[StorageFailure] = []

        def sync() -> None:
            try:
                self._sync()
            except StorageFailure as failure:
                failures.append(failure)
            finally:
                done.set()

        self._queue.put(sync)
        done.wait()
        if failures:
            raise failures[0]

    def stop(self) -> None:
        """Write what is queued, and end."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            job = self._queue.get()
            if job is None:
                break
            if callable(job):
                job()
                continue
            tickets = list(job)
            pending: Callable[[], None] | None = None
            stop = False
            while len(tickets) < BATCH and not self._queue.empty():
                more = self._queue.get()
                if more is None:
                    stop = True
                    break
                if callable(more):
                    pending = more
                    break
                tickets += more
            self._write(tickets)
            if pending is not None:
                pending()
            if stop:
                break
        self._disconnect()

    def _write(self, tickets: list[Ticket]) -> None:
        """Write a batch; one that fails is written again, one instance at a time."""
        try:
            self._write_together(tickets)
        except _BatchFailed:
            for ticket in tickets:
                if ticket.error is None:
                    self._write_alone(ticket)
        for ticket in tickets:
            ticket.finish()

    def _write_alone(self, ticket: Ticket) -> None:
        try:
            self._write_together([ticket])
        except _BatchFailed as failure:
            if ticket.error is None:
                ticket.error = StorageFailure("the index failed")
                _log.error("index_write_failed", error=str(failure.__cause__)[:200])

    def _write_together(self, tickets: list[Ticket]) -> None:
        try:
            cursor = self._begin()
            batch = Batch(cursor, self._statements, self._memory)
            for ticket in tickets:
                try:
                    ticket.added = batch.add(ticket.entry)
                except SteckelError as refusal:
                    ticket.error = refusal
            # Every ticket is waited for, so that none is left behind by another's failure.
            refused = {id(t) for t in tickets if t.error is not None}
            safe = [t.wait_durable() or id(t) in refused for t in tickets]
            if not all(safe):
                raise StorageFailure("bytes of an instance are not safe")  # noqa: TRY301
            batch.finish()
            self._commit(cursor)
            self._memory.trim()
        except Exception as problem:  # whatever the driver raises ends this batch, not the thread
            self._roll_back()
            raise _BatchFailed from problem

    def _begin(self) -> Any:
        if self._connection is None:
            self._connection = self._engine.raw_connection()
            if is_sqlite(self._engine):
                self._connection.isolation_level = None
        cursor = self._connection.cursor()
        if is_sqlite(self._engine):
            cursor.execute("BEGIN IMMEDIATE")
        return cursor

    def _commit(self, cursor: Any) -> None:
        if is_sqlite(self._engine):
            cursor.execute("COMMIT")
        else:
            self._connection.commit()
        cursor.close()

    def _roll_back(self) -> None:
        self._memory.clear()
        if self._connection is not None:
            try:
                self._connection.rollback()
            except Exception as problem:  # noqa: BLE001 - lost; the next batch takes a new one
                _log.warning("index_connection_lost", error=type(problem).__name__)
                self._connection.invalidate()
                self._connection = None

    def _sync(self) -> None:
        """Make earlier commits durable: on SQLite by one more commit, a synced one."""
        if not is_sqlite(self._engine):
            return  # every commit of PostgreSQL is durable
        try:
            cursor = self._begin_synced()
            cursor.execute("UPDATE clock SET value = value WHERE pk = 1")
            self._commit(cursor)
        except Exception as problem:
            self._roll_back()
            raise StorageFailure("the index failed") from problem
        finally:
            if self._connection is not None:
                self._connection.cursor().execute("PRAGMA synchronous=NORMAL")

    def _begin_synced(self) -> Any:
        if self._connection is None:
            self._connection = self._engine.raw_connection()
        self._connection.cursor().execute("PRAGMA synchronous=FULL")
        return self._begin()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _BatchFailed(Exception):
    """A transaction was rolled back."""
