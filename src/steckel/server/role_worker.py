"""The worker role: what is done beside, in rounds."""

import threading

import structlog

from steckel.errors import SteckelError
from steckel.server.saying import say
from steckel.server.wiring import House

_log = structlog.get_logger(__name__)

_ROUND_SECONDS = 5.0
_RECOVERY_ROUNDS = 12


class Worker:
    """Erases deleted bytes; takes over what a process that died has left open."""

    def __init__(self, house: House) -> None:
        self._house = house

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        rounds = 0
        while not stop.wait(_ROUND_SECONDS):
            rounds += 1
            self._round(recover=rounds % _RECOVERY_ROUNDS == 0)

    def _round(self, *, recover: bool) -> None:
        try:
            self._house.erasure.run()
            if recover:
                self._house.recovery.run()
        except SteckelError as problem:
            _log.error("round_failed", error=type(problem).__name__, reason=str(problem))


def run_worker(house: House, stop: threading.Event) -> None:
    """Work beside the listeners."""
    say("ready")
    Worker(house).run(stop)
