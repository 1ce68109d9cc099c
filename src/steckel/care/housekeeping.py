"""The thread that seals containers, in every process that archives."""

import threading

import structlog

from steckel.archive.store import Archive
from steckel.errors import SteckelError

_log = structlog.get_logger(__name__)


class Housekeeping:
    """Seals what has been quiet for a while, every few seconds."""

    def __init__(self, archive: Archive, *, quiet_seconds: float, every_seconds: float = 2) -> None:
        self._archive = archive
        self._quiet = quiet_seconds
        self._every = every_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop it, and seal everything."""
        self._stop.set()
        self._thread.join()
        self._seal(0)

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self._seal(self._quiet)

    def _seal(self, quiet: float) -> None:
        try:
            self._archive.seal_quiet(quiet)
        except SteckelError as problem:  # tried again, or recovered at the next start
            _log.error("sealing_failed", error=type(problem).__name__, reason=str(problem))
