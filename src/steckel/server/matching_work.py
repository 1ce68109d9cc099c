"""The thread of the worker role that matches what arrives with what was ordered."""

import threading
import time

import structlog

from steckel.errors import OutOfSpace, SteckelError, StorageFailure, places_of
from steckel.index.engine import writing
from steckel.query.changes import Changes
from steckel.retrieve.engine import RetrieveEngine
from steckel.ris import clock
from steckel.ris.availability import is_untold, make_available
from steckel.ris.matcher import Matcher, done_again, lock_matching
from steckel.ris.matching_queue import MatchingQueue
from steckel.ris.mismatch_rows import MismatchRetention
from steckel.server.study_sources import StudySources
from steckel.server.wiring import House

_log = structlog.get_logger(__name__)

_ROUND_SECONDS = 0.5
#: After what went wrong: a full disk stays full for longer than a round.
_PAUSE_SECONDS = 10.0
#: How often some of what was closed long ago is let go of.
_TIDY_SECONDS = 60.0


class MatchingWork:
    """Matches in rounds; tells of studies when they are quiet."""

    def __init__(self, house: House, retriever: RetrieveEngine) -> None:
        self._engine = house.engine
        self._quiet_seconds = house.settings.seal_seconds
        self._matcher = Matcher(house.engine, StudySources(retriever))
        self._retention = MismatchRetention(house.engine, house.settings.hl7_retention_days)
        self._tidied = 0.0
        self._queue: MatchingQueue | None = None
        #: studies that the database failed at; tried again in the next round
        self._left: dict[str, None] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="matching", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop it; what is left is done after the next start."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            try:
                self._round(time.monotonic())
                pause = _ROUND_SECONDS
            except SteckelError as problem:
                _log.error("matching_failed", error=type(problem).__name__, reason=str(problem))
                pause = _PAUSE_SECONDS

    def _round(self, now: float) -> None:
        if self._queue is None:
            self._queue = MatchingQueue(
                self._engine, Changes(self._engine), quiet_seconds=self._quiet_seconds
            )
        self._left |= dict.fromkeys(self._queue.due(now))
        while self._left and not self._stop.is_set():
            study_uid = next(iter(self._left))
            self._match(study_uid)
            del self._left[study_uid]
        for study_uid in self._queue.quiet(now):
            self._tell(study_uid, self._queue.begun)
            self._queue.done(study_uid)
        if not self._left:
            self._queue.note(now)
        if now - self._tidied >= _TIDY_SECONDS:
            self._tidied = now
            self._retention.run(clock.now())

    def _match(self, study_uid: str) -> None:
        try:
            if self._matcher.match(study_uid):
                _log.info("study_matched", study_uid=study_uid)
        except (StorageFailure, OutOfSpace):
            raise  # it passes: the next round tries again
        except Exception as problem:  # noqa: BLE001 - of one study; others go on
            _log.error(
                "study_not_matched",
                study_uid=study_uid,
                error=type(problem).__name__,
                where=places_of(problem),
            )

    def _tell(self, study_uid: str, begun: int) -> None:
        with self._engine.connect() as connection:
            if not is_untold(connection, study_uid):
                return

        def tell() -> None:
            with writing(self._engine, durable=True) as connection:
                lock_matching(connection, study_uid)
                if make_available(connection, study_uid, begun):
                    _log.info("study_available", study_uid=study_uid)

        done_again(tell)
