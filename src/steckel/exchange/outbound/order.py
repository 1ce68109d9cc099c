"""Messages about an order: ORM^O01, OMG^O19, OMI^O23, or ORU^R01 with its status (IHE RAD-3)."""

from collections.abc import Mapping
from typing import Final

from steckel.exchange.outbound.elements import alphabetic, clinician, clock, code, first, number
from steckel.exchange.outbound.envelope import Envelope
from steckel.exchange.outbound.facts import Occasion, Order
from steckel.exchange.outbound.patient import add_visit
from steckel.hl7.write import Builder, Content, Repetition
from steckel.ris.model import EventKind, OrderStatus

#: Order status (table 0038).
STATUS: Final[Mapping[OrderStatus, str]] = {
    OrderStatus.REQUESTED: "SC",
    OrderStatus.SCHEDULED: "SC",
    OrderStatus.ARRIVED: "SC",
    OrderStatus.IN_PROGRESS: "IP",
    OrderStatus.COMPLETED: "CM",
    OrderStatus.ON_HOLD: "HD",
    OrderStatus.CANCELLED: "CA",
    OrderStatus.DISCONTINUED: "DC",
}
#: Result status (table 0123) of an order that has no result yet.
_RESULT: Final[Mapping[OrderStatus, str]] = {
    OrderStatus.REQUESTED: "O",
    OrderStatus.SCHEDULED: "S",
    OrderStatus.ARRIVED: "S",
    OrderStatus.IN_PROGRESS: "I",
    OrderStatus.COMPLETED: "R",
    OrderStatus.ON_HOLD: "O",
    OrderStatus.CANCELLED: "X",
    OrderStatus.DISCONTINUED: "X",
}
#: Requested Procedure Priority to table 0485; LOW has no code there.
_PRIORITY: Final = {"STAT": "S", "HIGH": "A", "ROUTINE": "R", "MEDIUM": "T"}
#: Versions whose orders have their timing in ORC-7.
_WITHOUT_TQ1: Final = ("2.3.1", "2.4")
#: IHE RAD-3 has ORM in this version.
ORM_VERSION: Final = "2.3.1"


def write_order(envelope: Envelope, occasion: Occasion, order: Order) -> bytes:
    """Return the message that says where an order is."""
    control = "SN" if occasion.kind is EventKind.ORDER_PLACED else "SC"
    at, wanted = envelope.time(occasion.at), envelope.subscription.order_message
    if wanted == "ORU":
        return _as_result(envelope, occasion, order)
    if wanted == "OMG":
        builder = envelope.open("OMG", "O19", "OMG_O19")
        add_visit(envelope.patient(builder, occasion.person))
        has_tq1 = envelope.version() not in _WITHOUT_TQ1
        add_order(builder, order, control, at, has_tq1=has_tq1)
        return builder.build()
    builder = envelope.open("ORM", "O01", "ORM_O01", version=ORM_VERSION)
    add_visit(envelope.patient(builder, occasion.person, ORM_VERSION))
    add_order(builder, order, control, at, has_tq1=False)
    if order.study_uid:
        # The way of IHE to name the study in an ORM (RAD TF-2 4.4.4.1.2.5).
        builder.segment("ZDS", {1: [study_pointer(order.study_uid)]})
    return builder.build()


def _as_result(envelope: Envelope, occasion: Occasion, order: Order) -> bytes:
    """Return the status of an order as that of its result, which has none yet."""
    builder = envelope.patient(envelope.open("ORU", "R01", "ORU_R01"), occasion.person)
    placer, filler = numbers(order)
    builder.segment("ORC", {1: "RE", 2: placer, 3: filler, 5: STATUS[order.status]})
    more: dict[int, Content] = {22: envelope.time(occasion.at), 25: _RESULT[order.status]}
    builder.segment("OBR", request_fields(order) | more)
    if order.study_uid:
        builder.segment("OBX", study_observation("1", order.study_uid, "F"))
    return builder.build()


def add_order(builder: Builder, order: Order, control: str, at: str, *, has_tq1: bool) -> None:
    """Add ORC, the timing and OBR.

    The timing is in TQ1 where the message has one, else in ORC-7 and OBR-27.
    """
    placer, filler = numbers(order)
    timing = _timing(order)
    ordering = clinician(alphabetic(order.json, "00321032"))
    old_timing: Content = "" if has_tq1 or not any(timing) else timing
    common: dict[int, Content] = {
        1: control, 2: placer, 3: filler, 5: STATUS[order.status], 7: old_timing, 9: at,
        12: ordering,
    }  # fmt: skip
    builder.segment("ORC", common)
    if has_tq1 and any(timing):
        builder.segment("TQ1", {1: "1", 7: timing[3], 9: timing[5]})
    more: dict[int, Content] = {
        16: ordering, 22: at, 25: _RESULT[order.status], 27: old_timing,
    }  # fmt: skip
    builder.segment("OBR", request_fields(order) | more)


def request_fields(order: Order) -> dict[int, Content]:
    """Return the fields of OBR that say what was ordered."""
    placer, filler = numbers(order)
    return {
        1: "1",
        2: placer,
        3: filler,
        4: procedure(order),
        18: order.accession,
        19: order.procedure_id,
        20: order.step_id,
        24: order.modality,
    }


def numbers(order: Order) -> tuple[Repetition, Repetition]:
    """Return placer and filler order number as EI."""
    return (
        number(order.placer, order.json, "00400026"),
        number(order.filler, order.json, "00400027"),
    )


def procedure(order: Order, otherwise: str = "Imaging procedure") -> Repetition:
    """Return the procedure as CE: its code, else its description."""
    return code(order.json, "00321064") or ("", order.description or otherwise)


def add_imaging(builder: Builder, order: Order, study_uid: str) -> Builder:
    """Add an IPC, which ties an order to its study (HL7 v2.5.1 4.5.6)."""
    return builder.segment(
        "IPC",
        {
            1: order.accession,
            2: order.procedure_id,
            3: study_uid,
            4: order.step_id,
            5: order.modality,
        },
    )


def _timing(order: Order) -> tuple[str, ...]:
    """Return the components of TQ: 4 the start, 6 the priority."""
    priority = _PRIORITY.get(first(order.json, "00401003"), "")
    return ("", "", "", clock(order.scheduled), "", priority)


def study_pointer(study_uid: str) -> Repetition:
    """Return a Study Instance UID as RP."""
    return (study_uid, "Steckel", "Application", "DICOM")


def study_observation(number_in_message: str, study_uid: str, status: str) -> dict[int, Content]:
    """Return the OBX that names a study (IHE RAD-128)."""
    return {
        1: number_in_message,
        2: "ST",
        3: ("113014", "DICOM Study", "DCM"),
        4: "1",  # required in 2.3.1
        5: study_uid,
        11: status,
    }
