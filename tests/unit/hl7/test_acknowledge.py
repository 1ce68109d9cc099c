"""Acknowledgements: which is wanted, what it says, and that nothing of a sender breaks it."""

from datetime import datetime, timedelta, timezone

import pytest

from steckel.hl7.acknowledge import (
    Code,
    Fault,
    FaultCode,
    Verdict,
    acknowledge,
    deferred,
    immediate,
)
from steckel.hl7.message import Message
from steckel.hl7.write import Party

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=1)))
WE = Party(application="STECKEL", facility=("HOSPITAL", "1.2.3", "ISO"))
MISSING = Fault(code=FaultCode.REQUIRED_FIELD_MISSING, location="PID-3", text="no identifier")

ACCEPTED, ERROR, REJECTED = Verdict.ACCEPTED, Verdict.ERROR, Verdict.REJECTED


def order(accept: str = "", application: str = "", **fields: str) -> Message:
    said = {"app": "RIS^1.9^ISO", "id": "42", "mode": "P", "version": "2.5.1", "set": ""} | fields
    return Message.parse(
        f"MSH|^~\\&|{said['app']}|CLINIC|PACS|X|20260101||ORM^O01|{said['id']}|{said['mode']}"
        f"|{said['version']}|||{accept}|{application}||{said['set']}\rPID|||1\r".encode()
    )


def answer(original: Message | bytes, code: Code = Code.AA, *faults: Fault) -> Message:
    sent = acknowledge(original, code, faults, sender=WE, control_id="A1", at=AT)
    assert sent.endswith(b"\r")
    return Message.parse(sent)


@pytest.mark.parametrize(
    ("accept", "application", "at_once", "later"),
    [
        ("", "", "AA AE AR", "- - -"),
        ("AL", "", "CA CE CR", "- - -"),
        ("AL", "NE", "CA CE CR", "- - -"),
        ("AL", "AL", "CA CE CR", "AA AE AR"),
        ("AL", "ER", "CA CE CR", "- AE AR"),
        ("AL", "SU", "CA CE CR", "AA - -"),
        ("ER", "AL", "- CE CR", "AA AE AR"),
        ("SU", "", "CA - -", "- - -"),
        ("NE", "AL", "AA AE AR", "- - -"),
        ("NE", "ER", "- AE AR", "- - -"),
        ("", "AL", "AA AE AR", "- - -"),
        ("NE", "NE", "- - -", "- - -"),
        ("NE", "", "- - -", "- - -"),
        ("Y", "", "CA CE CR", "- - -"),
        (" AL ", " ", "CA CE CR", "- - -"),
    ],
)
def test_the_sender_says_which_acknowledgements_it_wants(
    accept: str, application: str, at_once: str, later: str
) -> None:
    message = order(accept, application)
    verdicts = (ACCEPTED, ERROR, REJECTED)
    assert " ".join(immediate(message, v) or "-" for v in verdicts) == at_once
    assert " ".join(deferred(message, v) or "-" for v in verdicts) == later


def test_an_acknowledgement_goes_back_to_its_sender() -> None:
    read = answer(order(version="2.5^FRA^2.11", mode="T^A", set="8859/15"))
    assert read.type == "ACK^O01"
    assert read.structure == "ACK"
    assert read.source == "STECKEL^HOSPITAL"
    assert read.value("MSH-4.2") == "1.2.3"
    assert [read.value(f"MSH-5.{n}") for n in (1, 2, 3)] == ["RIS", "1.9", "ISO"]
    assert read.value("MSH-6") == "CLINIC"
    assert read.value("MSH-7") == "20260304050607+0100"
    assert read.control_id == "A1"
    assert [read.value(f"MSH-11.{n}") for n in (1, 2)] == ["T", "A"]
    assert [read.value(f"MSH-12.{n}") for n in (1, 2, 3)] == ["2.5", "FRA", "2.11"]
    assert read.value("MSH-18") == "8859/15"
    assert [read.value("MSA-1"), read.value("MSA-2")] == ["AA", "42"]
    assert read.all("ERR") == []


def test_each_fault_is_an_error_segment_since_2_5() -> None:
    warning = Fault(code=FaultCode.TABLE_VALUE_NOT_FOUND, location="OBR^2^24", severity="W")
    read = answer(order(), Code.AE, MISSING, warning)
    assert [read.value("MSA-1"), read.value("MSA-3")] == ["AE", "no identifier"]
    first, second = read.all("ERR")
    assert (first.text(2), first.text(3)) == (
        "PID^1^3^1",
        "101^Required field missing^HL70357",
    )
    assert [first.value(n) for n in (1, 4, 7, 8)] == ["", "E", "PID-3", "no identifier"]
    assert (second.text(2), second.value(4)) == ("OBR^2^24", "W")
    assert second.value(8) == "Table value not found"


