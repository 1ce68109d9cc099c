"""What a study's row says of its series and instances, taken anew after some of them went.

Ingest only ever adds (`batch`); this is for the rare ways back.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Connection, func, select, update

from steckel.index.schema import instances, series, studies


def set_of(values: Iterable[str]) -> str:
    r"""Return a set as it is kept: ``\CT\SR\``, sorted."""
    there = sorted({value for value in values if value})
    return "\\" + "\\".join(there) + "\\" if there else ""


def values_of(kept: str) -> list[str]:
    r"""Return the values of a set that is kept as ``\CT\SR\``."""
    return [value for value in kept.split("\\") if value]


def summarise(connection: Connection, study_pk: int, now: int) -> int:
    """Make a study's row say what its series say, and return how many those are."""
    of_study = series.c.study_pk == study_pk
    count, total = connection.execute(
        select(func.count(), func.coalesce(func.sum(series.c.instances), 0)).where(of_study)
    ).one()
    classes = (
        select(instances.c.sop_class).join(series, instances.c.series_pk == series.c.pk).distinct()
    )
    connection.execute(
        update(studies)
        .where(studies.c.pk == study_pk)
        .values(
            series=count,
            instances=total,
            modalities=_distinct(connection, study_pk, series.c.modality),
            body_parts=_distinct(connection, study_pk, series.c.body_part),
            sop_classes=set_of(connection.execute(classes.where(of_study)).scalars()),
            changed=now,
        )
    )
    return int(count)


def _distinct(connection: Connection, study_pk: int, column: Column[Any]) -> str:
    found = select(column).where(series.c.study_pk == study_pk).distinct()
    return set_of(connection.execute(found).scalars())
