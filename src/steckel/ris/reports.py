"""Reports: every version that came or was written, and which of them counts.

The rule: a version is never changed and never lost; the newest by its own time counts, so that
a preliminary report that comes late does not stand in the place of the final one.
"""

import hashlib
import time
import uuid
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from steckel.ris.events import tell
from steckel.ris.model import EventKind, ReportStatement, ReportStatus
from steckel.ris.numbered import require_same_patient
from steckel.ris.schema import report_versions, reports

#: What counts more of two that were said at the same time.
_WORTH: Final = {
    ReportStatus.REGISTERED: 0,
    ReportStatus.PRELIMINARY: 1,
    ReportStatus.FINAL: 2,
    ReportStatus.AMENDED: 3,
    ReportStatus.CORRECTED: 4,
    ReportStatus.CANCELLED: 5,
    ReportStatus.ERROR: 6,
}


def say_report(connection: Connection, statement: ReportStatement) -> int:
    """Take a version of a report; return the row of the report.

    Raises
    ------
    OfAnotherPatient
        Its number is that of another patient's report.
    """
    report_pk = _row(connection, statement)
    if not _add_version(connection, report_pk, statement):
        return report_pk
    newest = _newest(connection, report_pk)
    count = select(func.count()).where(report_versions.c.report_pk == report_pk)
    connection.execute(
        update(reports)
        .where(reports.c.pk == report_pk)
        .values(
            versions=count.scalar_subquery(),
            status=newest.status,
            title=newest.title,
            author=newest.author,
            at=newest.at,
            changed=_now(),
            **_places(
                connection, report_pk, statement, is_newest=newest.digest == _digest(statement)
            ),
        )
    )
    facts = {"report": report_pk, "status": newest.status}
    identity = statement.patient.identity
    tell(connection, EventKind.REPORT, identity, facts, statement.moment.at)
    return report_pk


def _row(connection: Connection, statement: ReportStatement) -> int:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(
        insert(reports)
        .values(id=uuid.uuid4().hex, key=statement.key, identity=statement.patient.identity)
        .on_conflict_do_nothing(index_elements=["key"])
    )
    held = select(reports.c.pk, reports.c.identity).where(reports.c.key == statement.key)
    if connection.dialect.name == "postgresql":
        held = held.with_for_update()
    row = connection.execute(held).one()
    require_same_patient(connection, "report", row.identity, statement.patient.identity)
    return int(row.pk)


def _add_version(connection: Connection, report_pk: int, statement: ReportStatement) -> bool:
    """Keep a version; ``False`` where it is there already."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    result = connection.execute(
        insert(report_versions)
        .values(
            report_pk=report_pk,
            digest=_digest(statement),
            status=statement.status,
            at=statement.moment.at,
            tie=statement.moment.tie,
            received=_now(),
            title=statement.title,
            author=statement.author,
            text=statement.text,
            media_type=statement.media_type,
            body=statement.body or None,
            by=statement.by,
        )
        .on_conflict_do_nothing(index_elements=["report_pk", "digest"])
        .returning(report_versions.c.pk)
    )
    return result.first() is not None


def _newest(connection: Connection, report_pk: int) -> Row[Any]:
    found = connection.execute(
        select(report_versions).where(report_versions.c.report_pk == report_pk)
    ).all()
    return max(found, key=standing)


def standing(version: Any) -> tuple[int, int, str]:
    """Return what puts the versions of a report in order: `at`, `status` and `tie` of its row."""
    return version.at, _WORTH[ReportStatus(version.status)], version.tie


def _places(
    connection: Connection, report_pk: int, statement: ReportStatement, *, is_newest: bool
) -> dict[str, str]:
    """Return what the report is of: what its newest version names, else any other."""
    held = connection.execute(select(reports).where(reports.c.pk == report_pk)).one()
    named = {
        "study_uid": next(iter(sorted(statement.study_uids)), ""),
        "accession": statement.accession,
        "placer": statement.placer,
        "filler": statement.filler,
    }
    if is_newest:
        return {name: value or getattr(held, name) for name, value in named.items()}
    return {name: getattr(held, name) or value for name, value in named.items()}


def _digest(statement: ReportStatement) -> str:
    """Name a version by all that it says."""
    said = hashlib.blake2b(digest_size=32)
    for part in (
        statement.status,
        str(statement.moment.at),
        statement.title,
        statement.author,
        statement.text,
        statement.media_type,
    ):
        said.update(part.encode() + b"\0")
    said.update(statement.body)
    return said.hexdigest()


def _now() -> int:
    return int(time.time() * 1000)
