"""What ingest asks the index about an instance before it takes it."""

from sqlalchemy import Engine, bindparam, select

from steckel.archive.location import Location
from steckel.index.asking import Asking
from steckel.index.model import Known
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


class Lookups:
    """Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._asking = Asking(engine)
        self._known = self._asking.prepare(_KNOWN)
        self._owner = self._asking.prepare(_OWNER)
        self._present = self._asking.prepare(_PRESENT)

    def known(self, sop_instance_uid: str) -> Known | None:
        """Return what the index has under a SOP Instance UID."""
        row = self._asking.one(self._known, {"uid": sop_instance_uid})
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
        return self._asking.one(self._present, {"uid": sop_instance_uid}) is not None

    def owner(self, study_uid: str) -> str | None:
        """Return the identity of the patient that a study belongs to."""
        row = self._asking.one(self._owner, {"uid": study_uid})
        return None if row is None else str(row[0])

    def close(self) -> None:
        """Give the kept connections back."""
        self._asking.close()
