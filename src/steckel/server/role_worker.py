"""The worker role: what is done beside, in rounds."""

import threading
import time

import structlog

from steckel.care.documents import Documents
from steckel.care.thumbnails import Thumbnailer
from steckel.errors import SteckelError
from steckel.imaging.service import ThumbnailMaker
from steckel.imaging.workers import WorkerLimits, Workers
from steckel.index.engine import checkpoint
from steckel.index.thumbnails import Thumbnails
from steckel.query.changes import Changes
from steckel.retrieve.engine import RetrieveEngine
from steckel.server.audit_work import AuditWork
from steckel.server.committing import CommitmentWork
from steckel.server.matching_work import MatchingWork
from steckel.server.report_work import ReportWork
from steckel.server.saying import say
from steckel.server.second_work import SecondWork
from steckel.server.store_size import StoreMeter
from steckel.server.wiring import House, archiving

_log = structlog.get_logger(__name__)

_ROUND_SECONDS = 1.0
_QUIET_SECONDS = 5.0
_ERASURE_ROUNDS = 5
_METER_ROUNDS = 5
_RECOVERY_ROUNDS = 60
#: One process for pixels, which stands back for all others.
_LIMITS = WorkerLimits(memory=2 << 30, timeout=120.0, idle=30.0, nice=10)


class Worker:
    """Does what must not delay an answer.

    Moves SQLite's log into its database, makes the documents and thumbnails of what
    arrived, erases deleted bytes, adds up the store, and takes over what a process that died has
    left open.
    """

    def __init__(self, house: House, retriever: RetrieveEngine, workers: Workers) -> None:
        self._house = house
        maker = ThumbnailMaker(retriever, workers)
        self._documents = Documents(
            house.engine,
            Changes(house.engine),
            retriever,
            Thumbnailer(retriever, maker, Thumbnails(house.engine)),
            quiet_seconds=_QUIET_SECONDS,
        )
        self._meter = StoreMeter(house.layout.root, house.settings.home)

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
        self._documents.run(time.monotonic())
        if number % _ERASURE_ROUNDS == 0:
            self._house.erasure.run()
        if number % _METER_ROUNDS == 1:
            self._meter.run()
        if number % _RECOVERY_ROUNDS == 0:
            self._house.recovery.run()


def run_worker(house: House, stop: threading.Event) -> None:
    """Work beside the listeners."""
    workers = Workers(1, _LIMITS, "steckel.imaging.worker")
    retriever = RetrieveEngine(house.engine, house.reader)
    second = SecondWork(house, retriever, workers)
    second.start()
    commitments = CommitmentWork(house)
    commitments.start()
    reports = ReportWork(house)
    reports.start()
    matching = MatchingWork(house, retriever)
    matching.start()
    audit = AuditWork(house)
    audit.start()
    say("ready")
    try:
        with archiving(house):
            Worker(house, retriever, workers).run(stop)
    finally:
        audit.stop()
        matching.stop()
        reports.stop()
        commitments.stop()
        workers.stop()
        second.stop()
        retriever.close()
