"""The interpreter: what a message says reaches the department.

It reads a message by the profile of its source, and says to the department what the message
says. The rule: an answer can be given before anything is done (`check`), and what is done is done
in the caller's transaction alone.
"""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection

from steckel.errors import OfAnotherPatient, SelfMerge
from steckel.exchange.inbound.reading import Reading, fault
from steckel.exchange.inbound.suspicion import looks_odd
from steckel.exchange.inbound.translation import (
    HANDLERS,
    Statement,
    Translation,
    kind_of,
    named_patients,
    translate,
)
from steckel.exchange.model import MessageFault, Outcome, Received, State
from steckel.exchange.profile import DEFAULT_CHARSET, Profile
from steckel.hl7.acknowledge import Code, Fault, FaultCode
from steckel.hl7.message import Message
from steckel.ris.model import (
    AppointmentStatement,
    MergeStatement,
    OrderStatement,
    PatientKey,
    PatientStatement,
    ReportStatement,
    VisitStatement,
)

_LONGEST_REASON = 1000
#: Where no time matters: of a translation that only says whether there is one.
_NOW = 1 << 60


class Department(Protocol):
    """Who hears what messages say (`ris.department`)."""

    def say_patient(self, connection: Connection, statement: PatientStatement) -> object:
        """Take what is said about a patient."""

    def merge(self, connection: Connection, statement: MergeStatement) -> object:
        """Take that two are one, or are not."""

    def say_visit(self, connection: Connection, statement: VisitStatement) -> object:
        """Take what is said about a visit."""

    def say_order(self, connection: Connection, statement: OrderStatement) -> object:
        """Take what is said about an order."""

    def say_appointment(self, connection: Connection, statement: AppointmentStatement) -> object:
        """Take what is said about an appointment."""

    def say_report(self, connection: Connection, statement: ReportStatement) -> object:
        """Take a version of a report."""

    def is_merged_away(self, connection: Connection, key: PatientKey) -> bool:
        """Whether a patient is another one's now."""


class ActiveProfiles(Protocol):
    """Where the profiles in force are."""

    def recent(self, source: str) -> Profile:
        """Return the profile of a source; it may be a second old."""

    def current(self, connection: Connection, source: str) -> Profile:
        """Return the profile of a source as it is now."""


