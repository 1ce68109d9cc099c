import base64
import hashlib
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from sqlalchemy import Connection
from tests.unit.exchange.inbound.spoken import PID, PROFILE, RECEIVED, message
from tests.unit.exchange.inbound.test_result import CDA

from steckel.errors import OfAnotherPatient, SelfMerge
from steckel.exchange.inbound.interpreter import MessageInterpreter
from steckel.exchange.model import MessageFault, Received, State
from steckel.exchange.profile import Answers, Profile
from steckel.hl7.acknowledge import Code
from steckel.hl7.message import Message
from steckel.ris.model import MergeStatement, OrderStatement, PatientKey, PatientStatement

NOWHERE = cast("Connection", None)


@dataclass
class RecordingDepartment:
    """Hears everything and does nothing."""

    heard: list[Any] = field(default_factory=list)
    merged_away: set[PatientKey] = field(default_factory=set)

    def _hear(self, _connection: Connection, statement: Any) -> None:
        self.heard.append(statement)

    say_patient = say_visit = say_order = say_appointment = say_report = _hear

    def merge(self, _connection: Connection, statement: MergeStatement) -> None:
        if statement.prior == statement.survivor:
            raise SelfMerge("a patient cannot be merged into itself")
        self.heard.append(statement)

    def is_merged_away(self, _connection: Connection, key: PatientKey) -> bool:
        return key in self.merged_away


@dataclass
class OneProfile:
    profile: Profile = PROFILE

    def recent(self, _source: str) -> Profile:
        return self.profile

    def current(self, _connection: Connection, _source: str) -> Profile:
        return self.profile


@pytest.fixture
def department() -> RecordingDepartment:
    return RecordingDepartment()


@pytest.fixture
def interpreter(department: RecordingDepartment) -> MessageInterpreter:
    return MessageInterpreter(department, OneProfile())


def kept(raw: bytes) -> Received:
    return Received(
        pk=1, source="RIS^HOSP", door="mllp", address="", certificate="", received=RECEIVED,
        control_id="42", type="", digest=hashlib.sha256(raw).hexdigest(), raw=raw,
    )  # fmt: skip


def apply(interpreter: MessageInterpreter, raw: bytes) -> Any:
    return interpreter.apply(NOWHERE, Message.parse(raw), kept(raw))


ORDER = message("ORM^O01", PID, "ORC|NW|P1", "OBR|1|P1|" + "|" * 15 + "ACC1", "ZDS|1.2.3")


def test_what_a_message_says_reaches_the_department(
    interpreter: MessageInterpreter, department: RecordingDepartment
) -> None:
    outcome = apply(interpreter, ORDER)
    assert outcome.state is State.PROCESSED
    assert (outcome.patient_id, outcome.accession) == ("4711", "ACC1")
    assert [type(one) for one in department.heard] == [
        PatientStatement, OrderStatement, OrderStatement,
    ]  # fmt: skip


def test_what_was_odd_is_the_reason_and_has_nothing_of_the_patient(
    interpreter: MessageInterpreter,
) -> None:
    outcome = apply(interpreter, message("ADT^A08", "PID|||4711||DOE^JANE||nonsense|Z"))
    assert outcome.state is State.WARNING
    assert "PID-7" in outcome.reason
    assert not any(word in outcome.reason for word in ("4711", "DOE", "JANE", "nonsense"))


def test_an_event_of_no_use_is_ignored_with_a_reason(
    interpreter: MessageInterpreter, department: RecordingDepartment
) -> None:
    outcome = apply(interpreter, message("ADT^A21", PID))
    assert outcome.state is State.IGNORED
    assert outcome.reason
    assert department.heard == []


def test_a_message_about_a_merged_patient_is_kept_there_with_a_warning(
    interpreter: MessageInterpreter, department: RecordingDepartment
) -> None:
    department.merged_away.add(PatientKey(patient_id="4711", issuer="HOSP"))
    outcome = apply(interpreter, ORDER)
    assert outcome.state is State.WARNING
    assert "merged into another" in outcome.reason
    assert department.heard[-1].patient.patient_id == "4711"


def test_a_merge_is_no_news_to_a_merged_patient(
    interpreter: MessageInterpreter, department: RecordingDepartment
) -> None:
    department.merged_away.add(PatientKey(patient_id="O"))
    assert apply(interpreter, message("ADT^A40", PID, "MRG|O")).state is State.PROCESSED


