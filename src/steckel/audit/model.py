"""What is asked of the audit trail, and what it answers."""

from dataclasses import dataclass

from steckel.audit.event import Event
from steckel.audit.kinds import Kind, Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditFilter:
    """Which events are meant; what is not said does not restrict."""

    kinds: tuple[Kind, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    account: str = ""
    patients: tuple[str, ...] = ()  #: identities (`index.model.patient_identity`)
    study: str = ""  #: Study Instance UID
    #: the patient's studies: what was done with them counts, whoever they were thought to be
    of_patient: bool = False
    since: int | None = None  #: milliseconds since 1970
    until: int | None = None  #: before this
    oldest_first: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing restricts."""
        return self == AuditFilter(oldest_first=self.oldest_first)


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One row of the trail."""

    pk: int
    chain: str
    number: int
    written: int  #: milliseconds since 1970
    hash: str
    event: Event

    @property
    def key(self) -> str:
        """What it is known by outside."""
        return f"{self.chain}.{self.number}"


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordPage:
    """Some rows, and where the next ones begin."""

    records: tuple[Record, ...]
    following: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownPatient:
    """A patient whose events are asked for, with those that were merged into this one."""

    identities: tuple[str, ...]
    id: str
    issuer: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DestinationState:
    """How sending to a destination goes. Moments are milliseconds since 1970, or zero."""

    name: str
    waiting: int  #: events that it has not got yet
    sent: int
    failed: int  #: when it failed, if that was the last that happened
    reason: str
