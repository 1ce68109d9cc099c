"""Reports and their versions, to be read by people and other systems."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, case, func, null, select

from steckel.errors import NotFound
from steckel.index.schema import studies
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import visible
from steckel.ris.model import ReportStatus
from steckel.ris.report_documents import places_of_reports
from steckel.ris.reports import standing
from steckel.ris.schema import report_instances, report_versions, reports
from steckel.ris.seen import of_reports


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionFacts:
    """One version of a report; `number` counts from 1 in the order in which they came."""

    number: int
    status: ReportStatus
    at: int  #: milliseconds since 1970
    received: int
    title: str
    author: str  #: a person name as DICOM spells it
    text: str
    media_type: str
    body: bytes  #: empty where it was not asked for
    size: int  #: of the body, in bytes
    sop_instance_uid: str  #: empty while it is not archived


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportFacts:
    """A report; the version that counts comes first."""

    id: str
    accession: str
    versions: tuple[VersionFacts, ...]


_CDA_ONLY: Final = case((report_versions.c.media_type == "text/xml", report_versions.c.body))


class ReportShelf:
    """Reads reports. Thread-safe; blocking."""

    def __init__(self, engine: Engine, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._view = view

    def seen_by(self, view: View) -> "ReportShelf":
        """Return the reports that somebody with this view sees."""
        return self if view == self._view else ReportShelf(self._engine, view)

    def of_study(self, study_uid: str) -> list[ReportFacts]:
        """Return the reports of a study, newest first; also where its images never came.

        Only CDA documents have their bodies: their text is in there.
        """
        with self._engine.connect() as connection:
            held = select(studies.c.pk).where(studies.c.uid == study_uid)
            if connection.execute(held).first() is None:
                return self._facts(connection, reports.c.study_uid == study_uid, _CDA_ONLY)
            pks: set[int] = set()
            for question in places_of_reports(reports.c.pk):
                pks.update(connection.execute(question.where(studies.c.uid == study_uid)).scalars())
            among = reports.c.pk.in_(sorted(pks))
            return self._facts(connection, among, _CDA_ONLY, study_uid)

    def report(self, report_id: str) -> ReportFacts:
        """Return one report, or raise `NotFound`; bodies as in `of_study`."""
        return self._report(report_id, _CDA_ONLY)

    def _report(self, report_id: str, body: ColumnElement[Any]) -> ReportFacts:
        with self._engine.connect() as connection:
            found = self._facts(connection, reports.c.id == report_id, body)
        if not found:
            raise NotFound("there is no such report")
        return found[0]

    def reports(self, report_ids: Sequence[str]) -> list[ReportFacts]:
        """Return those of some reports that are there, newest first, without bodies."""
        with self._engine.connect() as connection:
            return self._facts(connection, reports.c.id.in_(report_ids), null())

    def version(self, report_id: str, number: int) -> VersionFacts:
        """Return one version of a report, or raise `NotFound`."""
        for version in self._report(report_id, report_versions.c.body).versions:
            if version.number == number:
                return version
        raise NotFound("the report has no such version")

    def _facts(
        self,
        connection: Connection,
        condition: ColumnElement[bool],
        body: ColumnElement[Any],
        study_uid: str = "",
    ) -> list[ReportFacts]:
        rows = connection.execute(
            select(
                *(column for column in report_versions.c if column.name != "body"),
                body.label("body"),
                func.coalesce(func.length(report_versions.c.body), 0).label("size"),
                reports.c.id.label("report_id"),
                reports.c.accession,
                _instance_in(study_uid, visible(self._view, time.time())).label("sop_instance_uid"),
            )
            .join(reports, report_versions.c.report_pk == reports.c.pk)
            .where(condition, *of_reports(self._view, time.time()))
            .order_by(report_versions.c.pk)
        ).all()
        by_report: dict[str, list[Any]] = {}
        for row in rows:
            by_report.setdefault(row.report_id, []).append(row)
        found = [_report(report_id, held) for report_id, held in by_report.items()]
        return sorted(found, key=lambda one: (-one.versions[0].at, one.id))


def _instance_in(study_uid: str, seen: Sequence[ColumnElement[bool]]) -> ColumnElement[str]:
    """Return as which instance a study has a version; without one, any that has it and is seen."""
    held = select(func.min(report_instances.c.sop_instance_uid)).where(
        report_instances.c.version_pk == report_versions.c.pk
    )
    if study_uid:
        held = held.where(report_instances.c.study_uid == study_uid)
    if seen:
        held = held.where(report_instances.c.study_uid.in_(select(studies.c.uid).where(*seen)))
    return func.coalesce(held.scalar_subquery(), "")


def _report(report_id: str, rows: Sequence[Any]) -> ReportFacts:
    numbered: Iterable[tuple[int, Any]] = enumerate(rows, 1)
    newest_first = sorted(numbered, key=lambda pair: standing(pair[1]), reverse=True)
    return ReportFacts(
        id=report_id,
        accession=rows[0].accession,
        versions=tuple(_version(number, row) for number, row in newest_first),
    )


def _version(number: int, row: Any) -> VersionFacts:
    return VersionFacts(
        number=number,
        status=ReportStatus(row.status),
        at=row.at,
        received=row.received,
        title=row.title,
        author=row.author,
        text=row.text,
        media_type=row.media_type,
        body=bytes(row.body or b""),
        size=row.size,
        sop_instance_uid=row.sop_instance_uid,
    )
