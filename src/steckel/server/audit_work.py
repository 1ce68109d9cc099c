"""The part of the worker role that looks after the audit trail.

It brings in what processes that died have left, makes the anchors of days that are over, lets
old days go where the site says so, and sends events to collectors. One process of an
installation does it at a time.
"""

import threading
from collections.abc import Sequence
from typing import Final

import structlog

from steckel.audit.anchors import Anchors, KeptAnchor
from steckel.audit.message import Origin
from steckel.audit.model import DestinationState
from steckel.audit.outgoing import Outgoing
from steckel.audit.retention import AuditRetention
from steckel.audit.spool import adopt
from steckel.errors import SteckelError, places_of
from steckel.exchange.leader import Leadership, leadership
from steckel.server.journals import SPOOL
from steckel.server.settings import Settings
from steckel.server.syslog_sending import Collector, SyslogSending
from steckel.server.tls import audit_client_tls
from steckel.server.wiring import House

_log = structlog.get_logger(__name__)

_ROUND_SECONDS: Final = 5.0
_ADOPTING_ROUNDS: Final = 12
_DAILY_ROUNDS: Final = 120


class AuditWork:
    """A thread of rounds, and one for each collector while this process leads."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._leader: Leadership = leadership(house.engine, "audit")
        self._anchors = Anchors(house.engine)
        names = [one.name for one in collectors_of(house.settings)]
        years = house.settings.audit_retention_years
        self._retention = AuditRetention(house.engine, years, names)
        self._sending: list[SyslogSending] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit-work", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop all threads."""
        self._stop.set()
        self._thread.join(_ROUND_SECONDS)
        self._stop_sending()
        self._leader.give_up()

    def _run(self) -> None:
        rounds = 0
        while True:
            try:
                self._round(rounds)
            except SteckelError as problem:
                _log.error("audit_round_failed", error=type(problem).__name__, reason=str(problem))
            except Exception as problem:  # noqa: BLE001 - the thread goes on, and tries again
                _log.error(
                    "audit_round_failed", error=type(problem).__name__, where=places_of(problem)
                )
            rounds += 1
            if self._stop.wait(_ROUND_SECONDS):
                return

    def _round(self, number: int) -> None:
        if number % _ADOPTING_ROUNDS == 0:
            adopt(self._house.settings.home / SPOOL, self._house.recorder.ledger.write)
        if not self._leader.held():
            self._stop_sending()  # another leads, where the lock was lost
            return
        if not self._sending:
            self._start_sending()
        if number % _DAILY_ROUNDS == 0:
            for day in self._anchors.make():
                _log.info("audit_anchor_made", day=day)
            self._retention.run()

    def _start_sending(self) -> None:
        outgoing = Outgoing(self._house.engine)
        for collector in collectors_of(self._house.settings):
            sending = SyslogSending(outgoing, collector)
            sending.start()
            self._sending.append(sending)

    def _stop_sending(self) -> None:
        for one in self._sending:
            one.stop()
        self._sending = []


class AuditDesk:
    """How the audit trail does (`web.ports.audit.AuditStatus`)."""

    def __init__(self, house: House) -> None:
        self._outgoing = Outgoing(house.engine)
        self._anchors = Anchors(house.engine)
        self._names = [one.name for one in collectors_of(house.settings)]

    def destinations(self) -> Sequence[DestinationState]:
        """Return where events are sent to."""
        return self._outgoing.states(self._names)

    def anchors(self) -> Sequence[KeptAnchor]:
        """Return all anchors, the newest first."""
        return self._anchors.all()

    def export_anchor(self, day: str) -> str:
        """Return the document of a day, and note that somebody has it."""
        return self._anchors.export(day)


def origin_of(settings: Settings) -> Origin:
    """Return what audit messages name as their source."""
    return Origin(source=settings.aet, site=settings.site_name)


def collectors_of(settings: Settings) -> list[Collector]:
    """Return where the settings say that events are sent to."""
    if not settings.audit_collectors:
        return []
    tls = audit_client_tls(settings)
    origin = origin_of(settings)
    return [
        Collector(address=address, context=tls.current, origin=origin)
        for address in settings.audit_collectors
    ]
