"""The thread of the worker role that makes documents of reports."""

import threading
import time

import structlog

from steckel.errors import places_of
from steckel.reporting.archiving import ReportArchiving
from steckel.ris.report_documents import ReportDocuments
from steckel.server.wiring import House

_log = structlog.get_logger(__name__)

_ROUND_SECONDS = 1.0
#: Rounds that find much to look at leave the rest of the time to others.
_REST = 20.0
#: After what went wrong here: a full disk stays full for longer than a round.
_PAUSE_SECONDS = 30.0
_FAREWELL_SECONDS = 10.0


class ReportWork:
    """Puts reports into their studies, in rounds."""

    def __init__(self, house: House) -> None:
        self._archiving = ReportArchiving(
            ReportDocuments(house.engine),
            house.ingest,
            house.lookups,
            organization=house.settings.site_name,
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reports", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop it; what was not archived is after the next start."""
        self._stop.set()
        self._thread.join(_FAREWELL_SECONDS)

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            begun = time.monotonic()
            try:
                self._archiving.run()
                pause = max(_ROUND_SECONDS, _REST * (time.monotonic() - begun))
            except Exception as problem:  # noqa: BLE001 - the thread goes on, and tries again
                _log.error("reports_failed", error=type(problem).__name__, where=places_of(problem))
                pause = _PAUSE_SECONDS
