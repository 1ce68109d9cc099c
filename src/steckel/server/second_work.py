"""The thread of the worker role that makes the second representation of frames.

A thread of its own, because encoding takes as long as it takes; the process that encodes
stands back for all others.
"""

import threading
import time
from functools import cached_property

import structlog

from steckel.care.second import SecondMaker
from steckel.care.second_erasure import SecondErasure
from steckel.care.second_queue import SecondQueue
from steckel.errors import SteckelError
from steckel.imaging.service import FrameEncoder
from steckel.imaging.workers import Workers
from steckel.query.changes import Changes
from steckel.retrieve.engine import RetrieveEngine
from steckel.server.wiring import House

_log = structlog.get_logger(__name__)

_ROUND_SECONDS = 1.0
_QUIET_SECONDS = 5.0
#: After what went wrong: a full disk stays full for longer than a round.
_PAUSE_SECONDS = 30.0
_ERASURE_SECONDS = 5.0


class SecondWork:
    """Makes, erases, and brings files and index together at the start."""

    def __init__(self, house: House, retriever: RetrieveEngine, workers: Workers) -> None:
        self._house = house
        self._stop = threading.Event()
        self._modalities = house.settings.second_modalities
        self._erasure = SecondErasure(house.engine, house.second_files)
        self._maker = SecondMaker(
            engine=house.engine,
            retriever=retriever,
            encoder=FrameEncoder(retriever, workers),
            files=house.second_files,
            modalities=self._modalities,
            stopping=self._stop,
        )
        self._reconciled = False
        self._erase_at = 0.0
        self._thread = threading.Thread(target=self._run, name="second", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop it; what is half made is dropped and made again after the next start.

        The workers are to be stopped before, so that nothing waits for them.
        """
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            try:
                pause = 0.0 if self._round(time.monotonic()) else _ROUND_SECONDS
            except SteckelError as problem:
                _log.error("second_failed", error=type(problem).__name__, reason=str(problem))
                pause = _PAUSE_SECONDS

    @cached_property
    def _queue(self) -> SecondQueue:
        policy = ",".join(sorted(self._modalities))
        changes = Changes(self._house.engine)
        return SecondQueue(self._house.engine, changes, policy, quiet_seconds=_QUIET_SECONDS)

    def _round(self, now: float) -> bool:
        """Make one batch; whether there may be more to do at once."""
        if not self._reconciled:
            self._erasure.reconcile()
            self._reconciled = True
        if now >= self._erase_at:
            self._erasure.run()
            self._erase_at = now + _ERASURE_SECONDS
        study = self._queue.next(now)
        if study is None or not self._modalities:
            return False
        if not self._maker.run(study):
            self._queue.done(study)
        return True
