"""From a message to statements: who understands which type is a table.

Pure: neither database nor clock. What a message means for somebody else's record, a merge or
an order for a patient who was merged away, is the department's to see.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from steckel.exchange.inbound.appointment import read_appointment
from steckel.exchange.inbound.order import before_all, read_orders
from steckel.exchange.inbound.patient import (
    key_of_document,
    patient_key,
    prior_keys,
    read_patient,
)
from steckel.exchange.inbound.reading import Group, Reading, fault, whole
from steckel.exchange.inbound.result import document_header, read_document, read_results
from steckel.exchange.inbound.visit import read_visit
from steckel.hl7.acknowledge import FaultCode
from steckel.hl7.message import Message, Segment
from steckel.ris.model import (
    AppointmentStatement,
    MergeStatement,
    OrderStatement,
    PatientKey,
    PatientStatement,
    ReportStatement,
    VisitStatement,
)
from steckel.ris.registers import Moment

Statement = (
    PatientStatement
    | MergeStatement
    | VisitStatement
    | OrderStatement
    | AppointmentStatement
    | ReportStatement
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Translation:
    """What a message says; `unused` says why nothing is made of it."""

    statements: tuple[Statement, ...] = ()
    warnings: tuple[str, ...] = ()
    unused: str = ""


_NOTHING: Final = "nothing in it is of use here"

Handler = Callable[[Reading, str], Sequence[Statement]]


def translate(reading: Reading) -> Translation:
    """Return what a message says.

    Raises
    ------
    MessageFault
        Its type is unknown, or what it needs is not there.
    """
    kind, event = kind_of(reading.message)
    handlers = HANDLERS.get(kind)
    if handlers is None:
        raise fault(
            FaultCode.UNSUPPORTED_MESSAGE_TYPE, "MSH-9", "messages of this type are unknown"
        )
    handler = handlers.get(event)
    if handler is None:
        return Translation(unused=f"{kind} with this trigger event is of no use here")
    statements = tuple(handler(reading, event))
    warnings = (*reading.message.warnings, *reading.warnings)
    if not statements:
        return Translation(warnings=warnings, unused="; ".join(reading.warnings) or _NOTHING)
    return Translation(statements=statements, warnings=warnings)


def kind_of(message: Message) -> tuple[str, str]:
    """Return message code and trigger event; EVN-1 stands for an event that MSH-9 lacks."""
    kind, event = message.value("MSH-9.1").strip().upper(), message.value("MSH-9.2").strip().upper()
    if not event and kind == "ADT":
        event = message.value("EVN-1").strip().upper()
    if not event and kind in _ONLY_EVENT:
        event = _ONLY_EVENT[kind]
    return kind, event


def named_patients(reading: Reading) -> frozenset[PatientKey]:
    """Return the patients that a message names.

    Raises
    ------
    MessageFault
        A segment that should name one does not.
    """
    message = reading.message
    found = {patient_key(reading, segment) for segment in message.all("PID")}
    if not found and kind_of(message)[0] in ("ORU", "MDM"):
        found = {_patient_of_document(reading)}
    for segment in message.all("MRG"):
        found |= set(prior_keys(reading, segment))
    return frozenset(found)


def _say_patient(reading: Reading, event: str) -> list[Statement]:
    """A01 and its like: the patient, and the visit where there is one."""
    group = whole(reading.message)
    moment = reading.moment(group)
    said = read_patient(reading, group, _sole_patient(reading), moment, weak=False)
    visit = read_visit(reading, group, said.patient, moment, event)
    statements: list[Statement] = [said]
    return [*statements, visit] if visit is not None else statements


def _merge(reading: Reading, _event: str) -> list[Statement]:
    """A40 and its like: each MRG is the same person as the PID before it."""
    moment = reading.moment(whole(reading.message))
    statements: list[Statement] = []
    for group in _pairs(reading.message):
        segment = group.first("PID")
        survivor = patient_key(reading, segment)
        priors = [key for one in group.all("MRG") for key in prior_keys(reading, one)]
        if segment is None or not priors:
            raise fault(FaultCode.REQUIRED_FIELD_MISSING, "MRG-1", "a PID without an MRG")
        if survivor in priors:
            raise fault(FaultCode.DUPLICATE_KEY_IDENTIFIER, "MRG-1", "a patient merged into itself")
        statements.append(read_patient(reading, group, segment, moment, weak=False))
        statements += [
            MergeStatement(prior=prior, survivor=survivor, moment=moment, by=_by(reading))
            for prior in priors
        ]
    return statements


def _link(reading: Reading, _event: str) -> list[Statement]:
    """A24: two PID of one person; the first stays."""
    first, second, both = _two_patients(reading)
    if first == second:
        raise fault(FaultCode.DUPLICATE_KEY_IDENTIFIER, "PID-3", "a patient linked with itself")
    moment = both[0].moment
    merge = MergeStatement(prior=second, survivor=first, moment=moment, by=_by(reading))
    return [*both, merge]


def _unlink(reading: Reading, _event: str) -> list[Statement]:
    """A37: two PID that are two persons after all, whichever was merged into the other."""
    first, second, both = _two_patients(reading)
    moment, by = both[0].moment, _by(reading)
    return [
        *both,
        *(
            MergeStatement(prior=key, survivor=None, apart_from=other, moment=moment, by=by)
            for key, other in ((second, first), (first, second))
        ),
    ]


def _say_orders(reading: Reading, _event: str) -> list[Statement]:
    key, beside = _beside(reading)
    orders = read_orders(reading, key)
    visit = read_visit(reading, whole(reading.message), key, _moment(reading), "")
    if visit is not None:
        beside.append(replace(visit, moment=before_all(visit.moment)))
    return [*beside, *orders]


def _say_appointment(reading: Reading, event: str) -> list[Statement]:
    key, beside = _beside(reading)
    return [*beside, read_appointment(reading, whole(reading.message), key, event)]


def _say_results(reading: Reading, _event: str) -> list[Statement]:
    key, beside = _beside(reading)
    reports = read_results(reading, key)
    return [*beside, *reports] if reports else []


def _say_document(reading: Reading, event: str) -> list[Statement]:
    key, beside = _beside(reading)
    return [*beside, *read_document(reading, key, event)]


def _beside(reading: Reading) -> tuple[PatientKey, list[Statement]]:
    """Return whom a message is about, and what it says of them beside the matter."""
    if reading.message.first("PID") is None:
        return _patient_of_document(reading), []
    segment, group = _sole_patient(reading), whole(reading.message)
    said = read_patient(reading, group, segment, _moment(reading), weak=True)
    return said.patient, [said]


def _sole_patient(reading: Reading) -> Segment:
    """Return the PID of a message that is about one patient.

    Raises
    ------
    MessageFault
        There is none, or they name several: what is said could be of either.
    """
    segments = reading.message.all("PID")
    if len({patient_key(reading, segment) for segment in segments}) > 1:
        raise fault(FaultCode.SEGMENT_SEQUENCE_ERROR, "PID", "the message names several patients")
    if not segments:
        raise fault(FaultCode.REQUIRED_FIELD_MISSING, "PID", "there is no PID segment")
    return segments[0]


def _patient_of_document(reading: Reading) -> PatientKey:
    """Return whom a CDA document is about, where no PID says it."""
    header = document_header(reading)
    for root, extension in header.patient_ids if header else ():
        reading.warn("there is no PID segment: the patient is the document's")
        return key_of_document(reading, root, extension)
    raise fault(FaultCode.REQUIRED_FIELD_MISSING, "PID", "there is no PID segment")


def _moment(reading: Reading) -> Moment:
    return reading.moment(whole(reading.message))


def _by(reading: Reading) -> str:
    return f"message {reading.message.control_id[:64]}"


def _pairs(message: Message) -> list[Group]:
    """Return the groups of a merge: each PID with what follows it."""
    shared = [segment for segment in message.segments if segment.name in ("MSH", "EVN")]
    bodies: list[list[Segment]] = []
    for segment in message.segments:
        if segment.name == "PID":
            bodies.append([])
        if bodies:
            bodies[-1].append(segment)
    if not bodies:
        raise fault(FaultCode.REQUIRED_FIELD_MISSING, "PID", "there is no PID segment")
    return [Group([*body, *shared], at) for at, body in enumerate(bodies, 1)]


def _two_patients(reading: Reading) -> tuple[PatientKey, PatientKey, list[PatientStatement]]:
    groups = _pairs(reading.message)
    if len(groups) < 2:
        raise fault(FaultCode.SEGMENT_SEQUENCE_ERROR, "PID", "two PID segments are needed")
    moment = _moment(reading)
    both = [
        read_patient(reading, group, segment, moment, weak=False)
        for group in groups[:2]
        if (segment := group.first("PID")) is not None
    ]
    return both[0].patient, both[1].patient, both


#: Message code without trigger event to the one it can only have.
_ONLY_EVENT: Final = {"ORM": "O01", "ORU": "R01", "OMI": "O23", "OMG": "O19"}

_PERSON: Final = "A01 A02 A03 A04 A05 A06 A07 A08 A10 A11 A12 A13 A14 A27 A28 A31 A38 Z99".split()
#: A18, A30, A34, A36 and A39 are the merges of older versions; A47 gives somebody a new number.
_MERGES: Final = "A18 A30 A34 A36 A39 A40 A47".split()
#: Who understands a message: by message code and trigger event. A known code without the event:
#: the message is kept and nothing is made of it.
HANDLERS: Final[dict[str, dict[str, Handler]]] = {
    "ADT": {
        **dict.fromkeys(_PERSON, _say_patient),
        **dict.fromkeys(_MERGES, _merge),
        "A24": _link,
        "A37": _unlink,
    },
    "ORM": {"O01": _say_orders},
    "OMG": {"O19": _say_orders},
    "OMI": {"O23": _say_orders},
    "SIU": dict.fromkeys("S12 S13 S14 S15 S17 S26".split(), _say_appointment),
    "ORU": {"R01": _say_results},
    "MDM": dict.fromkeys("T01 T02 T03 T04 T05 T06 T07 T08 T09 T10 T11".split(), _say_document),
}
