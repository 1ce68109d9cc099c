"""Registering a patient as the images of a study have it, and taking that back."""

import orjson
from sqlalchemy import Connection, delete, select, update

from steckel.dicom import tags
from steckel.dicom.json_model import first_text, json_key
from steckel.errors import AlreadyThere, MissingValue
from steckel.index import attributes
from steckel.index.schema import patients
from steckel.ris import clock
from steckel.ris.department import Department
from steckel.ris.events import tell
from steckel.ris.matching import Study
from steckel.ris.model import EventKind, PatientKey, PatientStatement
from steckel.ris.orders import refresh_orders_of
from steckel.ris.patients import Patients
from steckel.ris.registers import Moment
from steckel.ris.schema import registrations

_OF_PATIENT = frozenset(json_key(tag) for tag in attributes.PATIENT) - {
    json_key(tags.PATIENT_ID),
    json_key(tags.ISSUER_OF_PATIENT_ID),
}


def register(connection: Connection, department: Department, study: Study) -> str:
    """Register the patient of a study; return its identity.

    Raises
    ------
    MissingValue
        The images have no identifier.
    AlreadyThere
        Somebody registered that patient.
    """
    key = _key(study)
    known = select(registrations.c.identity).where(registrations.c.identity == key.identity)
    if connection.execute(known).first() is not None:
        raise AlreadyThere("a patient with this identifier is registered")
    statement = PatientStatement(
        patient=key,
        moment=Moment(at=clock.now(), tie=_tie(study.uid)),
        values={name: value for name, value in study.own.items() if name in _OF_PATIENT},
    )
    department.say_patient(connection, statement)
    return key.identity


def take_back(connection: Connection, people: Patients, study: Study) -> None:
    """Take a registration back, unless somebody else has said something of the patient since."""
    key = _key(study)
    statement = select(registrations.c.registers).where(registrations.c.identity == key.identity)
    # Held until the commit: somebody may be saying something of the patient right now.
    text = connection.execute(statement.with_for_update()).scalar()
    if text is None:
        return
    if any(tie != _tie(study.uid) for _, _, tie in orjson.loads(text).values()):
        return
    connection.execute(delete(registrations).where(registrations.c.identity == key.identity))
    connection.execute(
        update(patients).where(patients.c.identity == key.identity).values(is_registered=False)
    )
    people.project(connection, key.identity, key.patient_id)
    refresh_orders_of(connection, [key.identity])
    tell(connection, EventKind.PATIENT_CHANGED, key.identity, {}, clock.now())


def _key(study: Study) -> PatientKey:
    if not study.patient_id:
        raise MissingValue("the images have no Patient ID")
    issuer = first_text(study.own, tags.ISSUER_OF_PATIENT_ID)
    return PatientKey(patient_id=study.patient_id, issuer=issuer)


def _tie(study_uid: str) -> str:
    return f"images of {study_uid}"
