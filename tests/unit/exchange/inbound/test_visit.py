from typing import Any

import pytest
from tests.unit.exchange.inbound.spoken import PID, message, said, the, value

from steckel.ris.model import VisitStatement, VisitStatus

PV1 = "PV1||O|RADIO^B12^1||||10003^LEROY^JEAN|10004^MARTIN^PAUL^^^DR|||||||B6||||V100^^^HOSP"


def visit(kind: str, *lines: str) -> VisitStatement:
    found = the(said(message(kind, PID, *lines)), VisitStatement)
    assert isinstance(found, VisitStatement)
    return found


def test_a_visit_has_number_location_and_referring_physician() -> None:
    statement = visit("ADT^A01", PV1)
    assert statement.number == "V100"
    assert value(statement.values, "00380010") == "V100"
    assert value(value(statement.values, "00380014"), "00400031") == "HOSP"
    assert value(statement.values, "00380300") == "RADIO B12 1"
    assert value(statement.values, "00080090") == {"Alphabetic": "MARTIN^PAUL^^DR"}
    assert value(statement.values, "001021C0") == 3


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ("A01", VisitStatus.ADMITTED), ("A02", None), ("A03", VisitStatus.LEFT),
        ("A04", VisitStatus.ARRIVED), ("A05", VisitStatus.PLANNED), ("A06", None), ("A08", None),
        ("A10", VisitStatus.ARRIVED), ("A11", VisitStatus.CANCELLED), ("A12", None),
        ("A13", VisitStatus.ADMITTED), ("A38", VisitStatus.CANCELLED),
    ],
)  # fmt: skip
def test_events_move_a_visit(event: Any, status: Any) -> None:
    assert visit(f"ADT^{event}", PV1).status is status


@pytest.mark.parametrize(
    ("movement", "status"),
    [
        ("ZBE|1|20260301||CANCEL||A01", VisitStatus.CANCELLED),
        ("ZBE|1|20260301||CANCEL||A03", VisitStatus.ADMITTED),
        ("ZBE|1|20260301||UPDATE||A01", None),
    ],
)
def test_a_correction_takes_back_what_it_names(movement: Any, status: Any) -> None:
    assert visit("ADT^Z99", PV1, movement).status is status


def test_a_movement_of_the_past_says_nothing_of_the_present() -> None:
    statement = visit("ADT^A02", PV1, "ZBE|1|20260301||INSERT|Y|A02")
    assert "00380300" not in statement.values
    assert statement.status is None


def test_without_a_number_there_is_no_visit() -> None:
    found = said(message("ADT^A01", PID, "PV1||O"))
    assert not [one for one in found.statements if isinstance(one, VisitStatement)]


def test_the_account_stands_for_the_number_of_a_visit() -> None:
    found = said(message("ADT^A01", f"{PID}||||||||||ACC1", "PV1||O"))
    assert the(found, VisitStatement).number == "ACC1"
