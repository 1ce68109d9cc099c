"""What people and rules put right about a study: kept beside it, taken back at any time.

What was decided without changing anything, that a study is as it is, is kept there too. So
the log has all of it, and taking back is the same for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Row, delete, desc, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from steckel.audit.acting import concern
from steckel.errors import NotFound
from steckel.index.projecting import Projector
from steckel.index.schema import correction_log, corrections
from steckel.ris import clock
from steckel.ris.orders import refresh_orders


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What is put right; with nothing in it the study is as its images say."""

    identity: str = ""  #: the patient that it really is of
    attributes: Mapping[str, Any] = field(default_factory=dict)  #: DICOM JSON
    order_key: str = ""  #: the order that it was matched to
    #: kinds of mismatches (`ris.model.MismatchKind`) that were accepted, and `REGISTERED`
    decisions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return it as the log keeps it."""
        return orjson.dumps(
            {
                "identity": self.identity,
                "attributes": dict(self.attributes),
                "order_key": self.order_key,
                "decisions": list(self.decisions),
            },
            option=orjson.OPT_SORT_KEYS,
        ).decode()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is put right."""
        return not (self.identity or self.attributes or self.order_key or self.decisions)


#: A decision: the images' patient was registered as they have it.
REGISTERED = "registered"


def read_correction(text: str) -> Correction:
    """Return what `Correction.text` wrote."""
    values = orjson.loads(text)
    values["decisions"] = tuple(values.get("decisions", ()))
    return Correction(**values)


class Corrections:
    """Takes and takes back corrections, in the caller's transaction."""

    def __init__(self, engine: Engine) -> None:
        self._projector = Projector(engine)
        self._insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert

    def of_study(self, connection: Connection, study_uid: str) -> Correction:
        """Return what is put right about a study now."""
        row = connection.execute(
            select(corrections).where(corrections.c.study_uid == study_uid)
        ).first()
        return Correction() if row is None else _correction(row)

    def correct(
        self, connection: Connection, study_uid: str, correction: Correction, by: str, reason: str
    ) -> None:
        """Put a study right; what was put right before is replaced, and kept in the log."""
        before = self.of_study(connection, study_uid)
        if before == correction:
            return
        now = clock.now()
        concern(study=study_uid)
        connection.execute(
            insert(correction_log).values(
                study_uid=study_uid,
                before=before.text(),
                after=correction.text(),
                at=now,
                by=by,
                reason=reason,
            )
        )
        connection.execute(delete(corrections).where(corrections.c.study_uid == study_uid))
        if not correction.is_empty:
            connection.execute(
                insert(corrections).values(
                    study_uid=study_uid,
                    identity=correction.identity,
                    attributes=orjson.dumps(dict(correction.attributes)).decode(),
                    order_key=correction.order_key,
                    decisions=" ".join(correction.decisions),
                    at=now,
                    by=by,
                    reason=reason,
                )
            )
        self.project(connection, study_uid)
        refresh_orders(connection, {before.order_key, correction.order_key} - {""})

    def undo(self, connection: Connection, study_uid: str, by: str, reason: str) -> None:
        """Take the last correction of a study back.

        Raises
        ------
        NotFound
            Nothing was put right.
        """
        last = connection.execute(
            select(correction_log.c.before)
            .where(correction_log.c.study_uid == study_uid)
            .order_by(desc(correction_log.c.pk))
            .limit(1)
        ).scalar()
        if last is None:
            raise NotFound("nothing of this study was put right")
        self.correct(connection, study_uid, read_correction(last), by, reason)

    def history(self, connection: Connection, study_uid: str) -> list[Row[Any]]:
        """Return all that was put right and taken back, oldest first."""
        return list(
            connection.execute(
                select(correction_log)
                .where(correction_log.c.study_uid == study_uid)
                .order_by(correction_log.c.pk)
            )
        )

    def is_projected(self, connection: Connection, study_uid: str) -> bool:
        """Whether the row of a study is what follows from all that is known.

        It may not be when it arrived in one transaction and its patient was registered in another.
        """
        cursor = connection.connection.cursor()
        try:
            pk = self._projector.study_pk(cursor, study_uid)
            return pk is None or not self._projector.is_due(cursor, pk)
        finally:
            cursor.close()

    def project(self, connection: Connection, study_uid: str) -> None:
        """Work out the row of a study anew."""
        cursor = connection.connection.cursor()
        try:
            pk = self._projector.study_pk(cursor, study_uid)
            if pk is not None:
                self._projector.project(cursor, [pk])
        finally:
            cursor.close()


def _correction(row: Row[Any]) -> Correction:
    return Correction(
        identity=row.identity,
        attributes=orjson.loads(row.attributes),
        order_key=row.order_key,
        decisions=tuple(row.decisions.split()),
    )
