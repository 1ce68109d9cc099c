"""What the DIMSE services need of the rest of the house, beside ingest, query and retrieve.

The rule: a room that knows patients is `Guarded`, and each request asks it as its caller. One that
only takes something in is not; what it answers, its caller has named itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from steckel.audit.ports import Recorder
from steckel.dicom.json_model import JsonDataset
from steckel.dicom.uids import TransferSyntaxUid
from steckel.index.view import Guarded
from steckel.ingest.model import Receiver, Source
from steckel.query.ports import Finder
from steckel.retrieve.model import Retriever
from steckel.ris.commitment_model import CommitmentRequest, EventReport, Turn
from steckel.ris.worklist_model import WorklistQuery
from steckel.security.admission import Admitted, Call


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteEntity:
    """An application entity that we know how to reach."""

    aet: str
    host: str
    port: int
    tls: bool = False


class Gate(Protocol):
    """Decides who may call. Thread-safe; blocking; asked anew each time."""

    def admit(self, call: Call) -> Admitted:
        """Return what an association is good for.

        Raises
        ------
        NotRecognized
            The application entity may not call.
        NotAllowed
            Its user may not.
        """


class PeerDirectory(Protocol):
    """Who can be called. Thread-safe; asked anew each time."""

    def lookup(self, aet: str) -> RemoteEntity | None:
        """Return a registered application entity."""


class Transcoder(Protocol):
    """Changes the transfer syntax of an instance. Thread-safe; blocking."""

    def transcode(self, part10: bytes, to: TransferSyntaxUid) -> bytes:
        """Return a Part 10 file with the same instance in another transfer syntax.

        Raises
        ------
        CannotRender
            The pixels cannot be decoded or encoded.
        """


class Slots(Protocol):
    """Places for associations: a semaphore of threads, or one that processes share."""

    def acquire(self, *, timeout: float) -> bool:
        """Take a place, if one is free or becomes free within so many seconds."""

    def release(self) -> None:
        """Give a place back."""


class WorklistFinder(Protocol):
    """Finds scheduled procedure steps. Thread-safe; blocking."""

    def find(self, query: WorklistQuery) -> Iterator[JsonDataset]:
        """Yield one whole worklist item per match, lazily.

        Raises
        ------
        InvalidQuery
            A key cannot be understood.
        """

    def unmatched(self, query: WorklistQuery) -> frozenset[int]:
        """Return the tags whose keys match everything, because no worklist item has them."""


class PerformedSteps(Protocol):
    """Keeps performed procedure steps. Thread-safe; durable when it returns."""

    def create(self, uid: str, values: JsonDataset, aet: str) -> None:
        """Take a new one (PS3.4 F.7.2.1).

        Raises
        ------
        AlreadyThere, MissingAttribute, MissingValue, InvalidAttribute
        """

    def update(self, uid: str, values: JsonDataset) -> frozenset[int]:
        """Change one (PS3.4 F.7.2.2); return the tags that may not be changed and were left.

        Raises
        ------
        NotFound, NotUpdatable, MissingAttribute, MissingValue, InvalidAttribute
        """

    def read(self, uid: str) -> JsonDataset:
        """Return one, or raise `NotFound`."""


class CommitmentDesk(Protocol):
    """Takes requests for storage commitment, and says what to answer. Thread-safe."""

    def take(self, request: CommitmentRequest) -> Turn:
        """Keep a request, durably; return the right to answer it for some seconds.

        Raises
        ------
        AlreadyThere
            The transaction is another's, or was answered.
        """

    def report(self, turn: Turn) -> EventReport | None:
        """Return the answer; ``None`` when another has the turn, or it was answered."""

    def delivered(self, report: EventReport) -> None:
        """Say that the peer has it."""

    def undelivered(self, report: EventReport, reason: str) -> None:
        """Say that the peer has it not; it is tried again later."""


class Senders(Protocol):
    """Takes note of who is done with sending."""

    def ended(self, source: Source) -> None:
        """Record what a sender sent."""


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """What stands behind the doors."""

    gate: Gate
    recorder: Recorder
    senders: Senders
    receiver: Receiver
    finder: Guarded[Finder]
    retriever: Guarded[Retriever]
    transcoder: Transcoder
    peers: PeerDirectory
    worklist: Guarded[WorklistFinder]
    performed: Guarded[PerformedSteps]
    commitments: CommitmentDesk
