"""The patients that a study may belong to: whose it is, and whose its images say it is."""

from sqlalchemy import func, select

from steckel.index.schema import patients, studies

_named = patients.alias("named")

#: Identity of the owner and of the patient that the images name, and the owner's row.
owners = (
    select(patients.c.identity, _named.c.identity.label("named"), studies.c.patient_pk)
    .select_from(studies)
    .join(patients, studies.c.patient_pk == patients.c.pk)
    .join(_named, func.coalesce(studies.c.own_patient_pk, studies.c.patient_pk) == _named.c.pk)
)
