"""What PV1, PV2 and ZBE say of a visit."""

from typing import Final

from steckel.exchange.inbound.elements import Attributes, clean
from steckel.exchange.inbound.people import NOTHING, Number, number_of_cx, physicians
from steckel.exchange.inbound.reading import Group, Reading
from steckel.hl7.message import NULL, Field, Segment
from steckel.ris.model import PatientKey, VisitStatement, VisitStatus
from steckel.ris.registers import Moment

#: Trigger event to where it moves a visit; what is not here does not.
_MOVES: Final = {
    "A01": VisitStatus.ADMITTED, "A04": VisitStatus.ARRIVED, "A05": VisitStatus.PLANNED,
    "A14": VisitStatus.PLANNED, "A03": VisitStatus.LEFT, "A10": VisitStatus.ARRIVED,
    "A11": VisitStatus.CANCELLED, "A13": VisitStatus.ADMITTED, "A27": VisitStatus.CANCELLED,
    "A38": VisitStatus.CANCELLED,
}  # fmt: skip
#: Event whose cancelling (Z99 with action CANCEL) moves a visit, and where to.
_TAKEN_BACK: Final = {
    "A01": VisitStatus.CANCELLED, "A04": VisitStatus.CANCELLED, "A05": VisitStatus.CANCELLED,
    "A14": VisitStatus.CANCELLED, "A03": VisitStatus.ADMITTED,
}  # fmt: skip
#: HL7 table 0009, ambulatory status: pregnant.
_PREGNANT: Final = "B6"


def read_visit(
    reading: Reading, group: Group, patient: PatientKey, moment: Moment, event: str
) -> VisitStatement | None:
    """Return what a message says of a visit; None where it names none."""
    segment, number = group.first("PV1"), visit_number(reading, group)
    if segment is None or not number.value:
        return None
    attributes = Attributes(reading)
    attributes.put("00380010", [number.value])
    attributes.items("00380014", number.authority.reference(reading))
    status, is_current = _movement(group, event)
    if is_current:
        put_visit(attributes, group, segment)
    return VisitStatement(
        patient=patient,
        number=number.value,
        moment=moment,
        values=attributes.values,
        status=status,
    )


def visit_number(reading: Reading, group: Group) -> Number:
    """Return the number of a visit: PV1-19, else the account (PID-18)."""
    found, place, _ = group.find(reading.profile.fields["admission"])
    if found is None:
        return NOTHING
    number = number_of_cx(found)
    value = clean(number.value, "LO")
    if value == NULL:
        return NOTHING
    if len(value) > 64:
        reading.warn(f"{place} is longer than an Admission ID may be: left out")
        return NOTHING
    return Number(value=value, authority=number.authority, type=number.type)


def put_visit(attributes: Attributes, group: Group, segment: Segment) -> None:
    """Take the attributes of PV1 and PV2."""
    reading = attributes.reading
    location = segment.fields(3)
    attributes.text("00380300", _place(location[0]) if location else "", "PV1-3")
    attributes.name("00080090", physicians(segment.fields(8), reading, "PV1-8"))
    attributes.name("00081048", physicians(segment.fields(7), reading, "PV1-7"))
    attributes.moment(("00380020", "00380021"), segment.value(44).strip(), "PV1-44")
    attributes.own("class", segment.value(2).strip())
    attributes.own("discharged", segment.value(45).strip())
    state = [found.value(1).strip() for found in segment.fields(15)]
    if _PREGNANT in state:
        attributes.put("001021C0", [3])
    more = group.first("PV2")
    reason = more.fields(3) if more else []
    if reason:
        text = reason[0].component(2).strip() or reason[0].value(1).strip()
        attributes.text("00081080", text, "PV2-3")


def _movement(group: Group, event: str) -> tuple[VisitStatus | None, bool]:
    """Return where a message moves a visit, and whether it tells of its present.

    ZBE (PAM-FR 2.11): action in field 4, whether it is of the past in 5, the event that is
    corrected in 6.
    """
    movement = group.first("ZBE")
    action = movement.value(4).strip().upper() if movement else ""
    is_current = movement is None or movement.value(5).strip().upper() != "Y"
    if event == "Z99":
        about = movement.value(6).strip().upper() if movement else ""
        if action == "CANCEL":
            return _TAKEN_BACK.get(about), False
        return None, is_current
    if action == "CANCEL" and event not in ("A11", "A12", "A13", "A27", "A38"):
        return _TAKEN_BACK.get(event), False
    return (_MOVES.get(event) if is_current else None), is_current


def _place(found: Field) -> str:
    parts = [found.value(n).strip() for n in (1, 2, 3)]
    facility = found.value(4).strip()
    return " ".join(part for part in (*parts, facility) if part and part != NULL)
