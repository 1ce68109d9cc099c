"""Reading everything again, to see whether the store holds what the index says, to the bit.

Each data set is compared with its digest, the file around it with the CRC-32 of
the container, and each container is walked member by member, as a rescue would.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from sqlalchemy import Engine, func, select

from steckel.archive import scan
from steckel.archive.location import Location
from steckel.archive.ports import SealedContainers
from steckel.archive.reader import Reader
from steckel.archive.sums import crc32, new_digest
from steckel.archive.zip_format import Member
from steckel.care.recovering import known_offsets
from steckel.errors import NotFound, StorageFailure
from steckel.index.schema import containers, instances


class Flaw(StrEnum):
    """What can be wrong."""

    DAMAGED = "damaged"  #: the bytes are not those that were archived
    HEADER = "damaged header"  #: the bytes are good, but their entry in the container is not
    DIRECTORY = "damaged directory"  #: all is good but the end of the container, which ZIP needs
    MISSING = "missing"  #: the index knows it, the store does not have it
    UNINDEXED = "not in the index"  #: the store has it, the index does not know it


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One flaw."""

    flaw: Flaw
    container: str
    offset: int
    sop_instance_uid: str = ""


class _Stored(NamedTuple):
    """What the index says of an instance."""

    location: Location
    dataset_offset: int
    digest: bytes
    received: int


class Verification:
    """Compares store and index. Reads only."""

    def __init__(self, sealed: SealedContainers, reader: Reader, engine: Engine) -> None:
        self._sealed = sealed
        self._reader = reader
        self._engine = engine

    def count(self) -> int:
        """Return how many instances there are to check."""
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(instances)).scalar_one())

    def instances(self) -> Iterator[Finding | None]:
        """Check each instance that the index knows; ``None`` for a good one."""
        statement = (
            select(
                instances.c.uid,
                containers.c.name,
                instances.c.offset,
                instances.c.length,
                instances.c.dataset_offset,
                instances.c.digest,
                instances.c.received,
            )
            .join(containers, instances.c.container_pk == containers.c.pk)
            .order_by(instances.c.container_pk, instances.c.offset)
        )
        with self._engine.connect() as connection:
            container, members = "", dict[int, Member]()
            for row in connection.execution_options(yield_per=500).execute(statement):
                if row.name != container:
                    container, members = row.name, self._members(row.name)
                location = Location(row.name, row.offset, row.length)
                stored = _Stored(location, row.dataset_offset, bytes(row.digest), row.received)
                flaw = self._flaw(stored, members.get(row.offset))
                if flaw is None:
                    yield None
                    continue
                yield Finding(
                    flaw=flaw,
                    container=row.name,
                    offset=row.offset,
                    sop_instance_uid=row.uid,
                )

    def _members(self, container: str) -> dict[int, Member]:
        """Return the members of a container by the offset of their bytes; without damaged ones."""
        size = self._reader.size(container)
        read_at = partial(self._reader.read, Location(container, 0, size))
        return {
            member.offset: member
            for number, member in enumerate(scan.members_of(read_at, size), 1)
            if member.number == number and scan.has_own_header(read_at, member)
        }

    def _flaw(self, stored: _Stored, member: Member | None) -> Flaw | None:
        digest, crc, position = new_digest(), 0, 0
        try:
            for piece in self._reader.chunks(stored.location):
                crc = crc32(piece, crc)
                digest.update(memoryview(piece)[max(stored.dataset_offset - position, 0) :])
                position += len(piece)
        except (NotFound, StorageFailure):
            return Flaw.MISSING
        if position != stored.location.length or digest.digest() != stored.digest:
            return Flaw.DAMAGED
        if member is None or member.length != position or not _is_of(stored, member):
            return Flaw.HEADER
        return Flaw.DAMAGED if crc != member.crc else None

    def containers(self) -> Iterator[Finding]:
        """Go through the sealed containers: members that the index does not know, the directory."""
        for name in self._sealed.names():
            yield from self._container(name)

    def _container(self, name: str) -> Iterator[Finding]:
        read_at = partial(self._sealed.read, name)
        known, size = known_offsets(self._engine, name), self._sealed.size(name)
        members = list(scan.members_of(read_at, size))
        for member in members:
            if member.offset not in known:
                yield Finding(flaw=Flaw.UNINDEXED, container=name, offset=member.offset)
        if not known.issubset(member.offset for member in members):
            return  # a damaged header ends the walk: `instances` tells of it
        if not scan.has_own_directory(read_at, members, size):
            end = members[-1].end if members else 0
            yield Finding(flaw=Flaw.DIRECTORY, container=name, offset=end)


def _is_of(stored: _Stored, member: Member) -> bool:
    """Whether a container says of a member what the index says."""
    written = member.provenance
    return (written.digest, written.dataset_offset, written.received) == (
        stored.digest,
        stored.dataset_offset,
        stored.received,
    )
