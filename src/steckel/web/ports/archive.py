"""What is archived, and what could not be: lists, details, decisions."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from steckel.ingest.model import Receipt, Refusal
from steckel.query.catalogue_model import (
    ConflictRow,
    Count,
    Keep,
    Page,
    PatientDetail,
    PatientRow,
    QuarantineRow,
    StudyDetail,
    StudyFilter,
    StudyRow,
    StudySort,
)
from steckel.reporting.reading import ReadableReport, ReportBody


class StudyCatalogue(Protocol):
    """Lists of studies and patients."""

    def studies(
        self, criteria: StudyFilter, sort: StudySort, limit: int, cursor: str | None
    ) -> Page[StudyRow]:
        """Return the studies after a cursor."""

    def count(self, criteria: StudyFilter) -> Count:
        """Return how many studies match, counting no further than 10,000."""

    def study(self, uid: str) -> StudyDetail:
        """Return one study with its series."""

    def named_studies(self, uids: Sequence[str], accessions: Sequence[str]) -> Sequence[StudyRow]:
        """Return the studies with one of these UIDs or accession numbers, the newest first."""

    def patients(self, search: str, limit: int, cursor: str | None) -> Page[PatientRow]:
        """Return the patients after a cursor, by name."""

    def patient(self, key: str) -> PatientDetail:
        """Return one patient with all studies, newest first."""


class PatientFinder(Protocol):
    """Finds patients by what other systems call them."""

    def find(self, identifier: str, authorities: Sequence[str]) -> Sequence[PatientRow]:
        """Return whom an identifier means; several where it does not say who issued it."""


class Reports(Protocol):
    """What was reported."""

    def of_study(self, study_uid: str) -> Sequence[ReadableReport]:
        """Return the reports of a study, newest first; none where there is no such study."""

    def report(self, report_id: str) -> ReadableReport:
        """Return one report."""

    def body(self, report_id: str, number: int, media_type: str = "") -> ReportBody:
        """Return a document of a version: the first, or that of a media type."""


class Quarantine(Protocol):
    """What could not be taken."""

    def page(self, limit: int, cursor: str | None) -> Page[QuarantineRow]:
        """Return entries, newest first."""

    def count(self) -> int:
        """Return how many there are."""

    def entry(self, entry_id: str) -> QuarantineRow:
        """Return one entry."""

    def chunks(self, entry_id: str) -> Iterator[bytes]:
        """Read the bytes of an entry, in pieces. `NotFound` is raised by the call itself."""

    def replay(self, entry_id: str) -> Receipt | Refusal:
        """Try once more to archive an entry; it leaves the quarantine if that succeeds."""

    def delete(self, entry_id: str) -> None:
        """Drop an entry."""


class Conflicts(Protocol):
    """Data sets that claim to be the same instance."""

    def page(self, limit: int, cursor: str | None) -> Page[ConflictRow]:
        """Return open conflicts, newest first."""

    def count(self) -> int:
        """Return how many are open."""

    def resolve(self, conflict_id: str, keep: Keep) -> None:
        """Keep one of the two."""


class Deleter(Protocol):
    """Deletes studies."""

    def delete_study(self, study: str) -> None:
        """Delete a study."""
