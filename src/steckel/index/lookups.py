"""What ingest asks the index about an instance before it takes it."""

from sqlalchemy import Engine, bindparam, select

from steckel.archive.location import Location
from steckel.index.asking import Asking
from steckel.index.model import Known
from steckel.index.owners import owners
from steckel.index.schema import (
    containers,
    instances,
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
_OWNERS = owners.where(studies.c.uid == bindparam("uid"))
_PRESENT = select(instances.c.pk).where(instances.c.uid == bindparam("uid"))


class Lookups:
    """Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._asking = Asking(engine)
        self._known = self._asking.prepare(_KNOWN)
        self._owners = self._asking.prepare(_OWNERS)
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

    def owners(self, study_uid: str) -> frozenset[str]:
        """Return the identities of whose a study is, and of whose its images say it is."""
        row = self._asking.one(self._owners, {"uid": study_uid})
        return frozenset() if row is None else frozenset(row[:2])

    def close(self) -> None:
        """Give the kept connections back."""
        self._asking.close()
