"""Single questions to the index, for the hot path of ingest and retrieve.

They are asked on the driver's own connections, a few of which are kept: for
questions this small SQLAlchemy's execution costs several times the answer.
"""

from collections import deque
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select

from steckel.archive.location import Location
from steckel.index.engine import is_sqlite
from steckel.index.failures import failure_of
from steckel.index.model import Known
from steckel.index.prepared import Prepared
from steckel.index.schema import (
    containers,
    instances,
    patients,
    placed_instances,
    series,
    studies,
)

_KNOWN = (
    select(
        studies.c.uid.label("study_uid"),
        series.c.uid.label("series_uid"),
        instances.c.digest,
        instances.c.length,
        containers.c.name,
        instances.c.offset,
        instances.c.dataset_offset,
    )
    .select_from(placed_instances)
    .where(instances.c.uid == bindparam("uid"))
)
_OWNER = (
    select(patients.c.identity)
    .select_from(studies)
    .join(patients, studies.c.patient_pk == patients.c.pk)
    .where(studies.c.uid == bindparam("uid"))
)
_PRESENT = select(instances.c.pk).where(instances.c.uid == bindparam("uid"))


#: Connections kept for the next question.
_KEPT = 4


class Lookups:
    """Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known = Prepared(_KNOWN, engine.dialect)
        self._owner = Prepared(_OWNER, engine.dialect)
        self._present = Prepared(_PRESENT, engine.dialect)
        self._idle: deque[Connection] = deque()

    def known(self, sop_instance_uid: str) -> Known | None:
        """Return what the index has under a SOP Instance UID."""
        row = self._one(self._known, sop_instance_uid)
        if row is None:
            return None
        study_uid, series_uid, digest, length, container, offset, dataset_offset = row
        return Known(
            study_uid=study_uid,
            series_uid=series_uid,
            digest=bytes(digest),
            length=length,
            location=Location(container, offset, length),
            dataset_offset=dataset_offset,
        )

    def is_known(self, sop_instance_uid: str) -> bool:
        """Whether the index has a SOP Instance UID."""
        return self._one(self._present, sop_instance_uid) is not None

    def owner(self, study_uid: str) -> str | None:
        """Return the identity of the patient that a study belongs to."""
        row = self._one(self._owner, study_uid)
        return None if row is None else str(row[0])

    def close(self) -> None:
        """Give the kept connections back."""
        while self._idle:
            self._idle.pop().close()

    def _one(self, question: Prepared, uid: str) -> Any:
        connection = self._connect()
        try:
            cursor = connection.connection.cursor()
            cursor.execute(question.sql, question.bind({"uid": uid}))
            row = cursor.fetchone()
            cursor.close()
        except Exception as problem:
            connection.invalidate()
            connection.close()
            raise failure_of(problem) from problem
        if len(self._idle) < _KEPT:
            self._idle.append(connection)
        else:
            connection.close()
        return row

    def _connect(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            pass
        try:
            connection = self._engine.connect()
            if not is_sqlite(self._engine):
                # Else the first question would open a transaction, and it would stay open.
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        except Exception as problem:
            raise failure_of(problem) from problem
        return connection
