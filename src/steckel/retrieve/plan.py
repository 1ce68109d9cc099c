"""Which instances are meant, and where they lie: the index side of retrieval."""

import hashlib
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, Select, bindparam, false, select

from steckel.archive.location import Location
from steckel.dicom.frames import unpack_table
from steckel.dicom.uids import (
    SeriesUid,
    SopClassUid,
    SopInstanceUid,
    StudyUid,
    TransferSyntaxUid,
)
from steckel.errors import NotFound
from steckel.index.asking import Asking
from steckel.index.schema import containers, instances, placed_instances, series, studies
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import visible
from steckel.retrieve.model import Selection, StoredInstance, name_of_coerced

_PIECE = 500

_COLUMNS = select(
    studies.c.uid.label("study_uid"),
    series.c.uid.label("series_uid"),
    instances.c.uid,
    instances.c.sop_class,
    instances.c.transfer_syntax,
    containers.c.name,
    instances.c.offset,
    instances.c.length,
    instances.c.dataset_offset,
    instances.c.digest,
    instances.c.frames,
    studies.c.coercion,
).select_from(placed_instances)
_ONE = _COLUMNS.where(
    instances.c.uid == bindparam("sop"),
    series.c.uid == bindparam("series"),
    studies.c.uid == bindparam("study"),
)

_DIGESTS = select(instances.c.digest, studies.c.coercion).select_from(
    instances.join(series, instances.c.series_pk == series.c.pk).join(
        studies, series.c.study_pk == studies.c.pk
    )
)
_ORDER = (studies.c.pk, series.c.number, series.c.pk, instances.c.number, instances.c.pk)


class Planner:
    """Finds stored instances. Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._asking = Asking(engine)
        self._one = self._asking.prepare(_ONE)

    def close(self) -> None:
        """Let go of the database."""
        self._asking.close()

    def select(self, selection: Selection, view: View = EVERYTHING) -> Iterator[StoredInstance]:
        """Yield instances that are seen in order of study, series and number; lazily."""
        statement = _narrowed(_COLUMNS, selection, view).order_by(*_ORDER)
        with (
            self._engine.connect() as connection,
            connection.execution_options(yield_per=_PIECE).execute(statement) as result,
        ):
            for row in result:
                yield _stored(row)

    def fingerprint(self, selection: Selection, view: View = EVERYTHING) -> str:
        """Name the instances in their order by what is in them; empty where there are none."""
        statement = _narrowed(_DIGESTS, selection, view).order_by(*_ORDER)
        named, count = hashlib.blake2b(digest_size=16), 0
        with self._engine.connect() as connection:
            for digest, coercion in connection.execute(statement):
                named.update(digest if coercion is None else name_of_coerced(digest, coercion))
                count += 1
        return named.hexdigest() if count else ""

    def instance(self, study: str, series_uid: str, sop: str) -> StoredInstance:
        """Return one instance, or raise `NotFound`."""
        wanted = {"sop": sop, "series": series_uid, "study": study}
        row = self._asking.one(self._one, wanted)
        if row is None:
            raise NotFound("there is no such instance")
        return _stored(row)


def _narrowed(statement: Select[Any], selection: Selection, view: View) -> Select[Any]:
    statement = statement.where(*visible(view, time.time()))
    if not any(
        (
            selection.patient_ids,
            selection.study_uids,
            selection.series_uids,
            selection.sop_instance_uids,
        )
    ):
        return statement.where(false())
    if selection.patient_ids:
        statement = statement.where(studies.c.patient_id.in_(selection.patient_ids))
    if selection.study_uids:
        statement = statement.where(studies.c.uid.in_(selection.study_uids))
    if selection.series_uids:
        statement = statement.where(series.c.uid.in_(selection.series_uids))
    if selection.sop_instance_uids:
        statement = statement.where(instances.c.uid.in_(selection.sop_instance_uids))
    return statement


def _stored(row: Any) -> StoredInstance:
    """Make an instance of a row of `_COLUMNS`."""
    study, series_uid, sop, sop_class, syntax, name, offset, length, *more = row
    start, digest, frames, coercion = more
    return StoredInstance(
        study_uid=StudyUid(study),
        series_uid=SeriesUid(series_uid),
        sop_instance_uid=SopInstanceUid(sop),
        sop_class_uid=SopClassUid(sop_class),
        transfer_syntax=TransferSyntaxUid(syntax),
        location=Location(name, offset, length),
        dataset_offset=start,
        digest=bytes(digest).hex(),
        frames=None if frames is None else unpack_table(bytes(frames)),
        coercion=coercion,
    )
