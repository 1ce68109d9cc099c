"""The recorder of a process: gathers events and writes them in batches.

The rule: nobody who looks at something waits for the audit trail, nothing that was recorded is
dropped, and who changes something is told when it cannot be recorded. While the database
fails, events wait in memory and in the spool, and an alarm is raised.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from steckel.audit.acting import Act
from steckel.audit.event import Event
from steckel.audit.kinds import Outcome
from steckel.audit.ledger import Ledger
from steckel.audit.refusals import NotRecorded
from steckel.audit.spool import Spool
from steckel.errors import SteckelError

_log = structlog.get_logger(__name__)

#: Seconds that an event waits for others.
_LINGER: Final = 0.25
#: Seconds between tries while the database fails.
_PAUSE: Final = 1.0
#: Rows of one transaction.
_BATCH: Final = 500
#: Seconds that a change waits for its record.
_PATIENCE: Final = 30.0

#: What would be lost if the process ended now: transfers that are under way.
Unfinished = Callable[[], Sequence[Event]]


def _nothing_unfinished() -> Sequence[Event]:
    return ()


@dataclass
class _Waiting:
    event: Event
    done: threading.Event | None = None
    failed: bool = False


@dataclass
class Journal:
    """A recorder (`audit.ports.Recorder`)."""

    ledger: Ledger
    spool: Spool
    unfinished: Unfinished = _nothing_unfinished
    _waiting: list[_Waiting] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None
    _stopping: bool = False
    _failing: bool = False

    @property
    def is_failing(self) -> bool:
        """Whether nothing can be recorded now."""
        return self._failing

    def record(self, event: Event) -> None:
        """Keep an event; it is durable within a second."""
        self._put(_Waiting(event))

    def record_now(self, event: Event) -> None:
        """Keep an event; durable when it returns.

        Raises
        ------
        NotRecorded
            It cannot be kept.
        """
        if self._failing:
            raise NotRecorded
        waiting = _Waiting(event, threading.Event())
        self._put(waiting)
        assert waiting.done is not None
        if not waiting.done.wait(_PATIENCE) or waiting.failed:
            raise NotRecorded

    def begin(self, event: Event, *, with_change: bool = True) -> Act:
        """Begin an act, while the patient of its study is there."""
        if event.study is not None or event.patient is not None:
            event = self.ledger.complete(event)
        if with_change:
            self.ledger.open()
        return Act(event, self.ledger if with_change else None)

    def finish(self, act: Act, outcome: Outcome = Outcome.SUCCESS, reason: str = "") -> None:
        """End an act: what was not written with a change is written now.

        Raises
        ------
        NotRecorded
            It cannot be kept.
        """
        if act.is_written and outcome is Outcome.SUCCESS:
            return
        *others, last = act.events(outcome, reason)
        for event in others:
            self.record(event)
        self.record_now(last)

    def stop(self) -> None:
        """Write what waits, and end; afterwards nothing is recorded any more."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()

    def watch(self, unfinished: Unfinished) -> None:
        """Have what is unfinished looked at every second."""
        with self._changed:
            self.unfinished = unfinished
            self._start()

    def _put(self, waiting: _Waiting) -> None:
        with self._changed:
            self._waiting.append(waiting)
            self._start()
            self._changed.notify_all()

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._stopping = False
            self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
            self._thread.start()

    # ---- the thread that writes

    def _run(self) -> None:
        while self._await_some():
            self._write_some()
        if not self._failing:  # otherwise the spool holds what was not written
            self._keep_spool()
        self.spool.close()

    def _await_some(self) -> bool:
        """Wait for what is to be written; return whether there is still something to do."""
        with self._changed:
            while not self._waiting and not self._stopping:
                self._changed.wait(_PAUSE)
                if not self._waiting:
                    self._keep_spool()
            if not self._waiting:
                return False
            if self._failing:
                self._changed.wait(0.0 if self._stopping else _PAUSE)
            elif not self._is_urgent():
                self._changed.wait_for(lambda: self._stopping or self._is_urgent(), _LINGER)
            return True

    def _is_urgent(self) -> bool:
        return len(self._waiting) >= _BATCH or any(one.done for one in self._waiting)

    def _write_some(self) -> None:
        with self._changed:
            batch = self._waiting[:_BATCH]
        try:
            self.ledger.write([one.event for one in batch])
        except SteckelError as problem:
            self._fail(batch, problem)
            return
        with self._changed:
            del self._waiting[: len(batch)]
        for one in batch:
            if one.done is not None:
                one.done.set()
        if self._failing:
            _log.warning("audit_recording_resumed")
        self._failing = False
        self._keep_spool()

    def _fail(self, batch: list[_Waiting], problem: SteckelError) -> None:
        if not self._failing:
            _log.error("audit_not_recorded", error=type(problem).__name__, reason=str(problem))
        self._failing = True
        with self._changed:
            # Whoever waited is told that it failed: its change does not stand, nor its record.
            self._waiting = [one for one in self._waiting if one.done is None]
            if self._stopping:
                self._keep_spool()
                self._waiting = []
        for one in batch:
            if one.done is not None:
                one.failed = True
                one.done.set()

    def _keep_spool(self) -> None:
        """Hold what would be lost in the file: what waits while the database fails, and more."""
        lost = [one.event for one in self._waiting] if self._failing else []
        try:
            self.spool.keep([*lost, *self.unfinished()])
        except OSError as problem:
            _log.error("audit_spool_failed", reason=problem.strerror or type(problem).__name__)
