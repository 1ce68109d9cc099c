"""Keeping messages: one transaction for all that wait, durable before any is answered.

A thread writes; whoever brings a message goes on and is called back. A lone message
waits for nobody, and what comes while the disk syncs shares the next sync. The rule:
nothing is acknowledged before its bytes are on stable storage.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Engine

from steckel.errors import SteckelError, StorageFailure, places_of
from steckel.exchange.model import State
from steckel.exchange.reading import Reading
from steckel.exchange.statements import keep_statement, row_of
from steckel.index.engine import is_sqlite
from steckel.index.failures import failure_of, will_pass
from steckel.index.turn import Turn

_log = structlog.get_logger(__name__)

#: Messages, and bytes of them, that share one transaction at most.
_BATCH = 256
_BATCH_BYTES = 16 << 20
#: How often a batch is tried that other writers stop.
_ATTEMPTS = 5
#: After an answer, a sender that waits for each of them sends the next within this time.
_QUIET_SECONDS = 0.015


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What became of a message that was to be kept."""

    pk: int = 0
    state: State = State.ERROR
    repeats: int = 0  #: how often it had come before
    error: SteckelError | None = None  #: it is not kept


Done = Callable[[Kept], None]


@dataclass(frozen=True, slots=True)
class _Waiting:
    reading: Reading
    done: Done


class Intake:
    """Takes readings from any thread."""

    def __init__(self, engine: Engine, on_kept: Callable[[], None] = lambda: None) -> None:
        self._engine = engine
        self._on_kept = on_kept
        self._keep = keep_statement(engine)
        self._turn = Turn(engine)
        self._connection: Any = None
        self._waiting: deque[_Waiting] = deque()
        self._wake = threading.Condition()
        self._active = 0.0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="message-intake", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, and end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._turn.close()

    def is_busy(self) -> bool:
        """Whether messages wait to be written, or more are likely to come at once."""
        return bool(self._waiting) or time.monotonic() - self._active < _QUIET_SECONDS

    def keep(self, reading: Reading, done: Done) -> None:
        """Keep a message; `done` is called in the thread of the writer, and must be quick."""
        with self._wake:
            if not self._stopping:
                self._waiting.append(_Waiting(reading, done))
                self._active = time.monotonic()
                self._wake.notify()
                return
        done(Kept(error=StorageFailure("the server is being stopped")))

    def keep_all(self, readings: Sequence[Reading]) -> list[Kept]:
        """Keep messages in order, and wait for it."""
        found: list[Kept | None] = [None] * len(readings)
        left = threading.Semaphore(0)
        for number, reading in enumerate(readings):

            def done(kept: Kept, number: int = number) -> None:
                found[number] = kept
                left.release()

            self.keep(reading, done)
        for _ in readings:
            left.acquire()
        return [kept for kept in found if kept is not None]

    def _run(self) -> None:
        while batch := self._next():
            answers = self._write(batch)
            self._active = time.monotonic()
            for waiting, kept in zip(batch, answers, strict=True):
                _tell(waiting, kept)
            if any(kept.state is State.RECEIVED for kept in answers):
                self._on_kept()

    def _next(self) -> list[_Waiting]:
        """Wait for messages; none when it is to end."""
        with self._wake:
            while not self._waiting and not self._stopping:
                self._wake.wait()
            batch: list[_Waiting] = []
            size = 0
            while self._waiting and len(batch) < _BATCH and (not batch or size < _BATCH_BYTES):
                batch.append(self._waiting.popleft())
                size += len(batch[-1].reading.raw)
            return batch

    def _write(self, batch: list[_Waiting]) -> list[Kept]:
        """Write a batch; one that fails is written again, one message at a time."""
        rows = [row_of(waiting.reading) for waiting in batch]
        try:
            return self._write_patiently(rows)
        except _Failed as failure:
            if len(rows) == 1:
                return [_not_kept(failure.problem)]
        answers = []
        for row in rows:
            try:
                answers += self._write_patiently([row])
            except _Failed as failure:
                answers.append(_not_kept(failure.problem))
        return answers

    def _write_patiently(self, rows: list[dict[str, Any]]) -> list[Kept]:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._turn.taken():
                    return self._write_together(rows)
            except Exception as problem:
                lost = self._roll_back()
                if attempt == _ATTEMPTS or not (will_pass(problem) or lost):
                    raise _Failed(problem) from problem
        raise AssertionError("not reached")

    def _write_together(self, rows: list[dict[str, Any]]) -> list[Kept]:
        """Write them in one transaction that is durable at its end."""
        cursor = self._begin()
        if is_sqlite(self._engine):
            found = [cursor.execute(self._keep.sql, self._keep.bind(r)).fetchone() for r in rows]
            cursor.execute("COMMIT")
        else:
            found = self._insert_at_once(cursor, rows)
            self._connection.commit()
        cursor.close()
        return [Kept(pk=pk, state=State(state), repeats=count) for pk, state, count in found]

    def _insert_at_once(self, cursor: Any, rows: list[dict[str, Any]]) -> list[Any]:
        """Send all to PostgreSQL, and then read all answers: one way there and back."""
        values = [self._keep.bind(row) for row in rows]
        cursor.executemany(self._keep.sql, values, returning=True)
        found = [cursor.fetchone()]
        while cursor.nextset():
            found.append(cursor.fetchone())
        return found

    def _begin(self) -> Any:
        if self._connection is None:
            self._connection = self._engine.raw_connection()
            if is_sqlite(self._engine):
                self._connection.isolation_level = None
                self._connection.cursor().execute("PRAGMA synchronous=FULL")
        cursor = self._connection.cursor()
        if is_sqlite(self._engine):
            cursor.execute("BEGIN IMMEDIATE")
        return cursor

    def _roll_back(self) -> bool:
        """Undo a transaction; whether the connection was lost."""
        if self._connection is None:
            return False
        try:
            self._connection.rollback()
        except Exception as problem:  # noqa: BLE001 - lost; the next batch takes a new one
            _log.warning("message_connection_lost", error=type(problem).__name__)
            self._connection.invalidate()
            self._connection = None
            return True
        return False


def _tell(waiting: _Waiting, kept: Kept) -> None:
    try:
        waiting.done(kept)
    except Exception as problem:  # noqa: BLE001 - of one sender; all others wait for this thread
        _log.error("answer_failed", error=type(problem).__name__, where=places_of(problem))


class _Failed(Exception):
    """A transaction was rolled back."""

    def __init__(self, problem: Exception) -> None:
        super().__init__(str(problem))
        self.problem = problem


def _not_kept(problem: Exception) -> Kept:
    error = failure_of(problem)
    _log.error(  # what a driver says may have values of the row in it
        "message_not_kept", error=type(problem).__name__, where=places_of(problem)
    )
    return Kept(error=error)
