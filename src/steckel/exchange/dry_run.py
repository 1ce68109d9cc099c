"""What another profile would make of a message: before and after, and nothing is touched."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, select

from steckel.errors import NotFound
from steckel.exchange.inbound.reading import Reading
from steckel.exchange.inbound.translation import Statement, translate
from steckel.exchange.model import MessageFault
from steckel.exchange.profile import Profile
from steckel.exchange.schema import messages
from steckel.hl7.message import Message
from steckel.ris.model import OrderStatement, PatientStatement, VisitStatement


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """A message to try a profile on."""

    raw: bytes
    received: int  #: milliseconds since 1970


def dry_run(trial: Trial, before: Profile, after: Profile) -> dict[str, Any]:
    """Return what two profiles make of a message, as JSON.

    Each of ``before`` and ``after`` has ``profile``, ``fault`` (code, location and text, or
    nothing), ``unused``, ``warnings``, ``statements`` and ``worklist``: DICOM JSON of the
    items that the message alone would make.

    Raises
    ------
    NotHl7
        The bytes are no HL7 message.
    """
    first, second = _outcome(trial, before), _outcome(trial, after)
    return {"before": first, "after": second, "differs": _said(first) != _said(second)}


def stored_trial(connection: Connection, pk: int) -> Trial:
    """Return a message of the store.

    Raises
    ------
    NotFound
        There is no such message.
    """
    row = connection.execute(
        select(messages.c.raw, messages.c.received).where(messages.c.pk == pk)
    ).first()
    if row is None:
        raise NotFound("there is no such message")
    return Trial(raw=row.raw, received=row.received)


def worklist_items(statements: "tuple[Statement, ...]") -> list[dict[str, Any]]:
    """Return the worklist items that statements of one message make by themselves."""
    patient = _of(statements, PatientStatement)
    visit = _of(statements, VisitStatement)
    orders: dict[str, dict[str, Any]] = {}
    steps: dict[str, list[dict[str, Any]]] = {}
    for one in reversed(statements):
        # What is made up comes last among them, and gives way to what is said.
        if isinstance(one, OrderStatement):
            orders[one.key] = orders.get(one.key, {}) | _order_attributes(one)
            steps.setdefault(one.key, []).extend(
                {"00400009": _element("SH", step.step_id), **_tags(step.values)}
                for step in one.steps
            )
    base = {**_patient_attributes(patient), **(_tags(visit.values) if visit else {})}
    return [
        dict(sorted({**base, **order, "00400100": {"vr": "SQ", "Value": [step]}}.items()))
        for key, order in orders.items()
        for step in steps[key]
    ]


def _outcome(trial: Trial, profile: Profile) -> dict[str, Any]:
    message = Message.parse(trial.raw, default_charset=profile.charset)
    reading = Reading(
        message=message,
        profile=profile,
        received=trial.received,
        digest=hashlib.sha256(trial.raw).hexdigest(),
    )
    outcome: dict[str, Any] = {
        "profile": {"name": profile.name, "version": profile.version},
        "fault": None, "unused": "", "warnings": [], "statements": [], "worklist": [],
    }  # fmt: skip
    try:
        said = translate(reading)
    except MessageFault as problem:
        found = problem.fault
        outcome["fault"] = {
            "code": int(found.code), "location": found.location, "text": found.text,
        }  # fmt: skip
        return outcome
    outcome["unused"] = said.unused
    outcome["warnings"] = list(said.warnings)
    outcome["statements"] = [_as_json(one) for one in said.statements]
    outcome["worklist"] = worklist_items(said.statements)
    return outcome


def _said(outcome: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in outcome.items() if name != "profile"}


def _as_json(statement: Statement) -> dict[str, Any]:
    kind = type(statement).__name__.removesuffix("Statement").lower()
    return {"kind": kind, **_plain(asdict(statement))}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value


def _of(statements: "tuple[Statement, ...]", kind: type[Any]) -> Any:
    return next((one for one in statements if isinstance(one, kind)), None)


def _patient_attributes(patient: PatientStatement | None) -> dict[str, Any]:
    if patient is None:
        return {}
    found = {**_tags(patient.values), "00100020": _element("LO", patient.patient.patient_id)}
    if patient.patient.issuer:
        found["00100021"] = _element("LO", patient.patient.issuer)
    return found


def _order_attributes(order: OrderStatement) -> dict[str, Any]:
    numbers = {
        "00080050": ("SH", order.accession), "00401001": ("SH", order.procedure_id),
        "00402016": ("LO", order.placer), "00402017": ("LO", order.filler),
        "0020000D": ("UI", order.study_uid),
    }  # fmt: skip
    said = {tag: _element(vr, value) for tag, (vr, value) in numbers.items() if value}
    return {**_tags(order.values), **said}


def _tags(values: Mapping[str, Any]) -> dict[str, Any]:
    return {tag: value for tag, value in values.items() if len(tag) == 8 and tag == tag.upper()}


def _element(vr: str, value: str) -> dict[str, Any]:
    return {"vr": vr, "Value": [value]}
