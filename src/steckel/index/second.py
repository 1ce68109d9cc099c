"""The second representation of frames in the index: what is made, missing, and to be erased."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from steckel.dicom.transfer_syntax import TRANSFER_SYNTAXES
from steckel.index.schema import instances, second_frames, second_making, series, studies

#: Values of one statement at most.
_PIECE = 500
_NATIVE = tuple(
    uid for uid, syntax in TRANSFER_SYNTAXES.items() if not (syntax.encapsulated or syntax.deflated)
)

#: What serving asks of one instance.
FIND = (
    select(series.c.modality, second_frames.c.file, second_frames.c.frames)
    .select_from(
        instances.join(series, instances.c.series_pk == series.c.pk).outerjoin(
            second_frames, second_frames.c.instance_pk == instances.c.pk
        )
    )
    .where(instances.c.uid == bindparam("uid"))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondRow:
    """Where the frames of one instance lie; in no file where they are not worth it."""

    sop_instance_uid: str
    digest: bytes  #: of the data set that they were made of
    file: str = ""
    frames: bytes | None = None


def missing(
    connection: Connection, study_uid: str, modalities: Iterable[str], most: int
) -> Sequence[tuple[str, str]]:
    """Return Series and SOP Instance UIDs of what was not looked at yet, series by series."""
    statement = (
        select(series.c.uid, instances.c.uid)
        .select_from(
            studies.join(series, series.c.study_pk == studies.c.pk)
            .join(instances, instances.c.series_pk == series.c.pk)
            .outerjoin(second_frames, second_frames.c.instance_pk == instances.c.pk)
        )
        .where(
            studies.c.uid == study_uid,
            series.c.modality.in_(sorted(modalities)),
            instances.c.transfer_syntax.in_(_NATIVE),
            instances.c.frames.is_not(None),
            second_frames.c.pk.is_(None),
        )
        .order_by(series.c.pk, instances.c.number, instances.c.pk)
        .limit(most)
    )
    return [(row[0], row[1]) for row in connection.execute(statement)]


def keep(connection: Connection, rows: Sequence[SecondRow]) -> None:
    """Note what was made.

    What was deleted, replaced or made by somebody else meanwhile is noted as to be erased.
    """
    for start in range(0, len(rows), _PIECE):
        piece = rows[start : start + _PIECE]
        wanted = [row.sop_instance_uid for row in piece]
        statement = (
            # Locked, so that nobody replaces one of them before the row is there.
            select(instances.c.uid, instances.c.digest, instances.c.pk)
            .where(instances.c.uid.in_(wanted))
            .with_for_update()
        )
        keys = {(r.uid, bytes(r.digest)): r.pk for r in connection.execute(statement)}
        have = select(second_frames.c.instance_pk).where(
            second_frames.c.instance_pk.in_(keys.values())
        )
        there = set(connection.execute(have).scalars())
        keys = {name: pk for name, pk in keys.items() if pk not in there}
        values = [
            {
                "instance_pk": keys.get((row.sop_instance_uid, row.digest)),
                "file": row.file,
                "frames": row.frames,
            }
            for row in piece
        ]
        connection.execute(insert(second_frames), values)


def orphaned_files(connection: Connection) -> list[str]:
    """Return the files with frames of what was deleted; an empty name for none of them."""
    statement = select(second_frames.c.file).where(second_frames.c.instance_pk.is_(None))
    return sorted(set(connection.execute(statement).scalars()))


def rows_of(connection: Connection, file: str) -> Sequence[Any]:
    """Return number, instance and frames of what lies in a file."""
    columns = (second_frames.c.pk, second_frames.c.instance_pk, second_frames.c.frames)
    return connection.execute(select(*columns).where(second_frames.c.file == file)).all()


def move(connection: Connection, file: str, moved: Sequence[tuple[int, bytes]]) -> None:
    """Point rows to another file."""
    for pk, frames in moved:
        connection.execute(
            update(second_frames).where(second_frames.c.pk == pk).values(file=file, frames=frames)
        )


def forget_file(connection: Connection, file: str) -> None:
    """Remove the rows that are left of a file."""
    connection.execute(delete(second_frames).where(second_frames.c.file == file))


def forget_orphans_without_file(connection: Connection) -> None:
    """Remove the rows of deleted instances that never had a file."""
    connection.execute(
        delete(second_frames).where(
            second_frames.c.file == "", second_frames.c.instance_pk.is_(None)
        )
    )


def known_files(connection: Connection, names: Sequence[str]) -> set[str]:
    """Return those of some files that have rows."""
    known: set[str] = set()
    for start in range(0, len(names), _PIECE):
        piece = names[start : start + _PIECE]
        statement = select(second_frames.c.file).where(second_frames.c.file.in_(piece)).distinct()
        known.update(connection.execute(statement).scalars())
    return known


def file_after(connection: Connection, name: str) -> str | None:
    """Return the first file behind a name: so all are found without a look at each row."""
    statement = (
        select(second_frames.c.file)
        .where(second_frames.c.file > name)
        .order_by(second_frames.c.file)
        .limit(1)
    )
    found: str | None = connection.execute(statement).scalar()
    return found


def progress(connection: Connection) -> tuple[int, str]:
    """Return up to which change all is made, and for which modalities."""
    row = connection.execute(select(second_making.c.seen, second_making.c.policy)).one()
    return row.seen, row.policy


def backlog(connection: Connection) -> int:
    """Return how many studies changed since all was made, or were not looked at yet."""
    seen, _ = progress(connection)
    changed = select(func.count()).select_from(studies).where(studies.c.changed > seen)
    return int(connection.execute(changed).scalar_one())


def set_progress(connection: Connection, seen: int, policy: str) -> None:
    """Note up to which change all is made."""
    connection.execute(update(second_making).values(seen=seen, policy=policy))


def begin_again(connection: Connection) -> None:
    """Have all be looked at again, in this process and in the next."""
    connection.execute(update(second_making).values(seen=-1))
