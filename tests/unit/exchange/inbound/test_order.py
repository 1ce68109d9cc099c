from dataclasses import replace
from typing import Any

import pytest
from tests.unit.exchange.inbound.spoken import (
    PID,
    PROFILE,
    made_up,
    message,
    orders_of,
    said,
    the,
    value,
)

from steckel.exchange.inbound.numbering import short
from steckel.exchange.model import MessageFault
from steckel.exchange.profile import OrderIdentity, StudyUidPolicy, TooLong
from steckel.exchange.profile_document import read_profile
from steckel.ris.model import OrderStatus, PatientStatement, VisitStatement, order_key

MAPPING = replace(PROFILE, too_long=TooLong.MAP)
OBR = (
    "OBR|1|P100^HIS|F100^RIS|CTABD^CT abdomen^L|||||||||Diabetic|||10005^DURAND^MARIE"
    "||||||||||||||WALK|K50^Crohn^I10|||7&PETIT&ANNE"
)
OMI = (
    PID,
    "PV1||O|RADIO^B12^1||||||||||||B6||||V100^^^HOSP",
    "ORC|NW|P100^HIS|F100^RIS||SC||||20260301101400|||10005^DURAND^MARIE^^^DR|||||RAD^Radio^L",
    "TQ1|||||||20260302083000||S^STAT",
    OBR,
    "NTE|1||fasting", "NTE|2||no contrast",
    "OBX|1|NM|29463-7^Body weight^LN||154.3|[lb_av]|||||F",
    "OBX|2|NM|8302-2^Body height^LN||170|cm|||||F",
    "IPC|ACC100^RIS|RP100|1.2.3.4.5|SPS1|CT|CTABD2^CT with contrast^L|CT1|ROOM1|CT1~CT2",
    "IPC|ACC100^RIS|RP100|1.2.3.4.5|SPS2|PT|PET^PET^L|PT1|ROOM2|PT1",
)  # fmt: skip


def test_an_order_says_every_attribute_of_its_worklist_item() -> None:
    (order,) = orders_of(said(message("OMI^O23", *OMI)))
    assert (order.accession, order.accession_issuer) == ("ACC100", "RIS")
    assert (order.placer, order.filler, order.procedure_id) == ("P100", "F100", "RP100")
    assert order.study_uid == "1.2.3.4.5"
    assert order.status is OrderStatus.SCHEDULED
    assert order.visit == "V100"
    texts = {
        "00321060": "CT abdomen", "00401003": "STAT", "00102000": "Diabetic",
        "00401002": "Crohn", "00401004": "WALK", "00401400": "fasting\nno contrast",
        "00101030": 69.9893, "00101020": 1.7, "001021C0": 3, "00321033": "Radio",
        "00402004": "20260301", "00402005": "101400",
    }  # fmt: skip
    assert {tag: value(order.values, tag) for tag in texts} == texts
    assert value(order.values, "00321032") == {"Alphabetic": "DURAND^MARIE^^DR"}
    code = value(order.values, "00321064")
    assert [value(code, t) for t in ("00080100", "00080102", "00080104")] == [
        "CTABD", "L", "CT abdomen",
    ]  # fmt: skip
    assert value(value(order.values, "0040100A"), "00080100") == "K50"
    assert value(value(order.values, "00400026"), "00400031") == "HIS"
    assert value(value(order.values, "00080051"), "00400031") == "RIS"


def test_each_ipc_is_a_step() -> None:
    (order,) = orders_of(said(message("OMI^O23", *OMI)))
    first, second = order.steps
    assert (first.step_id, second.step_id) == ("SPS1", "SPS2")
    texts = {
        "00080060": "CT", "00400002": "20260302", "00400003": "083000", "00400010": "CT1",
        "00400011": "ROOM1", "00400007": "CT with contrast",
    }  # fmt: skip
    assert {tag: value(first.values, tag) for tag in texts} == texts
    assert first.values["00400001"] == {"vr": "AE", "Value": ["CT1", "CT2"]}
    assert value(value(first.values, "00400008"), "00080100") == "CTABD2"
    assert value(first.values, "00400006") == {"Alphabetic": "PETIT^ANNE"}
    assert second.values["00400001"]["Value"] == ["PT1"]


def test_the_patient_of_an_order_is_said_beside_the_matter_and_its_visit_before_all() -> None:
    found = said(message("OMI^O23", *OMI))
    assert the(found, PatientStatement).weak
    assert the(found, VisitStatement).moment.at == 0


