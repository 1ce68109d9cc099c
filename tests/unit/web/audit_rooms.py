"""The audit trail over a database of its own, without collectors."""

from collections.abc import Sequence

from sqlalchemy import Engine

from steckel.audit.anchors import Anchors, KeptAnchor
from steckel.audit.model import DestinationState
from steckel.audit.trail import AuditTrail
from steckel.web.ports.audit import AuditRooms


class FixedStatus:
    """One collector that waits; the anchors that there are."""

    def __init__(self, engine: Engine) -> None:
        self._anchors = Anchors(engine)

    def destinations(self) -> Sequence[DestinationState]:
        return [
            DestinationState(
                name="syslog siem.example:6514", waiting=3, sent=0, failed=1000, reason="refused"
            )
        ]

    def anchors(self) -> Sequence[KeptAnchor]:
        return self._anchors.all()

    def export_anchor(self, day: str) -> str:
        return self._anchors.export(day)


def audit_rooms(engine: Engine) -> AuditRooms:
    return AuditRooms(
        reader=AuditTrail(engine), status=FixedStatus(engine), source="STECKEL", site="Ward"
    )
