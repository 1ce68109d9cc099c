"""Taking the bytes of what was deleted out of the store.

A container is never changed: one without the deleted members is written
beside it, the index is pointed there, and the old one is removed.
"""

import structlog
from sqlalchemy import Engine, delete, select

from steckel.archive import scan
from steckel.archive.layout import Layout
from steckel.archive.location import Location
from steckel.archive.ports import SealedContainers
from steckel.archive.reader import Reader
from steckel.archive.rewrite import Kept, rewrite
from steckel.archive.zip_format import Member
from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.index.replace import move
from steckel.index.schema import containers, erasures, instances, series, studies

_log = structlog.get_logger(__name__)


class Erasure:
    """Works through what is to be erased."""

    def __init__(
        self, layout: Layout, sealed: SealedContainers, reader: Reader, engine: Engine
    ) -> None:
        self._layout = layout
        self._sealed = sealed
        self._reader = reader
        self._engine = engine

    def run(self) -> int:
        """Erase what lies in sealed containers; return how many were rewritten or removed.

        Raises
        ------
        OutOfSpace, StorageFailure
            The rest stays to be done.
        """
        with self._engine.connect() as connection:
            names = connection.execute(select(erasures.c.container).distinct()).scalars().all()
        return sum(self._erase(name) for name in names)

    def _erase(self, name: str) -> bool:
        """Erase from one container, if that loses nothing; whether it was done."""
        try:
            size = self._sealed.size(name)
        except NotFound:
            if not self._layout.open_path(name).exists():
                self._forget(name)
            return False  # still open: its turn comes when it is sealed
        kept = self._kept(name, size)
        if kept is None:
            _log.debug("container_not_erased", container=name)
            return False
        series_uids = self._series_of(name)
        if kept and series_uids is not None:
            moved = rewrite(self._layout, self._sealed, self._reader, series_uids, kept)
            with writing(self._engine) as connection:
                for one in moved:
                    move(connection, one.before, one.after)
        self._forget(name)
        self._sealed.delete(name)
        _log.info("container_erased", container=name, kept=len(kept))
        return True

    def _kept(self, name: str, size: int) -> list[Kept] | None:
        """Return the members that the index still points to.

        ``None`` when one of them cannot be found in the container, whose headers are
        damaged then: what is left of it must stay.
        """
        statement = (
            select(instances.c.offset)
            .join(containers, instances.c.container_pk == containers.c.pk)
            .where(containers.c.name == name)
        )
        with self._engine.connect() as connection:
            wanted = set(connection.execute(statement).scalars())

        def read_at(offset: int, length: int) -> bytes:
            return self._sealed.read(name, offset, length)

        members: list[Member] = [m for m in scan.members_of(read_at, size) if m.offset in wanted]
        if len(members) != len(wanted):
            return None
        return [Kept(Location(name, m.offset, m.length), m) for m in members]

    def _series_of(self, name: str) -> tuple[str, str] | None:
        statement = (
            select(studies.c.uid, series.c.uid)
            .select_from(instances)
            .join(containers, instances.c.container_pk == containers.c.pk)
            .join(series, instances.c.series_pk == series.c.pk)
            .join(studies, series.c.study_pk == studies.c.pk)
            .where(containers.c.name == name)
            .limit(1)
        )
        with self._engine.connect() as connection:
            row = connection.execute(statement).first()
        return None if row is None else (row[0], row[1])

    def _forget(self, name: str) -> None:
        with writing(self._engine) as connection:
            connection.execute(delete(erasures).where(erasures.c.container == name))
            connection.execute(
                delete(containers).where(
                    containers.c.name == name,
                    ~select(instances.c.pk)
                    .where(instances.c.container_pk == containers.c.pk)
                    .exists(),
                )
            )
