"""Reading from the tables what decides about a study (`matching`)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Connection, Row, exists, or_, select

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset, first_text
from steckel.index.schema import corrections, patients, series, studies
from steckel.index.summary import values_of
from steckel.ris.matching import Order, Person, Step, Study, Surroundings
from steckel.ris.schema import orders, performed_steps, registrations, steps

#: A department that planned such images so many days around a study plans all of them.
_EXPECTING: Final = timedelta(days=7)
#: Orders of one patient that are looked at: the newest.
_MOST = 200


def read_study(connection: Connection, uid: str) -> Study | None:
    """Return a study as its images have it."""
    row = connection.execute(
        select(
            studies.c.pk,
            studies.c.json,
            studies.c.own_json,
            studies.c.modalities,
            patients.c.identity,
        )
        .join(patients, studies.c.patient_pk == patients.c.pk)
        .where(studies.c.uid == uid)
    ).first()
    if row is None:
        return None
    requested = select(series.c.pk).where(
        series.c.study_pk == row.pk, series.c.json.contains('"00400275"')
    )
    return Study(
        uid=uid,
        own=orjson.loads(row.own_json or row.json),
        owner=row.identity,
        modalities=frozenset(values_of(row.modalities)),
        has_request=connection.execute(requested.limit(1)).first() is not None,
    )


def read_surroundings(
    connection: Connection, study: Study, decided: str, *, refused: bool
) -> Surroundings:
    """Return all around a study; `decided` is the key of the order that somebody chose."""
    return Surroundings(
        orders=read_orders(connection, _orders_around(connection, study, decided), study.uid),
        same_id=_same_id(connection, study),
        has_patients=connection.execute(select(registrations.c.identity).limit(1)).first()
        is not None,
        expects=_expects(connection, study),
        refused=refused,
    )


def read_orders(
    connection: Connection, wanted: ColumnElement[bool], study_uid: str = ""
) -> list[Order]:
    """Return orders, the newest first; taken are those that another study is linked to."""
    owner = patients.alias()
    rows = connection.execute(
        select(
            orders,
            patients.c.json.label("patient_json"),
            owner.c.identity.label("owner_identity"),
            owner.c.json.label("owner_json"),
        )
        .outerjoin(patients, patients.c.identity == orders.c.identity)
        .outerjoin(owner, patients.c.survivor_pk == owner.c.pk)
        .where(wanted)
    ).all()
    # Sorted here: for the newest first, a database might read all orders backwards.
    rows = sorted(rows, key=lambda row: -row.pk)[:_MOST]
    planned = _steps_of(connection, [row.pk for row in rows])
    taken = _taken(connection, rows, study_uid)
    return [_order(row, planned[row.pk], is_taken=row.key in taken) for row in rows]


def same_patient(connection: Connection, identity: str) -> list[str]:
    """Return an identity, and those that turned out to be it."""
    survivor = patients.alias()
    merged = connection.execute(
        select(patients.c.identity)
        .join(survivor, patients.c.survivor_pk == survivor.c.pk)
        .where(survivor.c.identity == identity)
    ).scalars()
    return [identity, *merged]


def _orders_around(connection: Connection, study: Study, decided: str) -> ColumnElement[bool]:
    wanted = [
        orders.c.study_uid == study.uid,
        orders.c.identity.in_(same_patient(connection, study.owner)),
    ]
    if study.accession:
        wanted.append(orders.c.accession == study.accession)
    if decided:
        wanted.append(orders.c.key == decided)
    return or_(*wanted)


def _steps_of(connection: Connection, order_pks: Sequence[int]) -> dict[int, tuple[Step, ...]]:
    found: dict[int, tuple[Step, ...]] = defaultdict(tuple)
    rows = connection.execute(
        select(steps.c.order_pk, steps.c.step_id, steps.c.modality, steps.c.date, steps.c.time)
        .where(steps.c.order_pk.in_(order_pks))
        .order_by(steps.c.pk)
    )
    for row in rows:
        step = Step(step_id=row.step_id, modality=row.modality, date=row.date, time=row.time)
        found[row.order_pk] += (step,)
    return found


def _taken(connection: Connection, rows: Iterable[Row[Any]], study_uid: str) -> set[str]:
    """Return the keys of orders that another study is linked to, by whatever says so."""
    found = {row.pk: row for row in rows}
    by_link = select(corrections.c.order_key).where(
        corrections.c.order_key.in_([row.key for row in found.values()]),
        corrections.c.study_uid != study_uid,
    )
    taken = set(connection.execute(by_link).scalars())
    by_modality = select(performed_steps.c.order_pk).where(
        performed_steps.c.order_pk.in_(found), performed_steps.c.study_uid != study_uid
    )
    taken |= {found[pk].key for pk in connection.execute(by_modality).scalars()}
    uids = {row.study_uid: row.key for row in found.values() if row.study_uid != study_uid}
    by_uid = select(studies.c.uid).where(studies.c.uid.in_(uids))
    return taken | {uids[uid] for uid in connection.execute(by_uid).scalars()}


def _order(row: Row[Any], planned: tuple[Step, ...], *, is_taken: bool) -> Order:
    return Order(
        pk=row.pk,
        key=row.key,
        patient=_patient_of(row),
        study_uid=row.study_uid,
        accession=row.accession,
        accession_issuer=row.accession_issuer,
        status=row.status,
        json=orjson.loads(row.json),
        steps=planned,
        is_taken=is_taken,
    )


def _patient_of(row: Row[Any]) -> Person:
    """Return whose an order is; of somebody whom nobody registered, there is the identifier."""
    if row.patient_json is None:
        patient_id = row.identity.rpartition("\x1f")[2]
        json: JsonDataset = {"00100020": {"vr": "LO", "Value": [patient_id]}}
        return Person(identity=row.identity, json=json)
    return Person(
        identity=row.owner_identity or row.identity,
        json=orjson.loads(row.owner_json or row.patient_json),
    )


def _same_id(connection: Connection, study: Study) -> list[Person]:
    """Return known patients with the images' identifier, as who they turned out to be."""
    if not study.patient_id:
        return []
    owner = patients.alias()
    statement = (
        select(patients.c.identity, patients.c.json, owner.c.identity.label("owner"))
        .outerjoin(owner, patients.c.survivor_pk == owner.c.pk)
        .where(
            patients.c.patient_id == study.patient_id,
            or_(patients.c.is_registered, patients.c.survivor_pk.is_not(None)),
        )
        .order_by(patients.c.pk)
    )
    issuer = first_text(study.own, tags.ISSUER_OF_PATIENT_ID)
    if issuer:
        statement = statement.where(patients.c.issuer == issuer)
    return [
        Person(identity=row.owner or row.identity, json=orjson.loads(row.json))
        for row in connection.execute(statement)
    ]


def _expects(connection: Connection, study: Study) -> bool:
    """Whether such images were planned around the day of a study."""
    at = study.at
    if at is None or not study.acquired:
        return False
    planned = exists().where(
        steps.c.is_open.in_((True, False)),  # so that the index serves it
        steps.c.modality.in_(sorted(study.acquired)),
        steps.c.date >= _day(at - _EXPECTING),
        steps.c.date <= _day(at + _EXPECTING),
    )
    return bool(connection.execute(select(planned)).scalar())


def _day(at: datetime) -> str:
    return f"{at:%Y%m%d}"