def test_an_order_of_old_style_has_its_numbers_in_obr_and_its_study_in_zds() -> None:
    order, = orders_of(said(message(
        "ORM^O01", PID, "ORC|NW|P1|F1||||^^^20260302083000^^R",
        "OBR|1|P1|F1|X^Hip^L^PX^Hip protocol^L||||||||||||||ACC1|RP1|SPS1||||NMR",
        "ZDS|1.2.3^100^Application^DICOM",
    )))  # fmt: skip
    assert (order.accession, order.procedure_id, order.study_uid) == ("ACC1", "RP1", "1.2.3")
    assert value(order.values, "00401003") == "ROUTINE"
    (step,) = order.steps
    assert step.step_id == "SPS1"
    assert value(step.values, "00080060") == "MR"
    assert value(step.values, "00400002") == "20260302"
    assert value(value(step.values, "00400008"), "00080100") == "PX"


def test_a_segment_ipc_before_the_patient_belongs_to_the_first_order() -> None:
    order, = orders_of(said(message(
        "OMI^O23", "IPC|ACC1|RP1|1.2.3|SPS1|CT", PID, "ORC|NW|P1", "OBR|1|P1"
    )))  # fmt: skip
    assert (order.accession, order.steps[0].step_id) == ("ACC1", "SPS1")


def test_each_group_is_an_order() -> None:
    found = orders_of(said(message(
        "ORM^O01", PID,
        "ORC|NW|P1", "OBR|1|P1||A^Hip^L||||||||||||||ACC1|RP1|S1",
        "ORC|NW|P2", "OBR|2|P2||B^Knee^L||||||||||||||ACC2|RP2|S2",
    )))  # fmt: skip
    assert [(one.placer, one.accession) for one in found] == [("P1", "ACC1"), ("P2", "ACC2")]
    assert [one.key for one in found] == [order_key("P1", "", "", ""), order_key("P2", "", "", "")]


def test_groups_of_one_number_and_procedure_are_steps_of_one_order() -> None:
    order, = orders_of(said(message(
        "ORM^O01", PID,
        "ORC|NW|P1", "OBR|1|P1||A^Hip^L||||||||||||||ACC1|RP1|S1",
        "ORC|NW|P1", "OBR|2|P1||B^Knee^L||||||||||||||ACC1|RP1|S2",
    )))  # fmt: skip
    assert [step.step_id for step in order.steps] == ["S1", "S2"]


def test_several_procedures_of_one_number_are_several_orders() -> None:
    found = orders_of(said(message(
        "OMI^O23", PID, "ORC|NW|P1",
        "OBR|1|P1||A^Hip^L", "IPC|ACC1|RP1|1.2.3|S1|CT",
        "OBR|2|P1||B^Knee^L", "IPC|ACC1|RP2|1.2.3|S2|CT",
    )))  # fmt: skip
    assert [one.procedure_id for one in found] == ["RP1", "RP2"]
    assert len({one.key for one in found}) == 2


def test_a_cancellation_without_the_procedure_names_the_same_order() -> None:
    (new,) = orders_of(said(message("OMI^O23", *OMI)))
    (gone,) = orders_of(
        said(message("ORM^O01", PID, "ORC|CA|P100^HIS", "OBR|1|P100^HIS||STOP^Stop^L"))
    )
    assert gone.key == new.key
    assert gone.status is OrderStatus.CANCELLED
    assert gone.steps == ()
    assert "00321060" not in gone.values


def test_a_source_may_be_known_to_name_the_procedure_always() -> None:
    profile = replace(PROFILE, order_identity=OrderIdentity.PROCEDURE)
    (order,) = orders_of(said(message("OMI^O23", *OMI), profile))
    assert order.key == order_key("P100^HIS", "", "", "RP100")


