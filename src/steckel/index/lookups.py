"""Single questions to the index, for the hot path of ingest and retrieve."""

from typing import Any

from sqlalchemy import Engine, bindparam, select

from steckel.archive.location import Location
from steckel.index.model import Known
from steckel.index.schema import containers, instances, patients, series, studies

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
    .select_from(instances)
    .join(series, instances.c.series_pk == series.c.pk)
    .join(studies, series.c.study_pk == studies.c.pk)
    .join(containers, instances.c.container_pk == containers.c.pk)
    .where(instances.c.uid == bindparam("uid"))
)
_OWNER = (
    select(patients.c.identity)
    .select_from(studies)
    .join(patients, studies.c.patient_pk == patients.c.pk)
    .where(studies.c.uid == bindparam("uid"))
)
_PRESENT = select(instances.c.pk).where(instances.c.uid == bindparam("uid"))


class Lookups:
    """Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def known(self, sop_instance_uid: str) -> Known | None:
        """Return what the index has under a SOP Instance UID."""
        row = self._one(_KNOWN, sop_instance_uid)
        if row is None:
            return None
        return Known(
            study_uid=row.study_uid,
            series_uid=row.series_uid,
            digest=bytes(row.digest),
            length=row.length,
            location=Location(row.name, row.offset, row.length),
            dataset_offset=row.dataset_offset,
        )

    def is_known(self, sop_instance_uid: str) -> bool:
        """Whether the index has a SOP Instance UID."""
        return self._one(_PRESENT, sop_instance_uid) is not None

    def owner(self, study_uid: str) -> str | None:
        """Return the identity of the patient that a study belongs to."""
        row = self._one(_OWNER, study_uid)
        return None if row is None else str(row.identity)

    def _one(self, statement: Any, uid: str) -> Any:
        with self._engine.connect() as connection:
            return connection.execute(statement, {"uid": uid}).first()
