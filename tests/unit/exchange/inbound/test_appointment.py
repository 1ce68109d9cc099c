from typing import Any

import pytest
from tests.unit.exchange.inbound.spoken import PID, message, said, the, value

from steckel.exchange.model import MessageFault
from steckel.ris.model import AppointmentStatement, AppointmentStatus, order_key

SCH = "SCH|A1^HIS|B1^RIS|||||CHECK^Check-up|||30|min|^^^20260302083000"


def appointment(kind: str, *lines: str) -> AppointmentStatement:
    found = the(said(message(kind, *lines)), AppointmentStatement)
    assert isinstance(found, AppointmentStatement)
    return found


def test_a_booking_has_start_length_and_resources() -> None:
    found = appointment(
        "SIU^S12", SCH.replace("|||30|min|", "||30|min|"), PID, "AIS|1|A|CT^CT abdomen^L",
        "AIG|1|A|SCAN1^Scanner 1", "AIL|1|A|RADIO^R1", "AIP|1|A|12^DURAND^MARIE",
    )  # fmt: skip
    assert found.key == "FB1^RIS"
    assert (found.start, found.minutes, found.resource) == ("20260302083000", 30, "Scanner 1")
    assert found.status is AppointmentStatus.BOOKED
    assert value(found.values, "services") == ["CT abdomen"]
    assert value(found.values, "locations") == ["RADIO R1"]
    assert value(found.values, "staff") == ["DURAND^MARIE"]


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ("S13", AppointmentStatus.BOOKED), ("S14", None), ("S15", AppointmentStatus.CANCELLED),
        ("S17", AppointmentStatus.CANCELLED), ("S26", AppointmentStatus.NO_SHOW),
    ],
)  # fmt: skip
def test_events_move_an_appointment(event: Any, status: Any) -> None:
    assert appointment(f"SIU^{event}", SCH, PID).status is status


def test_a_modification_says_its_status_itself() -> None:
    found = appointment("SIU^S14", f"SCH|A1|B1{'|' * 23}Complete", PID)
    assert found.status is AppointmentStatus.FULFILLED


def test_it_names_the_order_by_the_key_that_orders_have() -> None:
    found = appointment("SIU^S12", f"SCH|A1|B1{'|' * 24}P100^HIS|F100", PID)
    assert found.order_key == order_key("P100^HIS", "", "", "")


@pytest.mark.parametrize("segment", ["AIS|1|A|X^X|20260302083000", "TQ1|||||||20260302083000"])
def test_the_start_may_stand_elsewhere(segment: Any) -> None:
    assert appointment("SIU^S12", "SCH|A1|B1", PID, segment).start == "20260302083000"


def test_an_appointment_with_neither_number_nor_start_is_a_fault() -> None:
    with pytest.raises(MessageFault) as caught:
        said(message("SIU^S12", PID, "AIS|1|A|X"))
    assert caught.value.fault.location == "SCH-2"
