"""The ports of the JSON API (`web.ports`) over the rooms of the archive."""

from collections.abc import Iterator
from pathlib import Path

from steckel.index.view import View
from steckel.ingest.conflicts import Conflict, ConflictStore
from steckel.ingest.model import Arrival, Receipt, Refusal, Source, Way
from steckel.ingest.quarantine import QuarantineEntry, QuarantineStore
from steckel.ingest.service import IngestService
from steckel.ingest.versions import Versions
from steckel.query.catalogue_model import (
    ConflictRow,
    Keep,
    Page,
    QuarantineRow,
    SourceRow,
    VersionRow,
)
from steckel.web.api.cursors import row_of

_CHUNK = 1 << 20


class QuarantineDesk:
    """The quarantine as the API sees it."""

    def __init__(self, store: QuarantineStore, ingest: IngestService) -> None:
        self._store = store
        self._ingest = ingest

    def seen_by(self, view: View) -> "QuarantineDesk":
        """Return what somebody with this view sees of it."""
        return QuarantineDesk(self._store.seen_by(view), self._ingest)

    def page(self, limit: int, cursor: str | None) -> Page[QuarantineRow]:
        """Return entries, newest first."""
        entries, following = self._store.page(limit, row_of(cursor))
        return Page(
            items=tuple(_quarantine_row(entry) for entry in entries),
            next_cursor=None if following is None else str(following),
        )

    def count(self) -> int:
        """Return how many there are."""
        return self._store.count()

    def entry(self, entry_id: str) -> QuarantineRow:
        """Return one entry, or raise `NotFound`."""
        return _quarantine_row(self._store.entry(entry_id))

    def chunks(self, entry_id: str) -> Iterator[bytes]:
        """Read the bytes of an entry, in pieces."""
        return _pieces(self._store.path(entry_id))

    def replay(self, entry_id: str) -> Receipt | Refusal:
        """Try once more to archive an entry; it leaves the quarantine if that succeeds."""
        entry = self._store.entry(entry_id)
        draft = self._ingest.draft()
        for piece in _pieces(self._store.path(entry_id)):
            draft.write(piece)
        source = Source(way=Way(entry.way), name=entry.name or entry.source, address=entry.address)
        (answer,) = self._ingest.receive([Arrival(draft=draft, source=source)])
        if isinstance(answer, Receipt):
            self._store.remove(entry_id)
        return answer

    def delete(self, entry_id: str) -> None:
        """Drop an entry, or raise `NotFound`."""
        self._store.remove(entry_id)


class ConflictDesk:
    """Second versions as the API sees them."""

    def __init__(self, store: ConflictStore, versions: Versions) -> None:
        self._store = store
        self._versions = versions

    def seen_by(self, view: View) -> "ConflictDesk":
        """Return those of studies that somebody with this view sees."""
        return ConflictDesk(self._store.seen_by(view), self._versions)

    def page(self, limit: int, cursor: str | None) -> Page[ConflictRow]:
        """Return open conflicts, newest first."""
        found, following = self._store.page(limit, row_of(cursor))
        return Page(
            items=tuple(_conflict_row(conflict) for conflict in found),
            next_cursor=None if following is None else str(following),
        )

    def count(self) -> int:
        """Return how many are open."""
        return self._store.count()

    def resolve(self, conflict_id: str, keep: Keep) -> None:
        """Keep one of the two, or raise `NotFound`."""
        self._store.conflict(conflict_id)
        if keep is Keep.FIRST:
            self._versions.keep_first(conflict_id)
        else:
            self._versions.keep_second(conflict_id)


def _pieces(path: Path) -> Iterator[bytes]:
    file = path.open("rb")

    def pieces() -> Iterator[bytes]:
        with file:
            while piece := file.read(_CHUNK):
                yield piece

    return pieces()


def _quarantine_row(entry: QuarantineEntry) -> QuarantineRow:
    return QuarantineRow(
        id=entry.id,
        name=entry.name,
        source=SourceRow(way=entry.way, name=entry.source, address=entry.address),
        received=entry.received,
        size=entry.size,
        reason=entry.reason,
        kind=entry.kind,
        study_uid=entry.study_uid or None,
        sop_instance_uid=entry.sop_instance_uid or None,
    )


def _conflict_row(conflict: Conflict) -> ConflictRow:
    return ConflictRow(
        id=conflict.id,
        study_uid=conflict.study_uid,
        series_uid=conflict.series_uid,
        sop_instance_uid=conflict.sop_instance_uid,
        received=conflict.received,
        source=conflict.source,
        kept=VersionRow(digest=conflict.kept_digest, size=conflict.kept_size),
        other=VersionRow(digest=conflict.other_digest, size=conflict.other_size),
        differences=tuple(conflict.differences.split()),
        state=conflict.state,
    )