@pytest.mark.parametrize(
    ("control", "status", "meant"),
    [
        ("NW", "", OrderStatus.SCHEDULED), ("NW", "SC", OrderStatus.SCHEDULED),
        ("NW", "IP", OrderStatus.SCHEDULED), ("XO", "", None), ("XO", "SC", OrderStatus.SCHEDULED),
        ("XO", "CM", OrderStatus.COMPLETED), ("SC", "CM", OrderStatus.COMPLETED),
        ("SC", "A", OrderStatus.COMPLETED), ("SC", "IP", OrderStatus.IN_PROGRESS),
        ("CA", "CA", OrderStatus.CANCELLED), ("CA", "", OrderStatus.CANCELLED),
        ("CA", "CM", OrderStatus.CANCELLED), ("OC", "", OrderStatus.CANCELLED),
        ("DC", "CA", OrderStatus.DISCONTINUED), ("HD", "", OrderStatus.ON_HOLD),
        ("RL", "", OrderStatus.SCHEDULED), ("RP", "", OrderStatus.CANCELLED), ("SR", "", None),
    ],
)  # fmt: skip
def test_order_control_and_status_move_an_order(control: Any, status: Any, meant: Any) -> None:
    (order,) = orders_of(said(message("ORM^O01", PID, f"ORC|{control}|P1|||{status}", "OBR|1|P1")))
    assert order.status is meant


def test_a_pair_that_no_table_has_moves_nothing_and_warns() -> None:
    found = said(message("ORM^O01", PID, "ORC|XO|P1|||??", "OBR|1|P1"))
    assert orders_of(found)[0].status is None
    assert "ORC-1 and ORC-5" in found.warnings[0]


def test_a_profile_can_give_a_pair_another_meaning() -> None:
    profile = read_profile("p", '[tables.order-status]\nSC_A = "arrived"\n')
    (order,) = orders_of(said(message("ORM^O01", PID, "ORC|SC|P1|||A", "OBR|1|P1"), profile))
    assert order.status is OrderStatus.ARRIVED


LONG = (PID, "ORC|NW|P1", "OBR|1|P1||A^Hip^L||||||||||||||ACCESSION-OF-MORE-THAN-16|RP1|S1")


def test_an_identifier_that_is_too_long_is_refused_with_its_place() -> None:
    with pytest.raises(MessageFault) as caught:
        said(message("ORM^O01", *LONG))
    assert (caught.value.fault.code, caught.value.fault.location) == (102, "OBR-18")


def test_or_a_short_one_stands_for_it_where_the_profile_allows_and_the_long_one_is_kept() -> None:
    found = said(message("ORM^O01", *LONG), MAPPING)
    (order,) = orders_of(found)
    assert order.accession == short("ACCESSION-OF-MORE-THAN-16")
    assert len(order.accession) == 16
    assert value(order.values, "accession_as_sent") == "ACCESSION-OF-MORE-THAN-16"
    assert "OBR-18" in found.warnings[0]


def test_steps_and_procedures_of_long_names_are_mapped_unless_a_profile_refuses_it() -> None:
    lines = (PID, "ORC|NW|P1", f"OBR|1|P1||CT{'|' * 14}A1|{'R' * 20}|{'S' * 20}")
    (order,) = orders_of(said(message("ORM^O01", *lines)))
    assert order.procedure_id == short("R" * 20)
    assert [step.step_id for step in order.steps] == [short("S" * 20)]
    with pytest.raises(MessageFault) as caught:
        said(message("ORM^O01", *lines), replace(PROFILE, too_long=TooLong.REJECT))
    assert caught.value.fault.location in ("OBR-19", "OBR-20")


def test_sixteen_characters_are_not_too_long() -> None:
    (order,) = orders_of(
        said(message("ORM^O01", PID, "ORC|NW|P1", f"OBR|1|P1|{'|' * 15}{'A' * 16}"))
    )
    assert order.accession == "A" * 16


def test_a_missing_study_uid_follows_from_the_accession_and_is_the_same_again() -> None:
    lines = (PID, "ORC|NW|P1", "OBR|1|P1||||||||||||||||ACC1^RIS")
    (first,) = made_up(said(message("ORM^O01", *lines)))
    (again,) = made_up(said(message("ORM^O01", *lines, sent="20260301111111")))
    (other,) = made_up(
        said(message("ORM^O01", PID, "ORC|NW|P2", "OBR|1|P2||||||||||||||||ACC1^RIS"))
    )
    (apart,) = made_up(
        said(message("ORM^O01", PID, "ORC|NW|P1", "OBR|1|P1||||||||||||||||ACC1^HIS"))
    )
    assert first.study_uid.startswith("2.25.")
    assert first.study_uid == again.study_uid == other.study_uid != apart.study_uid


