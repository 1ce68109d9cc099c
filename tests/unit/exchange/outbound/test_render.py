"""What leaves, read by our own parser: the values are those that went in."""

import base64
from dataclasses import replace

import pytest
from tests.unit.exchange.outbound.occasions import (
    AT,
    CHANGE,
    MERGE,
    NOBODY,
    ORDER_OCCASION,
    PERSON,
    REPORT,
    REPORT_OCCASION,
    STAMP,
    STUDY_OCCASION,
    STUDY_UID,
    read,
    text,
    with_order,
    with_report,
)

from steckel.exchange.inbound.reading import Reading
from steckel.exchange.inbound.result import read_document, read_results
from steckel.exchange.inbound.translation import translate
from steckel.exchange.outbound.render import is_wanted, render
from steckel.exchange.outbound.subscriptions import Subscription, read_subscription
from steckel.exchange.profile import Profile
from steckel.hl7.message import Message
from steckel.ris.model import (
    EventKind,
    OrderStatement,
    OrderStatus,
    PatientKey,
    PatientStatement,
    ReportStatus,
)

KEY = PatientKey(patient_id="4711", issuer="HOSPITAL")
ORDERS = {
    OrderStatus.REQUESTED: "SC",
    OrderStatus.SCHEDULED: "SC",
    OrderStatus.ARRIVED: "SC",
    OrderStatus.IN_PROGRESS: "IP",
    OrderStatus.COMPLETED: "CM",
    OrderStatus.ON_HOLD: "HD",
    OrderStatus.CANCELLED: "CA",
    OrderStatus.DISCONTINUED: "DC",
}


def reading(message: Message) -> Reading:
    profile = Profile(name="test", zone=STAMP.zone)
    return Reading(message=message, profile=profile, received=AT + 60_000, digest="00")


def test_a_patient_comes_back_as_it_was() -> None:
    said = translate(reading(read(CHANGE)))
    (patient,) = (one for one in said.statements if isinstance(one, PatientStatement))
    assert patient.patient == KEY
    for tag in ("00100010", "00100030", "00100040", "00101040", "00100024"):
        assert patient.values[tag]["Value"] == PERSON.json[tag]["Value"], tag
    others = {(one.issuer, one.value, one.type) for one in patient.identifiers}
    assert others == {
        ("ASIP-SANTE-INS-NIR", "279035121518989", "INS"),
        ("OTHER & CO", "9|9", "PI"),
    }
    assert not said.warnings


@pytest.mark.parametrize("state", ["", "PROV", "VIDE"])
def test_a_national_identifier_leaves_only_when_it_is_qualified(state: str) -> None:
    message = read(replace(CHANGE, person=replace(PERSON, identity_state=state)))
    segment = message.first("PID")
    assert segment is not None
    assert [found.value(1) for found in segment.fields(3)] == ["4711", "9|9"]


def test_what_is_said_to_be_none_leaves_as_none() -> None:
    person = replace(
        PERSON, json={"00100010": text("PN"), "00100030": text("DA"), "00100040": text("CS")}
    )
    message = read(replace(CHANGE, person=person))
    assert [message.value(f"PID-{n}") for n in (7, 8)] == ['""', "U"]
    assert message.value("PID-5.7") == "U"


def test_a_merge_names_who_stays_and_who_goes() -> None:
    message = read(MERGE)
    assert (message.type, message.structure) == ("ADT^A40", "ADT_A39")
    assert (message.value("PID-3"), message.value("MRG-1")) == ("4711", "1")


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("kind", ["ORM", "OMG"])
def test_an_order_comes_back_with_its_numbers_and_status(status: OrderStatus, kind: str) -> None:
    message = read(with_order(status=status), order_message=kind)
    assert (message.value("ORC-1"), message.value("ORC-5")) == ("SC", ORDERS[status])
    said = translate(reading(message))
    (order,) = (one for one in said.statements if isinstance(one, OrderStatement))
    assert (order.placer, order.filler, order.accession) == ("P-1", "F-1", "ACC1")
    assert order.procedure_id == "RP1"
    assert order.key == "PP-1^RIS\x1f"
    if status not in (OrderStatus.REQUESTED, OrderStatus.ARRIVED):  # HL7 has no code for these
        assert order.status is status


