from typing import Any

import pytest
from tests.unit.exchange.inbound.spoken import (
    PID,
    RECEIVED,
    message,
    orders_of,
    reading,
    said,
)

from steckel.exchange.inbound.translation import HANDLERS, kind_of
from steckel.exchange.model import MessageFault
from steckel.hl7.message import Message
from steckel.ris.model import MergeStatement, PatientKey, PatientStatement
from steckel.ris.registers import Moment

NEW, OLD = PatientKey(patient_id="N", issuer="H"), PatientKey(patient_id="O", issuer="H")
PID_NEW = "PID|||N^^^H^PI||DOE^JANE"


def merges(*lines: str, kind: str = "ADT^A40") -> list[tuple[PatientKey, PatientKey | None]]:
    found = said(message(kind, *lines)).statements
    return [(one.prior, one.survivor) for one in found if isinstance(one, MergeStatement)]


@pytest.mark.parametrize("event", ["A18", "A30", "A34", "A36", "A39", "A40", "A47"])
def test_a_merge_needs_no_evn(event: Any) -> None:
    assert merges(PID_NEW, "MRG|O^^^H^PI", kind=f"ADT^{event}") == [(OLD, NEW)]


def test_a_message_may_merge_several() -> None:
    found = merges(PID_NEW, "MRG|O^^^H", "PID|||N2^^^H", "MRG|O2^^^H", "MRG|O3^^^H")
    assert [(prior.patient_id, survivor.patient_id) for prior, survivor in found if survivor] == [
        ("O", "N"), ("O2", "N2"), ("O3", "N2"),
    ]  # fmt: skip


def test_a_merge_into_oneself_is_a_fault() -> None:
    with pytest.raises(MessageFault) as caught:
        merges(PID_NEW, "MRG|N^^^H")
    assert (caught.value.fault.code, caught.value.fault.location) == (205, "MRG-1")


def test_a_merge_without_what_is_merged_is_a_fault() -> None:
    with pytest.raises(MessageFault) as caught:
        merges(PID_NEW)
    assert caught.value.fault.location == "MRG-1"


def test_a_link_is_a_merge_of_the_second_into_the_first() -> None:
    assert merges("PID|||N^^^H", "PID|||O^^^H", kind="ADT^A24") == [(OLD, NEW)]


def test_an_unlink_parts_two_from_each_other_and_from_nobody_else() -> None:
    found = said(message("ADT^A37", "PID|||N^^^H", "PID|||O^^^H")).statements
    assert [
        (one.prior, one.survivor, one.apart_from)
        for one in found
        if isinstance(one, MergeStatement)
    ] == [(OLD, None, NEW), (NEW, None, OLD)]


def test_adt_speaks_strongly_and_orders_beside_the_matter() -> None:
    for kind, weak in (("ADT^A08", False), ("ORM^O01", True), ("SIU^S12", True)):
        lines = ("ORC|NW|P1", "OBR|1|P1") if kind == "ORM^O01" else ("SCH|A|B",)
        found = said(message(kind, PID, *lines)).statements
        assert [one.weak for one in found if isinstance(one, PatientStatement)] == [weak]


def test_an_event_that_is_of_no_use_says_so() -> None:
    assert "trigger event" in said(message("ADT^A21", PID)).unused


def test_an_unknown_type_is_a_fault() -> None:
    with pytest.raises(MessageFault) as caught:
        said(message("BAR^P01", PID))
    assert caught.value.fault.code == 200


def test_every_handler_is_for_an_event_that_hl7_has() -> None:
    assert all(len(event) == 3 for events in HANDLERS.values() for event in events)
    assert {"A01", "A24", "A37", "A40", "A47", "Z99"} <= set(HANDLERS["ADT"])


def test_an_event_only_evn_names_is_found() -> None:
    assert kind_of(Message.parse(message("ADT", "EVN|A08", PID))) == ("ADT", "A08")


def moment(
    *lines: str, kind: str = "ADT^A08", sent: str = "20260301101500", control: str = "7"
) -> Moment:
    found = said(message(kind, *lines, sent=sent, control=control))
    return found.statements[0].moment


def test_the_recorded_time_counts_before_the_time_of_the_message() -> None:
    assert moment("EVN||20260301080000", PID).at == 1_772_352_000_000
    assert moment(PID).at == 1_772_360_100_000


def test_a_day_alone_puts_nothing_in_order() -> None:
    assert moment("EVN||20260301", PID).at == 1_772_360_100_000


def test_of_the_same_second_the_later_message_counts() -> None:
    assert moment(PID, control="100000") > moment(PID, control="99999")


def test_of_one_transaction_time_the_later_message_counts() -> None:
    lines = (PID, "ORC|CA|P1|||||||20260301080000", "OBR|1|P1")
    early, late = (
        orders_of(said(message("ORM^O01", *lines, sent=f"2026030109000{second}")))[0].moment
        for second in (0, 1)
    )
    assert early.at == late.at
    assert early < late


def test_without_a_time_the_time_of_receipt_stands_for_it() -> None:
    found = said(message("ADT^A08", PID, sent="283084121661677"))
    assert found.statements[0].moment.at == RECEIVED
    assert "no time" in found.warnings[0]


def test_a_time_far_in_the_future_is_none() -> None:
    found = said(message("ADT^A08", PID, sent="22220101000000"))
    assert found.statements[0].moment.at == RECEIVED


def test_the_same_message_says_the_same_again() -> None:
    raw = message("ADT^A08", PID)
    assert said(raw) == said(raw)


def test_reading_touches_no_message() -> None:
    raw = message("ADT^A08", PID)
    assert reading(raw).message.raw == raw


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("ADT^A08", ()),
        ("ORM^O01", ("ORC|NW|P1", "OBR|1|P1")),
        ("ORU^R01", ("OBR|1||F1", "OBX|1|TX|R||text||||||F")),
    ],
)
def test_what_could_be_of_either_of_two_patients_is_of_none(
    kind: str, lines: tuple[str, ...]
) -> None:
    with pytest.raises(MessageFault) as caught:
        said(message(kind, PID, *lines, "PID|||other||ROE^RICHARD"))
    assert (caught.value.fault.code, caught.value.fault.location) == (100, "PID")


def test_a_patient_named_twice_is_one() -> None:
    assert len(said(message("ADT^A08", PID, PID)).statements) == 1
