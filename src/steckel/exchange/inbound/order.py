"""Orders: ORM^O01, OMG^O19, OMI^O23, from groups of ORC and OBR to statements.

What the message says is said with its moment. What DICOM needs and nobody said, a Study
Instance UID or a Requested Procedure ID, is said as of the beginning of time, so that a word
that comes earlier or later takes its place.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from steckel.exchange.inbound.elements import Attributes, Code, code_of
from steckel.exchange.inbound.grouping import order_groups
from steckel.exchange.inbound.numbering import (
    default_study_uid,
    limited,
    said_study_uid,
    short,
)
from steckel.exchange.inbound.observation import put_observations
from steckel.exchange.inbound.order_status import control_of, describes, order_status
from steckel.exchange.inbound.people import Number, number_of_ei, physicians
from steckel.exchange.inbound.reading import Group, Reading, fault, is_said
from steckel.exchange.inbound.step import read_steps
from steckel.exchange.inbound.visit import put_visit, visit_number
from steckel.exchange.profile import OrderIdentity
from steckel.hl7.acknowledge import FaultCode
from steckel.hl7.message import Segment
from steckel.ris.model import OrderStatement, PatientKey, order_key
from steckel.ris.registers import Moment

_LONGEST: Final = 64  # LO: placer and filler order number


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """What names an order."""

    placer: Number
    filler: Number
    accession: Number
    procedure: str  #: Requested Procedure ID as it was sent


def read_orders(reading: Reading, patient: PatientKey) -> list[OrderStatement]:
    """Return what a message says of its orders; groups of one requested procedure together.

    Raises
    ------
    MessageFault
        There is no order, one has no number, or an identifier is too long.
    """
    groups = order_groups(reading.message)
    if not groups:
        raise fault(FaultCode.SEGMENT_SEQUENCE_ERROR, "ORC", "there is neither ORC nor OBR")
    numbers = [_numbers(reading, group) for group in groups]
    keys = order_keys(reading, groups, numbers)
    said: dict[str, OrderStatement] = {}
    for group, named, key in zip(groups, numbers, keys, strict=True):
        statement = _statement(reading, group, named, (key, patient))
        said[key] = _together(said[key], statement) if key in said else statement
    accessions = dict(zip(keys, (one.accession for one in numbers), strict=True))
    made_up = [_made_up(reading, one, accessions[one.key]) for one in said.values()]
    return [*said.values(), *(one for one in made_up if one is not None)]


def order_keys(reading: Reading, groups: Sequence[Group], numbers: Sequence[Numbers]) -> list[str]:
    """Return what identifies each group's requested procedure.

    The order number does, unless a message has several procedures of one.
    """
    always = reading.profile.order_identity is OrderIdentity.PROCEDURE
    times = Counter(_order_number(one) for one in numbers)
    return [
        _key(one, _discriminator(group, one) if always or times[_order_number(one)] > 1 else "")
        for group, one in zip(groups, numbers, strict=True)
    ]


def key_of_numbers(placer: Number, filler: Number, accession: str = "") -> str:
    """Return the key of an order that is named beside the matter; empty without a number."""
    if not (placer.value or filler.value or accession):
        return ""
    return order_key(placer.key if placer.value else "", filler.key, accession, "")


def _key(numbers: Numbers, procedure: str) -> str:
    placer = numbers.placer.key if numbers.placer.value else ""
    filler = numbers.filler.key if numbers.filler.value else ""
    return order_key(placer, filler, numbers.accession.value, procedure)


def _order_number(numbers: Numbers) -> str:
    return _key(numbers, "")


def _discriminator(group: Group, numbers: Numbers) -> str:
    code = group.value("OBR-4.1")
    return numbers.procedure or numbers.filler.value or code or str(group.position)


def _numbers(reading: Reading, group: Group) -> Numbers:
    fields = reading.profile.fields
    placer, filler, accession = (
        number_of_ei(group.find(fields[name])[0]) for name in ("placer", "filler", "accession")
    )
    for number, name in ((placer, "placer"), (filler, "filler")):
        if len(number.value) > _LONGEST:
            place = group.find(fields[name])[1]
            raise fault(FaultCode.DATA_TYPE_ERROR, place, f"longer than {_LONGEST} characters")
    if not (placer.value or filler.value or accession.value):
        raise fault(FaultCode.REQUIRED_FIELD_MISSING, "ORC-2", "the order has no number")
    procedure = group.value(fields["procedure-id"])
    return Numbers(
        placer=placer,
        filler=filler,
        accession=accession,
        procedure=procedure if is_said(procedure) else "",
    )


def _statement(
    reading: Reading, group: Group, numbers: Numbers, whose: tuple[str, PatientKey]
) -> OrderStatement:
    key, patient = whose
    attributes, fields = Attributes(reading), reading.profile.fields
    accession_place, procedure_place = (
        group.find(fields[name])[1] for name in ("accession", "procedure-id")
    )
    accession = limited(attributes, numbers.accession.value, accession_place, "accession")
    procedure = limited(attributes, numbers.procedure, procedure_place, "procedure_id")
    _put_numbers(attributes, numbers)
    is_described = describes(group)
    if is_described:
        _put_procedure(attributes, group)
        _put_request(attributes, group)
        _put_patient_state(attributes, group)
    elif is_said(group.value("ORC-16.2") or group.value("ORC-16.1")):
        attributes.own("control_reason", group.value("ORC-16.2") or group.value("ORC-16.1"))
    return OrderStatement(
        key=key,
        patient=patient,
        moment=reading.moment(group, "order-moment"),
        placer=numbers.placer.value,
        filler=numbers.filler.value,
        accession=accession,
        accession_issuer=numbers.accession.authority.name,
        procedure_id=procedure,
        study_uid=said_study_uid(reading, group),
        values=attributes.values,
        steps=read_steps(reading, group, key) if is_described else (),
        status=order_status(reading, group),
        visit=visit_number(reading, group).value,
    )


def _together(first: OrderStatement, second: OrderStatement) -> OrderStatement:
    """Return one statement of two groups that are steps of one requested procedure."""
    steps = {step.step_id: step for step in (*first.steps, *second.steps)}
    return replace(
        first,
        moment=max(first.moment, second.moment),
        accession=first.accession or second.accession,
        study_uid=first.study_uid or second.study_uid,
        values={**second.values, **first.values},
        steps=tuple(steps.values()),
        status=first.status or second.status,
    )


def _made_up(reading: Reading, said: OrderStatement, accession: Number) -> OrderStatement | None:
    """Return what DICOM needs of an order and its message does not say."""
    if not said.steps or (said.study_uid and said.procedure_id):
        return None
    moment = before_all(said.moment)
    uid = "" if said.study_uid else default_study_uid(reading, accession, said.key)
    procedure = "" if said.procedure_id else short(f"procedure\x1f{said.key}")
    return OrderStatement(
        key=said.key,
        patient=said.patient,
        moment=moment,
        placer=said.placer,  # so that it reaches the order that its message reached
        filler=said.filler,
        study_uid=uid,
        procedure_id=procedure,
    )


def before_all(moment: Moment) -> Moment:
    """Return a moment before all that is said; those of made-up words keep their order."""
    return Moment(at=0, tie=f"{moment.at:015d}-{moment.tie}")


def _put_numbers(attributes: Attributes, numbers: Numbers) -> None:
    reading = attributes.reading
    for number, tag in (
        (numbers.placer, "00400026"),
        (numbers.filler, "00400027"),
        (numbers.accession, "00080051"),
    ):
        if number.value:
            attributes.items(tag, number.authority.reference(reading))


def _put_procedure(attributes: Attributes, group: Group) -> None:
    """Take what is to be done: Requested Procedure module (PS3.3 C.4.11)."""
    found, place, path = group.find(attributes.reading.profile.fields["procedure"])
    code = code_of(found, (path.component or 1) if path else 1) if found is not None else None
    if code is not None and is_said(code.value):
        attributes.codes("00321064", [code], place)
        attributes.text("00321060", code.meaning or code.value, place)
    _put_priority(attributes, group)
    reasons = _reasons(attributes, group)
    attributes.codes("0040100A", [one for one in reasons if one.scheme], "OBR-31")
    attributes.text("00401002", reasons[0].meaning or reasons[0].value if reasons else "", "OBR-31")
    attributes.text("00401004", _words(group, "OBR", 30), "OBR-30")
    notes = [found.plain() for one in group.all("NTE") for found in one.fields(3)]
    attributes.text("00401400", "\n".join(note for note in notes if is_said(note)), "NTE-3")
    copies = group.first("OBR")
    if copies is not None:
        names = physicians(copies.fields(28), attributes.reading, "OBR-28")
        attributes.name("00401010", names)


def _put_priority(attributes: Attributes, group: Group) -> None:
    reading = attributes.reading
    value = group.value(reading.profile.fields["priority"])
    if not is_said(value):
        return
    code = reading.profile.code("priority", value)
    if code is None:
        reading.warn("the priority is not in the table of priorities: left out")
        return
    attributes.text("00401003", code, "TQ1-9")


def _reasons(attributes: Attributes, group: Group) -> list[Code]:
    found, _, path = group.find(attributes.reading.profile.fields["reason"])
    segment = group.first(path.segment) if path else None
    if found is None or segment is None or path is None:
        return []
    codes = [code_of(one) for one in segment.fields(path.field)]
    return [code for code in codes if code is not None and is_said(code.value)]


def _put_request(attributes: Attributes, group: Group) -> None:
    """Take who wants it: Imaging Service Request module (PS3.3 C.4.12)."""
    reading = attributes.reading
    for name, tag in (
        ("requesting-physician", "00321032"),
        ("referring-physician", "00080090"),
    ):
        _, place, path = group.find(reading.profile.fields[name])
        segment = group.first(path.segment) if path else None
        if segment is not None and path is not None:
            attributes.name(tag, physicians(segment.fields(path.field), reading, place))
    order = group.first("ORC")
    if order is None:
        return
    attributes.name("00402008", physicians(order.fields(10), reading, "ORC-10")[:1])
    attributes.text("00402009", _words(group, "ORC", 13), "ORC-13")
    attributes.text("00402010", order.value(14).strip()[:16], "ORC-14")
    if control_of(group) == "NW":
        attributes.moment(("00402004", "00402005"), order.value(9).strip(), "ORC-9")
    _put_institution(attributes, order)


def _put_institution(attributes: Attributes, order: Segment) -> None:
    where = order.fields(17)
    code = code_of(where[0]) if where else None
    if code is not None and is_said(code.value):
        attributes.codes("00080082", [code] if code.scheme else [], "ORC-17")
        attributes.text("00321033", code.meaning or code.value, "ORC-17")
    name = order.value(21).strip() or (code.meaning if code else "")
    attributes.text("00080080", name, "ORC-21")
    attributes.own("institution_number", order.value(21, 10).strip())  # FINESS, in France
    address = order.fields(22)
    parts = [address[0].value(n).strip() for n in (1, 2, 5, 3, 4, 6)] if address else []
    attributes.text("00080081", ", ".join(part for part in parts if is_said(part)), "ORC-22")
    attributes.text("00401008", order.value(28, 2).strip() or order.value(28).strip(), "ORC-28")


def _put_patient_state(attributes: Attributes, group: Group) -> None:
    visit = group.first("PV1")
    if visit is not None:
        seen = Attributes(attributes.reading)
        put_visit(seen, group, visit)
        attributes.put("001021C0", seen.values.get("001021C0", {}).get("Value", []))
    attributes.text("00380500", _words(group, "OBR", 12), "OBR-12")
    attributes.text("00102000", _words(group, "OBR", 13), "OBR-13")
    put_observations(attributes, group)


def _words(group: Group, name: str, field: int) -> str:
    segment = group.first(name)
    found = segment.fields(field) if segment else []
    if not found:
        return ""
    return found[0].component(2).strip() or found[0].component(1).strip()
