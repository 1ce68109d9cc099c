"""From other threads into the event loop: one wake for all that is there."""

import asyncio
import threading
from collections.abc import Callable

import structlog

from steckel.errors import places_of

_log = structlog.get_logger(__name__)


class Mailbox:
    """Calls that are made in the loop, in the order in which they were posted."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._calls: list[Callable[[], None]] = []

    def post(self, call: Callable[[], None]) -> None:
        """Have something called soon; from any thread. After the end of the loop it is not."""
        with self._lock:
            self._calls.append(call)
            if len(self._calls) > 1:
                return
        try:
            self._loop.call_soon_threadsafe(self._deliver)
        except RuntimeError:  # the loop is closed, and with it all connections
            return

    def _deliver(self) -> None:
        with self._lock:
            calls, self._calls = self._calls, []
        for call in calls:
            try:
                call()
            except Exception as problem:  # noqa: BLE001 - of one connection; others go on
                _log.error(
                    "mllp_answer_failed", error=type(problem).__name__, where=places_of(problem)
                )
