"""The dispatcher: makes something of what was received, in one process of an installation."""

import threading
import time
from collections.abc import Callable

import structlog

from steckel.errors import SteckelError
from steckel.exchange.leader import Leadership
from steckel.exchange.outcomes import Outcomes
from steckel.exchange.rounds import Rounds

_log = structlog.get_logger(__name__)

#: How often it looks for what other processes received, and after a failure.
_POLL_SECONDS = 0.5
_FAILED_SECONDS = 1.0
_TIDY_SECONDS = 10.0


class Wake:
    """What the dispatcher waits for; thread-safe."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __call__(self) -> None:
        """Wake it: there is something to do."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Wait until it is woken, or for some time."""
        self._event.wait(seconds)
        self._event.clear()


class Dispatcher:
    """A thread that leads, or waits until it may."""

    def __init__(
        self,
        leadership: Leadership,
        rounds: Rounds,
        outcomes: Outcomes,
        wake: Wake,
        tidy_up: Callable[[], object] = lambda: None,
    ) -> None:
        self._tidy_up = tidy_up  #: called at times while it leads and there is little to do
        self._tidy_at = time.monotonic() + _TIDY_SECONDS
        self._leadership = leadership
        self._rounds = rounds
        self._outcomes = outcomes
        self._wake = wake
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what runs, and let another process lead."""
        self._stopping.set()
        self._wake()
        if self._thread.is_alive():
            self._thread.join()
        self._rounds.stop()
        self._leadership.give_up()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                pause = self._step()
            except Exception as problem:  # noqa: BLE001 - the thread goes on, and tries again
                self._failed(problem)
            else:
                self._wake.wait(pause)

    def _step(self) -> float:
        """Do what is to be done; return in how many seconds to look again."""
        leads = self._leadership.held()
        pause = self._rounds.run() if leads else None
        if pause is not None:
            return pause
        if leads and time.monotonic() >= self._tidy_at:
            self._tidy_at = time.monotonic() + _TIDY_SECONDS
            self._tidy_up()
        self._outcomes.ask()  # of the process that leads, or that led a moment ago
        return _POLL_SECONDS

    def _failed(self, problem: Exception) -> None:
        reason = str(problem) if isinstance(problem, SteckelError) else type(problem).__name__
        _log.error("dispatcher_failed", reason=reason)
        self._stopping.wait(_FAILED_SECONDS)
