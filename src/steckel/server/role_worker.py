"""The worker role: what is done beside, in rounds."""

import threading

import structlog

from steckel.errors import SteckelError
from steckel.index.engine import checkpoint
from steckel.server.saying import say
from steckel.server.wiring import House

_log = structlog.get_logger(__name__)

_ROUND_SECONDS = 1.0
_ERASURE_ROUNDS = 5
_RECOVERY_ROUNDS = 60


class Worker:
    """Does what must not delay an answer.

    Moves SQLite's log into its database, erases deleted bytes, and takes over
    what a process that died has left open.
    """

    def __init__(self, house: House) -> None:
        self._house = house

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        rounds = 0
        while not stop.wait(_ROUND_SECONDS):
            rounds += 1
            try:
                self._round(rounds)
            except SteckelError as problem:
                _log.error("round_failed", error=type(problem).__name__, reason=str(problem))

    def _round(self, number: int) -> None:
        checkpoint(self._house.engine)
        if number % _ERASURE_ROUNDS == 0:
            self._house.erasure.run()
        if number % _RECOVERY_ROUNDS == 0:
            self._house.recovery.run()


def run_worker(house: House, stop: threading.Event) -> None:
    """Work beside the listeners."""
    say("ready")
    Worker(house).run(stop)