class MessageInterpreter:
    """Understands HL7 messages; thread-safe (`exchange.model.Interpreter`)."""

    def __init__(self, department: Department, profiles: ActiveProfiles) -> None:
        self._department = department
        self._profiles = profiles

    def check(self, message: Message) -> Fault | None:
        """Return what keeps a message from being taken, before it is acknowledged."""
        kind, event = kind_of(message)
        profile = self._profiles.recent(message.source)
        processing = message.value("MSH-11").strip().upper()
        if processing and processing not in profile.processing_ids:
            return _fault(FaultCode.UNSUPPORTED_PROCESSING_ID, "MSH-11", "not for production")
        if kind not in HANDLERS:
            return _fault(FaultCode.UNSUPPORTED_MESSAGE_TYPE, "MSH-9", "this type is unknown here")
        if event not in HANDLERS[kind]:
            if profile.answers.unknown_event == Code.AA:
                return None
            return _fault(FaultCode.UNSUPPORTED_EVENT_CODE, "MSH-9", "this event is of no use here")
        if message.first("PID") is None and kind not in ("ORU", "MDM"):
            return _fault(FaultCode.REQUIRED_FIELD_MISSING, "PID", "there is no PID segment")
        return self._unusable(message, profile, kind)

    def _unusable(self, message: Message, profile: Profile, kind: str) -> Fault | None:
        """Return what will keep a message from being mapped, as far as a quick look tells."""
        reading = Reading(
            message=_in_charset(message, profile), profile=profile, received=_NOW, digest=""
        )
        try:
            if message.first("PID") is not None:  # a document may say it instead
                named_patients(reading)
            if looks_odd(message, kind):
                translate(reading)
        except MessageFault as unusable:
            return unusable.fault
        return None

    def answer_to(self, message: Message, found: Fault) -> Code:
        """Return the acknowledgement code of the original mode for a fault."""
        answers = self._profiles.recent(message.source).answers
        return Code(
            {
                FaultCode.UNSUPPORTED_MESSAGE_TYPE: answers.unknown_type,
                FaultCode.UNSUPPORTED_EVENT_CODE: answers.unknown_event,
                FaultCode.UNSUPPORTED_PROCESSING_ID: answers.processing_id,
            }.get(found.code, answers.fault)
        )

    def keys(self, message: Message) -> frozenset[str]:
        """Return the identities of the patients that a message speaks of."""
        profile = self._profiles.recent(message.source)
        reading = Reading(
            message=_in_charset(message, profile), profile=profile, received=0, digest=""
        )
        try:
            return frozenset(key.identity for key in named_patients(reading))
        except MessageFault:
            return frozenset()

    def waits_after_error(self, message: Message) -> bool:
        """Whether a message waits while an earlier one of its patient waits as an error."""
        return self._profiles.recent(message.source).after_error == "wait"

    def apply(self, connection: Connection, message: Message, received: Received) -> Outcome:
        """Do what a message says, within the transaction of its state.

        Raises
        ------
        MessageFault
            It cannot be mapped.
        """
        profile = self._profiles.current(connection, message.source)
        reading = Reading(
            message=_in_charset(message, profile),
            profile=profile,
            received=received.received,
            digest=received.digest,
        )
        said = translate(reading)
        if said.unused:
            return Outcome(state=State.IGNORED, reason=said.unused)
        warnings = [*said.warnings, *self._merged_away(connection, said.statements)]
        try:
            for statement in said.statements:
                self._say(connection, statement)
        except OfAnotherPatient as error:
            raise fault(FaultCode.DUPLICATE_KEY_IDENTIFIER, "PID-3", str(error)) from error
        return _outcome(said, warnings)

    def _say(self, connection: Connection, statement: Statement) -> None:
        department = self._department
        match statement:
            case PatientStatement():
                department.say_patient(connection, statement)
            case MergeStatement():
                self._merge(connection, statement)
            case VisitStatement():
                department.say_visit(connection, statement)
            case OrderStatement():
                department.say_order(connection, statement)
            case AppointmentStatement():
                department.say_appointment(connection, statement)
            case ReportStatement():
                department.say_report(connection, statement)

    def _merge(self, connection: Connection, statement: MergeStatement) -> None:
        try:
            self._department.merge(connection, statement)
        except SelfMerge as error:
            raise fault(FaultCode.DUPLICATE_KEY_IDENTIFIER, "MRG-1", str(error)) from error

    def _merged_away(self, connection: Connection, statements: Sequence[Statement]) -> list[str]:
        """Return a warning where a message is about somebody who is somebody else's by now."""
        if any(isinstance(statement, MergeStatement) for statement in statements):
            return []
        keys = {_patient(statement) for statement in statements}
        if any(self._department.is_merged_away(connection, key) for key in keys if key):
            return ["PID-3 names a patient who was merged into another: kept with that identifier"]
        return []


def _in_charset(message: Message, profile: Profile) -> Message:
    """Return a message read with the character set of a source that declares none."""
    if profile.charset == DEFAULT_CHARSET:
        return message
    return Message.parse(message.raw, default_charset=profile.charset)


def _patient(statement: Statement) -> PatientKey | None:
    return None if isinstance(statement, MergeStatement) else statement.patient


def _outcome(said: Translation, warnings: list[str]) -> Outcome:
    patient = next((key for one in said.statements if (key := _patient(one))), None)
    numbers = (getattr(statement, "accession", "") for statement in said.statements)
    return Outcome(
        state=State.WARNING if warnings else State.PROCESSED,
        reason="; ".join(warnings)[:_LONGEST_REASON],
        patient_id=patient.patient_id if patient else "",
        accession=next((number for number in numbers if number), ""),
    )


def _fault(code: FaultCode, location: str, text: str) -> Fault:
    return Fault(code=code, location=location, text=text)
