"""Filling in what a door does not know: whose study it is."""

from dataclasses import replace

import orjson
from sqlalchemy import Connection, select

from steckel.audit.event import Event, Patient, Study
from steckel.dicom.json_model import values_in
from steckel.dicom.tags import PATIENT_NAME
from steckel.index.schema import patients, studies

_OF_STUDY = (
    select(
        studies.c.uid,
        studies.c.accession,
        studies.c.json,
        patients.c.identity,
        patients.c.patient_id,
        patients.c.issuer,
    )
    .select_from(studies)
    .join(patients, patients.c.pk == studies.c.patient_pk)
)
_PATIENT = select(
    patients.c.pk, patients.c.identity, patients.c.patient_id, patients.c.issuer, patients.c.json
)
#: What stands for an identity that is not known yet: the number of a row in `patients`.
ROW = "row\x1f"


def patient_of_row(pk: int | str) -> Patient:
    """Return a patient of whom the number of the row is all that is known so far."""
    return Patient(identity=f"{ROW}{pk}")


def complete(connection: Connection, event: Event) -> Event:
    """Return an event with the patient of its study, as far as the index knows them."""
    if event.patient is not None and event.patient.identity.startswith(ROW):
        event = replace(event, patient=_of_row(connection, event.patient))
    if event.study is None or (event.patient is not None and event.study.accession):
        return event
    row = connection.execute(_OF_STUDY.where(studies.c.uid == event.study.uid)).first()
    if row is None:
        return event
    patient = event.patient or Patient(
        identity=row.identity, id=row.patient_id, issuer=row.issuer, name=name_in(row.json)
    )
    study = Study(
        uid=row.uid,
        accession=event.study.accession or row.accession,
        classes=event.study.classes,
    )
    return replace(event, patient=patient, study=study)


def _of_row(connection: Connection, patient: Patient) -> Patient | None:
    number = patient.identity.removeprefix(ROW)
    if not number.isdecimal() or len(number) > 18:
        return None
    row = connection.execute(_PATIENT.where(patients.c.pk == int(number))).first()
    if row is None:
        return None
    name = name_in(row.json)
    return Patient(identity=row.identity, id=row.patient_id, issuer=row.issuer, name=name)


def name_in(document: str) -> str:
    """Return Patient's Name as it was written: columns have it made for comparing."""
    values = values_in(orjson.loads(document), PATIENT_NAME)
    return str(values[0].get("Alphabetic", "")) if values and isinstance(values[0], dict) else ""
