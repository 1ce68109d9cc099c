"""What a modality does moves the order on and leaves the worklist."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, select
from tests.databases import Index
from tests.unit.ris.made_performed import COMPLETION, DISCONTINUATION, at_creation, item, text
from tests.unit.ris.said import merge, order, patient, worklist

from steckel.errors import AlreadyThere, MissingAttribute, NotFound, NotUpdatable
from steckel.index.engine import writing
from steckel.ris.department import Department
from steckel.ris.orders import refresh_order
from steckel.ris.performed import PerformedProcedureSteps
from steckel.ris.schema import events, orders, performed_steps, steps


@pytest.fixture
def performed(engine: Engine) -> PerformedProcedureSteps:
    return PerformedProcedureSteps(engine, refresh_order)


def _schedule(engine: Engine, number: str = "7", steps_of: tuple[str, ...] = ("S1",)) -> None:
    with writing(engine) as connection:
        Department(engine).say_patient(connection, patient("P1", "DOE^JANE", 1))
        Department(engine).say_order(connection, order(number, "P1", 2, steps=steps_of))


def _state(engine: Engine, number: str = "7") -> tuple[str, dict[str, str], bool]:
    """Return the status of the order, of its steps, and whether it is in the worklist."""
    with engine.connect() as connection:
        row = connection.execute(select(orders).where(orders.c.placer == number)).one()
        found = connection.execute(select(steps).where(steps.c.order_pk == row.pk)).all()
        return row.status, {one.step_id: one.status for one in found}, _is_open(engine, number)


def _is_open(engine: Engine, number: str) -> bool:
    with engine.connect() as connection:
        return f"A{number}" in worklist(connection)


def _row(engine: Engine, uid: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(performed_steps).where(performed_steps.c.uid == uid)).one()


def test_a_started_step_leaves_the_worklist_and_a_completed_one_ends_the_order(
    engine: Engine, performed: PerformedProcedureSteps
) -> None:
    _schedule(engine)
    assert _state(engine) == ("scheduled", {"S1": "SCHEDULED"}, True)
    performed.create("1.9.1", at_creation(), "CT1")
    assert _state(engine) == ("in-progress", {"S1": "STARTED"}, False)
    performed.update("1.9.1", COMPLETION)
    assert _state(engine) == ("completed", {"S1": "COMPLETED"}, False)
    row = _row(engine, "1.9.1")
    assert (row.status, row.aet, row.study_uid) == ("COMPLETED", "CT1", "1.2.7")
    with engine.connect() as connection:
        told = [orjson.loads(r.json) for r in connection.execute(select(events)).all()]
    said = [one["status"] for one in told if "status" in one]
    assert said == ["in-progress", "completed"]


def test_what_was_discontinued_ends_the_order_too(
    engine: Engine, performed: PerformedProcedureSteps
) -> None:
    _schedule(engine)
    performed.create("1.9.1", at_creation(), "CT1")
    performed.update("1.9.1", DISCONTINUATION)
    assert _state(engine) == ("discontinued", {"S1": "DISCONTINUED"}, False)


def test_what_was_begun_for_the_wrong_entry_goes_back_to_the_worklist(
    engine: Engine, performed: PerformedProcedureSteps
) -> None:
    _schedule(engine)
    performed.create("1.9.1", at_creation(), "CT1")
    reason = {"00080100": text("SH", "110514"), "00080102": text("SH", "DCM")}
    performed.update("1.9.1", {**DISCONTINUATION, "00400281": text("SQ", reason)})
    assert _state(engine) == ("scheduled", {"S1": "SCHEDULED"}, True)


def test_the_number_of_another_patients_order_moves_nothing(
    engine: Engine, performed: PerformedProcedureSteps
) -> None:
    _schedule(engine)
    performed.create("1.9.1", {**at_creation(), "00100020": text("LO", "P9")}, "CT1")
    assert _state(engine) == ("scheduled", {"S1": "SCHEDULED"}, True)


def test_a_modality_may_know_the_patient_by_an_identifier_that_was_merged(
    engine: Engine, performed: PerformedProcedureSteps
) -> None:
    _schedule(engine)
    with writing(engine) as connection:
        Department(engine).merge(connection, merge("P1", "P2", 3))
    performed.create("1.9.1", at_creation(), "CT1")
    assert _state(engine)[1] == {"S1": "STARTED"}


def test_a_second_attempt_counts_more_than_a_discontinued_first(
    engine: Engine, performed: PerformedProcedureSteps
) -> None:
    _schedule(engine)
    performed.create("1.9.1", at_creation(), "CT1")
    performed.create("1.9.2", at_creation(), "CT1")
    performed.update("1.9.1", DISCONTINUATION)
    assert _state(engine) == ("in-progress", {"S1": "STARTED"}, False)
    performed.update("1.9.2", COMPLETION)
    assert _state(engine) == ("completed", {"S1": "COMPLETED"}, False)


def test_an_order_is_done_when_all_its_steps_are(
    engine: Engine, performed: PerformedProcedureSteps
) -> None:
    _schedule(engine, steps_of=("S1", "S2"))
    performed.create("1.9.1", at_creation(item("7", "S1")), "CT1")
    performed.update("1.9.1", COMPLETION)
    assert _state(engine) == ("in-progress", {"S1": "COMPLETED", "S2": "SCHEDULED"}, True)
    performed.create("1.9.2", at_creation(item("7", "S2")), "CT1")
    performed.update("1.9.2", COMPLETION)
    assert _state(engine)[0] == "completed"


def test_one_performed_step_may_be_for_several_orders(
    engine: Engine, performed: PerformedProcedureSteps
) -> None:
    _schedule(engine, "7")
    _schedule(engine, "8")
    performed.create("1.9.1", at_creation(item("7"), item("8")), "CT1")
    performed.update("1.9.1", COMPLETION)
    assert _state(engine, "7")[0] == _state(engine, "8")[0] == "completed"


@pytest.mark.parametrize(
    "said",
    [
        item("7", accession="OTHER"),
        item("7", study_uid="1.2.999"),
        item("7", step_id=""),
    ],
    ids=["by study", "by accession", "by modality"],
)
def test_one_of_its_numbers_is_enough(
    engine: Engine, performed: PerformedProcedureSteps, said: Any
) -> None:
    _schedule(engine)
    performed.create("1.9.1", at_creation(said), "CT1")
    assert not _is_open(engine, "7")


@pytest.mark.parametrize(
    "said",
    [
        item("7", "S9"),
        item("9"),
        {"0020000D": text("UI", "1.2.99"), "00400009": text("SH", "S1")},
    ],
    ids=["another step", "another order", "only the step"],
)
def test_what_is_not_ordered_is_kept_without_an_order(
    engine: Engine, performed: PerformedProcedureSteps, said: Any
) -> None:
    _schedule(engine)
    performed.create("1.9.1", at_creation(said), "CT1")
    performed.update("1.9.1", COMPLETION)
    assert _state(engine) == ("scheduled", {"S1": "SCHEDULED"}, True)
    assert _row(engine, "1.9.1").order_pk is None
    assert performed.read("1.9.1")["00400252"]["Value"] == ["COMPLETED"]


def test_an_order_that_comes_later_is_found_at_the_next_change(
    engine: Engine, performed: PerformedProcedureSteps
) -> None:
    performed.create("1.9.1", at_creation(), "CT1")
    _schedule(engine)
    performed.update("1.9.1", COMPLETION)
    assert _state(engine) == ("completed", {"S1": "COMPLETED"}, False)
    assert _row(engine, "1.9.1").order_pk is not None


def test_a_uid_is_taken_once(engine: Engine, performed: PerformedProcedureSteps) -> None:
    performed.create("1.9.1", at_creation(), "CT1")
    with pytest.raises(AlreadyThere):
        performed.create("1.9.1", at_creation(), "CT2")
    assert _row(engine, "1.9.1").aet == "CT1"


def test_what_is_refused_changes_nothing(
    engine: Engine, performed: PerformedProcedureSteps
) -> None:
    _schedule(engine)
    with pytest.raises(MissingAttribute):
        performed.create("1.9.1", {"00400252": text("CS", "IN PROGRESS")}, "CT1")
    with pytest.raises(NotFound):
        performed.update("1.9.1", COMPLETION)
    with pytest.raises(NotFound):
        performed.read("1.9.1")
    performed.create("1.9.1", at_creation(), "CT1")
    performed.update("1.9.1", COMPLETION)
    with pytest.raises(NotUpdatable):
        performed.update("1.9.1", DISCONTINUATION)
    assert _state(engine) == ("completed", {"S1": "COMPLETED"}, False)


def test_of_many_that_end_a_step_at_once_one_does(index: Index) -> None:
    PerformedProcedureSteps(index.open(), refresh_order).create("1.9.1", at_creation(), "CT1")

    def end(_: int) -> bool:
        try:
            PerformedProcedureSteps(index.open(), refresh_order).update("1.9.1", COMPLETION)
        except NotUpdatable:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(end, range(6))) == 1


def test_steps_of_an_order_that_end_at_once_end_the_order(index: Index) -> None:
    engine = index.open()
    names = tuple(f"S{number}" for number in range(6))
    _schedule(engine, steps_of=names)
    first = PerformedProcedureSteps(engine, refresh_order)
    for name in names:
        first.create(f"1.9.{name[1]}", at_creation(item("7", name)), "CT1")

    def end(name: str) -> None:
        own = PerformedProcedureSteps(index.open(), refresh_order)
        own.update(f"1.9.{name[1]}", COMPLETION)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(end, names))
    status, of_steps, _ = _state(engine)
    assert (status, set(of_steps.values())) == ("completed", {"COMPLETED"})
