"""Orders and reports that other systems say over FHIR: statements as from any other source."""

from dataclasses import replace

from sqlalchemy import Connection, Engine, select

from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.index.schema import patients
from steckel.ris.department import Department
from steckel.ris.model import OrderStatement, PatientKey, ReportStatement
from steckel.ris.patients import key_of
from steckel.ris.record_keys import row_in
from steckel.ris.record_kinds import is_patient
from steckel.ris.registers import Moment
from steckel.ris.schema import orders, reports
from steckel.ris.study_uids import study_uid_of_accession, study_uid_of_order


class RecordEntry:
    """Takes statements; durable when a call returns. Thread-safe; blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._department = Department(engine)

    def patient(self, key: str) -> PatientKey:
        """Return what identifies a patient, or who this one turned out to be.

        Raises
        ------
        NotFound
            There is no such patient, or none with an identifier.
        """
        survivor = patients.alias("survivor")
        statement = (
            select(patients.c.identity, survivor.c.identity)
            .outerjoin(survivor, patients.c.survivor_pk == survivor.c.pk)
            .where(is_patient(key))
        )
        with self._engine.connect() as connection:
            row = connection.execute(statement).first()
        identity = (row[1] or row[0]) if row is not None else ""
        if not identity.startswith("id\x1f"):
            raise NotFound("there is no such patient with an identifier")
        return key_of(identity)

    def order(self, statement: OrderStatement) -> str:
        """Take an order; return its key."""
        with writing(self._engine, durable=True) as connection:
            if not statement.study_uid:
                self._department.say_order(connection, _with_study(statement))
            return str(self._department.say_order(connection, statement))

    def report(self, statement: ReportStatement) -> str:
        """Take a version of a report; return the report's key."""
        with writing(self._engine, durable=True) as connection:
            self._department.say_report(connection, statement)
            found = select(reports.c.id).where(reports.c.key == statement.key)
            return str(connection.execute(found).scalar_one())

    def order_numbers(self, key: str) -> tuple[str, str, str]:
        """Return placer, filler and accession number of an order, or raise `NotFound`."""
        with self._engine.connect() as connection:
            return _numbers(connection, key)


def _with_study(statement: OrderStatement) -> OrderStatement:
    """Return what is made up for want of a word: before all that is said."""
    if statement.accession:
        uid = study_uid_of_accession(statement.accession_issuer, statement.accession)
    else:
        uid = study_uid_of_order(statement.key)
    return replace(statement, moment=Moment(at=0), study_uid=uid, values={}, steps=(), status=None)


def _numbers(connection: Connection, key: str) -> tuple[str, str, str]:
    pk = row_in(key)
    statement = select(orders.c.placer, orders.c.filler, orders.c.accession)
    row = connection.execute(statement.where(orders.c.pk == pk)).first() if pk else None
    if row is None:
        raise NotFound("there is no such ServiceRequest")
    return row[0], row[1], row[2]
