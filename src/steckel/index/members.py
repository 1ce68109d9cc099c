"""Which members of a container the index knows: the questions of recovery, erasure and checks."""

from sqlalchemy import Connection, func, select

from steckel.index.schema import containers, erasures, instances

_PLACED = instances.join(containers, instances.c.container_pk == containers.c.pk)


def indexed_offsets(connection: Connection, container: str) -> set[int]:
    """Return where the members lie that are instances of the index."""
    indexed = select(instances.c.offset).select_from(_PLACED)
    return set(connection.execute(indexed.where(containers.c.name == container)).scalars())


def erased_offsets(connection: Connection, container: str) -> set[int]:
    """Return where members lie that were deleted, and whose bytes are still there."""
    deleted = select(erasures.c.offset).where(erasures.c.container == container)
    return set(connection.execute(deleted).scalars())


def indexed_end(connection: Connection, container: str) -> int:
    """Return where the last member ends that is an instance of the index; 0 if none is."""
    last = select(func.max(instances.c.offset + instances.c.length)).select_from(_PLACED)
    return int(connection.execute(last.where(containers.c.name == container)).scalar() or 0)
