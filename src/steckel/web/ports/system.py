"""The state of the node, and its connections."""

from dataclasses import dataclass
from typing import Protocol

from steckel.security.peers import RemoteAe


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
