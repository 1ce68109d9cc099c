"""A new index, from the store alone (design: "the index can be rebuilt from the store")."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, Engine, delete, select, update

from steckel.archive import scan
from steckel.archive.ports import SealedContainers
from steckel.archive.zip_format import Member
from steckel.care.recovering import index_members, known_offsets
from steckel.index import schema
from steckel.index.engine import writing
from steckel.index.writer import IndexWriter
from steckel.ingest.conflicts import ConflictStore
from steckel.ingest.quarantine import QuarantineStore

_PIECE_ITEMS = 128
_PIECE_BYTES = 64 << 20

#: Children first.
_EMPTIED = (
    schema.documents,
    schema.second_frames,
    schema.instances,
    schema.series,
    schema.studies,
    schema.containers,
    schema.quarantine,
    schema.conflicts,
)

Progress = Callable[[int, int], None]  # containers done, containers in all


@dataclass(frozen=True, kw_only=True)
class Reindexed:
    """What came of it."""

    containers: int
    members: int
    added: int


class Reindexing:
    """Rebuilds the index. Nothing else may write to the archive meanwhile."""

    def __init__(
        self,
        sealed: SealedContainers,
        engine: Engine,
        writer: IndexWriter,
        quarantine: QuarantineStore,
        conflicts: ConflictStore,
    ) -> None:
        self._sealed = sealed
        self._engine = engine
        self._writer = writer
        self._quarantine = quarantine
        self._conflicts = conflicts

    def is_needed(self) -> bool:
        """Whether the store has containers and the index knows of none: it was lost."""
        with self._engine.connect() as connection:
            for table in (schema.containers, schema.erasures):
                if connection.execute(select(table.c.pk).limit(1)).first() is not None:
                    return False
        return next(self._sealed.names(), None) is not None

    def empty(self) -> None:
        """Forget everything that the store knows; accounts and the like stay."""
        with writing(self._engine) as connection:
            for table in _EMPTIED:
                connection.execute(delete(table))
            _forget_patients(connection)
            connection.execute(
                update(schema.clock)
                .where(schema.clock.c.pk == 1)
                .values(value=schema.clock.c.value + 1)
            )

    def run(self, progress: Progress) -> Reindexed:
        """Index every member of every sealed container, in the order of their arrival.

        Where two members have one SOP Instance UID the one received first is
        kept, as it was when they arrived.
        """
        names = sorted(self._sealed.names(), key=self._first_received)
        members_seen = added = 0
        for done, name in enumerate(names, start=1):
            seen, new = self._container(name)
            members_seen += seen
            added += new
            progress(done, len(names))
        for entry in self._quarantine.stored():
            self._quarantine.insert(entry)
        for conflict in self._conflicts.stored():
            self._conflicts.insert(conflict)
        self._writer.make_durable()
        return Reindexed(containers=len(names), members=members_seen, added=added)

    def add_missing(self, name: str) -> int:
        """Index the members of one container that the index does not know."""
        return self._container(name)[1]

    def _container(self, name: str) -> tuple[int, int]:
        read_at = partial(self._sealed.read, name)
        known = known_offsets(self._engine, name)
        piece: list[Member] = []
        seen = added = 0
        for member in scan.members_of(read_at, self._sealed.size(name)):
            seen += 1
            if member.offset in known:
                continue
            piece.append(member)
            if len(piece) >= _PIECE_ITEMS or sum(m.length for m in piece) >= _PIECE_BYTES:
                added += self._index(name, piece, read_at)
                piece = []
        return seen, added + self._index(name, piece, read_at)

    def _index(self, name: str, piece: Sequence[Member], read_at: scan.ReadAt) -> int:
        return index_members(self._engine, self._writer, name, piece, read_at) if piece else 0

    def _first_received(self, name: str) -> int:
        read_at = partial(self._sealed.read, name)
        for member in scan.members_of(read_at, self._sealed.size(name)):
            return member.provenance.received
        return 0


def _forget_patients(connection: Connection) -> None:
    """Forget the patients whom only images named; the department's own stay.

    So do those whom studies were given to: a study comes back before its patient's own, maybe.
    """
    patients = schema.patients
    survivors = select(patients.c.survivor_pk).where(patients.c.survivor_pk.is_not(None))
    given = select(schema.corrections.c.identity)
    connection.execute(
        delete(patients).where(
            ~patients.c.is_registered,
            patients.c.survivor_pk.is_(None),
            patients.c.pk.not_in(survivors),
            patients.c.identity.not_in(given),
        )
    )
    connection.execute(update(patients).values(studies=0))
