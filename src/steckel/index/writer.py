"""Writing instances into the index: one transaction at a time in a process.

There is no thread for it. Whoever comes first writes for all that wait, so
that one association alone pays no hand-over between threads, and many share
their transactions. The rule: nothing is committed before the bytes it points
to are on stable storage.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Engine

from steckel.errors import SteckelError, StorageFailure, places_of
from steckel.index.batch import Batch, Memory
from steckel.index.engine import is_sqlite
from steckel.index.failures import failure_of, will_pass
from steckel.index.model import InstanceEntry
from steckel.index.projecting import Projector
from steckel.index.statements import Statements
from steckel.index.turn import Turn

_log = structlog.get_logger(__name__)

#: Instances that share one transaction at most.
BATCH = 256
#: How often a batch is tried that other writers stop.
_ATTEMPTS = 5


def _is_durable() -> None:
    """Do nothing, because there is nothing left to do."""


@dataclass(slots=True)
class Ticket:
    """One instance on its way into the index.

    `sync` returns when its bytes are on stable storage, or raises why they are not.
    """

    entry: InstanceEntry
    sync: Callable[[], None] = _is_durable
    added: bool = False
    error: SteckelError | None = None
    decided: bool = False  #: committed or refused

    def result(self) -> bool:
        """Return whether it was added; ``False`` when the UID was already there.

        Raises
        ------
        PatientMismatch, OutOfSpace, StorageFailure
            It is not in the index.
        """
        if self.error is not None:
            raise self.error
        return self.added


class IndexWriter:
    """Takes instances from any thread, and writes them in batches."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._statements = Statements(engine)
        self._projector = Projector(engine)
        self._memory = Memory()
        self._waiting: deque[Ticket] = deque()
        self._connection: Any = None
        self._writing = threading.Lock()
        self._turn = Turn(engine)

    def write(self, tickets: Sequence[Ticket]) -> None:
        """Return when all of them are durable and decided, each by its own `result`."""
        if self._write_undisturbed(tickets):
            return
        self._waiting.extend(_synced(tickets))
        with self._writing:
            # In the meantime another thread may have written them.
            if all(ticket.decided for ticket in tickets):
                return
            with self._turn.taken():
                while not all(ticket.decided for ticket in tickets):
                    count = min(len(self._waiting), BATCH)
                    self._write([self._waiting.popleft() for _ in range(count)])

    def _write_undisturbed(self, tickets: Sequence[Ticket]) -> bool:
        """Write where nobody else does: the disk takes the bytes while the rows are made."""
        if not self._writing.acquire(blocking=False):
            return False
        try:
            if not self._turn.take_now():
                return False
            try:
                for start in range(0, len(tickets), BATCH):
                    self._write(tickets[start : start + BATCH])
            finally:
                self._turn.give()
        finally:
            self._writing.release()
        return True

    def remembered_owner(self, study_uid: str, series_uid: str) -> str | None:
        """Return the identity of a series' patient, if it was met lately."""
        known = self._memory.series.get((study_uid, series_uid))
        return None if known is None else known.identity

    def make_durable(self) -> None:
        """Return when everything committed so far is on stable storage.

        Raises
        ------
        OutOfSpace, StorageFailure
            The database failed.
        """
        with self._writing:
            self._sync()

    def stop(self) -> None:
        """Give the connection back."""
        with self._writing:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._turn.close()

    def _write(self, tickets: Sequence[Ticket]) -> None:
        """Write a batch; one that fails is written again, one instance at a time."""
        try:
            self._write_patiently(tickets)
        except _BatchFailed:
            for ticket in tickets:
                if ticket.error is None:
                    self._write_one(ticket)
        for ticket in tickets:
            ticket.decided = True

    def _write_one(self, ticket: Ticket) -> None:
        try:
            self._write_patiently([ticket])
        except _BatchFailed as failure:
            if ticket.error is None:
                ticket.error = failure_of(failure.problem)
                _log.error(  # what a driver says may have values of the row in it
                    "index_write_failed",
                    error=type(failure.problem).__name__,
                    where=places_of(failure.problem),
                )

    def _write_patiently(self, tickets: Sequence[Ticket]) -> None:
        """Write a batch; once more, where the database ended it for the sake of another writer."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._write_together([ticket for ticket in tickets if not ticket.decided])
            except _BatchFailed as failure:
                if attempt == _ATTEMPTS or not will_pass(failure.problem):
                    raise
                _log.info("index_batch_repeated", error=type(failure.problem).__name__)
                _forget_refusals(tickets)
            else:
                return

    def _write_together(self, tickets: Sequence[Ticket]) -> None:
        try:
            cursor = self._begin()
            batch = Batch(cursor, self._statements, self._memory, self._projector)
            for ticket in tickets:
                try:
                    ticket.added = batch.add(ticket.entry)
                except SteckelError as refusal:
                    ticket.error = refusal
            batch.finish()
            _require_durable([ticket for ticket in tickets if ticket.added])
            self._commit(cursor)
            self._memory.trim()
        except Exception as problem:  # whatever the driver raises ends this batch only
            self._roll_back()
            raise _BatchFailed(problem) from problem

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
            raise failure_of(problem) from problem
        finally:
            if self._connection is not None:
                self._connection.cursor().execute("PRAGMA synchronous=NORMAL")

    def _begin_synced(self) -> Any:
        if self._connection is None:
            self._connection = self._engine.raw_connection()
        self._connection.cursor().execute("PRAGMA synchronous=FULL")
        return self._begin()


def _synced(tickets: Sequence[Ticket]) -> list[Ticket]:
    """Return those whose bytes are durable; the others are decided."""
    durable: list[Ticket] = []
    for ticket in reversed(tickets):  # the last one of a container syncs them all
        try:
            ticket.sync()
        except SteckelError as error:
            ticket.error, ticket.decided = error, True
        else:
            durable.append(ticket)
    return durable[::-1]


def _forget_refusals(tickets: Sequence[Ticket]) -> None:
    """Leave open what was refused for a reason that was rolled back."""
    for ticket in tickets:
        if not ticket.decided:
            ticket.error = None


def _require_durable(tickets: Sequence[Ticket]) -> None:
    if len(_synced(tickets)) < len(tickets):
        raise StorageFailure("not all of the batch is on stable storage")


class _BatchFailed(Exception):
    """A transaction was rolled back."""

    def __init__(self, problem: Exception) -> None:
        super().__init__(str(problem))
        self.problem = problem
