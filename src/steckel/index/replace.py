"""Pointing the index at other bytes: after compaction, or for another version of an instance."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from steckel.archive.location import Location
from steckel.index.model import InstanceEntry
from steckel.index.schema import containers, erasures, instances, second_frames, series, studies
from steckel.index.signals import tick
from steckel.index.summary import summarise


def container_pk(connection: Connection, name: str) -> int:
    """Return the key of a container, adding it when it is new."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(
        insert(containers).values(name=name).on_conflict_do_nothing(index_elements=["name"])
    )
    return int(
        connection.execute(select(containers.c.pk).where(containers.c.name == name)).scalar_one()
    )


def move(connection: Connection, before: Location, after: Location) -> bool:
    """Point the instance at `before` to `after`; whether there was one."""
    old = select(containers.c.pk).where(containers.c.name == before.container).scalar_subquery()
    result = connection.execute(
        update(instances)
        .where(instances.c.container_pk == old, instances.c.offset == before.offset)
        .values(container_pk=container_pk(connection, after.container), offset=after.offset)
    )
    return result.rowcount == 1


def replace_version(connection: Connection, entry: InstanceEntry) -> bool:
    """Make the row of an instance say what another version of it is; its series stays.

    Returns whether there was such a row.
    """
    now = tick(connection)
    result = connection.execute(
        update(instances)
        .where(instances.c.uid == entry.sop_instance_uid)
        .values(
            sop_class=entry.sop_class_uid,
            number=entry.number,
            transfer_syntax=entry.transfer_syntax,
            container_pk=container_pk(connection, entry.location.container),
            offset=entry.location.offset,
            length=entry.location.length,
            dataset_offset=entry.dataset_offset,
            digest=entry.digest,
            frames=entry.frames,
            json=entry.json,
            received=entry.received,
        )
    )
    if result.rowcount != 1:
        return False
    _let_go_of_second_frames(connection, entry.sop_instance_uid)
    study_pk = connection.execute(
        select(studies.c.pk).where(studies.c.uid == entry.study_uid)
    ).scalar_one()
    connection.execute(
        update(series)
        .where(series.c.study_pk == study_pk, series.c.uid == entry.series_uid)
        .values(changed=now)
    )
    summarise(connection, study_pk, now)
    return True


def _let_go_of_second_frames(connection: Connection, sop_instance_uid: str) -> None:
    """Have the frames forgotten that were encoded of the version before."""
    replaced = select(instances.c.pk).where(instances.c.uid == sop_instance_uid).scalar_subquery()
    connection.execute(
        update(second_frames)
        .where(second_frames.c.instance_pk == replaced)
        .values(instance_pk=None)
    )


def add_erasures(connection: Connection, locations: Iterable[Location]) -> None:
    """Note members whose bytes are to be removed from the store."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = [{"container": place.container, "offset": place.offset} for place in locations]
    if values:
        connection.execute(
            insert(erasures).on_conflict_do_nothing(index_elements=["container", "offset"]), values
        )
