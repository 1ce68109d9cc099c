"""What is said of an order becomes its state and the worklist."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, Engine, insert, select, update
from tests.unit.ris.said import key, merge, order, patient, worklist

from steckel.errors import NotFound, OfAnotherPatient
from steckel.index.engine import writing
from steckel.index.schema import corrections
from steckel.ris.department import Department
from steckel.ris.model import OrderStatus, order_key
from steckel.ris.orders import refresh_order
from steckel.ris.schema import appointments, events, orders, performed_steps, steps


def _order(connection: Connection) -> Any:
    return connection.execute(select(orders)).one()


def test_an_order_makes_an_item_of_the_worklist(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        department.say_patient(connection, patient("P1", "DOE^JANE", 1, "19700101", "F"))
        department.say_order(connection, order("7", "P1", 2))
        item = worklist(connection)["A7"]
    step = item["00400100"]["Value"][0]
    assert item["00100020"]["Value"] == ["P1"]
    assert item["00100010"]["Value"] == [{"Alphabetic": "DOE^JANE"}]
    assert item["0020000D"]["Value"] == ["1.2.7"]
    assert item["00402016"]["Value"] == ["7"]
    assert step["00400001"]["Value"] == ["CT1", "CT2"]
    assert step["00400020"]["Value"] == ["SCHEDULED"]
    assert step["00400009"]["Value"] == ["S1"]


def test_a_cancelled_order_leaves_the_worklist_and_stays_cancelled(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        department.say_order(connection, order("7", "P1", 1))
        department.say_order(
            connection, order("7", "P1", 2, status=OrderStatus.CANCELLED, steps=())
        )
        department.say_order(connection, order("7", "P1", 3))
        assert worklist(connection) == {}
        assert _order(connection).status == OrderStatus.CANCELLED


def test_the_newest_plan_counts_in_whatever_order_they_come(engine: Engine) -> None:
    said = [
        order("7", "P1", 1, date="20260101", steps=("S1", "S2")),
        order("7", "P1", 2, date="20260202", steps=("S1",)),
        order("7", "P1", 3, status=OrderStatus.ARRIVED, steps=()),
    ]
    for sequence in permutations(said):
        with engine.connect() as connection, connection.begin() as transaction:
            for one in sequence:
                Department(engine).say_order(connection, one)
            rows = connection.execute(select(steps.c.step_id, steps.c.date, steps.c.status)).all()
            assert rows == [("S1", "20260202", "ARRIVED")]
            transaction.rollback()


def test_a_started_step_leaves_the_worklist_and_moves_the_order_on(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        department.say_order(connection, order("7", "P1", 1))
        connection.execute(update(steps).values(performed="IN PROGRESS"))
        refresh_order(connection, _order(connection).pk, 5)
        assert worklist(connection) == {}
        assert _order(connection).status == OrderStatus.IN_PROGRESS
        connection.execute(update(steps).values(performed="COMPLETED"))
        refresh_order(connection, _order(connection).pk, 6)
        assert _order(connection).status == OrderStatus.COMPLETED
        told = connection.execute(select(events.c.kind, events.c.json)).all()
    assert [(kind, orjson.loads(json).get("status")) for kind, json in told] == [
        ("order-placed", None),
        ("order-status", "in-progress"),
        ("order-status", "completed"),
    ]


def test_what_the_ris_says_later_does_not_undo_what_the_modality_did(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        department.say_order(connection, order("7", "P1", 1))
        connection.execute(update(steps).values(performed="COMPLETED"))
        department.say_order(connection, order("7", "P1", 9))
        assert worklist(connection) == {}
        assert _order(connection).status == OrderStatus.COMPLETED


def test_a_step_that_was_begun_and_then_taken_out_of_the_plan_is_still_told_of(
    engine: Engine,
) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        department.say_order(connection, order("7", "P1", 1, steps=("S1", "S2")))
        connection.execute(
            update(steps).where(steps.c.step_id == "S1").values(performed="COMPLETED")
        )
        department.say_order(connection, order("7", "P1", 2, steps=("S3",)))
        found = select(steps.c.step_id, steps.c.status).order_by(steps.c.step_id)
        assert connection.execute(found).all() == [("S1", "COMPLETED"), ("S3", "SCHEDULED")]


def test_a_cancellation_that_knows_the_filler_number_alone_reaches_the_order(
    engine: Engine,
) -> None:
    placed = replace(order("7", "P1", 1), filler="F7")
    alone = replace(
        order("7", "P1", 2, status=OrderStatus.CANCELLED, steps=()),
        placer="", filler="F7", accession="", study_uid="", key=order_key("", "F7", "", ""),
    )  # fmt: skip
    for sequence in permutations([placed, alone]):
        with engine.connect() as connection, connection.begin() as transaction:
            for one in sequence:
                Department(engine).say_order(connection, one)
            assert _order(connection).status == OrderStatus.CANCELLED
            assert worklist(connection) == {}
            transaction.rollback()


def test_an_order_that_is_not_there_cannot_be_refreshed(engine: Engine) -> None:
    with writing(engine) as connection, pytest.raises(NotFound):
        refresh_order(connection, 12, 1)


def test_a_number_that_is_another_patients_order_moves_no_order(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        department.say_order(connection, order("7", "P1", 1))
    with pytest.raises(OfAnotherPatient), writing(engine) as connection:
        department.say_order(connection, order("7", "P2", 2))
    with writing(engine) as connection:
        assert _order(connection).identity == key("P1").identity


def test_an_order_may_be_said_of_who_its_patient_turned_out_to_be(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        department.say_order(connection, order("7", "P1", 1))
        department.merge(connection, merge("P1", "P2", 2))
        department.say_order(connection, order("7", "P2", 3, date="20260202"))
        assert _order(connection).scheduled.startswith("20260202")


def test_an_order_may_be_said_with_an_issuer_that_was_not_named_before(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        bare = replace(order("7", "P1", 1), patient=key("P1", ""))
        department.say_order(connection, bare)
        department.say_order(connection, order("7", "P1", 2))
        assert _order(connection).identity == key("P1").identity


def _numbered(at: int, placer: str, filler: str, **more: Any) -> Any:
    said = replace(order("7", "P1", at, **more), placer=placer, filler=filler, accession="")
    return replace(said, key=order_key(placer, filler, "", ""))


def test_an_order_is_one_whichever_of_its_numbers_come_first(engine: Engine) -> None:
    said = [
        _numbered(1, "", "F7", date="20260101"),
        _numbered(2, "P7", "", date="20260202"),
        _numbered(3, "P7", "F7", date="20260303"),
        _numbered(4, "", "F7", status=OrderStatus.ARRIVED, steps=()),
    ]
    for sequence in permutations(said):
        with engine.connect() as connection, connection.begin() as transaction:
            for one in sequence:
                Department(engine).say_order(connection, one)
            row = _order(connection)
            assert (row.key, row.placer, row.filler) == (said[1].key, "P7", "F7")
            (step,) = connection.execute(select(steps)).all()
            assert (step.date, step.status) == ("20260303", "ARRIVED")
            transaction.rollback()


def test_what_was_done_for_an_order_by_its_filler_number_stays_when_its_placer_is_known(
    engine: Engine,
) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        pk = department.say_order(connection, _numbered(1, "", "F7"))
        connection.execute(update(steps).values(performed="IN PROGRESS"))
        values = {"uid": "1.2.9", "order_pk": pk, "json": "{}", "status": "IN PROGRESS"}
        connection.execute(insert(performed_steps).values(values))
        connection.execute(insert(appointments).values(
            key="A", order_key=_order(connection).key, registers="{}"
        ))  # fmt: skip
        connection.execute(insert(corrections).values(
            study_uid="1.2.3", order_key=_order(connection).key, attributes="{}", at=1
        ))  # fmt: skip
        department.say_order(connection, _numbered(2, "P7", ""))
        department.say_order(connection, _numbered(3, "P7", "F7"))
        row = _order(connection)
        assert row.status == OrderStatus.IN_PROGRESS
        for column in (appointments.c.order_key, corrections.c.order_key):
            assert connection.execute(select(column)).scalar_one() == row.key
        assert connection.execute(select(performed_steps.c.order_pk)).scalar_one() == row.pk