@pytest.mark.parametrize(
    ("raw", "code", "answer"),
    [
        (message("BAR^P01", PID), 200, Code.AR),
        (message("ADT^A08"), 101, Code.AE),
        (message("ADT^A08", PID).replace(b"|P|2.5.1", b"|T|2.5.1"), 202, Code.AR),
        (message("ADT^A08", "PID|1||||DOE^JANE"), 101, Code.AE),
        (message("ADT^A40", "PID|||A^^^H", "MRG|A^^^H"), 205, Code.AE),
        (message("SIU^S12", PID), 101, Code.AE),
        (message("OMI^O23", PID, "ORC|NW", "OBR|1|||CT"), 101, Code.AE),
        (message("OMI^O23", PID, "ORC|NW|P1", "OBR|1|P1||CT", f"IPC|{'7' * 17}"), 102, Code.AE),
    ],
)
def test_what_cannot_be_taken_is_told_at_once(
    interpreter: MessageInterpreter, raw: bytes, code: int, answer: Code
) -> None:
    parsed = Message.parse(raw)
    found = interpreter.check(parsed)
    assert found is not None
    assert found.code == code
    assert interpreter.answer_to(parsed, found) is answer


def test_an_event_of_no_use_is_accepted_unless_the_profile_refuses_it(
    interpreter: MessageInterpreter, department: RecordingDepartment
) -> None:
    parsed = Message.parse(message("ADT^A21", PID))
    assert interpreter.check(parsed) is None
    strict = replace(PROFILE, answers=Answers(unknown_event="AR"))
    refusing = MessageInterpreter(department, OneProfile(strict))
    found = refusing.check(parsed)
    assert found is not None
    assert (found.code, refusing.answer_to(parsed, found)) == (201, Code.AR)


def test_a_result_may_come_without_a_patient_segment(interpreter: MessageInterpreter) -> None:
    assert interpreter.check(Message.parse(message("ORU^R01", "OBX|1|ED|C||x"))) is None


def test_the_keys_of_a_merge_are_all_that_it_names(interpreter: MessageInterpreter) -> None:
    found = interpreter.keys(Message.parse(message("ADT^A40", "PID|||N^^^H", "MRG|O^^^H")))
    assert found == {
        PatientKey(patient_id="N", issuer="H").identity,
        PatientKey(patient_id="O", issuer="H").identity,
    }


def test_the_key_of_a_document_without_a_patient_segment_is_in_the_document(
    interpreter: MessageInterpreter,
) -> None:
    data = base64.b64encode(CDA.encode()).decode()
    found = interpreter.keys(Message.parse(message("ORU^R01", f"OBX|1|ED|C||{data}")))
    key = PatientKey(patient_id="279035121518989", issuer="ASIP-SANTE-INS-NIR")
    assert found == {key.identity}


def test_a_message_that_names_nobody_has_no_keys(interpreter: MessageInterpreter) -> None:
    assert interpreter.keys(Message.parse(message("ADT^A40", "PID|||||A"))) == frozenset()


def test_a_source_that_declares_no_character_set_is_read_by_its_own(
    department: RecordingDepartment,
) -> None:
    raw = "MSH|^~\\&|RIS|HOSP|||20260301101500||ADT^A08|1|P|2.5\rPID|||1||CŒUR\r".encode(
        "iso-8859-15"
    )
    french = MessageInterpreter(department, OneProfile(replace(PROFILE, charset="8859/15")))
    apply(french, raw)
    assert department.heard[0].values["00100010"]["Value"] == [{"Alphabetic": "CŒUR"}]


def test_a_number_that_is_another_patients_is_a_fault(
    interpreter: MessageInterpreter,
    department: RecordingDepartment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_connection: Connection, _statement: Any) -> None:
        raise OfAnotherPatient("the order with this number is another patient's")

    monkeypatch.setattr(department, "say_order", refuse)
    with pytest.raises(MessageFault) as caught:
        apply(interpreter, ORDER)
    assert (caught.value.fault.code, caught.value.fault.location) == (205, "PID-3")


def test_a_fault_stops_the_message(
    interpreter: MessageInterpreter, department: RecordingDepartment
) -> None:
    with pytest.raises(MessageFault):
        apply(interpreter, message("ORM^O01", PID, "ORC|NW", "OBR|1"))
    assert department.heard == []
