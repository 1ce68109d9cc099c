"""Which versions of reports are to become documents of which studies (`reporting.archiving`).

A version waits until each study that it belongs to is noted to have it. A study that comes later,
of the same accession number, gets its own: new studies are looked at by the number of their change.

The rule: a report is put into a study of the same patient only, whatever number it names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Row,
    Select,
    and_,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from steckel.dicom.json_model import JsonDataset
from steckel.index.engine import writing
from steckel.index.schema import clock, corrections, patients, studies
from steckel.index.signals import CHANGE_CLOCK, REPORT_CLOCK
from steckel.index.upserting import add_new
from steckel.ris.model import ReportStatus
from steckel.ris.reports import standing
from steckel.ris.schema import orders, report_instances, report_versions, reports

_MOST: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportVersion:
    """One version of a report with the numbers of its report."""

    pk: int
    report_id: str
    digest: str
    number: int  #: which of the report's versions, from 1, by their own time
    status: ReportStatus
    at: int  #: milliseconds since 1970
    title: str = ""
    author: str = ""  #: a person name as DICOM spells it
    text: str = ""
    media_type: str = ""
    body: bytes = b""
    accession: str = ""
    placer: str = ""
    filler: str = ""
    #: digest of the version before that has the same form: text, or a media type
    before: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Placing:
    """A version, and a study that it belongs to."""

    version_pk: int
    study_uid: str


class ReportDocuments:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def waiting(self, after: int = 0) -> tuple[list[Placing], int | None]:
        """Return where versions that wait belong, if their studies are here.

        Some at a time, with the row that the next call goes on `after`; ``None``: that was all.
        """
        pending = (
            select(report_versions.c.pk)
            .where(report_versions.c.is_archived.is_(False), report_versions.c.pk > after)
            .order_by(report_versions.c.pk)
            .limit(_MOST)
        )
        with self._engine.connect() as connection:
            pks = connection.execute(pending).scalars().all()
            if not pks:
                return [], None
            among = and_(
                report_versions.c.is_archived.is_(False),
                report_versions.c.pk.between(pks[0], pks[-1]),
            )
            return _placed(connection, among), pks[-1]

    def latest_change(self) -> int:
        """Return the number of the last change of the index."""
        with self._engine.connect() as connection:
            return _clock(connection, CHANGE_CLOCK)

    def seen(self) -> int:
        """Return up to which change new studies were looked at."""
        with self._engine.connect() as connection:
            seen = _clock(connection, REPORT_CLOCK)
            # An index that was made anew begins to count anew.
            return seen if seen <= _clock(connection, CHANGE_CLOCK) else 0

    def keep_seen(self, sequence: int) -> None:
        """Note up to which change new studies were looked at."""
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        with writing(self._engine) as connection:
            connection.execute(
                insert(clock)
                .values(pk=REPORT_CLOCK, value=sequence)
                .on_conflict_do_update(index_elements=["pk"], set_={"value": sequence})
            )

    def of_new_studies(self, since: int, until: int) -> list[Placing]:
        """Return the versions that belong to studies which are new since a change."""
        new = and_(studies.c.changed > since, studies.c.created > since, studies.c.created <= until)
        with self._engine.connect() as connection:
            return _placed(connection, new)

    def version(self, version_pk: int) -> ReportVersion | None:
        """Return a version with what is known of it; ``None`` where it is gone."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(
                    report_versions,
                    reports.c.id.label("report_id"),
                    *(reports.c.accession, reports.c.placer, reports.c.filler),
                )
                .join(reports, report_versions.c.report_pk == reports.c.pk)
                .where(report_versions.c.pk == version_pk)
            ).first()
            if row is None:
                return None
            found: Sequence[Any] = connection.execute(
                select(
                    *(report_versions.c[name] for name in ("pk", "at", "status", "tie", "digest")),
                    report_versions.c.media_type,
                    (report_versions.c.text != "").label("has_text"),
                    report_versions.c.body.is_not(None).label("has_body"),
                ).where(report_versions.c.report_pk == row.report_pk)
            ).all()
        return _version(row, sorted(found, key=standing))

    def study(self, study_uid: str) -> JsonDataset | None:
        """Return the attributes of a study as its images say them."""
        with self._engine.connect() as connection:
            text = connection.execute(
                select(func.coalesce(studies.c.own_json, studies.c.json)).where(
                    studies.c.uid == study_uid
                )
            ).scalar()
        return None if text is None else orjson.loads(text)

    def noted(self, version_pk: int) -> set[str]:
        """Return the studies that are noted to have a version."""
        with self._engine.connect() as connection:
            return set(
                connection.execute(
                    select(report_instances.c.study_uid).where(
                        report_instances.c.version_pk == version_pk
                    )
                ).scalars()
            )

    def note(self, version_pk: int, archived: Mapping[str, str], *, is_whole: bool) -> None:
        """Note as which instance each study has a version, and whether no other waits for it."""
        if not archived and not is_whole:
            return
        with writing(self._engine) as connection:
            for study_uid, sop_instance_uid in archived.items():
                values = {
                    "version_pk": version_pk,
                    "study_uid": study_uid,
                    "sop_instance_uid": sop_instance_uid,
                }
                connection.execute(
                    add_new(
                        connection, report_instances, tuple(values), ("version_pk", "study_uid")
                    ),
                    values,
                )
            if is_whole:
                connection.execute(
                    update(report_versions)
                    .where(report_versions.c.pk == version_pk)
                    .values(is_archived=True)
                )


