"""Orders: what is said of requested procedures, and the worklist that follows.

`say_order` keeps what was said; `refresh_order` works out from it the row of the order and those
of its steps. A modality's own word (MPPS) is kept in `steps.performed` and survives both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, delete, select, update

from steckel.dicom.json_model import JsonDataset, JsonElement, first_text, is_json_key
from steckel.errors import NotFound
from steckel.index.rows import to_text
from steckel.index.schema import patients
from steckel.index.upserting import add_new, add_or_change_some
from steckel.ris import clock
from steckel.ris.acquired import performed_by_images
from steckel.ris.events import tell
from steckel.ris.model import (
    TERMINAL,
    EventKind,
    OrderStatement,
    OrderStatus,
    PerformedStatus,
    step_status,
)
from steckel.ris.numbered import require_same_patient
from steckel.ris.registers import Registers
from steckel.ris.reported import is_reported
from steckel.ris.schema import orders, steps, visits
from steckel.ris.unplaced import absorb_unplaced, key_of_order
from steckel.ris.worklist_item import Whose, item_columns

#: Numbers of an order, and the attribute that each is in the worklist.
_NUMBERS = {
    "placer": ("00402016", "LO"),
    "filler": ("00402017", "LO"),
    "accession": ("00080050", "SH"),
    "procedure_id": ("00401001", "SH"),
    "study_uid": ("0020000D", "UI"),
}
_STEP = "step\x1f"
_STEP_KEY = ("order_pk", "step_id")

# Kept, because to make a statement costs more than to run it (`index.upserting`).
_ROW = select(
    orders.c.pk, orders.c.key, orders.c.registers, orders.c.identity, orders.c.status, orders.c.at
)
_BY_PK = _ROW.where(orders.c.pk == bindparam("row"))
_BY_PK_HELD = _BY_PK.with_for_update()
_BY_KEY = _ROW.where(orders.c.key == bindparam("order_key"))
_BY_KEY_HELD = _BY_KEY.with_for_update()
_OF_PATIENTS = (
    select(orders.c.pk)
    .where(orders.c.identity.in_(bindparam("identities", expanding=True)))
    .order_by(orders.c.pk)
)
_CHANGE = (
    update(orders)
    .where(orders.c.pk == bindparam("row"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                *_NUMBERS,
                *("registers", "identity", "at", "accession_issuer", "modality", "description"),
                *("priority", "scheduled", "status", "json", "changed"),
            )
        }
    )
)
_PERFORMED = select(steps.c.step_id, steps.c.performed).where(
    steps.c.order_pk == bindparam("order")
)
_END_STEP = (
    update(steps)
    .where(steps.c.order_pk == bindparam("order"), steps.c.step_id == bindparam("step"))
    .values(status=bindparam("new_status"), is_open=False)
)
_VISIT = select(visits.c.registers).where(visits.c.key == bindparam("visit"))
_survivor = patients.alias()
_OWNER = (
    select(patients.c.identity, patients.c.json, _survivor.c.identity, _survivor.c.json)
    .outerjoin(_survivor, patients.c.survivor_pk == _survivor.c.pk)
    .where(patients.c.identity == bindparam("identity"))
)


def say_order(connection: Connection, statement: OrderStatement) -> int:
    """Take a statement; return the row of its order.

    Raises
    ------
    OfAnotherPatient
        Its number is that of another patient's order.
    """
    held = _held(connection, key_of_order(connection, statement))
    require_same_patient(connection, "order", held.identity, statement.patient.identity)
    registers = Registers(held.registers)
    if statement.placer and statement.filler:
        absorb_unplaced(connection, statement, held.pk, registers)
    registers.say(_said(statement), statement.moment)
    if statement.status in TERMINAL:
        registers.say({"end": statement.status}, statement.moment)
    elif statement.status is not None:
        registers.say({"status": statement.status}, statement.moment)
    is_new = not held.identity
    at = max(statement.moment.at, held.at)
    order = _Order(held.pk, held.key, registers.get("identity"), held.status, registers, at)
    _refresh(connection, order, clock.now())
    if is_new:
        facts = {"order": statement.key}
        tell(
            connection, EventKind.ORDER_PLACED, registers.get("identity"), facts,
            statement.moment.at,
        )  # fmt: skip
    return int(held.pk)


def refresh_order(connection: Connection, order_pk: int, now: int) -> None:
    """Work out an order and its steps anew, from all that was said and done.

    Raises
    ------
    NotFound
        There is no such order.
    """
    is_shared = connection.dialect.name == "postgresql"
    row = connection.execute(_BY_PK_HELD if is_shared else _BY_PK, {"row": order_pk}).first()
    if row is None:
        raise NotFound("there is no such order")
    registers = Registers(row.registers)
    _refresh(connection, _Order(row.pk, row.key, row.identity, row.status, registers, row.at), now)


@dataclass(frozen=True, slots=True)
class _Order:
    """A row of `orders`, with what was said of it."""

    pk: int
    key: str
    identity: str
    status: str
    registers: Registers
    at: int


def _refresh(connection: Connection, order: _Order, now: int) -> None:
    registers = order.registers
    held = connection.execute(_PERFORMED, {"order": order.pk}).all()
    performed = {step.step_id: step.performed for step in held}
    said = _said_status(connection, order)
    planned = _planned(registers)
    status = _status(said, list(performed.values()))
    pictured: Mapping[str, str] = {}
    if said not in TERMINAL and not any(performed.values()):
        pictured = performed_by_images(connection, order.key, planned)
        status = _status(said, [pictured.get(step_id, "") for step_id in planned])
    json = _attributes(connection, registers)
    connection.execute(
        _CHANGE,
        {
            "row": order.pk,
            **{f"new_{name}": registers.get(name, "") for name in _NUMBERS},
            "new_registers": registers.text(),
            "new_identity": order.identity,
            "new_at": order.at,
            "new_accession_issuer": registers.get("accession_issuer", ""),
            "new_modality": _first(planned, "00080060"),
            "new_description": first_text(json, "00321060") or _first(planned, "00400007"),
            "new_priority": first_text(json, "00401003"),
            "new_scheduled": _first(planned, "00400002") + _first(planned, "00400003"),
            "new_status": status,
            "new_json": to_text(json),
            "new_changed": now,
        },
    )
    plan = _Plan(said, json, planned, performed, pictured, now)
    _replace_steps(connection, order.pk, plan, order.identity)
    if status != order.status and order.status:
        facts = {"order": order.key, "status": status, "before": order.status}
        tell(connection, EventKind.ORDER_STATUS, order.identity, facts, now)


def _said_status(connection: Connection, order: _Order) -> OrderStatus:
    """Return where messages have moved an order; a final report ends one that they left open."""
    registers = order.registers
    said = OrderStatus(registers.get("end") or registers.get("status") or OrderStatus.SCHEDULED)
    if said in TERMINAL:
        return said
    numbers = {name: registers.get(name, "") for name in _NUMBERS}
    return OrderStatus.COMPLETED if is_reported(connection, order.identity, numbers) else said


def refresh_orders(connection: Connection, keys: Iterable[str]) -> None:
    """Work out orders anew by their keys; those that nobody said anything of are passed over."""
    now = clock.now()
    statement = select(orders.c.pk).where(orders.c.key.in_(sorted(keys))).order_by(orders.c.pk)
    for pk in connection.execute(statement).scalars().all():
        refresh_order(connection, pk, now)


def refresh_orders_of(connection: Connection, identities: Sequence[str]) -> None:
    """Have the worklist say what is known of patients now."""
    now = clock.now()
    for pk in connection.execute(_OF_PATIENTS, {"identities": list(identities)}).scalars().all():
        refresh_order(connection, pk, now)


class _Plan:
    """What the steps of an order follow from."""

    def __init__(
        self,
        said: OrderStatus,
        order: JsonDataset,
        planned: Mapping[str, JsonDataset],
        performed: Mapping[str, str],
        pictured: Mapping[str, str],
        now: int,
    ) -> None:
        self.said, self.order, self.planned = said, order, planned
        #: as modalities say by MPPS, and as images show without
        self.performed, self.pictured = performed, pictured
        self.now = now


def _replace_steps(connection: Connection, order_pk: int, plan: _Plan, identity: str) -> None:
    whose = _whose(connection, identity)
    for step_id, values in plan.planned.items():
        scheduled = first_text(values, "00400020")
        performed = plan.performed.get(step_id, "")
        status = step_status(plan.said, scheduled, performed or plan.pictured.get(step_id, ""))
        columns = item_columns(whose, plan.order, values, status)
        columns |= {"scheduled": scheduled, "changed": plan.now}
        names = (*columns, "order_pk", "step_id", "performed")
        connection.execute(
            add_or_change_some(connection, steps, names, _STEP_KEY, tuple(columns)),
            {"order_pk": order_pk, "step_id": step_id, "performed": performed, **columns},
        )
    gone = []
    for step_id, performed in plan.performed.items():
        if step_id not in plan.planned and performed:  # begun before it was taken out of the plan
            status = step_status(plan.said, "", performed)
            ended = {"order": order_pk, "step": step_id, "new_status": status}
            connection.execute(_END_STEP, ended)
        elif step_id not in plan.planned:
            gone.append(step_id)
    if gone:
        connection.execute(
            delete(steps).where(steps.c.order_pk == order_pk, steps.c.step_id.in_(gone))
        )


def _whose(connection: Connection, identity: str) -> Whose:
    """Return the demographics of the surviving patient, with what a worklist shows beside them."""
    row = connection.execute(_OWNER, {"identity": identity}).first()
    if row is None:
        _, issuer, patient_id = identity.split("\x1f", 2)
        json: JsonDataset = {"00100020": {"vr": "LO", "Value": [patient_id]}}
        if issuer:
            json["00100021"] = {"vr": "LO", "Value": [issuer]}
        return Whose(identity=identity, json=json)
    return Whose(identity=row[2] or row[0], json=orjson.loads(row[3] or row[1]))


def _held(connection: Connection, key: str) -> Row[Any, Any, Any, Any, Any, Any]:
    """Return the row of an order, made when it is new, and held until the commit."""
    connection.execute(
        add_new(connection, orders, ("key", "registers", "json", "created"), ("key",)),
        {"key": key, "registers": "{}", "json": "{}", "created": clock.now()},
    )
    statement = _BY_KEY_HELD if connection.dialect.name == "postgresql" else _BY_KEY
    return connection.execute(statement, {"order_key": key}).one()


def _said(statement: OrderStatement) -> dict[str, Any]:
    said: dict[str, Any] = {"identity": statement.patient.identity, **statement.values}
    for name in (*_NUMBERS, "accession_issuer", "visit"):
        value = getattr(statement, name)
        if value:
            said[name] = value
    if statement.steps:
        said["steps"] = [step.step_id for step in statement.steps]
    for step in statement.steps:
        said |= {f"{_STEP}{step.step_id}\x1f{tag}": value for tag, value in step.values.items()}
    return said


def _planned(registers: Registers) -> dict[str, JsonDataset]:
    """Return the steps that were planned last, in their order."""
    said = registers.values()
    planned: dict[str, JsonDataset] = {}
    for step_id in said.get("steps", []):
        start = f"{_STEP}{step_id}\x1f"
        values = {name[len(start) :]: v for name, v in said.items() if name.startswith(start)}
        planned[step_id] = {"00400009": {"vr": "SH", "Value": [step_id]}, **values}
    return planned


def _attributes(connection: Connection, registers: Registers) -> JsonDataset:
    """Return the attributes of the requested procedure, its visit's among them."""
    said = registers.values()
    json: JsonDataset = _visit(connection, registers)
    json |= {name: value for name, value in said.items() if is_json_key(name)}
    for name, (key, vr) in _NUMBERS.items():
        if said.get(name):
            json[key] = JsonElement(vr=vr, Value=[said[name]])
    return dict(sorted(json.items()))


def _visit(connection: Connection, registers: Registers) -> JsonDataset:
    if not registers.get("visit"):
        return {}
    text = connection.execute(
        _VISIT, {"visit": visit_key(registers.get("identity"), registers.get("visit"))}
    ).scalar()
    return {n: v for n, v in Registers(text).values().items() if is_json_key(n)} if text else {}


def visit_key(identity: str, number: str) -> str:
    """Return what identifies a visit."""
    return f"{identity}\x1f{number}"


def _status(said: OrderStatus, performed: Sequence[str]) -> OrderStatus:
    done = [status for status in performed if status]
    if said in TERMINAL or not done:
        return said
    if PerformedStatus.IN_PROGRESS in done:
        return OrderStatus.IN_PROGRESS
    if len(done) < len(performed):
        return OrderStatus.IN_PROGRESS
    if PerformedStatus.COMPLETED in done:
        return OrderStatus.COMPLETED
    return OrderStatus.DISCONTINUED


def _first(planned: Mapping[str, JsonDataset], key: str) -> str:
    return next((found for step in planned.values() if (found := first_text(step, key))), "")
