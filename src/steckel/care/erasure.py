"""Taking the bytes of what was deleted out of the store.

A container is never changed: one without the deleted members is written
beside it, the index is pointed there, and the old one is removed.
"""

from collections.abc import Sequence
from functools import partial

import structlog
from sqlalchemy import Engine, delete, select

from steckel.archive import scan
from steckel.archive.layout import Layout, successor_name
from steckel.archive.location import Location
from steckel.archive.ports import SealedContainers
from steckel.archive.reader import Reader
from steckel.archive.rewrite import Kept, Moved, rewrite
from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.index.members import erased_offsets, indexed_offsets
from steckel.index.replace import add_erasures, move
from steckel.index.schema import containers, erasures, instances

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

    def renew(self, name: str) -> bool:
        """Write a container anew whose directory is damaged; whether it could be done.

        Raises
        ------
        OutOfSpace, StorageFailure
            It is as it was.
        """
        return self._erase(name)

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
        if kept:
            new = successor_name(name)
            self._point_to(name, rewrite(self._layout, self._sealed, self._reader, new, kept))
        # If this stops in between, the next run finds that the container is gone.
        self._sealed.delete(name)
        self._forget(name)
        _log.info("container_erased", container=name, kept=len(kept))
        return True

    def _kept(self, name: str, size: int) -> list[Kept] | None:
        """Return the members that were not deleted, be they in the index or not.

        ``None`` when one that is in the index cannot be found in the container, whose
        headers are damaged then: what is left of it must stay.
        """
        with self._engine.connect() as connection:
            indexed = indexed_offsets(connection, name)
            erased = erased_offsets(connection, name)
        read_at = partial(self._sealed.read, name)
        members = [
            member
            for member in scan.members_of(read_at, size)
            if member.offset in indexed or member.offset not in erased
        ]
        if not indexed.issubset(member.offset for member in members):
            return None
        return [Kept(Location(name, m.offset, m.length), m) for m in members]

    def _point_to(self, name: str, moved: Sequence[Moved]) -> None:
        """Have the index point to the new container; what was deleted meanwhile is erased there.

        Durable, for the old container goes next.
        """
        with writing(self._engine, durable=True) as connection:
            erased = erased_offsets(connection, name)
            for before, after in moved:
                if not move(connection, before, after) and before.offset in erased:
                    add_erasures(connection, [after])

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
