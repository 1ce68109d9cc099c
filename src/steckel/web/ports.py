"""What the JSON API needs of the rooms behind it.

Every port is blocking and thread-safe; the API calls it in worker threads.
`NotFound` is raised for what is not there, `InvalidQuery` for a cursor that was
not given out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from steckel.exchange.desk import MessageFilter, MessageRow, StateCount
from steckel.exchange.dry_run import Trial
from steckel.exchange.model import Origin
from steckel.exchange.outbound.desk import DeliveryFilter
from steckel.exchange.outbound.model import (
    Address,
    Delivery,
    Destination,
    DestinationForm,
    Probe,
    QueueLength,
)
from steckel.exchange.outbound.subscriptions import Subscription
from steckel.exchange.profile import Profile
from steckel.exchange.profiles import KeptProfile
from steckel.ingest.model import Receipt, Refusal
from steckel.query.catalogue_model import (
    Change,
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
from steckel.ris.matching_rules import Rule
from steckel.ris.mismatch_rows import MismatchState
from steckel.ris.model import MismatchKind
from steckel.ris.reconciliation_model import (
    DryRun,
    MismatchRow,
    OrderFilter,
    OrderRow,
    StudyReconciliation,
)
from steckel.ris.rehearsal import Change as StudyChange
from steckel.ris.rehearsal import Choice
from steckel.ris.rule_book import KeptRule
from steckel.security.peers import RemoteAe


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


class ChangeFeed(Protocol):
    """What happened, in order. Sequence numbers grow and survive a restart."""

    def latest(self) -> int:
        """Return the number of the last change."""

    def changes_since(self, sequence: int) -> Sequence[Change]:
        """Return the changes with a higher number, oldest first; a long list may be cut."""


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


class MessageStore(Protocol):
    """Messages of other systems."""

    def page(
        self, criteria: MessageFilter, limit: int, before: int | None
    ) -> tuple[list[MessageRow], int | None]:
        """Return messages, newest first, and from where the next ones go on."""

    def message(self, pk: int) -> tuple[MessageRow, bytes]:
        """Return a message and its bytes."""

    def counts(self) -> list[StateCount]:
        """Return how many messages are in each state."""

    def oldest_waiting(self) -> int | None:
        """Return when the first was received that waits, in milliseconds since 1970."""

    def replay(self, those: Sequence[int]) -> int:
        """Have messages processed again; return how many."""

    def replay_all(self, criteria: MessageFilter) -> int:
        """Have all processed again that a filter finds; return how many."""


class ProfileStore(Protocol):
    """Profiles of message sources."""

    def all(self) -> Sequence[KeptProfile]:
        """Return the newest version of each profile, by name."""

    def versions(self, name: str) -> Sequence[KeptProfile]:
        """Return all versions of a profile, the newest first."""

    def in_force(self, source: str) -> Profile:
        """Return what messages of a source (``APP^FACILITY``) are read by now."""

    def save(self, name: str, body: str, *, by: str, at: int) -> KeptProfile:
        """Keep a new version and have it in force; or raise `InvalidProfile`."""

    def activate(self, name: str, version: int, *, by: str, at: int) -> KeptProfile:
        """Have an older version in force again, as a new one."""

    def retire(self, name: str, *, by: str, at: int) -> KeptProfile:
        """Have no version in force any more."""

    def stored(self, message: int) -> Trial:
        """Return a message of the store to try a profile on."""

    def try_out(self, trial: Trial, name: str, body: str) -> dict[str, Any]:
        """Return what a message means now, and what it would mean by a document."""


class MessageReceiver(Protocol):
    """Keeps messages and acknowledges them."""

    def receive_and_wait(self, raw: bytes, origin: Origin) -> bytes:
        """Keep one message or a batch, and return what acknowledges it.

        Raises
        ------
        NotHl7
            There is no message in it.
        """


class Orders(Protocol):
    """What was ordered."""

    def page(self, wanted: OrderFilter, limit: int, cursor: str | None) -> Page[OrderRow]:
        """Return the orders after a cursor, by when they are planned."""

    def of_patient(self, key: str) -> tuple[tuple[OrderRow, ...], tuple[PatientRow, ...]]:
        """Return what is planned for a patient, and who turned out to be the same."""


class Reconciliation(Protocol):
    """Studies that do not fit what was ordered.

    What is not there raises `NotFound`, what cannot be an `InputError`; each decision is
    recorded with who made it and why.
    """

    def page(
        self, kind: MismatchKind | None, state: MismatchState, limit: int, cursor: str | None
    ) -> Page[MismatchRow]:
        """Return mismatches, newest first."""

    def counts(self) -> dict[MismatchKind, int]:
        """Return how many are open, by kind."""

    def study(self, study_uid: str) -> StudyReconciliation:
        """Return what is known of a study, and what it may be."""

    def assign_order(self, study_uid: str, order: str, by: str, reason: str) -> None:
        """Say which order a study is for."""

    def assign_patient(self, study_uid: str, patient: str, by: str, reason: str) -> None:
        """Say whose a study is."""

    def accept(self, study_uid: str, kind: MismatchKind, by: str, reason: str) -> None:
        """Say that a study is right as it is."""

    def register(self, study_uid: str, by: str, reason: str) -> None:
        """Register the patient as the images have it."""

    def undo(self, study_uid: str, by: str, reason: str) -> None:
        """Take the last decision back."""

    def dry_run(self, rule: Rule) -> DryRun:
        """Return what a rule would do to what is open now."""


class Previews(Protocol):
    """What decisions about studies would change."""

    def preview(self, study_uid: str, choice: Choice) -> StudyChange:
        """Return what a decision would change in a study; nothing is done."""


class MatchingRules(Protocol):
    """How mismatches are put right without a person."""

    def rules(self) -> list[KeptRule]:
        """Return all rules, in their order."""

    def add(self, rule: Rule, position: int | None, *, enabled: bool, by: str) -> KeptRule:
        """Add a rule."""

    def replace(
        self, pk: int, rule: Rule, position: int | None, *, enabled: bool, by: str
    ) -> KeptRule:
        """Put another rule in the place of one."""

    def remove(self, pk: int) -> None:
        """Remove a rule."""


class Deleter(Protocol):
    """Deletes studies."""

    def delete_study(self, study: str) -> None:
        """Delete a study."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EchoResult:
    """What came of a C-ECHO."""

    ok: bool
    milliseconds: float
    message: str = ""  #: for a person: why it failed


