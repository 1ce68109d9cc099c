"""Reports: every version that came or was written, and which of them counts.

The rule: a version is never changed and never lost; the newest by its own time counts, so that
a preliminary report that comes late does not stand in the place of the final one.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from steckel.index.upserting import add_new
from steckel.ris import clock
from steckel.ris.events import tell
from steckel.ris.model import EventKind, ReportStatement, ReportStatus
from steckel.ris.numbered import require_same_patient
from steckel.ris.orders import refresh_order
from steckel.ris.registers import Registers
from steckel.ris.reported import FINISHED, orders_named
from steckel.ris.schema import report_names, report_versions, reports

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

#: What a report is of.
_OF_WHAT: Final = ("identity", "study_uid", "accession", "placer", "filler")


def say_report(connection: Connection, statement: ReportStatement) -> int:
    """Take a version of a report; return the row of the report.

    Raises
    ------
    OfAnotherPatient
        Its number is that of another patient's report.
    """
    names = sorted({statement.key, statement.replaces} - {""})
    rows = _rows(connection, names) or [_new(connection, names[0])]
    for row in rows:
        require_same_patient(connection, "report", row.identity, statement.patient.identity)
    registers = _made_one(connection, rows, names)
    report_pk = int(rows[0].pk)
    worth = _WORTH[statement.status]
    moment = replace(statement.moment, tie=f"{worth}-{statement.moment.tie}")
    is_moved = registers.say(_said(statement), moment)
    is_new = _add_version(connection, report_pk, statement)
    if not (is_new or is_moved or len(rows) > 1):
        return report_pk
    now = _keep(connection, report_pk, registers)
    if is_new:
        facts = {"report": report_pk, "status": now.status}
        identity = statement.patient.identity
        tell(connection, EventKind.REPORT, identity, facts, statement.moment.at)
    _refresh_orders(connection, [*rows, now])
    return report_pk


def _made_one(connection: Connection, rows: Sequence[Row[Any]], names: Sequence[str]) -> Registers:
    """Have reports be one, with some names; return what was said of what it is.

    What is said may show that several are one: a document, and what came before it but replaces
    it. They become the first of them.
    """
    first, *others = rows
    registers = Registers(first.registers)
    for row in others:
        registers.absorb(Registers(row.registers))
        _join(connection, first.pk, row.pk)
    adding = add_new(connection, report_names, ("name", "report_pk"), ("name",))
    for name in names:
        connection.execute(adding, {"name": name, "report_pk": first.pk})
    key = min(names[0], *(row.key for row in rows))
    if key != first.key:
        connection.execute(update(reports).where(reports.c.pk == first.pk).values(key=key))
    return registers


def _keep(connection: Connection, report_pk: int, registers: Registers) -> Row[Any]:
    """Have the row of a report say what follows from its versions; return it."""
    newest = _newest(connection, report_pk)
    count = select(func.count()).where(report_versions.c.report_pk == report_pk)
    connection.execute(
        update(reports)
        .where(reports.c.pk == report_pk)
        .values(
            registers=registers.text(),
            versions=count.scalar_subquery(),
            status=newest.status,
            title=newest.title,
            author=newest.author,
            at=newest.at,
            changed=clock.now(),
            **{name: registers.get(name, "") for name in _OF_WHAT},
        )
    )
    return connection.execute(select(reports).where(reports.c.pk == report_pk)).one()


def _refresh_orders(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    """Have the orders follow that a report ends, or ended before."""
    concerned = {
        pk
        for row in rows
        if row.status in FINISHED
        for pk in orders_named(connection, row._asdict())
    }
    for pk in sorted(concerned):
        refresh_order(connection, pk, clock.now())


def _rows(connection: Connection, names: Sequence[str]) -> list[Row[Any]]:
    """Return the reports with one of some names, oldest first."""
    named = select(report_names.c.report_pk).where(report_names.c.name.in_(names))
    held = select(reports).where(reports.c.pk.in_(named)).order_by(reports.c.pk)
    if connection.dialect.name == "postgresql":
        held = held.with_for_update()
    return list(connection.execute(held))


def _new(connection: Connection, key: str) -> Row[Any]:
    values = {"id": uuid.uuid4().hex, "key": key, "registers": "{}"}
    connection.execute(add_new(connection, reports, tuple(values), ("key",)), values)
    held = select(reports).where(reports.c.key == key)
    if connection.dialect.name == "postgresql":
        held = held.with_for_update()
    return connection.execute(held).one()


def _join(connection: Connection, report_pk: int, other_pk: int) -> None:
    """Have the versions and the names of one report be another's."""
    known = select(report_versions.c.digest).where(report_versions.c.report_pk == report_pk)
    connection.execute(
        update(report_versions)
        .where(report_versions.c.report_pk == other_pk, report_versions.c.digest.not_in(known))
        .values(report_pk=report_pk)
    )
    connection.execute(delete(report_versions).where(report_versions.c.report_pk == other_pk))
    connection.execute(
        update(report_names).where(report_names.c.report_pk == other_pk).values(report_pk=report_pk)
    )
    connection.execute(delete(reports).where(reports.c.pk == other_pk))


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
            received=clock.now(),
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


def _said(statement: ReportStatement) -> dict[str, str]:
    """Return what a report is of: what its newest version names, else any other."""
    named = {
        "identity": statement.patient.identity,
        "study_uid": next(iter(sorted(statement.study_uids)), ""),
        "accession": statement.accession,
        "placer": statement.placer,
        "filler": statement.filler,
    }
    return {name: value for name, value in named.items() if value}


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
