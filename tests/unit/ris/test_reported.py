"""A final report ends its order, whichever comes first."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, Engine, select
from tests.unit.ris.said import key, merge, order, worklist

from steckel.index.engine import writing
from steckel.ris.department import Department
from steckel.ris.model import OrderStatement, OrderStatus, ReportStatement, ReportStatus
from steckel.ris.registers import Moment
from steckel.ris.schema import events, orders, steps

_FINAL = ReportStatus.FINAL


def _report(at: int, status: ReportStatus = _FINAL, patient: str = "P1", **of: Any) -> Any:
    return ReportStatement(
        key="R1", patient=key(patient), moment=Moment(at=at), status=status, text=f"{at}",
        **(of or {"placer": "7"}),
    )  # fmt: skip


def _hear(connection: Connection, said: Any) -> None:
    department = Department(connection.engine)
    match said:
        case OrderStatement():
            department.say_order(connection, said)
        case ReportStatement():
            department.say_report(connection, said)
        case _:
            department.merge(connection, said)


def _after(engine: Engine, *said: Any) -> tuple[str, bool]:
    """Return the status of the order and whether the worklist has it, by nobody's order."""
    found = set()
    for sequence in permutations(said):
        with engine.connect() as connection, connection.begin() as transaction:
            for one in sequence:
                _hear(connection, one)
            status = connection.execute(select(orders.c.status)).scalar_one()
            found.add((status, bool(worklist(connection))))
            transaction.rollback()
    (only,) = found
    return only


@pytest.mark.parametrize("status", [_FINAL, ReportStatus.AMENDED, ReportStatus.CORRECTED])
@pytest.mark.parametrize(
    "number", [{"placer": "7"}, {"accession": "A7"}, {"study_uids": ("1.2.7",)}]
)
def test_a_final_report_ends_the_order_that_it_names(
    engine: Engine, status: ReportStatus, number: dict[str, Any]
) -> None:
    assert _after(engine, order("7", "P1", 1), _report(2, status, **number)) == (
        "completed", False,
    )  # fmt: skip


def test_a_preliminary_report_ends_nothing(engine: Engine) -> None:
    said = [order("7", "P1", 1), _report(2, ReportStatus.PRELIMINARY)]
    assert _after(engine, *said) == ("scheduled", True)


def test_a_change_of_the_order_after_its_report_opens_nothing(engine: Engine) -> None:
    said = [order("7", "P1", 1), _report(2), order("7", "P1", 3, steps=("S1", "S2"))]
    assert _after(engine, *said) == ("completed", False)


def test_what_the_ris_cancelled_stays_cancelled_whatever_is_reported(engine: Engine) -> None:
    gone = order("7", "P1", 3, status=OrderStatus.CANCELLED, steps=())
    assert _after(engine, order("7", "P1", 1), _report(2), gone) == ("cancelled", False)


def test_a_report_that_is_corrected_ends_its_order_still(engine: Engine) -> None:
    said = [order("7", "P1", 1), _report(2), _report(3, ReportStatus.CORRECTED)]
    assert _after(engine, *said) == ("completed", False)


@pytest.mark.parametrize("taken_back", [ReportStatus.CANCELLED, ReportStatus.ERROR])
def test_a_report_that_is_taken_back_ends_nothing_any_more(
    engine: Engine, taken_back: ReportStatus
) -> None:
    said = [order("7", "P1", 1), _report(2), _report(3, taken_back)]
    assert _after(engine, *said) == ("scheduled", True)


def test_a_report_that_turns_out_to_be_of_another_order_lets_the_first_go(engine: Engine) -> None:
    moved = _report(3, ReportStatus.CORRECTED, placer="8")
    assert _after(engine, order("7", "P1", 1), _report(2), moved) == ("scheduled", True)


@pytest.mark.parametrize(
    "of", [{"placer": "8", "accession": "A7"}, {"filler": "F8", "placer": "7"}]
)
def test_a_report_of_another_order_with_one_number_in_common_ends_nothing(
    engine: Engine, of: dict[str, str]
) -> None:
    ordered = replace(order("7", "P1", 1), filler="F7")
    assert _after(engine, ordered, _report(2, **of)) == ("scheduled", True)


def test_a_report_of_another_patient_ends_nothing_until_they_are_one(engine: Engine) -> None:
    said = [order("7", "P1", 1), _report(2, patient="P2")]
    assert _after(engine, *said) == ("scheduled", True)
    assert _after(engine, *said, merge("P2", "P1", 3)) == ("completed", False)


def test_others_are_told_once_that_the_order_is_done(engine: Engine) -> None:
    with writing(engine) as connection:
        for one in (order("7", "P1", 1), _report(2), _report(2), _report(3, ReportStatus.AMENDED)):
            _hear(connection, one)
        told = connection.execute(
            select(events.c.json).where(events.c.kind == "order-status")
        ).scalars()
        assert [orjson.loads(json)["status"] for json in told] == ["completed"]
        assert connection.execute(select(steps.c.status)).scalars().all() == ["COMPLETED"]
