"""What the FHIR door needs of the rooms behind it. Thread-safe; blocking."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from starlette.requests import Request

from steckel.fhir.audit_events import AuditReader
from steckel.index.view import NOTHING, Guarded, View
from steckel.ris.model import OrderStatement, PatientKey, ReportStatement
from steckel.ris.record_model import Record, RecordKind, RecordPage, RecordQuery


class RecordFinder(Protocol):
    """Finds records; raises `NotFound` and `InvalidQuery`."""

    def search(self, query: RecordQuery) -> RecordPage:
        """Return a page of what meets all criteria."""

    def count(self, query: RecordQuery) -> int:
        """Return how many records meet all criteria."""

    def read(self, kind: RecordKind, key: str) -> Record:
        """Return one record."""

    def instances(self, study_uid: str) -> dict[str, list[dict[str, Any]]]:
        """Return the instances of a study by their series."""

    def reports_of(self, study_uids: Sequence[str]) -> list[Record]:
        """Return the reports of studies."""


class RecordEntry(Protocol):
    """Takes what others say of orders and reports."""

    def patient(self, key: str) -> PatientKey:
        """Return what identifies a patient, or raise `NotFound`."""

    def order(self, statement: OrderStatement) -> str:
        """Take an order; return its key."""

    def report(self, statement: ReportStatement) -> str:
        """Take a version of a report; return the report's key."""

    def order_numbers(self, key: str) -> tuple[str, str, str]:
        """Return placer, filler and accession number of an order, or raise `NotFound`."""


class Principal(Protocol):
    """Who is asking; put into the state of the request by the authentication."""

    @property
    def name(self) -> str:
        """The name of the account."""

    @property
    def view(self) -> View:
        """What it sees."""

    def may(self, action: str) -> bool:
        """Whether the account has the right to do something."""


@dataclass(frozen=True, kw_only=True)
class FhirServices:
    """The rooms behind the door."""

    audit: AuditReader
    source: str  #: what AuditEvents name as their source
    records: Guarded[RecordFinder]
    entry: RecordEntry
    longest_body: int = 64 << 20  #: bytes


def principal_of(request: Request) -> Principal | None:
    """Return who is asking, where the authentication has said."""
    return cast("Principal | None", getattr(request.state, "principal", None))


def view_of(request: Request) -> View:
    """Return what the one who is asking sees; nobody sees nothing."""
    principal = principal_of(request)
    return principal.view if principal else NOTHING