def test_the_timing_of_an_order_is_where_its_version_has_it() -> None:
    old, new = read(ORDER_OCCASION), read(ORDER_OCCASION, order_message="OMG")
    assert (old.version, new.version) == ("2.3.1", "2.5.1")
    assert (old.value("ORC-7.4"), old.value("OBR-27.6")) == ("20260301130000", "S")
    assert (new.value("TQ1-7"), new.value("TQ1-9")) == ("20260301130000", "S")
    assert not new.value("ORC-7.4")


@pytest.mark.parametrize("lines", ["repetitions", "segments"])
def test_a_report_comes_back_as_it_was(lines: str) -> None:
    message = read(REPORT_OCCASION, text_lines=lines)
    (report,) = read_results(reading(message), KEY)
    expected = REPORT.text if lines == "repetitions" else REPORT.text.replace("\n\n", "\n")
    assert report.text == expected
    assert (report.media_type, report.body) == (REPORT.media_type, REPORT.body)
    assert report.study_uids == (STUDY_UID,)
    assert (report.accession, report.placer, report.filler) == ("ACC1", "P-1", "F-1")
    assert (report.status, report.title) == (ReportStatus.FINAL, "CT chest")
    assert report.author == "HOUSE^Gregory^^Dr."
    assert report.moment.at == AT


@pytest.mark.parametrize(
    ("status", "comes_back"),
    [
        (ReportStatus.PRELIMINARY, ReportStatus.PRELIMINARY),
        (ReportStatus.FINAL, ReportStatus.FINAL),
        (ReportStatus.AMENDED, ReportStatus.CORRECTED),
        (ReportStatus.CORRECTED, ReportStatus.CORRECTED),
        (ReportStatus.CANCELLED, ReportStatus.CANCELLED),
        (ReportStatus.ERROR, ReportStatus.ERROR),
    ],
)
def test_the_status_of_a_report_comes_back(status: ReportStatus, comes_back: ReportStatus) -> None:
    (report,) = read_results(reading(read(with_report(status=status))), KEY)
    assert report.status is comes_back


def test_a_document_and_its_replacement_are_of_one_report() -> None:
    first = read(REPORT_OCCASION, report_message="MDM")
    second = read(with_report(number=2), report_message="MDM")
    (made,) = read_document(reading(first), KEY, "T02")
    (replaced,) = read_document(reading(second), KEY, "T10")
    assert made.key == replaced.replaces == "D5f1e.1"
    assert replaced.key == "D5f1e.2"
    assert (made.text, made.body) == (REPORT.text, REPORT.body)
    assert (made.status, replaced.status) == (ReportStatus.FINAL, ReportStatus.CORRECTED)


def test_a_document_that_is_taken_back_is_named() -> None:
    back = read(with_report(number=2, status=ReportStatus.CANCELLED), report_message="MDM")
    assert (back.type, back.value("TXA-12"), back.value("TXA-19")) == ("MDM^T04", "5f1e.1", "CA")
    assert {one.value(11) for one in back.all("OBX")} == {"D"}
    (deleted,) = read_document(reading(back), KEY, "T04")
    assert (deleted.key, deleted.status) == ("D5f1e.1", ReportStatus.CANCELLED)
    empty = replace(
        with_report(status=ReportStatus.ERROR, text="", body=b"", study_uid=""), order=None
    )
    bare = read(empty, report_message="MDM")
    assert (bare.type, bare.structure, bare.first("OBX")) == ("MDM^T11", "MDM_T01", None)


