"""All that is said to the department goes through here; each call in the caller's transaction.

What one statement changes elsewhere follows at once: a patient's new name is in the worklist
and in the studies when the transaction is committed.
"""

from sqlalchemy import Connection, Engine, bindparam, select

from steckel.index.schema import patients
from steckel.ris import orders, reports, visits
from steckel.ris.model import (
    AppointmentStatement,
    MergeStatement,
    OrderStatement,
    PatientKey,
    PatientStatement,
    ReportStatement,
    VisitStatement,
)
from steckel.ris.patients import Patients

_survivor = patients.alias()
_MERGED = (
    select(patients.c.identity)
    .join(_survivor, patients.c.survivor_pk == _survivor.c.pk)
    .where(_survivor.c.identity.in_(bindparam("identities", expanding=True)))
)
_SURVIVOR_PK = select(patients.c.survivor_pk).where(patients.c.identity == bindparam("identity"))


class Department:
    """Takes statements about patients, visits, orders, appointments and reports."""

    def __init__(self, engine: Engine) -> None:
        self._patients = Patients(engine)

    def say_patient(self, connection: Connection, statement: PatientStatement) -> None:
        """Take what is said about a patient."""
        if self._patients.say(connection, statement):
            row = self._patients.survivor(connection, statement.patient.identity)
            found = {statement.patient.identity, row.identity if row else ""}
            orders.refresh_orders_of(connection, self._with_merged(connection, found))

    def merge(self, connection: Connection, statement: MergeStatement) -> None:
        """Take that two patients are one, or that they are not.

        Raises
        ------
        SelfMerge
            A patient cannot be merged into itself.
        """
        touched = self._patients.merge(connection, statement)
        orders.refresh_orders_of(connection, sorted(touched))

    def say_visit(self, connection: Connection, statement: VisitStatement) -> None:
        """Take what is said about a visit."""
        if visits.say_visit(connection, statement):
            orders.refresh_orders_of(connection, [statement.patient.identity])

    def say_order(self, connection: Connection, statement: OrderStatement) -> int:
        """Take what is said about an order; return the order's row.

        Raises
        ------
        OfAnotherPatient
            Its number is that of another patient's order.
        """
        return orders.say_order(connection, statement)

    def say_appointment(self, connection: Connection, statement: AppointmentStatement) -> None:
        """Take what is said about an appointment."""
        visits.say_appointment(connection, statement)

    def say_report(self, connection: Connection, statement: ReportStatement) -> None:
        """Take a version of a report.

        Raises
        ------
        OfAnotherPatient
            Its number is that of another patient's report.
        """
        reports.say_report(connection, statement)

    def is_merged_away(self, connection: Connection, patient: PatientKey) -> bool:
        """Whether a patient turned out to be another."""
        found = connection.execute(_SURVIVOR_PK, {"identity": patient.identity}).scalar()
        return found is not None

    def _with_merged(self, connection: Connection, identities: set[str]) -> list[str]:
        """Add those who turned out to be one of them."""
        merged = connection.execute(_MERGED, {"identities": list(identities)}).scalars()
        return sorted({*identities, *merged} - {""})