@pytest.mark.parametrize(
    ("location", "written"),
    [
        ("PID-3", "PID^1^3^1"),
        ("OBX[2]-5[3].2.1", "OBX^2^5^3^2^1"),
        ("EVN", "EVN^1"),
        ("PID^1^3", "PID^1^3"),
        ("", ""),
        ("\x0bx|y", r"x\F\y"),
    ],
)
def test_a_location_is_written_as_err_2_has_it(location: str, written: str) -> None:
    fault = Fault(code=FaultCode.DATA_TYPE_ERROR, location=location)
    (segment,) = answer(order(), Code.AE, fault).all("ERR")
    assert segment.text(2) == written


def test_before_2_5_one_error_segment_has_all_faults() -> None:
    read = answer(order(version="2.3.1"), Code.AE, MISSING, MISSING)
    assert read.value("MSA-3") == "no identifier"
    (segment,) = read.all("ERR")
    assert segment.raw(1) == "~".join(["PID^1^3^101&Required field missing&HL70357"] * 2)


def test_before_2_3_a_header_is_plain() -> None:
    read = answer(order(version="2.2"), Code.AR, MISSING)
    header = read.first("MSH")
    assert header is not None
    assert header.line == r"MSH|^~\&|STECKEL|HOSPITAL|RIS|CLINIC|20260304050607||ACK|A1|P|2.2"


@pytest.mark.parametrize(
    ("declared", "echoed", "text"), [("", "", "H?PITAL"), ("8859/1", "8859/1", "HÔPITAL")]
)
def test_before_2_3_a_character_set_is_used_if_the_sender_does(
    declared: str, echoed: str, text: str
) -> None:
    read = answer(order(version="2.2", set=declared, app="HÔPITAL"))
    assert (read.value("MSH-18"), read.value("MSH-5")) == (echoed, text)
    assert read.warnings == ()


def test_since_2_7_the_text_is_in_the_error_segment_alone() -> None:
    assert answer(order(version="2.7"), Code.AE, MISSING).value("MSA-3") == ""


def test_control_characters_and_separators_of_a_sender_do_no_harm() -> None:
    raw = b"MSH|*~!&|R\x1cIS^1|\x0b|||||ORM*O\x0001|4\x1c\x0d"
    message = Message.parse(raw.replace(b"4\x1c", b"4\x1c2^|P|2.5.1"))
    sent = acknowledge(message, Code.AA, sender=WE, control_id="A1", at=AT)
    assert not set(sent) & (set(range(32)) - {13})
    read = Message.parse(sent)
    assert read.value("MSH-5") == "RIS^1"
    assert read.value("MSH-6") == ""
    assert read.value("MSA-2") == "42^"
    assert read.type == "ACK^O01"


def test_a_character_that_the_senders_set_lacks_is_a_question_mark() -> None:
    fault = Fault(code=FaultCode.DATA_TYPE_ERROR, text="≥ 3 é")
    sent = acknowledge(order(set="8859/1"), Code.AE, [fault], sender=WE, control_id="1", at=AT)
    assert Message.parse(sent).value("ERR-8") == "? 3 é"


@pytest.mark.parametrize(
    ("raw", "control_id"),
    [
        (b"PID|1\rXMSH|^~\\&|RIS|H|||2026||ADT^A01|77|P|2.4\rPID", "77"),
        (b"MSH|^~\\&|RIS", ""),
        (b"GET / HTTP/1.1", ""),
        (b"MSH", ""),
        (b"", ""),
        (b"\xff\xfeM\0S\0H\0|", ""),
    ],
)
def test_what_is_no_message_is_answered_with_what_can_be_had(raw: bytes, control_id: str) -> None:
    fault = Fault(code=FaultCode.SEGMENT_SEQUENCE_ERROR, text="there is no MSH segment")
    read = answer(raw, Code.AR, fault)
    assert [read.value("MSA-1"), read.value("MSA-2")] == ["AR", control_id]
    assert read.value("MSH-11") == "P"
    assert read.version in ("2.4", "2.5")
    assert len(read.all("ERR")) == 1


@pytest.mark.parametrize(
    ("said", "meant"), [("a^b&c~d", "a^b&c~d"), (" 7 ", " 7 "), ("x\\T\\y", "x&y"), ("é", "é")]
)
def test_a_control_id_is_echoed_whole(said: str, meant: str) -> None:
    sent = acknowledge(order(id=said), Code.AA, sender=WE, control_id="1", at=AT)
    msa = Message.parse(sent).first("MSA")
    assert msa is not None
    assert msa.value(2) == meant


def test_what_is_echoed_is_bounded() -> None:
    assert (
        len(acknowledge(order(id="7" * 100_000), Code.AA, sender=WE, control_id="1", at=AT)) < 600
    )