class EchoSender(Protocol):
    """Verifies the connection to a remote application entity (PS3.4 Annex A)."""

    def echo(self, entity: RemoteAe) -> EchoResult:
        """Send a C-ECHO; failure is an answer, not an error."""


class Destinations(Protocol):
    """Where messages go, and their queues."""

    def list(self) -> list[tuple[Destination, QueueLength]]:
        """Return all destinations by name."""

    def get(self, name: str) -> tuple[Destination, QueueLength]:
        """Return one."""

    def add(self, form: DestinationForm, by: str, at: int) -> None:
        """Set up a destination; `AlreadyExists` is raised where there is one of this name."""

    def change(self, form: DestinationForm, by: str, at: int) -> None:
        """Set a destination up anew; its queue stays."""

    def remove(self, name: str) -> None:
        """Drop a destination with its queue."""

    def pause(self, name: str) -> None:
        """Send nothing to a destination; its queue grows."""

    def resume(self, name: str) -> None:
        """Send again, at once."""

    def page(
        self, criteria: DeliveryFilter, limit: int, before: int | None
    ) -> tuple[Sequence[Delivery], int | None]:
        """Return deliveries, newest first, and from where the next ones go on."""

    def delivery(self, pk: int) -> tuple[Delivery, bytes, bytes]:
        """Return a delivery, its message, and the last answer to it."""

    def resend(self, pk: int) -> None:
        """Send a message again; `InvalidValue` is raised where it waits already."""

    def resend_parked(self, name: str) -> int:
        """Send all parked messages of a destination again; return how many."""

    def drop(self, pk: int) -> None:
        """Give a message up; `InvalidValue` is raised where it was sent."""


class Probes(Protocol):
    """Tries connections to destinations out."""

    def probe(self, address: Address, subscription: Subscription) -> Probe:
        """Send a message that is about nobody; failure is an answer, not an error."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreSpace:
    """Room on stable storage, in bytes; ``None`` where it is not known (yet)."""

    used_bytes: int | None  #: all files of the store, when they were added up last
    free_bytes: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveCounts:
    """How much is in the index."""

    patients: int
    studies: int
    series: int
    instances: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessRow:
    """A process of this node."""

    role: str
    pid: int
    rss_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemReport:
    """The state of the node."""

    version: str
    started: int  #: milliseconds since 1970
    roles: tuple[str, ...]
    database: str  #: ``sqlite`` or ``postgresql``
    store: StoreSpace
    counts: ArchiveCounts
    quarantine: int
    conflicts: int
    processes: tuple[ProcessRow, ...]


class SystemStatus(Protocol):
    """How the node is."""

    def report(self) -> SystemReport:
        """Return the state of the node."""

    def check(self) -> None:
        """Ask the database and the store for an answer.

        Raises
        ------
        StorageFailure
            One of them does not answer.
        """
