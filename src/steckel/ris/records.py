"""The department's records for other systems: found, paged, each with all that is known of it."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from steckel.errors import InvalidQuery, NotFound
from steckel.index.schema import instances, patients, series, studies
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import of_patients, visible
from steckel.query.cursor import pack_cursor, unpack_cursor
from steckel.ris.numbered import is_same_patient
from steckel.ris.record_keys import patient_key
from steckel.ris.record_kinds import KINDS, Kind, patient_changed
from steckel.ris.record_model import Record, RecordKind, RecordPage, RecordQuery, Token
from steckel.ris.report_documents import places_of_reports
from steckel.ris.report_shelf import ReportShelf
from steckel.ris.schema import appointments, identifiers, orders, registrations, reports, steps
from steckel.ris.seen import of_appointments, of_orders, of_reports

_MOST: Final = 500
_SEEN: Final[Mapping[RecordKind, Callable[[View, float], list[ColumnElement[bool]]]]] = {
    RecordKind.PATIENT: of_patients,
    RecordKind.STUDY: visible,
    RecordKind.ORDER: of_orders,
    RecordKind.REPORT: of_reports,
    RecordKind.APPOINTMENT: of_appointments,
}


class Records:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._view = view
        self._shelf = ReportShelf(engine, view)
        self._fill: dict[RecordKind, Callable[[Connection, Sequence[int]], list[Record]]] = {
            RecordKind.PATIENT: _patients,
            RecordKind.STUDY: _studies,
            RecordKind.ORDER: _orders,
            RecordKind.REPORT: self._reports,
            RecordKind.APPOINTMENT: _appointments,
        }

    def seen_by(self, view: View) -> "Records":
        """Return the records that somebody with this view sees."""
        return self if view == self._view else Records(self._engine, view)

    def search(self, query: RecordQuery) -> RecordPage:
        """Return a page of what meets all criteria.

        Raises
        ------
        InvalidQuery
            A parameter, an order or the cursor is none of the kind's.
        """
        kind = KINDS[query.kind]
        order = _order(kind, query)
        statement = _limited(select(*order).select_from(kind.rows), kind, query)
        statement = statement.where(*self._seen(query.kind))
        in_order = [column.desc() for column in order] if query.descending else list(order)
        limit = min(query.limit, _MOST)
        with self._engine.connect() as connection:
            rows = connection.execute(statement.order_by(*in_order).limit(limit + 1)).all()
            more = len(rows) > limit
            rows = rows[:limit]
            records = self._fill[query.kind](connection, [row[-1] for row in rows])
        following = pack_cursor(list(rows[-1])) if more and rows else None
        return RecordPage(records=tuple(records), following=following)

    def count(self, query: RecordQuery) -> int:
        """Return how many records meet all criteria, or raise `InvalidQuery`."""
        kind = KINDS[query.kind]
        statement = _narrowed(select(func.count()).select_from(kind.rows), kind, query)
        statement = statement.where(*self._seen(query.kind))
        with self._engine.connect() as connection:
            return int(connection.execute(statement).scalar_one())

    def read(self, kind: RecordKind, key: str) -> Record:
        """Return one record, or raise `NotFound`."""
        found = KINDS[kind]
        statement = select(found.pk).select_from(found.rows).where(found.key(Token(code=key)))
        statement = statement.where(*self._seen(kind))
        with self._engine.connect() as connection:
            pks = connection.execute(statement).scalars().all()
            records = self._fill[kind](connection, pks)
            if not records:
                raise NotFound(f"there is no such {kind.value}")
            return records[0]

    def instances(self, study_uid: str) -> dict[str, list[dict[str, Any]]]:
        """Return the instances of a study by their series: UID, SOP class, number."""
        statement = (
            select(series.c.uid, instances.c.uid, instances.c.sop_class, instances.c.number)
            .join(series, instances.c.series_pk == series.c.pk)
            .join(studies, series.c.study_pk == studies.c.pk)
            .where(studies.c.uid == study_uid, *visible(self._view, time.time()))
            .order_by(instances.c.number, instances.c.pk)
        )
        found: dict[str, list[dict[str, Any]]] = {}
        with self._engine.connect() as connection:
            for series_uid, uid, sop_class, number in connection.execute(statement):
                entry = {"uid": uid, "sop_class": sop_class, "number": number}
                found.setdefault(series_uid, []).append(entry)
        return found

    def reports_of(self, study_uids: Sequence[str]) -> list[Record]:
        """Return the reports of studies."""
        with self._engine.connect() as connection:
            pks: set[int] = set()
            for question in places_of_reports(reports.c.pk):
                found = question.where(studies.c.uid.in_(study_uids))
                pks.update(connection.execute(found).scalars())
            return self._reports(connection, sorted(pks))

    def _seen(self, kind: RecordKind) -> list[ColumnElement[bool]]:
        """Return the conditions on the rows of a kind."""
        return _SEEN[kind](self._view, time.time())

    def _reports(self, connection: Connection, pks: Sequence[int]) -> list[Record]:
        rows = connection.execute(select(reports).where(reports.c.pk.in_(pks))).all()
        uids: dict[int, set[str]] = {}
        seen = visible(self._view, time.time())
        for question in places_of_reports(reports.c.pk, studies.c.uid):
            for pk, uid in connection.execute(question.where(reports.c.pk.in_(pks), *seen)):
                uids.setdefault(pk, set()).add(uid)
        of_whom = _keys_of(connection, (row.identity for row in rows))
        held = {report.id: report for report in self._shelf.reports([row.id for row in rows])}
        based = _OrdersByNumber(connection, {row.accession for row in rows}, set())
        return _in_order(
            pks,
            {
                row.pk: Record(
                    kind=RecordKind.REPORT,
                    key=row.id,
                    changed=row.changed,
                    facts={
                        "row": row._mapping,  # noqa: SLF001 - the public name of it
                        "patient": of_whom.get(row.identity),
                        "studies": sorted(uids.get(row.pk, ())),
                        "orders": based.of(row.identity, row.accession),
                        "report": held[row.id],
                    },
                )
                for row in rows
                if row.id in held
            },
        )


def _order(kind: Kind, query: RecordQuery) -> tuple[ColumnElement[Any], ...]:
    """Return the columns of an order; the last is the row's own number."""
    if not query.sort:
        return (kind.pk,)
    if query.sort not in kind.orders:
        raise InvalidQuery(f"{query.kind.value} is not put in order by {query.sort[:40]}")
    return (*kind.orders[query.sort], kind.pk)


