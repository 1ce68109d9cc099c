"""Orders that are named by their filler's number alone, before or after their placer's is known.

The rule: whichever comes first, a placer's and a filler's number that were said together are of
one order, and what was said, done or decided by the filler's number alone is of that order.
"""

from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from steckel.index.schema import corrections
from steckel.ris.model import OrderStatement
from steckel.ris.registers import Registers
from steckel.ris.schema import appointments, orders, performed_steps, steps

_BY_FILLER = select(orders.c.pk, orders.c.key, orders.c.placer, orders.c.registers).where(
    orders.c.filler == bindparam("filler"), orders.c.identity == bindparam("patient")
)


def key_of_order(connection: Connection, statement: OrderStatement) -> str:
    """Return the key of an order; by its filler number alone, it may be known with a placer's."""
    if statement.placer or not statement.filler:
        return statement.key
    names = {"filler": statement.filler, "patient": statement.patient.identity}
    found = connection.execute(_BY_FILLER, names).all()
    if len(found) == 1 and _may_be(statement, found[0]):
        return str(found[0].key)
    return statement.key


def absorb_unplaced(
    connection: Connection, statement: OrderStatement, pk: int, registers: Registers
) -> None:
    """Take over what was said of the order by its filler number before its placer was known."""
    names = {"filler": statement.filler, "patient": statement.patient.identity}
    for row in connection.execute(_BY_FILLER, names).all():
        if row.pk != pk and not row.placer and _may_be(statement, row):
            registers.absorb(Registers(row.registers))
            _hand_over(connection, row, pk, statement.key)
            connection.execute(delete(orders).where(orders.c.pk == row.pk))


def _hand_over(connection: Connection, row: Any, pk: int, key: str) -> None:
    """Have what was done and decided for one order be for another."""
    ours, theirs = steps.c.order_pk == pk, steps.c.order_pk == row.pk
    for table, column, before, now in (
        (performed_steps, "order_pk", row.pk, pk),
        (appointments, "order_key", row.key, key),
        (corrections, "order_key", row.key, key),
    ):
        moving = update(table).where(table.c[column] == before)
        connection.execute(moving.values({column: now}))
    for step in connection.execute(select(steps).where(theirs, steps.c.performed != "")).all():
        begun = update(steps).where(ours, steps.c.step_id == step.step_id, steps.c.performed == "")
        connection.execute(begun.values(performed=step.performed))
    known = select(steps.c.step_id).where(ours)
    moved = update(steps).where(theirs, steps.c.step_id.not_in(known))
    connection.execute(moved.values(order_pk=pk))


def _may_be(statement: OrderStatement, row: Any) -> bool:
    """Whether a procedure is not another one; an ID that was made up for want of one is none."""
    held = Registers(row.registers)
    said = held.moment("procedure_id")
    theirs = held.get("procedure_id", "") if said is not None and said.at else ""
    ours = statement.procedure_id if statement.moment.at else ""
    return not ours or not theirs or ours == theirs
