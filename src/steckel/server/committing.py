"""The thread of the worker role that answers storage commitment on associations of our own.

What the association of the request did not bring in its first seconds is brought from here,
across restarts. One association per application entity carries all that waits for it.
"""

import threading
from collections.abc import Iterator, Sequence

import structlog

from steckel.dimse.ports import RemoteEntity
from steckel.dimse.scu.association import Caller, CannotAssociate
from steckel.dimse.scu.commitment import deliver, is_taken
from steckel.dimse.timeouts import Timeouts
from steckel.errors import places_of
from steckel.ris.commitment_model import EventReport, Turn
from steckel.ris.commitments import Commitments
from steckel.server.dialling import dialler_of
from steckel.server.peer_desk import PeerDesk
from steckel.server.tls import dicom_client_tls
from steckel.server.wiring import House

_log = structlog.get_logger(__name__)

_ROUND_SECONDS = 1.0
#: After what went wrong here: a full disk stays full for longer than a round.
_PAUSE_SECONDS = 30.0
_PRUNING_ROUNDS = 3600
_FAREWELL_SECONDS = 5.0
#: Together less than the turn that an attempt has (`ris.commitments`).
_TIMEOUTS = Timeouts(artim=20.0, idle=30.0, network=30.0, connect=10.0, response=60.0)


class CommitmentWork:
    """Answers what waits, in rounds."""

    def __init__(self, house: House) -> None:
        settings = house.settings
        self._answers = CommitmentAnswers(
            house.commitments,
            PeerDesk(house.security.peers),
            Caller(
                aet=settings.aet,
                timeouts=_TIMEOUTS,
                tls_context=dicom_client_tls(settings),
                dialler=dialler_of(settings),
            ),
        )
        self._commitments = house.commitments
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="commitments", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop it; an answer under way that takes too long is given again after the next start."""
        self._stop.set()
        self._thread.join(_FAREWELL_SECONDS)

    def _run(self) -> None:
        rounds, pause = 0, 0.0
        while not self._stop.wait(pause):
            try:
                self._answers.run(self._stop)
                if rounds % _PRUNING_ROUNDS == 0:
                    self._commitments.prune()
                rounds, pause = rounds + 1, _ROUND_SECONDS
            except Exception as problem:  # noqa: BLE001 - the thread goes on, and tries again
                _log.error(
                    "commitments_failed", error=type(problem).__name__, where=places_of(problem)
                )
                pause = _PAUSE_SECONDS


class CommitmentAnswers:
    """Brings answers to those who asked."""

    def __init__(self, commitments: Commitments, peers: PeerDesk, caller: Caller) -> None:
        self._commitments = commitments
        self._peers = peers
        self._caller = caller

    def run(self, stop: threading.Event) -> None:
        """Try all that is due, once.

        Raises
        ------
        StorageFailure
            The index failed.
        """
        for aet, turns in self._commitments.due().items():
            if stop.is_set():
                return
            remote = self._peers.lookup(aet)
            if remote is None:
                self._put_off(turns, f"no application entity {aet} is registered here")
            else:
                self._answer(remote, turns)

    def _answer(self, remote: RemoteEntity, turns: Sequence[Turn]) -> None:
        untold: dict[int, EventReport] = {}

        def reports() -> Iterator[EventReport]:
            for turn in turns:
                report = self._commitments.report(turn)
                if report is not None:
                    untold[report.key] = report
                    yield report

        try:
            for report, status in deliver(self._caller, remote, reports()):
                del untold[report.key]
                self._settle(remote, report, status)
        except CannotAssociate as problem:
            for report in untold.values():
                self._commitments.undelivered(report, str(problem))
            self._put_off(turns, str(problem))

    def _settle(self, remote: RemoteEntity, report: EventReport, status: int) -> None:
        if is_taken(status):
            self._commitments.delivered(report)
        else:
            reason = f"{remote.aet} answered {status:04X}H"
            self._commitments.undelivered(report, reason)
        _log.info(
            "commitment_answered",
            called_aet=remote.aet,
            transaction_uid=report.transaction_uid,
            status=f"{status:04X}",
        )

    def _put_off(self, turns: Sequence[Turn], reason: str) -> None:
        _log.warning("commitment_put_off", reason=reason, count=len(turns))
        for turn in turns:
            self._commitments.put_off(turn, reason)
