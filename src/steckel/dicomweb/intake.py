"""Taking the body of a STOW-RS request into the archive while it arrives.

Blocking; it runs in worker threads, which is where the bytes are written. The
rule: memory is bounded whatever is sent, and nothing is acknowledged before
the whole request was read. When a body stops in the middle, objects that were
handed to the archive already stay there, unacknowledged, so that sending all
of it again stores each once; what was not handed over is dropped.
"""

from dataclasses import dataclass, field
from typing import Protocol

from steckel.archive.draft import Draft
from steckel.dicomweb.media_types import DICOM, OCTET_STREAM, parse_media_type
from steckel.dicomweb.multipart import MultipartReader, PartBegins, PartData, PartEnds
from steckel.dicomweb.refusals import UnsupportedBody
from steckel.errors import InputError, OutOfSpace, TooLarge
from steckel.ingest.model import Arrival, Expected, Receipt, Receiver, Refusal, Source

#: Objects made durable together share one wait for the disk.
BATCH_OBJECTS = 64
BATCH_BYTES = 16 << 20
#: Objects of one request; more are sent in several requests.
MAX_OBJECTS = 100_000

Answer = Receipt | Refusal


class Intake(Protocol):
    """Where the bytes of a body go. Not thread-safe; one call at a time."""

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""

    def finish(self) -> list[Answer]:
        """Say that the body is complete; return one answer per object, in order."""

    def abandon(self) -> None:
        """Drop what was not archived yet; safe to call at any time."""


@dataclass(frozen=True, kw_only=True)
class StowRequest:
    """What is known of a request before its body."""

    source: Source
    expected: Expected = field(default_factory=Expected)
    max_body: int | None = None  #: bytes


@dataclass
class Deposit:
    """Drafts, archived in batches."""

    receiver: Receiver
    request: StowRequest
    answers: list[Answer] = field(default_factory=list)
    _open: Draft | None = None
    _waiting: list[Draft] = field(default_factory=list)
    _waiting_bytes: int = 0
    _received: int = 0

    def count(self, received: int) -> None:
        """Keep count of the body."""
        self._received += received
        if self.request.max_body is not None and self._received > self.request.max_body:
            raise TooLarge(f"the body is larger than {self.request.max_body} bytes")

    def begin(self) -> None:
        """Open a draft for the next object."""
        if len(self.answers) + len(self._waiting) >= MAX_OBJECTS:
            raise TooLarge(f"one request stores at most {MAX_OBJECTS} instances")
        try:
            self._open = self.receiver.draft()
        except OutOfSpace as error:
            self.refuse(error)

    def write(self, data: memoryview | bytes) -> None:
        """Write to the open draft; without one the object was refused already."""
        if self._open is None:
            return
        try:
            self._open.write(data)
        except (OutOfSpace, TooLarge) as error:
            self.refuse(error)

    def refuse(self, error: OutOfSpace | InputError) -> None:
        """Answer for the object that begins, which is not handed to the archive."""
        if self._open is not None:
            self._open.discard()
            self._open = None
        self.archive()
        self.answers.append(Refusal(error=error))

    def end(self) -> None:
        """Close the open draft."""
        if self._open is None:
            return
        self._waiting_bytes += self._open.size
        self._waiting.append(self._open)
        self._open = None
        if len(self._waiting) >= BATCH_OBJECTS or self._waiting_bytes >= BATCH_BYTES:
            self.archive()

    def archive(self) -> None:
        """Make what waits durable."""
        if not self._waiting:
            return
        request = self.request
        arrivals = [
            Arrival(draft=draft, source=request.source, expected=request.expected)
            for draft in self._waiting
        ]
        self._waiting, self._waiting_bytes = [], 0
        self.answers += self.receiver.receive(arrivals)

    def abandon(self) -> None:
        """Drop what was not archived."""
        for draft in (self._open, *self._waiting):
            if draft is not None:
                draft.discard()
        self._open, self._waiting = None, []


class MultipartIntake:
    """A multipart/related body: one object per part."""

    def __init__(self, deposit: Deposit, boundary: str) -> None:
        self._deposit = deposit
        self._reader = MultipartReader(boundary)

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._deposit.count(len(data))
        for event in self._reader.feed(data):
            match event:
                case PartBegins(headers):
                    self._begin(headers.get("content-type", ""))
                case PartData(content):
                    self._deposit.write(content)
                case PartEnds():
                    self._deposit.end()

    def _begin(self, content_type: str) -> None:
        essence = parse_media_type(content_type).essence if content_type else DICOM
        self._deposit.begin()
        if essence not in (DICOM, OCTET_STREAM):
            self._deposit.refuse(UnsupportedBody(f"a part is {essence[:40]}, not {DICOM}"))

    def finish(self) -> list[Answer]:
        """Check that the body is complete and archive the rest."""
        self._reader.close()
        self._deposit.archive()
        return self._deposit.answers

    def abandon(self) -> None:
        """Drop what was not archived."""
        self._deposit.abandon()


class SingleIntake:
    """A body that is one object."""

    def __init__(self, deposit: Deposit) -> None:
        self._deposit = deposit
        self._started = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._deposit.count(len(data))
        if not self._started:
            self._deposit.begin()
            self._started = True
        self._deposit.write(data)

    def finish(self) -> list[Answer]:
        """Archive the object."""
        self._deposit.end()
        self._deposit.archive()
        return self._deposit.answers

    def abandon(self) -> None:
        """Drop what was not archived."""
        self._deposit.abandon()
