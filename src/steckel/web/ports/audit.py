"""The audit trail, for those who may read it. Thread-safe; blocking."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from steckel.audit.anchors import KeptAnchor
from steckel.audit.model import (
    AuditFilter,
    DestinationState,
    KnownPatient,
    Record,
    RecordPage,
)


class AuditReader(Protocol):
    """Finds events."""

    def page(self, wanted: AuditFilter, limit: int, cursor: str | None = None) -> RecordPage:
        """Return the events after a cursor, or raise `InvalidQuery`."""

    def all(self, wanted: AuditFilter) -> Iterator[Record]:
        """Yield every event that is meant."""

    def read(self, key: str) -> Record:
        """Return one event, or raise `NotFound`."""

    def patient(self, pk: int) -> KnownPatient:
        """Return a patient with all identities that are the same person's, or raise `NotFound`."""

    def identities(self, patient_id: str) -> tuple[str, ...]:
        """Return all identities behind a Patient ID."""


class AuditStatus(Protocol):
    """How the audit trail does."""

    def destinations(self) -> Sequence[DestinationState]:
        """Return where events are sent to."""

    def anchors(self) -> Sequence[KeptAnchor]:
        """Return all anchors, the newest first."""

    def export_anchor(self, day: str) -> str:
        """Return the document of a day, and note that somebody has it; or raise `NotFound`."""


@dataclass(frozen=True, kw_only=True)
class AuditRooms:
    """The rooms behind the audit pages."""

    reader: AuditReader
    status: AuditStatus
    source: str  #: AuditSourceID
    site: str
