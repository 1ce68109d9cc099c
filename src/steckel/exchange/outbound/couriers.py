"""Fills the queues and keeps a courier for each destination, in one process of an installation.

The rule: only who leads sends. A process that has lost the lead stops its couriers before
the next message; what it was just sending may be sent a second time by the next leader, with
the same control identifier.
"""

import threading
import time
from collections.abc import Callable

import structlog

from steckel.errors import SteckelError
from steckel.exchange.leader import Leadership
from steckel.exchange.outbound.courier import Courier
from steckel.exchange.outbound.outbox import Outbox
from steckel.exchange.outbound.queue import Queue

_log = structlog.get_logger(__name__)

#: How often it looks for events and destinations, and after a failure.
_POLL_SECONDS = 0.5
_FAILED_SECONDS = 1.0
_TIDY_SECONDS = 60.0
#: How long a courier may take to end: it is then waiting for an answer.
_PATIENCE_SECONDS = 5.0


class _Route:
    """A thread that has a courier's steps done."""

    def __init__(self, courier: Courier, name: str) -> None:
        self._courier = courier
        self._name = name
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"courier {name}", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def ask_to_stop(self) -> None:
        self._stopping.set()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                wait = self._courier.step() / 1000
            except Exception as problem:  # noqa: BLE001 - the queue stays, and it tries again
                _say(problem, "courier_failed", self._name)
                wait = _FAILED_SECONDS
            self._stopping.wait(wait)
        self._courier.close()


class Couriers:
    """A thread that leads, or waits until it may."""

    def __init__(
        self,
        leadership: Leadership,
        queue: Queue,
        outbox: Outbox,
        courier: Callable[[int], Courier],
        tidy_up: Callable[[], object] = lambda: None,
    ) -> None:
        self._leadership = leadership
        self._queue = queue
        self._outbox = outbox
        self._courier = courier
        self._tidy_up = tidy_up  #: called at times while it leads
        self._tidy_at = time.monotonic() + _TIDY_SECONDS
        self._routes: dict[int, _Route] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="couriers", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Send no more, and let another process lead."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._dismiss(list(self._routes))
        self._leadership.give_up()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                more = self._step()
            except Exception as problem:  # noqa: BLE001 - the thread goes on, and tries again
                _say(problem, "outbound_failed", "")
                more = False
                self._stopping.wait(_FAILED_SECONDS)
            if not more:
                self._stopping.wait(_POLL_SECONDS)

    def _step(self) -> bool:
        if not self._leads():
            return False
        self._staff()
        more = self._queue.fill()
        if not more and time.monotonic() >= self._tidy_at:
            self._tidy_at = time.monotonic() + _TIDY_SECONDS
            self._tidy_up()
        return more

    def _leads(self) -> bool:
        try:
            leads = self._leadership.held()
        except SteckelError:
            self._dismiss(list(self._routes))
            raise
        if not leads:
            self._dismiss(list(self._routes))
        return leads

    def _staff(self) -> None:
        """Have a courier for each destination, and none for what is none any more."""
        wanted = {destination.pk: destination.name for destination in self._outbox.destinations()}
        self._dismiss([pk for pk in self._routes if pk not in wanted])
        for pk, name in wanted.items():
            route = self._routes.get(pk)
            if route is None or not route.is_running:
                self._routes[pk] = _Route(self._courier(pk), name)

    def _dismiss(self, those: list[int]) -> None:
        routes = [self._routes.pop(pk) for pk in those]
        for route in routes:
            route.ask_to_stop()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        for route in routes:
            route.join(max(0.0, deadline - time.monotonic()))


def _say(problem: Exception, event: str, destination: str) -> None:
    reason = str(problem) if isinstance(problem, SteckelError) else type(problem).__name__
    _log.error(event, destination=destination, reason=reason)
