"""Orders as lists show them: of a search, of a patient, of a study."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from steckel.dicom import person_name
from steckel.dicom.json_model import JsonDataset, first_text
from steckel.index.schema import patients
from steckel.index.summary import values_of
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import of_patients
from steckel.query.catalogue_model import Page, PatientRow
from steckel.query.catalogue_rows import patient_row
from steckel.query.cursor import pack_cursor, unpack_cursor
from steckel.ris.model import TERMINAL
from steckel.ris.reconciliation_model import OrderFilter, OrderRow
from steckel.ris.schema import orders, steps
from steckel.ris.seen import of_orders
from steckel.ris.surroundings import same_patient

_LAST = "\U0010ffff"
#: Orders and merged identifiers that the page of a patient shows.
_MOST = 100


class OrderList:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._view = view

    def seen_by(self, view: View) -> "OrderList":
        """Return the lists as somebody with this view sees them."""
        return self if view == self._view else OrderList(self._engine, view)

    def page(self, wanted: OrderFilter, limit: int, cursor: str | None) -> Page[OrderRow]:
        """Return orders by when they are planned.

        Raises
        ------
        InvalidQuery
            The cursor was not given out for this list.
        """
        statement = select(steps.c.pk, steps.c.order_pk, steps.c.date, steps.c.time)
        statement = statement.where(*_conditions(wanted), *self._seen_steps())
        if cursor is not None:
            after = tuple_(*unpack_cursor(cursor, 3))
            statement = statement.where(tuple_(steps.c.date, steps.c.time, steps.c.pk) > after)
        statement = statement.order_by(steps.c.date, steps.c.time, steps.c.pk).limit(limit + 1)
        with self._engine.connect() as connection:
            found = connection.execute(statement).all()
            shown = found[:limit]
            rows = order_rows(connection, dict.fromkeys(row.order_pk for row in shown))
        following = None
        if len(found) > limit:
            following = pack_cursor([shown[-1].date, shown[-1].time, shown[-1].pk])
        return Page(items=tuple(rows), next_cursor=following)

    def of_patient(self, key: str) -> tuple[tuple[OrderRow, ...], tuple[PatientRow, ...]]:
        """Return what is planned or under way for a patient, and who turned out to be the same.

        The newest first; nothing for a key that is none.
        """
        if not key.isdecimal():
            return (), ()
        with self._engine.connect() as connection:
            identity = connection.execute(
                select(patients.c.identity).where(patients.c.pk == int(key))
            ).scalar()
            if identity is None:
                return (), ()
            pks = connection.execute(
                select(orders.c.pk)
                .where(
                    orders.c.identity.in_(same_patient(connection, identity)),
                    orders.c.status.not_in(sorted(TERMINAL)),
                    *of_orders(self._view, time.time()),
                )
                .order_by(orders.c.scheduled.desc(), orders.c.pk.desc())
                .limit(_MOST)
            ).scalars()
            merged = connection.execute(
                select(patients)
                .where(patients.c.survivor_pk == int(key), *of_patients(self._view, time.time()))
                .order_by(patients.c.pk)
                .limit(_MOST)
            ).all()
            return (
                tuple(order_rows(connection, pks)),
                tuple(patient_row(row) for row in merged),
            )

    def _seen_steps(self) -> list[ColumnElement[bool]]:
        seen = of_orders(self._view, time.time())
        if not seen:
            return []
        theirs = select(literal(1)).where(orders.c.pk == steps.c.order_pk, *seen)
        return [theirs.correlate(steps).exists()]


def order_rows(connection: Connection, pks: Iterable[int]) -> list[OrderRow]:
    """Return orders by their rows, in that order."""
    wanted = list(pks)
    owner = patients.alias()
    rows = connection.execute(
        select(
            orders,
            func.coalesce(owner.c.pk, patients.c.pk).label("patient_pk"),
            func.coalesce(owner.c.patient_id, patients.c.patient_id).label("id"),
            func.coalesce(owner.c.issuer, patients.c.issuer).label("patient_issuer"),
            func.coalesce(owner.c.json, patients.c.json).label("patient_json"),
        )
        .outerjoin(patients, patients.c.identity == orders.c.identity)
        .outerjoin(owner, patients.c.survivor_pk == owner.c.pk)
        .where(orders.c.pk.in_(wanted))
    ).all()
    stations = _stations(connection, wanted)
    by_pk = {row.pk: _order_row(row, stations.get(row.pk, ())) for row in rows}
    return [by_pk[pk] for pk in wanted if pk in by_pk]


def described(key: str, json: JsonDataset, patient_id: str, issuer: str) -> PatientRow:
    """Return a patient from demographics."""
    values = {
        "pk": key,
        "patient_id": patient_id,
        "issuer": issuer,
        "json": orjson.dumps(json),
        "birth_date": first_text(json, "00100030"),
        "sex": first_text(json, "00100040"),
        "studies": None,
    }
    return patient_row(_Values(values))


class _Values:
    """Values by attribute, as a row has them."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


def _order_row(row: Row[Any], stations: Sequence[str]) -> OrderRow:
    _, _, said_id = ["", "", *row.identity.split("\x1f")][-3:]
    return OrderRow(
        key=str(row.pk),
        patient=described(
            "" if row.patient_pk is None else str(row.patient_pk),
            orjson.loads(row.patient_json or "{}"),
            row.id or said_id,
            row.patient_issuer or "",
        ),
        accession=row.accession,
        procedure_id=row.procedure_id,
        description=row.description,
        modality=row.modality,
        priority=row.priority,
        status=row.status,
        date=row.scheduled[:8] or None,
        time=row.scheduled[8:] or None,
        stations=tuple(stations),
        study_uid=row.study_uid,
    )


def _stations(connection: Connection, pks: Sequence[int]) -> dict[int, tuple[str, ...]]:
    rows = connection.execute(
        select(steps.c.order_pk, steps.c.aets).where(steps.c.order_pk.in_(pks))
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        known = found.get(row.order_pk, ())
        found[row.order_pk] = tuple(dict.fromkeys([*known, *values_of(row.aets)]))
    return found


def _conditions(wanted: OrderFilter) -> list[Any]:
    conditions: list[Any] = []
    if wanted.only_open:
        conditions.append(steps.c.is_open)
    if wanted.patient:
        name = person_name.normalise(wanted.patient)
        conditions.append(
            or_(
                steps.c.patient_id == wanted.patient,
                and_(steps.c.patient_name >= name, steps.c.patient_name <= name + _LAST),
            )
        )
    if wanted.accession:
        conditions.append(steps.c.accession == wanted.accession)
    if wanted.modality:
        conditions.append(steps.c.modality == wanted.modality)
    if wanted.date_from:
        conditions.append(steps.c.date >= wanted.date_from)
    if wanted.date_to:
        conditions.append(steps.c.date <= wanted.date_to)
    return conditions
