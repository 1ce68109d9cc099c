"""Other bytes under a SOP Instance UID that is already archived.

Both are kept: one in the archive, the other here, as a file in the store with
its facts beside it, until a person says which is right.
"""

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
from sqlalchemy import ColumnElement, Engine, desc, func, select, update

from steckel.archive.disk import require_room, translate_errors
from steckel.archive.draft import Buffer
from steckel.archive.layout import Layout, sync_folder
from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.index.schema import conflicts
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import of_named_studies
from steckel.ingest.quarantine import write_durably

OPEN = "open"


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """Two versions of one instance."""

    id: str
    study_uid: str
    series_uid: str
    sop_instance_uid: str
    received: int  #: milliseconds since 1970
    source: str
    kept_digest: str
    kept_size: int
    other_digest: str
    other_size: int
    differences: str  #: keywords of attributes that differ, space separated
    state: str = OPEN


class ConflictStore:
    """The conflicts of one archive. Thread-safe."""

    def __init__(self, layout: Layout, engine: Engine, view: View = EVERYTHING) -> None:
        self._layout = layout
        self._engine = engine
        self._view = view

    def seen_by(self, view: View) -> "ConflictStore":
        """Return the conflicts of studies that somebody with this view sees."""
        return self if view == self._view else ConflictStore(self._layout, self._engine, view)

    def record(self, conflict: Conflict, pieces: Sequence[Buffer]) -> None:
        """Keep the other bytes (a Part 10 file in pieces); a known conflict is kept once.

        Raises
        ------
        OutOfSpace, StorageFailure
            They could not be kept.
        """
        if self._is_known(conflict):
            return
        require_room(self._layout.quarantine, conflict.other_size)
        write_durably(self.path(conflict.id), b"".join(pieces))
        write_durably(self._facts_path(conflict.id), orjson.dumps(asdict(conflict)))
        with translate_errors():
            sync_folder(self._layout.quarantine)
        self.insert(conflict)

    def insert(self, conflict: Conflict) -> None:
        """Add the row of a conflict whose files are there."""
        with writing(self._engine, durable=True) as connection:
            known = select(conflicts.c.pk).where(
                conflicts.c.sop_instance_uid == conflict.sop_instance_uid,
                conflicts.c.other_digest == conflict.other_digest,
            )
            if connection.execute(known).first() is None:
                connection.execute(conflicts.insert().values(**asdict(conflict)))

    def page(self, limit: int, before: int | None = None) -> tuple[list[Conflict], int | None]:
        """Return open conflicts, newest first, and the cursor of the next page."""
        statement = (
            select(conflicts)
            .where(conflicts.c.state == OPEN, *self._seen())
            .order_by(desc(conflicts.c.pk))
            .limit(limit + 1)
        )
        if before is not None:
            statement = statement.where(conflicts.c.pk < before)
        with self._engine.connect() as connection:
            rows = connection.execute(statement).mappings().all()
        found = [_conflict(row) for row in rows[:limit]]
        return found, int(rows[limit - 1]["pk"]) if len(rows) > limit else None

    def count(self) -> int:
        """Return how many conflicts wait for a person."""
        statement = select(func.count()).select_from(conflicts)
        statement = statement.where(conflicts.c.state == OPEN, *self._seen())
        with self._engine.connect() as connection:
            return connection.execute(statement).scalar_one()

    def conflict(self, conflict_id: str) -> Conflict:
        """Return one conflict, or raise `NotFound`."""
        statement = select(conflicts).where(conflicts.c.id == conflict_id, *self._seen())
        with self._engine.connect() as connection:
            row = connection.execute(statement).mappings().first()
        if row is None:
            raise NotFound("there is no such conflict")
        return _conflict(row)

    def _seen(self) -> list[ColumnElement[bool]]:
        return of_named_studies(self._view, time.time(), conflicts.c.study_uid)

    def close(self, conflict: Conflict, state: str) -> None:
        """Note how a conflict was resolved; the other bytes are dropped."""
        with writing(self._engine, durable=True) as connection:
            connection.execute(
                update(conflicts).where(conflicts.c.id == conflict.id).values(state=state)
            )
        for path in (self._facts_path(conflict.id), self.path(conflict.id)):
            path.unlink(missing_ok=True)

    def stored(self) -> Iterator[Conflict]:
        """Yield the open conflicts that the store itself knows, for ``reindex``."""
        for path in sorted(self._layout.quarantine.glob("conflict-*.facts")):
            try:
                yield Conflict(**orjson.loads(path.read_bytes()))
            except (orjson.JSONDecodeError, TypeError):
                continue  # torn by a crash, never acknowledged

    def path(self, conflict_id: str) -> Path:
        """Where the other bytes of a conflict lie."""
        return self._layout.quarantine / f"conflict-{Path(conflict_id).name}.dcm"

    def _facts_path(self, conflict_id: str) -> Path:
        return self._layout.quarantine / f"conflict-{Path(conflict_id).name}.facts"

    def _is_known(self, conflict: Conflict) -> bool:
        statement = select(conflicts.c.pk).where(
            conflicts.c.sop_instance_uid == conflict.sop_instance_uid,
            conflicts.c.other_digest == conflict.other_digest,
        )
        with self._engine.connect() as connection:
            return connection.execute(statement).first() is not None


def new_conflict_id() -> str:
    """Return a fresh identifier."""
    return secrets.token_hex(12)


def _conflict(row: object) -> Conflict:
    values = dict(row)  # type: ignore[call-overload]
    del values["pk"]
    return Conflict(**values)
