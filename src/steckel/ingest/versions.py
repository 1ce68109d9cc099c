"""A second version of an instance: what becomes of it, by policy or by a person's choice."""

from dataclasses import replace
from time import time

import structlog
from sqlalchemy import Engine

from steckel.archive.location import Location
from steckel.archive.reader import Reader
from steckel.archive.store import Archive
from steckel.archive.sums import digest_of
from steckel.archive.zip_format import Provenance
from steckel.dicom import dictionary, tags
from steckel.dicom.header import Header
from steckel.errors import InputError, NotFound, RefusedByPolicy, SteckelError, StorageFailure
from steckel.index.engine import writing
from steckel.index.lookups import Lookups
from steckel.index.model import Known
from steckel.index.replace import add_erasures, replace_version
from steckel.ingest.conflicts import Conflict, ConflictStore, new_conflict_id
from steckel.ingest.entry import index_entry
from steckel.ingest.examine import Examined, examine
from steckel.ingest.policy import OnConflict

_log = structlog.get_logger(__name__)

_MAX_NAMED = 30


class Versions:
    """Decides between versions. Thread-safe."""

    def __init__(
        self,
        archive: Archive,
        reader: Reader,
        engine: Engine,
        lookups: Lookups,
        conflicts: ConflictStore,
        on_conflict: OnConflict,
    ) -> None:
        self._archive = archive
        self._reader = reader
        self._engine = engine
        self._conflicts = conflicts
        self._lookups = lookups
        self._on_conflict = on_conflict

    def drop(self, location: Location) -> None:
        """Let go of bytes that were archived, but whose instance the index did not take."""
        try:
            with writing(self._engine) as connection:
                add_erasures(connection, [location])
        except SteckelError as failure:  # they stay, and `verify` tells of them
            _log.warning("bytes_left", container=location.container, reason=str(failure))

    def is_kept(self, known: Known, again: Examined) -> bool:
        """Whether the archive still holds the data set that was sent again, to the bit."""
        try:
            return self._holds(known, again)
        except NotFound:  # compaction may have moved it since the index was asked
            moved = self._lookups.known(again.sop_instance_uid)
            if moved is None or moved.location == known.location:
                return False
        except StorageFailure:
            return False
        try:
            return self._holds(moved, again)
        except (NotFound, StorageFailure):
            return False

    def _holds(self, known: Known, again: Examined) -> bool:
        """Compare the bytes: a sender that is told "duplicate" may delete its own."""
        sent = memoryview(again.pieces[-1])
        if len(again.pieces) == 1:
            sent = sent[again.dataset_offset :]
        position = 0
        for piece in self._reader.chunks(known.location, known.dataset_offset):
            if bytes(sent[position : position + len(piece)]) != piece:
                return False
            position += len(piece)
        return position == len(sent)

    def restore(self, known: Known, again: Examined, source: str) -> None:
        """Archive an instance anew whose bytes the store has lost, or has damaged.

        Raises
        ------
        OutOfSpace, StorageFailure
            It is not in the archive.
        """
        self._take_place(known, again, source)
        _log.warning("instance_restored", sop_instance_uid=again.sop_instance_uid)

    def meet(self, known: Known, new: Examined, source: str) -> str:
        """Deal with other bytes under a UID that is archived; return a note for the sender.

        Raises
        ------
        RefusedByPolicy
            The site refuses second versions.
        OutOfSpace, StorageFailure
            The second version could not be kept.
        """
        if self._on_conflict is OnConflict.REFUSE:
            raise RefusedByPolicy("another version of this instance is already archived")
        old = self._archived(known)
        conflict = _conflict(known, old, new, source)
        elsewhere = (known.study_uid, known.series_uid) != (new.study_uid, new.series_uid)
        if self._on_conflict is OnConflict.KEEP_LAST and not elsewhere:
            if old is not None:
                self._conflicts.record(_turned(conflict), old.pieces)
            self._take_place(known, new, source)
            return "another version of this instance was archived; this one took its place"
        self._conflicts.record(conflict, new.pieces)
        _log.warning("conflict_recorded", sop_instance_uid=new.sop_instance_uid)
        return "another version is archived; this one waits for a decision"

    def _archived(self, known: Known) -> Examined | None:
        """Return the archived version; ``None`` when it is gone, or cannot be read any more."""
        try:
            return examine(memoryview(self._reader.read(known.location)))
        except (NotFound, StorageFailure, InputError):
            return None

    def keep_first(self, conflict_id: str) -> None:
        """Resolve a conflict: the archive keeps what it has; raises `NotFound`."""
        self._conflicts.close(self._conflicts.conflict(conflict_id), "kept-first")

    def keep_second(self, conflict_id: str) -> None:
        """Resolve a conflict: the other version takes the place of the archived one.

        Raises
        ------
        NotFound
            There is no such conflict, or one of the versions is gone.
        RefusedByPolicy
            The two are not of the same series.
        """
        conflict = self._conflicts.conflict(conflict_id)
        known = self._lookups.known(conflict.sop_instance_uid)
        path = self._conflicts.path(conflict.id)
        if known is None or not path.exists():
            raise NotFound("one of the versions is no longer there")
        new = examine(memoryview(path.read_bytes()))
        if (known.study_uid, known.series_uid) != (new.study_uid, new.series_uid):
            raise RefusedByPolicy(
                "the two are of different series: delete the archived one, then send the other"
            )
        self._take_place(known, new, conflict.source)
        self._conflicts.close(conflict, "kept-second")

    def replace(self, known: Known, new: Examined, source: str) -> bool:
        """Archive a version in the place of another; ``False`` if that was deleted meanwhile.

        Raises
        ------
        OutOfSpace, StorageFailure
            It is as it was.
        """
        received = int(time() * 1000)
        provenance = Provenance(
            dataset_offset=new.dataset_offset, digest=new.digest, received=received, source=source
        )
        appended = self._archive.append((new.study_uid, new.series_uid), new.pieces, provenance)
        try:
            appended.sync()
            entry = index_entry(new, appended.location, received)
            with writing(self._engine, durable=True) as connection:
                replaced = replace_version(connection, entry)
                add_erasures(connection, [known.location if replaced else appended.location])
        finally:
            appended.settle()
        return replaced

    def _take_place(self, known: Known, new: Examined, source: str) -> None:
        if not self.replace(known, new, source):
            raise StorageFailure("the instance was deleted while it was being archived")


