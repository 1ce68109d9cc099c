"""Whose a study may be and which order it may be for, the likeliest first, each with reasons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import orjson
from sqlalchemy import ColumnElement, Connection, and_, or_, select

from steckel.dicom import tags
from steckel.dicom.json_model import first_text
from steckel.index.agreement import agrees
from steckel.index.rows import normalised
from steckel.index.schema import patients
from steckel.ris.likeness import differences, name_key, same_name_and_birth
from steckel.ris.matching import Order, Person, Study
from steckel.ris.schema import identifiers, orders, steps
from steckel.ris.surroundings import read_orders, same_patient

_MOST_PATIENTS: Final = 20
_MOST_ORDERS: Final = 30
_LOOKED_AT: Final = 200
_AROUND: Final = timedelta(days=2)

#: What a reason is worth in the order of a list.
_WORTH: Final = {
    "study-uid": 100,
    "accession": 80,
    "identifier": 50,
    "patient": 40,
    "name-and-birth-date": 40,
    "other-identifier": 35,
    "order": 30,
    "similar-identifier": 25,
    "birth-date": 10,
    "name": 10,
    "time": 20,
    "modality": 10,
}
_OF_NUMBERS: Final = frozenset({"identifier", "similar-identifier", "other-identifier", "order"})
#: What speaks against: another's name, an order that is done.
_DISAGREES, _TAKEN = -45, -30


@dataclass(frozen=True, kw_only=True, slots=True)
class PatientCandidate:
    """A patient that a study may be of."""

    pk: int
    person: Person
    reasons: tuple[str, ...]
    differences: frozenset[str] = frozenset()  #: `likeness.Difference` of the identifiers
    is_same: bool = False  #: name and birth date are the same
    score: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderCandidate:
    """An order that a study may be for."""

    order: Order
    reasons: tuple[str, ...]
    is_same_day: bool = False  #: modality and time fit
    is_same: bool = False  #: name and birth date are the same
    score: int = 0


def order_candidates(connection: Connection, study: Study) -> list[OrderCandidate]:
    """Return orders that a study may be for."""
    wanted = [orders.c.study_uid == study.uid, orders.c.identity.in_(_owners(connection, study))]
    if study.accession:
        wanted.append(orders.c.accession == study.accession)
    day = _of_the_day(connection, study)
    if day:
        wanted.append(orders.c.pk.in_(day))
    found = [_rated(study, order) for order in read_orders(connection, or_(*wanted), study.uid)]
    found = [one for one in found if one.score > 0]
    return sorted(found, key=lambda one: (-one.score, -one.order.pk))[:_MOST_ORDERS]


def patient_candidates(
    connection: Connection, study: Study, around: Iterable[OrderCandidate] = ()
) -> list[PatientCandidate]:
    """Return registered patients that a study may be of; those of its orders among them."""
    of_orders = {one.order.patient.identity: set(one.reasons) for one in around}
    named = {
        identity
        for identity, reasons in of_orders.items()
        if reasons & {"study-uid", "accession", "name-and-birth-date"}
    }
    rows = connection.execute(
        select(patients.c.pk, patients.c.identity, patients.c.json)
        .where(
            patients.c.is_registered,
            patients.c.survivor_pk.is_(None),
            or_(*_alike(connection, study, named)),
        )
        .limit(_LOOKED_AT)
    )
    others = _with_identifier(connection, study)
    found = []
    for row in rows:
        person = Person(identity=row.identity, json=orjson.loads(row.json))
        candidate = _known(study, row.pk, person, named, others)
        if candidate.score > 0:
            found.append(candidate)
    return sorted(found, key=lambda one: (-one.score, one.pk))[:_MOST_PATIENTS]


def _alike(connection: Connection, study: Study, named: set[str]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        patients.c.identity.in_(named | _with_identifier(connection, study))
    ]
    patient_id = study.patient_id
    if patient_id:
        forms = {patient_id, patient_id.lstrip("0"), patient_id.upper(), patient_id.lower()}
        forms |= {patient_id.zfill(length) for length in range(len(patient_id), 13)}
        conditions.append(patients.c.patient_id.in_(forms - {""}))
    born = first_text(study.own, tags.PATIENT_BIRTH_DATE)
    if born:
        conditions.append(patients.c.birth_date == born)
    name = normalised(study.own, tags.PATIENT_NAME)
    if name_key(study.own):
        conditions.append(and_(patients.c.name >= name, patients.c.name < f"{name}\U0010ffff"))
    return conditions


def _with_identifier(connection: Connection, study: Study) -> set[str]:
    if not study.patient_id:
        return set()
    statement = select(identifiers.c.identity).where(identifiers.c.value == study.patient_id)
    return set(connection.execute(statement.limit(_LOOKED_AT)).scalars())


def _known(
    study: Study, pk: int, person: Person, named: set[str], others: set[str]
) -> PatientCandidate:
    """Say why a patient may be that of a study."""
    patient_id = first_text(person.json, tags.PATIENT_ID)
    apart = differences(study.patient_id, patient_id)
    same = same_name_and_birth(study.own, person.json)
    born = first_text(study.own, tags.PATIENT_BIRTH_DATE)
    reasons = {
        "identifier": bool(patient_id) and patient_id == study.patient_id,
        "similar-identifier": bool(apart),
        "other-identifier": person.identity in others,
        "order": person.identity in named,
        "name-and-birth-date": same,
        "name": not same and name_key(person.json) == name_key(study.own) != "",
        "birth-date": not same and first_text(person.json, tags.PATIENT_BIRTH_DATE) == born != "",
    }
    given = tuple(name for name, holds in reasons.items() if holds)
    score = sum(_WORTH[name] for name in given)
    if not agrees(study.own, person.json):
        # Who has the number is shown, whatever the name; who has the birth date alone is not.
        score = max(score + _DISAGREES, 1 if _OF_NUMBERS & set(given) else 0)
    return PatientCandidate(
        pk=pk, person=person, reasons=given, differences=apart, is_same=same, score=score
    )


def _rated(study: Study, order: Order) -> OrderCandidate:
    """Say why a study may be for an order."""
    same = same_name_and_birth(study.own, order.patient.json)
    is_owner = bool(study.owner) and order.patient.identity == study.owner
    apart = differences(study.patient_id, first_text(order.patient.json, tags.PATIENT_ID))
    modality, time = bool(order.steps) and order.has_modality(study), order.in_time(study)
    reasons = {
        "study-uid": order.study_uid == study.uid,
        "accession": bool(study.accession) and study.accession == order.accession,
        "patient": is_owner,
        "name-and-birth-date": same,
        "similar-identifier": bool(apart),
        "time": time,
        "modality": modality,
    }
    given = tuple(name for name, holds in reasons.items() if holds)
    score = sum(_WORTH[name] for name in given) + (_TAKEN if order.is_taken else 0)
    return OrderCandidate(
        order=order,
        reasons=given,
        is_same_day=modality and time,
        is_same=same,
        score=score,
    )


def _owners(connection: Connection, study: Study) -> list[str]:
    return same_patient(connection, study.owner)


def _of_the_day(connection: Connection, study: Study) -> list[int]:
    """Return open orders for such images from around their day."""
    at = study.at
    if at is None or not study.acquired:
        return []
    statement = (
        select(steps.c.order_pk)
        .where(
            steps.c.is_open,
            steps.c.modality.in_(sorted(study.acquired)),
            steps.c.date >= f"{at - _AROUND:%Y%m%d}",
            steps.c.date <= f"{at + _AROUND:%Y%m%d}",
        )
        .order_by(steps.c.date, steps.c.time, steps.c.pk)
        .limit(_LOOKED_AT)
    )
    return list(connection.execute(statement).scalars())