def _limited(statement: Select[Any], kind: Kind, query: RecordQuery) -> Select[Any]:
    statement = _narrowed(statement, kind, query)
    if query.cursor is None:
        return statement
    order = _order(kind, query)
    values = unpack_cursor(query.cursor, len(order))
    if [type(value) for value in values] != [column.type.python_type for column in order]:
        raise InvalidQuery("the cursor is not one of ours")
    here, there = tuple_(*order), tuple_(*(literal(value) for value in values))
    return statement.where(here < there if query.descending else here > there)


def _narrowed(statement: Select[Any], kind: Kind, query: RecordQuery) -> Select[Any]:
    if kind.among is not None:
        statement = statement.where(kind.among)
    for criterion in query.criteria:
        match = kind.key if criterion.name == "_id" else kind.parameters.get(criterion.name)
        if match is None:
            raise InvalidQuery(f"{query.kind.value} is not found by {criterion.name[:40]}")
        statement = statement.where(or_(*(match(value) for value in criterion.values)))
    return statement


def _in_order(pks: Sequence[int], by_pk: dict[int, Record]) -> list[Record]:
    return [by_pk[pk] for pk in pks if pk in by_pk]


def _patients(connection: Connection, pks: Sequence[int]) -> list[Record]:
    survivor = patients.alias("survivor")
    rows = connection.execute(
        select(
            patients,
            patient_changed.label("changed"),
            survivor.c.identity.label("survivor_identity"),
            survivor.c.pk.label("survivor_row"),
        )
        .select_from(
            patients.outerjoin(
                registrations, registrations.c.identity == patients.c.identity
            ).outerjoin(survivor, patients.c.survivor_pk == survivor.c.pk)
        )
        .where(patients.c.pk.in_(pks))
    ).all()
    others: dict[str, list[dict[str, str]]] = {}
    for one in connection.execute(
        select(identifiers).where(identifiers.c.identity.in_([row.identity for row in rows]))
    ):
        found = {"issuer": one.issuer, "value": one.value, "type": one.type}
        others.setdefault(one.identity, []).append(found)
    return _in_order(
        pks,
        {
            row.pk: Record(
                kind=RecordKind.PATIENT,
                key=patient_key(row.identity, row.pk),
                changed=row.changed,
                facts={
                    "json": orjson.loads(row.json),
                    "patient_id": row.patient_id,
                    "issuer": row.issuer,
                    "others": others.get(row.identity, []),
                    "survivor": row.survivor_identity
                    and patient_key(row.survivor_identity, row.survivor_row),
                },
            )
            for row in rows
        },
    )