@pytest.mark.parametrize(
    ("wanted", "changes", "kinds"),
    [
        ("both", {}, ["ST", "TX", "ED"]),
        ("text", {}, ["ST", "TX"]),
        ("document", {}, ["ST", "ED"]),
        ("text", {"text": ""}, ["ST", "ED"]),
        ("document", {"body": b""}, ["ST", "TX"]),
        ("both", {"media_type": "application/zip"}, ["ST", "TX"]),
    ],
)
def test_a_report_is_sent_in_the_format_that_is_wanted_or_the_one_that_there_is(
    wanted: str, changes: dict[str, object], kinds: list[str]
) -> None:
    message = read(with_report(**changes), report_format=wanted)
    assert [one.value(2) for one in message.all("OBX")] == kinds


def test_a_document_is_base64_without_a_line_break() -> None:
    (found,) = (one for one in read(REPORT_OCCASION).all("OBX") if one.value(2) == "ED")
    assert [found.value(5, n) for n in (2, 3, 4)] == ["Application", "PDF", "Base64"]
    assert base64.b64decode(found.value(5, 5), validate=True) == REPORT.body


def test_a_link_leads_to_the_images() -> None:
    message = read(REPORT_OCCASION, viewer_url="https://pacs.example/view?a=1&study={study}")
    assert message.value("OBX[4]-5") == f"https://pacs.example/view?a=1&study={STUDY_UID}"


def test_a_study_says_how_much_there_is_of_it() -> None:
    message = read(STUDY_OCCASION)
    assert [one.value(5) for one in message.all("OBX")] == [STUDY_UID, "2", "301"]
    assert message.value("OBR-7") == "20260301131500"
    imaging = read(STUDY_OCCASION, study_message="OMI")
    assert [imaging.value(f"IPC-{n}") for n in range(1, 6)] == [
        "ACC1", "RP1", STUDY_UID, "SPS1", "CT",
    ]  # fmt: skip
    assert read(STUDY_OCCASION, study_message="ORM").value("ZDS-1") == STUDY_UID


def test_header_and_character_set_are_as_asked() -> None:
    message = read(
        CHANGE, facility="WARD", processing="T", charset="8859/15", version="2.5",
        acknowledgement="application",
    )  # fmt: skip
    fields = {n: message.value(f"MSH-{n}") for n in (3, 4, 5, 6, 10, 11, 12, 15, 16, 18)}
    assert fields == {
        3: "STECKEL", 4: "HOSPITAL", 5: "RIS", 6: "WARD", 10: STAMP.control_id, 11: "T",
        12: "2.5", 15: "AL", 16: "AL", 18: "UNICODE UTF-8",
    }  # fmt: skip


def test_a_set_that_can_spell_it_is_used() -> None:
    message = read(replace(CHANGE, person=replace(NOBODY, patient_id="Ä1")), charset="8859/15")
    assert (message.value("MSH-18"), message.charset) == ("8859/15", "iso8859-15")
    assert message.value("PID-3") == "Ä1"


def test_what_a_set_cannot_spell_is_said() -> None:
    rendered = render(CHANGE, read_subscription({"charset": "8859/1"}), STAMP)
    assert rendered is not None
    assert rendered.problem.startswith("character U+5C71 is not in iso8859-1")


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, True),
        ({"events": []}, False),
        ({"modalities": ["MR", "CT"]}, True),
        ({"modalities": ["MR"]}, False),
        ({"issuers": ["HOSPITAL"]}, True),
        ({"issuers": ["CLINIC"]}, False),
        ({"not_from": ["RIS^A"]}, False),
        ({"not_from": ["RIS^B"]}, True),
        ({"report_statuses": ["preliminary"]}, False),
        ({"order_statuses": []}, True),
    ],
)
def test_filters_of_a_destination(options: dict[str, object], wanted: bool) -> None:
    occasion = replace(REPORT_OCCASION, source="RIS^A")
    assert is_wanted(occasion, read_subscription(options)) is wanted


def test_an_event_without_a_message_of_ours_makes_none() -> None:
    occasion = replace(CHANGE, kind=EventKind.APPOINTMENT)
    assert render(occasion, Subscription(), STAMP) is None
