"""Appointments: SIU^S12 to S15, S17, S26."""

from typing import Final

from steckel.exchange.inbound.elements import Attributes, code_of, local
from steckel.exchange.inbound.order import key_of_numbers
from steckel.exchange.inbound.people import Number, number_of_ei, physicians
from steckel.exchange.inbound.reading import Group, Reading, fault, is_said
from steckel.hl7.acknowledge import FaultCode
from steckel.ris.model import AppointmentStatement, AppointmentStatus, PatientKey

#: Trigger event to where it moves an appointment; in the others, SCH-25 says.
_MOVES: Final = {
    "S12": AppointmentStatus.BOOKED, "S13": AppointmentStatus.BOOKED,
    "S15": AppointmentStatus.CANCELLED, "S17": AppointmentStatus.CANCELLED,
    "S26": AppointmentStatus.NO_SHOW,
}  # fmt: skip
#: Where the start stands: timing of 2.5, timing of 2.3, resources.
_START: Final = "TQ1-7|SCH-11.4|AIS-4|AIG-8|AIL-6|AIP-6"
_DURATIONS: Final = (
    ("SCH-9", "SCH-10"), ("AIS-7", "AIS-8"), ("AIG-11", "AIG-12"), ("AIL-9", "AIL-10"),
)  # fmt: skip
_MINUTES: Final = {"": 1.0, "MIN": 1.0, "MINUTES": 1.0, "M": 1.0, "S": 1 / 60, "SEC": 1 / 60,
                   "H": 60.0, "HR": 60.0, "HOURS": 60.0}  # fmt: skip
_LONGEST_MINUTES: Final = 60 * 24 * 31


def read_appointment(
    reading: Reading, group: Group, patient: PatientKey, event: str
) -> AppointmentStatement:
    """Return what a scheduling message says.

    An appointment without a number is known by its patient and its start.

    Raises
    ------
    MessageFault
        It has neither a number nor a start.
    """
    filler, placer = (number_of_ei(group.find(place)[0]) for place in ("SCH-2", "SCH-1"))
    number = filler if filler.value else placer
    start = "".join(local(group.value(_START), reading.profile.zone))
    if not number.value and not start:
        raise fault(
            FaultCode.REQUIRED_FIELD_MISSING,
            "SCH-2",
            "the appointment has no number and no start",
        )
    if not number.value:
        reading.warn("the appointment has no number: patient and start stand for it")
    elif not start and event in ("S12", "S13"):
        reading.warn("no start of the appointment")
    attributes = Attributes(reading)
    _put_resources(attributes, group)
    return AppointmentStatement(
        key=_key(filler, placer, patient, start),
        patient=patient,
        moment=reading.moment(group),
        order_key=key_of_numbers(
            number_of_ei(group.find("SCH-26|ORC-2|OBR-2")[0]),
            number_of_ei(group.find("SCH-27|ORC-3|OBR-3")[0]),
        ),
        start=start,
        minutes=_minutes(group),
        resource=group.value("AIG-3.2|AIG-3.1|AIL-3|AIP-3.2|AIP-3.1"),
        values=attributes.values,
        status=_status(reading, group, event),
    )


def _key(filler: Number, placer: Number, patient: PatientKey, start: str) -> str:
    if filler.value or placer.value:
        return f"F{filler.key}" if filler.value else f"P{placer.key}"
    return f"S{patient.identity}\x1f{start}"


def _status(reading: Reading, group: Group, event: str) -> AppointmentStatus | None:
    if event in _MOVES:
        return _MOVES[event]
    said = group.value("SCH-25")
    if not is_said(said):
        return None
    status = reading.profile.code("appointment-status", said)
    if status is None:
        reading.warn("SCH-25 is not in the table of statuses: the status stays")
    return AppointmentStatus(status) if status else None


def _minutes(group: Group) -> int:
    for length, unit in _DURATIONS:
        text = group.value(length)
        factor = _MINUTES.get(group.value(unit).upper())
        if factor is None or not text or len(text) > 12 or text.strip("0123456789."):
            continue
        try:
            minutes = round(float(text) * factor)
        except ValueError:
            continue
        if 0 < minutes <= _LONGEST_MINUTES:
            return minutes
    return 0


def _put_resources(attributes: Attributes, group: Group) -> None:
    """Take services, rooms, equipment and people, which no DICOM attribute has."""
    services = [
        code.meaning or code.value
        for one in group.all("AIS")
        for found in one.fields(3)
        if (code := code_of(found))
    ]
    attributes.own("services", services)
    equipment = [
        code.meaning or code.value
        for one in group.all("AIG")
        for found in one.fields(3)
        if (code := code_of(found))
    ]
    attributes.own("equipment", equipment)
    rooms = [
        " ".join(part for n in (1, 2, 3) if (part := found.value(n).strip()))
        for one in group.all("AIL")
        for found in one.fields(3)
    ]
    attributes.own("locations", [room for room in rooms if room])
    staff = [
        name["Alphabetic"]
        for one in group.all("AIP")
        for name in physicians(one.fields(3), attributes.reading, "AIP-3")
    ]
    attributes.own("staff", staff)
    attributes.own("reason", group.value("SCH-7.2|SCH-7.1|SCH-6.2|SCH-6.1"))
    notes = [found.plain().strip() for one in group.all("NTE") for found in one.fields(3)]
    attributes.own("comment", "\n".join(note for note in notes if is_said(note)))
