"""Deleting studies, series and instances (`web.ports.archive.Deleter`, `dicomweb.ports.Deleter`).

The index forgets at once; the bytes are noted as to be erased in the same
transaction, and go when their container is sealed (`care.erasure`).
"""

import time
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, delete, exists, func, insert, select, update

from steckel.archive.location import Location
from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.index.replace import add_erasures
from steckel.index.schema import (
    conflicts,
    containers,
    deletions,
    instances,
    patients,
    series,
    studies,
)
from steckel.index.signals import tick
from steckel.index.summary import summarise
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import visible

_log = structlog.get_logger(__name__)


class Deletion:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._view = view

    def seen_by(self, view: View) -> "Deletion":
        """Return what deletes for somebody with this view: what is not seen is not there."""
        return self if view == self._view else Deletion(self._engine, view)

    def delete_study(self, study: str) -> None:
        """Delete a study, or raise `NotFound`."""
        self._delete(study, [])

    def delete_series(self, study: str, series_uid: str) -> None:
        """Delete a series, or raise `NotFound`."""
        self._delete(study, [series.c.uid == series_uid])

    def delete_instance(self, study: str, series_uid: str, sop: str) -> None:
        """Delete an instance, or raise `NotFound`."""
        self._delete(study, [series.c.uid == series_uid, instances.c.uid == sop])

    def _delete(self, study: str, narrower: Sequence[Any]) -> None:
        with writing(self._engine, durable=True) as connection:
            row = connection.execute(
                select(studies.c.pk, studies.c.patient_pk, studies.c.own_patient_pk).where(
                    studies.c.uid == study, *visible(self._view, time.time())
                )
            ).first()
            if row is None:
                raise NotFound("there is no such study")
            doomed = connection.execute(
                select(instances.c.pk, instances.c.offset, instances.c.length, containers.c.name)
                .join(series, instances.c.series_pk == series.c.pk)
                .join(containers, instances.c.container_pk == containers.c.pk)
                .where(series.c.study_pk == row.pk, *narrower)
            ).all()
            if not doomed:
                raise NotFound("there is nothing of that name in the study")
            add_erasures(
                connection, (Location(item.name, item.offset, item.length) for item in doomed)
            )
            _remove(connection, [item.pk for item in doomed])
            if _tidy(connection, study, row.pk):
                _forget_patients(connection, row.patient_pk, row.own_patient_pk)
        _log.info("instances_deleted", study_uid=study, count=len(doomed))


def _remove(connection: Connection, keys: list[int]) -> None:
    for start in range(0, len(keys), 500):
        piece = keys[start : start + 500]
        connection.execute(delete(instances).where(instances.c.pk.in_(piece)))


def _tidy(connection: Connection, study: str, study_pk: int) -> bool:
    """Drop what is empty now, and count what is left; whether the study went."""
    left = select(func.count()).where(instances.c.series_pk == series.c.pk).scalar_subquery()
    now = tick(connection)
    connection.execute(
        update(series).where(series.c.study_pk == study_pk).values(instances=left, changed=now)
    )
    connection.execute(delete(series).where(series.c.study_pk == study_pk, series.c.instances == 0))
    if summarise(connection, study_pk, now):
        return False
    connection.execute(delete(studies).where(studies.c.pk == study_pk))
    connection.execute(insert(deletions).values(changed=now, study_uid=study))
    connection.execute(delete(conflicts).where(conflicts.c.study_uid == study))
    return True


def _forget_patients(connection: Connection, owner_pk: int, own_pk: int | None) -> None:
    """Count a study less; patients whom only images named go with the last of them."""
    connection.execute(
        update(patients).where(patients.c.pk == owner_pk).values(studies=patients.c.studies - 1)
    )
    merged = patients.alias()
    for pk in {owner_pk, own_pk or owner_pk}:
        connection.execute(
            delete(patients).where(
                patients.c.pk == pk,
                patients.c.studies <= 0,
                ~patients.c.is_registered,
                patients.c.survivor_pk.is_(None),
                ~exists().where(merged.c.survivor_pk == pk),
                ~exists().where(studies.c.own_patient_pk == pk),
            )
        )
