"""What was received is made something of: once, in order for a patient, and at once."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update
from tests.databases import Index
from tests.unit.exchange.doubles import (
    Counting,
    effects,
    keep,
    raw_message,
    states,
    until,
)

from steckel.errors import StorageFailure
from steckel.exchange.dispatch import Dispatcher, Wake
from steckel.exchange.leader import leadership
from steckel.exchange.model import Outcome
from steckel.exchange.outcomes import Outcomes
from steckel.exchange.processing import Processor
from steckel.exchange.rounds import rounds
from steckel.exchange.schema import messages
from steckel.index.engine import is_sqlite


@dataclass
class Running:
    """A dispatcher of a process."""

    dispatcher: Dispatcher
    outcomes: Outcomes
    wake: Wake


def make(engine: Engine, interpreter: Counting) -> Running:
    outcomes, wake = Outcomes(engine), Wake()
    processing = rounds(
        engine,
        Processor(interpreter, now=lambda: 2_000),
        outcomes,
        is_wanted=lambda: False,
        wake=wake,
    )
    return Running(Dispatcher(leadership(engine), processing, outcomes, wake), outcomes, wake)


@pytest.fixture
def interpreter() -> Counting:
    return Counting()


Dispatch = Callable[[], Running]


@pytest.fixture
def dispatch(index: Index, interpreter: Counting) -> Iterator[Dispatch]:
    """Starts dispatchers, each as in a process of its own."""
    started: list[Dispatcher] = []

    def start() -> Running:
        running = make(index.open(), interpreter)
        started.append(running.dispatcher)
        running.dispatcher.start()
        return running

    yield start
    for dispatcher in started:
        dispatcher.stop()


def row_of(engine: Engine, control_id: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(messages).where(messages.c.control_id == control_id)).one()


def is_done(engine: Engine) -> bool:
    with engine.connect() as connection:
        rows = connection.execute(select(messages.c.pk).where(messages.c.state == "received"))
        return rows.first() is None


def test_a_message_is_processed_and_marked(engine: Engine, dispatch: Dispatch) -> None:
    keep(engine, raw_message("M1"))
    dispatch()
    until(lambda: is_done(engine))
    row = row_of(engine, "M1")
    assert (row.state, row.patient_id, row.accession, row.processed) == (
        "processed", "P1", "A1", 2_000,
    )  # fmt: skip
    assert effects(engine) == ["M1"]


def test_what_is_received_while_it_runs_is_processed(engine: Engine, dispatch: Dispatch) -> None:
    running = dispatch()
    for number in range(5):
        keep(engine, raw_message(f"M{number}"))
        running.wake()
    until(lambda: effects(engine) == ["M0", "M1", "M2", "M3", "M4"])


def test_what_another_process_received_is_found_without_a_word(
    engine: Engine, dispatch: Dispatch
) -> None:
    dispatch()
    keep(engine, raw_message("M1"))
    until(lambda: effects(engine) == ["M1"])


def test_a_patients_messages_keep_their_order(
    engine: Engine, dispatch: Dispatch, interpreter: Counting
) -> None:
    numbers = [(f"P{n % 7}", f"{n:03}") for n in range(150)]
    keep(engine, *[raw_message(number, patient) for patient, number in numbers])
    dispatch()
    until(lambda: is_done(engine))
    for wanted in {patient for patient, _ in numbers}:
        order = [number for patient, number in numbers if patient == wanted]
        assert [number for number in interpreter.applied if number in order] == order


def test_different_patients_run_at_once_on_postgresql_only(
    engine: Engine, dispatch: Dispatch, interpreter: Counting
) -> None:
    interpreter.pause = 0.02
    keep(engine, *[raw_message(f"M{n}", f"P{n}") for n in range(12)])
    dispatch()
    until(lambda: is_done(engine))
    if is_sqlite(engine):
        assert interpreter.most_at_once == 1
    else:
        assert interpreter.most_at_once > 1


def test_one_patient_is_never_processed_at_once(
    engine: Engine, dispatch: Dispatch, interpreter: Counting
) -> None:
    interpreter.pause = 0.005
    keep(engine, *[raw_message(f"M{n}", "P1") for n in range(12)])
    dispatch()
    until(lambda: is_done(engine))
    assert interpreter.most_at_once == 1


def test_a_fault_is_an_error_without_effects_and_later_messages_pass(
    engine: Engine, dispatch: Dispatch
) -> None:
    keep(engine, raw_message("M1", order="fault"), raw_message("M2"))
    dispatch()
    until(lambda: is_done(engine))
    row = row_of(engine, "M1")
    assert (row.state, row.reason, row.location) == ("error", "unknown order", "ORC-2")
    assert effects(engine) == ["M2"]


def test_an_error_of_ours_is_an_error_that_says_nothing_of_the_patient(
    engine: Engine, dispatch: Dispatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(engine, raw_message("M1", order="bug"), raw_message("M2"))
    dispatch()
    until(lambda: is_done(engine))
    row = row_of(engine, "M1")
    assert row.state == "error"
    assert "DOE" not in row.reason
    assert effects(engine) == ["M2"]
    said = capsys.readouterr()
    assert "ZeroDivisionError" in said.out + said.err
    assert "DOE" not in said.out + said.err


def test_a_failure_of_the_database_is_tried_again(engine: Engine, dispatch: Dispatch) -> None:
    order = "database-fails-once"
    keep(engine, raw_message("M1", order=order), raw_message("M2"), raw_message("M3", "P2"))
    dispatch()
    until(lambda: is_done(engine))
    assert set(states(engine).values()) == {"processed"}
    assert sorted(effects(engine)) == ["M1", "M2", "M3"]


def test_a_patients_others_wait_for_one_that_is_tried_again(
    engine: Engine, dispatch: Dispatch, interpreter: Counting
) -> None:
    keep(engine, raw_message("M1", order="database-fails-once"), raw_message("M2"))
    dispatch()
    until(lambda: is_done(engine))
    assert interpreter.applied[-2:] == ["M1", "M2"]


def test_what_is_of_no_use_is_ignored(engine: Engine, dispatch: Dispatch) -> None:
    keep(engine, raw_message("M1", order="ignore"))
    dispatch()
    until(lambda: is_done(engine))
    assert states(engine) == {"M1": "ignored"}


def test_a_control_id_that_came_before_with_other_bytes_is_a_warning(
    engine: Engine, dispatch: Dispatch
) -> None:
    keep(engine, raw_message("M1", "P1"), raw_message("M1", "P2"))
    dispatch()
    until(lambda: is_done(engine))
    with engine.connect() as connection:
        rows = connection.execute(select(messages).order_by(messages.c.pk)).all()
    assert [row.state for row in rows] == ["processed", "warning"]
    assert rows[1].location == "MSH-10"
    assert effects(engine) == ["M1", "M1"]


def test_an_error_is_not_processed_by_itself(engine: Engine, dispatch: Dispatch) -> None:
    keep(engine, raw_message("M1", ""), raw_message("M2"))
    dispatch()
    until(lambda: states(engine)["M2"] == "processed")
    assert states(engine)["M1"] == "error"


def test_one_process_leads_and_another_takes_over(engine: Engine, dispatch: Dispatch) -> None:
    first, second = dispatch(), dispatch()
    keep(engine, *[raw_message(f"A{n}") for n in range(20)])
    until(lambda: len(effects(engine)) == 20)
    first.dispatcher.stop()
    keep(engine, *[raw_message(f"B{n}") for n in range(20)])
    second.wake()
    until(lambda: len(effects(engine)) == 40)
    assert len(set(effects(engine))) == 40


def test_a_leader_that_lost_its_lock_lets_another_lead(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steckel.exchange.leader._ASK_SECONDS", 0.0)
    engine = index.open()
    if is_sqlite(engine):
        pytest.skip("the lock of a file is lost with its process only")
    first, second = leadership(index.open()), leadership(index.open())
    assert first.held()
    assert not second.held()
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks "
                "WHERE locktype = 'advisory' AND pid <> pg_backend_pid() AND database = "
                "(SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )
    until(second.held)
    with pytest.raises(StorageFailure):
        first.held()
    assert not first.held()
    second.give_up()
    assert first.held()
    first.give_up()


def test_two_that_both_think_they_lead_apply_a_message_once(index: Index) -> None:
    engine = index.open()
    keep(engine, *[raw_message(f"M{n}", f"P{n}") for n in range(30)])
    running = []
    for _ in range(2):
        interpreter = Counting()
        interpreter.pause = 0.002
        outcomes, wake = Outcomes(engine), Wake()
        processor = Processor(interpreter, now=lambda: 2_000)
        own = index.open()
        processing = rounds(own, processor, outcomes, is_wanted=lambda: False, wake=wake)
        running.append(Dispatcher(Always(), processing, outcomes, wake))
    for dispatcher in running:
        dispatcher.start()
    until(lambda: is_done(engine))
    for dispatcher in running:
        dispatcher.stop()
    assert sorted(effects(engine)) == sorted(f"M{n}" for n in range(30))


class Always:
    """Thinks that it leads."""

    def held(self) -> bool:
        return True

    def give_up(self) -> None:
        pass


def test_whoever_waits_for_a_message_is_told(engine: Engine, dispatch: Dispatch) -> None:
    running = dispatch()
    told: list[Outcome] = []
    came = threading.Event()
    (kept,) = keep(engine, raw_message("M1"))
    running.outcomes.expect(kept.pk, lambda outcome: (told.append(outcome), came.set()))
    running.wake()
    assert came.wait(20)
    assert told[0].state == "processed"


def test_whoever_waits_is_told_of_what_another_process_made(
    engine: Engine, dispatch: Dispatch
) -> None:
    leading, waiting = dispatch(), dispatch()
    told: list[Outcome] = []
    (kept,) = keep(engine, raw_message("M1", order="fault"))
    waiting.outcomes.expect(kept.pk, told.append)
    leading.wake()
    until(lambda: bool(told))
    assert (told[0].state, told[0].location) == ("error", "ORC-2")


def test_a_replayed_message_is_processed_again(engine: Engine, dispatch: Dispatch) -> None:
    keep(engine, raw_message("M1"), raw_message("M2"))
    dispatch()
    until(lambda: is_done(engine))
    with engine.begin() as connection:
        connection.execute(
            update(messages).where(messages.c.control_id == "M1").values(state="received")
        )
    until(lambda: len(effects(engine)) == 3)
    assert is_done(engine)


def test_where_its_source_wants_it_a_message_waits_for_an_earlier_error(
    engine: Engine, dispatch: Dispatch
) -> None:
    wait = "any|wait"
    keep(
        engine,
        raw_message("M1", order="fault"),
        raw_message("M2", order=wait),
        raw_message("M3", "P2", order=wait),
    )
    dispatch()
    until(lambda: states(engine) == {"M1": "error", "M2": "received", "M3": "processed"})
    with engine.begin() as connection:
        connection.execute(
            update(messages).where(messages.c.control_id == "M1").values(state="ignored")
        )
    until(lambda: states(engine)["M2"] == "processed")
    assert effects(engine) == ["M3", "M2"]


def test_many_that_wait_for_an_error_stop_nobody_else(engine: Engine, dispatch: Dispatch) -> None:
    keep(engine, raw_message("first", order="fault"))
    later = (raw_message(f"later-{number}", order="any|wait") for number in range(150))
    keep(engine, *later)
    keep(engine, raw_message("other", "P2"))
    dispatch()
    until(lambda: states(engine)["other"] == "processed")
    assert effects(engine) == ["other"]
