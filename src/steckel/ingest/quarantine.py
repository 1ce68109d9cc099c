"""What could not be taken: kept with its reason, seen, downloaded, replayed, removed.

Each entry is two files in the store, the bytes and a JSON of the facts, and a
row in the index; the files come first and are synced, so that the row can be
made again from them.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import time

import orjson
from sqlalchemy import ColumnElement, Engine, delete, desc, func, select

from steckel.archive.disk import require_room, translate_errors
from steckel.archive.layout import Layout, sync_folder
from steckel.errors import InputError, NotFound
from steckel.index.engine import writing
from steckel.index.schema import quarantine
from steckel.index.signals import signal_quarantine
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import of_named_studies
from steckel.ingest.model import Source, Way


@dataclass(frozen=True, kw_only=True, slots=True)
class QuarantineEntry:
    """One object that could not be taken."""

    id: str
    name: str  #: of the file, where it had one
    way: str
    source: str
    address: str
    received: int  #: milliseconds since 1970
    size: int
    kind: str  #: name of the error
    reason: str
    digest: str
    study_uid: str = ""
    sop_instance_uid: str = ""


class QuarantineStore:
    """The quarantine of one archive. Thread-safe."""

    def __init__(self, layout: Layout, engine: Engine, view: View = EVERYTHING) -> None:
        self._layout = layout
        self._engine = engine
        self._view = view

    def seen_by(self, view: View) -> "QuarantineStore":
        """Return what somebody with this view sees: all but what is of studies they do not see."""
        return self if view == self._view else QuarantineStore(self._layout, self._engine, view)

    def keep(
        self,
        data: memoryview,
        source: Source,
        error: InputError,
        *,
        uids: tuple[str, str] = ("", ""),
    ) -> QuarantineEntry:
        """Keep bytes with the reason why; what is kept already is kept once.

        Raises
        ------
        OutOfSpace, StorageFailure
            It could not be kept.
        """
        digest = hashlib.sha256(data).hexdigest()
        before = self._by_digest(digest, type(error).__name__)
        if before is not None:
            return before
        entry = QuarantineEntry(
            id=secrets.token_hex(12),
            name=Path(source.name).name if source.way in _FILES else "",
            way=source.way.value,
            source=source.name,
            address=source.address,
            received=int(time() * 1000),
            size=len(data),
            kind=type(error).__name__,
            reason=str(error),
            digest=digest,
            study_uid=uids[0],
            sop_instance_uid=uids[1],
        )
        require_room(self._layout.quarantine, len(data))
        write_durably(self._data_path(entry.id), data)
        write_durably(self._facts_path(entry.id), orjson.dumps(asdict(entry)))
        with translate_errors():
            sync_folder(self._layout.quarantine)
        self.insert(entry)
        return entry

    def insert(self, entry: QuarantineEntry) -> None:
        """Add the row of an entry whose files are there."""
        with writing(self._engine, durable=True) as connection:
            known = select(quarantine.c.pk).where(quarantine.c.id == entry.id)
            if connection.execute(known).first() is None:
                connection.execute(quarantine.insert().values(**asdict(entry)))
                signal_quarantine(connection)

    def page(
        self, limit: int, before: int | None = None
    ) -> tuple[list[QuarantineEntry], int | None]:
        """Return entries, newest first, and the cursor of the next page."""
        statement = select(quarantine).where(*self._seen())
        statement = statement.order_by(desc(quarantine.c.pk)).limit(limit + 1)
        if before is not None:
            statement = statement.where(quarantine.c.pk < before)
        with self._engine.connect() as connection:
            rows = connection.execute(statement).mappings().all()
        entries = [_entry(row) for row in rows[:limit]]
        return entries, int(rows[limit - 1]["pk"]) if len(rows) > limit else None

    def count(self) -> int:
        """Return how many objects are in quarantine."""
        with self._engine.connect() as connection:
            counted = select(func.count()).select_from(quarantine).where(*self._seen())
            return connection.execute(counted).scalar_one()

    def entry(self, entry_id: str) -> QuarantineEntry:
        """Return one entry, or raise `NotFound`."""
        statement = select(quarantine).where(quarantine.c.id == entry_id, *self._seen())
        with self._engine.connect() as connection:
            row = connection.execute(statement).mappings().first()
        if row is None:
            raise NotFound("this object is no longer in quarantine")
        return _entry(row)

    def _seen(self) -> list[ColumnElement[bool]]:
        return of_named_studies(self._view, time(), quarantine.c.study_uid)

    def path(self, entry_id: str) -> Path:
        """Return the file with the bytes of an entry, or raise `NotFound`."""
        path = self._data_path(self.entry(entry_id).id)
        if not path.exists():
            raise NotFound("the bytes of this object are no longer there")
        return path

    def remove(self, entry_id: str) -> None:
        """Drop an entry; raises `NotFound` when there is none."""
        entry = self.entry(entry_id)
        with writing(self._engine, durable=True) as connection:
            connection.execute(delete(quarantine).where(quarantine.c.id == entry.id))
            signal_quarantine(connection)
        for path in (self._facts_path(entry.id), self._data_path(entry.id)):
            path.unlink(missing_ok=True)

    def stored(self) -> Iterator[QuarantineEntry]:
        """Yield the entries that the store itself knows, for ``reindex``."""
        for path in sorted(self._layout.quarantine.glob("*.json")):
            try:
                yield QuarantineEntry(**orjson.loads(path.read_bytes()))
            except (orjson.JSONDecodeError, TypeError):
                continue  # torn by a crash: the sender was never told that it is kept

    def _by_digest(self, digest: str, kind: str) -> QuarantineEntry | None:
        statement = select(quarantine).where(
            quarantine.c.digest == digest, quarantine.c.kind == kind
        )
        with self._engine.connect() as connection:
            row = connection.execute(statement).mappings().first()
        return None if row is None else _entry(row)

    def _data_path(self, entry_id: str) -> Path:
        return self._layout.quarantine / f"{entry_id}.bin"

    def _facts_path(self, entry_id: str) -> Path:
        return self._layout.quarantine / f"{entry_id}.json"


_FILES = frozenset({Way.UPLOAD, Way.IMPORT, Way.DEMO})


def _entry(row: object) -> QuarantineEntry:
    values = dict(row)  # type: ignore[call-overload]
    del values["pk"]
    return QuarantineEntry(**values)


def write_durably(path: Path, data: memoryview | bytes) -> None:
    """Write a file and sync it; its folder's entry is the caller's to sync.

    Raises
    ------
    OutOfSpace, StorageFailure
        Nothing is left of it.
    """
    try:
        with translate_errors(), path.open("xb") as file:
            path.chmod(0o600)
            file.write(data)
            file.flush()
            os.fdatasync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