def _conflict(known: Known, old: Examined | None, new: Examined, source: str) -> Conflict:
    return Conflict(
        id=new_conflict_id(),
        study_uid=known.study_uid,
        series_uid=known.series_uid,
        sop_instance_uid=new.sop_instance_uid,
        received=int(time() * 1000),
        source=source,
        kept_digest=known.digest.hex(),
        kept_size=known.length,
        other_digest=new.digest.hex(),
        other_size=sum(len(piece) for piece in new.pieces),
        differences=" ".join(_differences(old.header, new.header)) if old is not None else "",
    )


def _turned(conflict: Conflict) -> Conflict:
    """Return the conflict seen from the other side."""
    return replace(
        conflict,
        kept_digest=conflict.other_digest,
        kept_size=conflict.other_size,
        other_digest=conflict.kept_digest,
        other_size=conflict.kept_size,
    )


def _differences(old: Header, new: Header) -> list[str]:
    """Name the attributes in which two versions differ."""
    every = sorted(old.scan.elements.keys() | new.scan.elements.keys())
    different = [tag for tag in every if old.raw(tag) != new.raw(tag)]
    named = [dictionary.keyword_of(tag) or tags.show(tag) for tag in different]
    if _pixels(old) != _pixels(new):
        named.append("PixelData")
    return named[:_MAX_NAMED]


def _pixels(header: Header) -> bytes:
    rest = memoryview(header.buffer)[header.scan.header_end : header.end]
    return digest_of(rest) if header.scan.pixel is not None else b""
