"""What is asked for, and what is found.

A `StoredInstance` says where an instance's Part 10 file lies, so that it or
any of its frames is one range read. A whole instance leaves with what was put
right about its study (`retrieve.whole`); frames are the same either way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

from steckel.archive.location import Location
from steckel.dicom.frames import FrameTable
from steckel.dicom.uids import (
    SeriesUid,
    SopClassUid,
    SopInstanceUid,
    StudyUid,
    TransferSyntaxUid,
)
from steckel.retrieve.whole import Whole


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which instances. Every non-empty tuple narrows; all empty selects nothing."""

    patient_ids: tuple[str, ...] = ()
    study_uids: tuple[StudyUid, ...] = ()
    series_uids: tuple[SeriesUid, ...] = ()
    sop_instance_uids: tuple[SopInstanceUid, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredInstance:
    """One archived instance and where its bytes are."""

    study_uid: StudyUid
    series_uid: SeriesUid
    sop_instance_uid: SopInstanceUid
    sop_class_uid: SopClassUid
    transfer_syntax: TransferSyntaxUid
    location: Location  #: the whole Part 10 file, as it is stored
    dataset_offset: int  #: bytes of preamble and file meta information before the data set
    digest: str  #: the digest of the data set, in hex
    frames: FrameTable | None  #: ``None`` without pixel data
    coercion: str | None = None  #: what is put right about its study (`dicom.coercion`)

    @property
    def dataset_length(self) -> int:
        """Bytes of the data set, as it was received."""
        return self.location.length - self.dataset_offset

    @property
    def digest_sent(self) -> str:
        """Name the data set as it leaves: another text for other bytes, in hex."""
        if self.coercion is None:
            return self.digest
        return name_of_coerced(bytes.fromhex(self.digest), self.coercion).hex()


def name_of_coerced(digest: bytes, coercion: str) -> bytes:
    """Name what becomes of a data set with this digest."""
    return blake2b(digest + coercion.encode(), digest_size=len(digest) or 16).digest()


@dataclass(frozen=True, kw_only=True)
class MetadataDocument:
    """The DICOM JSON of all instances of a series, gzip-compressed."""

    gzipped: bytes
    """A JSON array of data sets. BulkDataURIs are absolute paths on our own origin,
    ``/dicomweb/studies/…/series/…/instances/…/bulkdata/7FE00010``: no host, so that
    one document serves every name the server is reached by."""
    etag: str


class Retriever(Protocol):
    """What a door needs of the retrieve engine. Thread-safe; blocking."""

    def select(self, selection: Selection) -> Iterator[StoredInstance]:
        """Yield the instances in order of study, series and instance number; lazily."""

    def fingerprint(self, selection: Selection) -> str:
        """Name what `select` yields: another text for other bytes; empty for nothing."""

    def instance(self, study: str, series: str, sop: str) -> StoredInstance:
        """Return one instance, or raise `NotFound`."""

    def read(self, instance: StoredInstance, offset: int = 0, length: int | None = None) -> bytes:
        """Read bytes of the Part 10 file as it is stored (offset 0 is its preamble).

        For frames and what else is a range of the file. What goes out whole is `whole`.
        """

    def whole(self, instance: StoredInstance) -> Whole:
        """Return the Part 10 file as it leaves.

        Raises
        ------
        CannotCoerce
            What is put right about its study cannot be put into it.
        """

    def chunks(self, instance: StoredInstance, offset: int = 0) -> Iterator[bytes]:
        """Read `whole` from `offset` to the end in pieces of at most 1 MiB (bounded memory).

        The data set starts at `dataset_offset` in it too.
        """

    def frame(self, instance: StoredInstance, number: int) -> bytes:
        """Return the stored bytes of frame `number` (from 1), or raise `NotFound`."""

    def bulk(self, instance: StoredInstance, path: str) -> bytes:
        """Return one bulk value by its path: ``7FE00010`` or ``54000100/1/54001010``."""

    def metadata(self, study: str, series: str) -> MetadataDocument:
        """Return the metadata document of a series, or raise `NotFound`."""

    def instance_metadata(self, instance: StoredInstance) -> bytes:
        """Return the JSON array with the data set of one instance, not compressed."""
