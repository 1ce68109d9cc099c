"""What comes in, and the receipt that goes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from steckel.archive.draft import Draft
from steckel.dicom.part10 import FileStart
from steckel.dicom.uids import SeriesUid, SopClassUid, SopInstanceUid, StudyUid
from steckel.errors import SteckelError


class Way(StrEnum):
    """By which door an object came."""

    DIMSE = "dimse"
    STOW = "stow"
    UPLOAD = "upload"
    IMPORT = "import"
    DEMO = "demo"
    HL7 = "hl7"  #: a report that another system sent, made a document here


@dataclass(frozen=True, kw_only=True)
class Source:
    """Who sent an object: an AE title or an account, and from where."""

    way: Way
    name: str  #: calling AE title, user name, or path of an imported file
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a door was told to expect; differing data is an `IdentityMismatch`."""

    sop_class_uid: SopClassUid | None = None
    sop_instance_uid: SopInstanceUid | None = None
    study_uid: StudyUid | None = None


class Outcome(StrEnum):
    """What became of an object that was accepted."""

    STORED = "stored"
    DUPLICATE = "duplicate"  #: the same bytes are already here; stored once
    CONFLICT = "conflict"  #: other bytes under this UID are here; policy applied, recorded


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The promise that an instance is on stable storage and indexed."""

    outcome: Outcome
    sop_class_uid: SopClassUid
    sop_instance_uid: SopInstanceUid
    study_uid: StudyUid
    series_uid: SeriesUid
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A finished draft with its source, ready to be archived."""

    draft: Draft
    source: Source
    expected: Expected = Expected()
    start: FileStart | None = None  #: what the draft begins with, if the door made it


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An arrival that was not taken, and why. The UIDs are set where they could be read."""

    error: SteckelError
    sop_class_uid: SopClassUid | None = None
    sop_instance_uid: SopInstanceUid | None = None
    quarantined: bool = False  #: kept in quarantine, where a person can see and replay it


class Receiver(Protocol):
    """What a door needs of the ingest service. Thread-safe; blocking."""

    def draft(self) -> Draft:
        """Open a buffer for one object that is about to arrive.

        Raises
        ------
        OutOfSpace
            There is no room for more.
        """

    def receive(self, arrivals: Sequence[Arrival]) -> list[Receipt | Refusal]:
        """Archive and index arrivals together; one answer per arrival, in order.

        The drafts are consumed. Returns when every `Receipt` is durable. What
        cannot be archived is put into quarantine and answered as a `Refusal`;
        errors are returned, not raised.
        """
