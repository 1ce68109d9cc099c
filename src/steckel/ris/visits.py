"""Visits and appointments: what is said of them, in the caller's transaction."""

from typing import Any

from sqlalchemy import Connection, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite

from steckel.ris.events import tell
from steckel.ris.model import (
    AppointmentStatement,
    AppointmentStatus,
    EventKind,
    VisitStatement,
    VisitStatus,
)
from steckel.ris.numbered import require_same_patient
from steckel.ris.orders import visit_key
from steckel.ris.registers import Moment, Registers
from steckel.ris.schema import appointments, visits


def say_visit(connection: Connection, statement: VisitStatement) -> bool:
    """Take a statement about a visit; whether its attributes are others now."""
    key = visit_key(statement.patient.identity, statement.number)
    registers = _held(connection, visits, key)
    changed = registers.say(statement.values, statement.moment)
    if statement.status is not None:
        registers.say({"status": statement.status}, statement.moment)
    _keep(
        connection,
        visits,
        key,
        registers,
        {
            "identity": statement.patient.identity,
            "number": statement.number,
            "status": registers.get("status", VisitStatus.PLANNED),
        },
        statement.moment,
    )
    return changed


def say_appointment(connection: Connection, statement: AppointmentStatement) -> None:
    """Take a statement about an appointment.

    Raises
    ------
    OfAnotherPatient
        Its number is that of another patient's appointment.
    """
    registers = _held(connection, appointments, statement.key)
    held, identity = registers.get("identity", ""), statement.patient.identity
    require_same_patient(connection, "appointment", held, identity)
    said: dict[str, Any] = dict(statement.values)
    said["identity"] = statement.patient.identity
    for name in ("order_key", "start", "minutes", "resource", "status"):
        value = getattr(statement, name)
        if value:
            said[name] = value
    changed = registers.say(said, statement.moment)
    _keep(
        connection,
        appointments,
        statement.key,
        registers,
        {
            "identity": registers.get("identity"),
            "order_key": registers.get("order_key", ""),
            "status": registers.get("status", AppointmentStatus.BOOKED),
            "start": registers.get("start", ""),
            "minutes": registers.get("minutes", 0),
            "resource": registers.get("resource", ""),
        },
        statement.moment,
    )
    if changed:
        facts = {"appointment": statement.key}
        tell(
            connection, EventKind.APPOINTMENT, registers.get("identity"), facts,
            statement.moment.at,
        )  # fmt: skip


def _held(connection: Connection, table: Table, key: str) -> Registers:
    """Return what was said, in a row that is held until the commit."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(
        insert(table).values(key=key, registers="{}").on_conflict_do_nothing(index_elements=["key"])
    )
    statement = select(table.c.registers).where(table.c.key == key)
    if connection.dialect.name == "postgresql":
        statement = statement.with_for_update()
    return Registers(connection.execute(statement).scalar_one())


def _keep(
    connection: Connection,
    table: Table,
    key: str,
    registers: Registers,
    columns: dict[str, Any],
    moment: Moment,
) -> None:
    held = select(table.c.at).where(table.c.key == key)
    at = max(connection.execute(held).scalar_one(), moment.at)
    connection.execute(
        update(table).where(table.c.key == key).values(registers=registers.text(), at=at, **columns)
    )