def test_or_it_is_one_of_each_procedure() -> None:
    profile = replace(PROFILE, study_uid=StudyUidPolicy.GENERATE)
    uids = {
        made_up(
            said(message("ORM^O01", PID, f"ORC|NW|{n}", f"OBR|1|{n}||||||||||||||||ACC1"), profile)
        )[0].study_uid
        for n in ("P1", "P2")
    }
    assert len(uids) == 2


def test_or_the_message_is_refused() -> None:
    profile = replace(PROFILE, study_uid=StudyUidPolicy.REJECT)
    with pytest.raises(MessageFault) as caught:
        said(message("ORM^O01", PID, "ORC|NW|P1", "OBR|1|P1"), profile)
    assert caught.value.fault.location == "IPC-3"


def test_what_is_made_up_gives_way_to_every_word() -> None:
    (order,) = orders_of(said(message("ORM^O01", PID, "ORC|NW|P1", "OBR|1|P1")))
    (extra,) = made_up(said(message("ORM^O01", PID, "ORC|NW|P1", "OBR|1|P1")))
    assert extra.moment < order.moment
    assert extra.moment.at == 0
    assert not order.study_uid
    assert not order.accession
    assert len(extra.procedure_id) == 16


def test_a_study_uid_that_is_none_is_left_out_with_a_warning() -> None:
    found = said(message("ORM^O01", PID, "ORC|NW|P1", "OBR|1|P1", "ZDS|1.2.x"))
    assert orders_of(found)[0].study_uid == ""
    assert made_up(found)[0].study_uid
    assert "ZDS-1 is no UID" in found.warnings[0]


def test_the_study_uid_may_be_an_observation() -> None:
    order, = orders_of(said(message(
        "ORM^O01", PID, "ORC|NW|P1", "OBR|1|P1", "OBX|1|ST|110180^Study Instance UID^DCM||1.2.9"
    )))  # fmt: skip
    assert order.study_uid == "1.2.9"


def test_an_order_without_any_number_is_a_fault() -> None:
    with pytest.raises(MessageFault) as caught:
        said(message("ORM^O01", PID, "ORC|NW", "OBR|1"))
    assert caught.value.fault.location == "ORC-2"


def test_a_message_without_an_order_is_a_fault() -> None:
    with pytest.raises(MessageFault) as caught:
        said(message("ORM^O01", PID))
    assert caught.value.fault.code == 100


def test_fields_can_be_elsewhere() -> None:
    profile = read_profile("p", '[fields]\naccession = "ORC-3"\nstation-title = "OBR-21"\n')
    order, = orders_of(said(message(
        "ORM^O01", PID, "ORC|NW|P1|F1", "OBR|1|P1|F1||||||||||||||||||CT_7|||CT"
    ), profile))  # fmt: skip
    assert order.accession == "F1"
    assert order.steps[0].values["00400001"]["Value"] == ["CT_7"]


def test_rules_give_an_application_entity_to_steps_that_name_none() -> None:
    profile = read_profile(
        "p",
        """
[[stations]]
modality = "CT"
titles = ["CT1", "CT2"]
[[stations]]
titles = ["ANY"]
""",
    )
    lines = (PID, "ORC|NW|P1", "OBR|1|P1", "IPC|A|R|1.2|S1|CT", "IPC|A|R|1.2|S2|MR|||R|MR9")
    first, second = orders_of(said(message("OMI^O23", *lines), profile))[0].steps
    assert first.values["00400001"]["Value"] == ["CT1", "CT2"]
    assert second.values["00400001"]["Value"] == ["MR9"]


def test_times_with_an_offset_are_those_of_the_clocks_there() -> None:
    profile = read_profile("p", '[text]\ntime-zone = "Europe/Paris"\n')
    order, = orders_of(said(message(
        "OMI^O23", PID, "ORC|NW|P1", "TQ1|||||||20260701063000+0000", "OBR|1|P1"
    ), profile))  # fmt: skip
    assert value(order.steps[0].values, "00400003") == "083000"


def test_weights_that_cannot_be_true_are_left_out() -> None:
    lines = (
        PID,
        "ORC|NW|P1",
        "OBR|1|P1",
        "OBX|1|NM|29463-7^W^LN||7000|kg",
        "OBX|2|NM|8302-2||x|cm",
    )
    found = said(message("ORM^O01", *lines))
    assert "00101030" not in orders_of(found)[0].values
    assert len(found.warnings) == 2