def _studies(connection: Connection, pks: Sequence[int]) -> list[Record]:
    rows = connection.execute(
        select(studies, patients.c.identity)
        .join(patients, studies.c.patient_pk == patients.c.pk)
        .where(studies.c.pk.in_(pks))
    ).all()
    below: dict[int, list[dict[str, Any]]] = {}
    for one in connection.execute(
        select(series).where(series.c.study_pk.in_(pks)).order_by(series.c.number, series.c.pk)
    ):
        entry = {"json": orjson.loads(one.json), "instances": one.instances, "uid": one.uid}
        below.setdefault(one.study_pk, []).append(entry)
    numbers = {row.accession for row in rows if row.accession}
    based = _OrdersByNumber(connection, numbers, {row.uid for row in rows})
    return _in_order(
        pks,
        {
            row.pk: Record(
                kind=RecordKind.STUDY,
                key=row.uid,
                changed=row.received,
                facts={
                    "json": orjson.loads(row.json),
                    "series": below.get(row.pk, []),
                    "modalities": [value for value in row.modalities.split("\\") if value],
                    "counts": (row.series, row.instances),
                    "patient": patient_key(row.identity, row.patient_pk),
                    "orders": based.of(row.identity, row.uid, row.accession),
                },
            )
            for row in rows
        },
    )


def _orders(connection: Connection, pks: Sequence[int]) -> list[Record]:
    rows = connection.execute(select(orders).where(orders.c.pk.in_(pks))).all()
    of_whom = _keys_of(connection, (row.identity for row in rows))
    planned: dict[int, list[dict[str, Any]]] = {}
    for one in connection.execute(
        select(steps).where(steps.c.order_pk.in_(pks)).order_by(steps.c.pk)
    ):
        planned.setdefault(one.order_pk, []).append(dict(one._mapping))  # noqa: SLF001
    return _in_order(
        pks,
        {
            row.pk: Record(
                kind=RecordKind.ORDER,
                key=str(row.pk),
                changed=row.changed,
                facts={
                    "row": row._mapping,  # noqa: SLF001
                    "json": orjson.loads(row.json),
                    "patient": of_whom.get(row.identity),
                    "steps": planned.get(row.pk, []),
                },
            )
            for row in rows
        },
    )


def _appointments(connection: Connection, pks: Sequence[int]) -> list[Record]:
    rows = connection.execute(select(appointments).where(appointments.c.pk.in_(pks))).all()
    of_whom = _keys_of(connection, (row.identity for row in rows))
    keys = [row.order_key for row in rows if row.order_key]
    based = dict(
        connection.execute(select(orders.c.key, orders.c.pk).where(orders.c.key.in_(keys))).all()
    )
    return _in_order(
        pks,
        {
            row.pk: Record(
                kind=RecordKind.APPOINTMENT,
                key=str(row.pk),
                changed=row.at,
                facts={
                    "row": row._mapping,  # noqa: SLF001
                    "said": {n: v[0] for n, v in orjson.loads(row.registers).items()},
                    "patient": of_whom.get(row.identity),
                    "order": str(based[row.order_key]) if row.order_key in based else None,
                },
            )
            for row in rows
        },
    )


def _keys_of(connection: Connection, identities: Iterable[str]) -> dict[str, str]:
    """Return the keys of who patients are now, by their identities."""
    survivor = patients.alias("survivor")
    rows = connection.execute(
        select(patients.c.identity, patients.c.pk, survivor.c.identity, survivor.c.pk)
        .outerjoin(survivor, patients.c.survivor_pk == survivor.c.pk)
        .where(patients.c.identity.in_(sorted(set(identities))))
    )
    return {row[0]: patient_key(row[2] or row[0], row[3] or row[1]) for row in rows}


class _OrdersByNumber:
    """Orders that studies and reports name; each gets only those of its own patient."""

    def __init__(self, connection: Connection, accessions: set[str], uids: set[str]) -> None:
        self._connection = connection
        rows = connection.execute(
            select(orders.c.pk, orders.c.identity, orders.c.accession, orders.c.study_uid)
            .where(
                or_(
                    orders.c.accession.in_(sorted(accessions - {""})),
                    orders.c.study_uid.in_(sorted(uids - {""})),
                )
            )
            .order_by(orders.c.pk)
        )
        self._found: dict[str, list[tuple[int, str]]] = {}
        for row in rows:
            for name in {row.accession, row.study_uid} - {""}:
                self._found.setdefault(name, []).append((row.pk, row.identity))

    def of(self, identity: str, *names: str) -> list[str]:
        """Return the keys of a patient's orders by the first name that has any."""
        for name in names:
            found = [
                str(pk)
                for pk, owner in self._found.get(name, ())
                if is_same_patient(self._connection, owner, identity)
            ]
            if found:
                return found
        return []