def places_of_reports(*columns: ColumnElement[Any], of: FromClause = reports) -> list[Select[Any]]:
    """Return the questions for reports with the studies of the same patient that they name.

    One for each way to name one, so that each is served by an index: by Study Instance UID;
    where there is none, by accession number: the study's, or that of an order for the study;
    where there is none either, by the filler's or the placer's number of an order. `of` is the
    table of reports, or an alias of it that `columns` are of.
    """
    numbered = and_(of.c.study_uid == "", of.c.accession != "")
    ordered = and_(orders.c.accession == of.c.accession, orders.c.study_uid != "")
    by_number = [
        _of_same_patient(of, of_order, columns).where(
            of.c.study_uid == "", of.c.accession == "", number != ""
        )
        for number, theirs in (
            (of.c.filler, orders.c.filler),
            (of.c.placer, orders.c.placer),
        )
        for of_order in _studies_of_order(of.join(orders, number == theirs))
    ]
    return [
        *by_number,
        _of_same_patient(of, of.join(studies, studies.c.uid == of.c.study_uid), columns),
        _of_same_patient(
            of, of.join(studies, studies.c.accession == of.c.accession), columns
        ).where(numbered),
        _of_same_patient(
            of,
            of.join(orders, ordered).join(studies, studies.c.uid == orders.c.study_uid),
            columns,
        ).where(numbered),
    ]


def _studies_of_order(places: FromClause) -> list[FromClause]:
    """Join orders with their studies: the one that was to be made, and those that were matched."""
    matched = places.join(corrections, corrections.c.order_key == orders.c.key)
    return [
        places.join(studies, studies.c.uid == orders.c.study_uid),
        matched.join(studies, studies.c.uid == corrections.c.study_uid),
    ]


def _of_same_patient(
    of: FromClause, places: FromClause, columns: Sequence[ColumnElement[Any]]
) -> Select[Any]:
    """Leave out studies of other patients: numbers are mistyped, and given twice."""
    named, own = patients.alias("named"), patients.alias("own")
    same_number = and_(
        named.c.patient_id != "",
        named.c.patient_id == own.c.patient_id,
        or_(named.c.issuer == "", own.c.issuer == ""),
    )
    survivor = func.coalesce(named.c.survivor_pk, named.c.pk)
    same = or_(survivor == studies.c.patient_pk, named.c.pk == own.c.pk, same_number)
    owner = func.coalesce(studies.c.own_patient_pk, studies.c.patient_pk)
    joined = (
        places.join(named, named.c.identity == of.c.identity)
        .join(own, own.c.pk == owner)
        .join(report_versions, report_versions.c.report_pk == of.c.pk)
    )
    return select(*columns).select_from(joined).where(same)


def _placed(connection: Connection, condition: ColumnElement[bool]) -> list[Placing]:
    found: set[tuple[int, str]] = set()
    for question in places_of_reports(report_versions.c.pk, studies.c.uid):
        found.update((pk, uid) for pk, uid in connection.execute(question.where(condition)))
    return [Placing(version_pk=pk, study_uid=uid) for pk, uid in sorted(found)]


def _clock(connection: Connection, pk: int) -> int:
    found = connection.execute(select(clock.c.value).where(clock.c.pk == pk)).scalar()
    return int(found or 0)


def _version(row: Row[Any], in_order: Sequence[Any]) -> ReportVersion:
    at = next(index for index, one in enumerate(in_order) if one.pk == row.pk)
    before: dict[str, str] = {}
    for earlier in in_order[:at]:
        if earlier.has_body:
            before[earlier.media_type] = earlier.digest
        if earlier.has_text or not earlier.has_body:
            before["text"] = earlier.digest
    return ReportVersion(
        pk=row.pk,
        report_id=row.report_id,
        digest=row.digest,
        number=at + 1,
        status=ReportStatus(row.status),
        at=row.at,
        title=row.title,
        author=row.author,
        text=row.text,
        media_type=row.media_type,
        body=bytes(row.body or b""),
        accession=row.accession,
        placer=row.placer,
        filler=row.filler,
        before=before,
    )
