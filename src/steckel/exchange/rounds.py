"""Rounds of the dispatcher: on SQLite many messages share a commit, on PostgreSQL they run at once.

A commit here need not be synced: what a power cut takes back, effects and state together,
is made again from the message, which is on stable storage.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import structlog
from sqlalchemy import Connection, Engine, text

from steckel.errors import SteckelError, places_of
from steckel.exchange.backlog import waiting
from steckel.exchange.line import Line
from steckel.exchange.model import Outcome, Received
from steckel.exchange.outcomes import Outcomes
from steckel.exchange.processing import Processor, TakenByAnother, TryAgain
from steckel.index.engine import is_sqlite, writing
from steckel.index.turn import Turn

_log = structlog.get_logger(__name__)

#: Messages that are read ahead, beside those that wait for one that is tried again later …
_AHEAD = 64
#: … and messages and bytes of them that are held in all.
_MOST_HELD = 4096
_MOST_BYTES = 128 << 20
#: Seconds of one transaction on SQLite, and what others that want to write get after it.
_BATCH_SECONDS = 0.02
_PAUSE_SECONDS = 0.001
#: While messages come in, they come first: so long. Then what waits gets its share.
_STAND_BACK_SECONDS = 1.0
#: Of one transaction on SQLite then; what comes in waits for no longer, and gets as much.
_SHARE_SECONDS = 0.005
_LOOK_SECONDS = 0.002
_WORKERS = 4
#: How often numbers below the last are looked for.
_READ_ALL_SECONDS = 0.5


class Rounds(Protocol):
    """How messages are processed."""

    def run(self) -> float | None:
        """Process some; return in how many seconds there may be more to do, if it is known.

        Raises
        ------
        StorageFailure, OutOfSpace
            The database failed.
        """

    def stop(self) -> None:
        """Finish what runs."""


class ReadAhead:
    """Fills the line of what is to be processed; called by one thread."""

    def __init__(self, engine: Engine, line: Line, lock: threading.Lock) -> None:
        self._engine = engine
        self._line = line
        self._lock = lock
        self._read_all = 0.0  #: when numbers below the last were looked for

    def read(self, now: float) -> None:
        """Read behind the last; from the beginning at times, for those that were replayed.

        Raises
        ------
        StorageFailure
            The database failed.
        """
        with self._lock:
            known, last = self._line.numbers(), self._line.last
            is_full = len(known) >= _MOST_HELD or self._line.size >= _MOST_BYTES
            enough = is_full or self._line.free(now) >= _AHEAD // 2
        all_of_them = now - self._read_all >= _READ_ALL_SECONDS or not known
        if enough and not all_of_them:
            return
        with self._engine.connect() as connection:
            if all_of_them:
                self._read_all = now
                found = waiting(connection, _AHEAD, without=known)
            else:
                found = waiting(connection, _AHEAD, after=last)
        with self._lock:
            self._line.add(one for one in found if one.pk < last or not is_full)


class _Patience:
    """How long processing has stood back, since it was last done with everything."""

    def __init__(self) -> None:
        self._since: float | None = None

    def is_over(self, now: float) -> bool:
        """Whether messages that come in have come first for long enough."""
        if self._since is None:
            self._since = now
        return now - self._since >= _STAND_BACK_SECONDS

    def renew(self) -> None:
        """Nothing waits any more."""
        self._since = None


class Batches:
    """On SQLite: one after another, several in a transaction, each in a savepoint."""

    def __init__(
        self,
        engine: Engine,
        processor: Processor,
        outcomes: Outcomes,
        is_wanted: Callable[[], bool],
    ) -> None:
        self._engine = engine
        self._processor = processor
        self._outcomes = outcomes
        self._is_wanted = is_wanted  #: whether messages come in
        self._patience = _Patience()
        self._ended = self._took = 0.0  #: the last transaction: when, and how many seconds
        self._turn = Turn(engine)
        self._line = Line(processor.keys)
        self._ahead = ReadAhead(engine, self._line, threading.Lock())
        self._most = _AHEAD  #: after a failure one message alone shows whose it is

    def run(self) -> float | None:
        """Process some."""
        begun = time.monotonic()
        if self._is_wanted() and not self._has_a_share(begun):
            return _LOOK_SECONDS
        self._ahead.read(begun)
        batch = self._line.take(self._most, begun, one_by_one=True)
        if not batch:
            self._patience.renew()
            return None
        done = self._process(batch)
        self._ended = time.monotonic()
        self._took = self._ended - begun
        for pk in done:
            self._line.done(pk)
        self._outcomes.tell({pk: outcome for pk, outcome in done.items() if outcome})
        return _PAUSE_SECONDS

    def stop(self) -> None:
        """Close the file of the turn."""
        self._turn.close()

    def _has_a_share(self, now: float) -> bool:
        """Whether it is our turn although messages come in: half of the time, after a while."""
        return self._patience.is_over(now) and now - self._ended >= self._took

    def _process(self, batch: list[Received]) -> dict[int, Outcome | None]:
        done: dict[int, Outcome | None] = {}
        current = batch[0]
        try:
            with self._turn.taken(), writing(self._engine) as connection:
                started = time.monotonic()
                for current in batch:
                    done[current.pk] = self._one(connection, current)
                    if self._is_over(started):
                        break
        except (TryAgain, SteckelError) as problem:
            self._failed(batch, current, problem)
            return {}
        for received in batch[len(done) :]:
            self._line.put_back(received.pk)
        self._most = min(self._most * 2, _AHEAD)
        return done

    def _one(self, connection: Connection, received: Received) -> Outcome | None:
        try:
            return self._processor.process(connection, received)
        except TakenByAnother:
            return None

    def _is_over(self, started: float) -> bool:
        now = time.monotonic()
        if self._is_wanted():
            return not self._patience.is_over(now) or now - started > _SHARE_SECONDS
        return now - started > _BATCH_SECONDS

    def _failed(self, batch: list[Received], at: Received, problem: Exception) -> None:
        """Put all back: one message after another shows whose failure it is."""
        _say_failed(at, problem)
        for received in batch:
            if received is at and self._most == 1:
                self._line.failed(received.pk, time.monotonic())
            else:
                self._line.put_back(received.pk)
        self._most = 1


class Pool:
    """On PostgreSQL: several at once, each in a transaction of its own; a patient's in order."""

    def __init__(
        self,
        engine: Engine,
        processor: Processor,
        outcomes: Outcomes,
        is_wanted: Callable[[], bool],
        wake: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._processor = processor
        self._outcomes = outcomes
        self._is_wanted = is_wanted
        self._wake = wake
        self._line = Line(processor.keys)
        self._lock = threading.Lock()  # of the line
        self._ahead = ReadAhead(engine, self._line, self._lock)
        self._running = 0
        self._patience = _Patience()
        self._threads = ThreadPoolExecutor(_WORKERS, "message")

    def run(self) -> float | None:
        """Start what may run now."""
        now = time.monotonic()
        stands_back = self._is_wanted()
        if stands_back and not self._patience.is_over(now):
            return _LOOK_SECONDS
        self._ahead.read(now)
        with self._lock:
            free = max((1 if stands_back else _WORKERS) - self._running, 0)
            batch = self._line.take(free, now, one_by_one=False)
            self._running += len(batch)
            if not self._running:
                self._patience.renew()
        for received in batch:
            self._threads.submit(self._process, received)
        return None  # the end of one of them wakes

    def stop(self) -> None:
        """Wait for what runs."""
        self._threads.shutdown()

    def _process(self, received: Received) -> None:
        outcome: Outcome | None = None
        failed = True
        try:
            outcome = self._in_transaction(received)
            failed = False
        except TakenByAnother:
            failed = False
        except Exception as problem:  # noqa: BLE001 - it waits, and is tried again
            _say_failed(received, problem)
        with self._lock:
            self._running -= 1
            if failed:
                self._line.failed(received.pk, time.monotonic())
            else:
                self._line.done(received.pk)
        if outcome is not None:
            self._outcomes.tell({received.pk: outcome})
        self._wake()

    def _in_transaction(self, received: Received) -> Outcome:
        with writing(self._engine) as connection:
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            return self._processor.process(connection, received)


def rounds(
    engine: Engine,
    processor: Processor,
    outcomes: Outcomes,
    *,
    is_wanted: Callable[[], bool],
    wake: Callable[[], None],
) -> Rounds:
    """Return the way that fits the database."""
    if is_sqlite(engine):
        return Batches(engine, processor, outcomes, is_wanted)
    return Pool(engine, processor, outcomes, is_wanted, wake)


def _say_failed(received: Received, problem: Exception) -> None:
    _log.warning(
        "message_postponed",
        message=received.pk,
        control_id=received.control_id,
        error=type(problem).__name__,
        where=places_of(problem),
    )
