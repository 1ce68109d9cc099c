"""Messages are kept once, durably, whoever brings them and how often."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from tests.databases import Index
from tests.unit.exchange.doubles import ORIGIN, keep, make_reader, raw_message

from steckel.errors import StorageFailure
from steckel.exchange.intake import Intake, Kept
from steckel.exchange.model import State
from steckel.exchange.schema import messages
from steckel.index.engine import is_sqlite


def rows(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(messages).order_by(messages.c.pk)))


@pytest.fixture
def intake(engine: Engine) -> Iterator[Intake]:
    intake = Intake(engine)
    intake.start()
    yield intake
    intake.stop()


def test_a_message_is_kept_with_all_that_is_known_of_it(engine: Engine) -> None:
    raw = raw_message("M1")
    (kept,) = keep(engine, raw)
    (row,) = rows(engine)
    assert (kept.pk, kept.state, kept.repeats, kept.error) == (row.pk, "received", 0, None)
    assert (row.raw, row.source, row.control_id, row.type) == (
        raw, "RIS^HOSPITAL", "M1", "ADT^A08",
    )  # fmt: skip
    assert (row.door, row.address, row.received) == ("mllp", "192.0.2.7", 1_000)
    assert row.said == 1_767_323_045_000


def test_the_same_message_again_is_counted_and_not_kept_twice(engine: Engine) -> None:
    keep(engine, raw_message("M1"))
    again = keep(engine, raw_message("M1"), raw_message("M1"))
    assert [kept.repeats for kept in again] == [1, 2]
    assert [(row.control_id, row.repeats) for row in rows(engine)] == [("M1", 2)]


def test_repeats_in_one_batch_are_one_row(engine: Engine) -> None:
    found = keep(engine, *[raw_message("M1")] * 5)
    assert len({kept.pk for kept in found}) == 1
    assert [row.repeats for row in rows(engine)] == [4]


def test_a_control_id_with_another_content_is_another_message(engine: Engine) -> None:
    keep(engine, raw_message("M1", "P1"), raw_message("M1", "P2"))
    assert [row.state for row in rows(engine)] == ["received", "received"]


def test_what_is_no_hl7_is_kept_as_an_error(engine: Engine) -> None:
    (kept,) = keep(engine, b"GET / HTTP/1.1\r\n\x00\xff")
    (row,) = rows(engine)
    assert (kept.state, row.state, row.location) == ("error", "error", "MSH")
    assert row.raw == b"GET / HTTP/1.1\r\n\x00\xff"
    assert row.reason


def test_a_refused_message_is_kept_as_an_error_with_reason_and_place(engine: Engine) -> None:
    keep(engine, raw_message("M1", ""))
    (row,) = rows(engine)
    assert (row.state, row.reason, row.location) == ("error", "no identifier", "PID-3")


def test_an_error_that_comes_again_and_would_be_taken_now_is_to_be_processed(
    engine: Engine,
) -> None:
    keep(engine, raw_message("M1"))
    with engine.begin() as connection:
        connection.execute(update(messages).values(state="error", reason="unknown order"))
    (kept,) = keep(engine, raw_message("M1"))
    (row,) = rows(engine)
    assert kept.state is State.RECEIVED
    assert (row.state, row.reason, row.attempts, row.repeats) == ("received", "", 1, 1)


def test_a_processed_message_that_comes_again_stays_processed(engine: Engine) -> None:
    keep(engine, raw_message("M1"))
    with engine.begin() as connection:
        connection.execute(update(messages).values(state="processed"))
    assert keep(engine, raw_message("M1"))[0].state is State.PROCESSED


def test_values_that_no_column_takes_do_not_keep_a_message_out(engine: Engine) -> None:
    raw = raw_message("M" * 9_000, header={3: "R\x00I\x1fS"})
    (kept,) = keep(engine, raw)
    (row,) = rows(engine)
    assert kept.error is None
    assert row.control_id == "M" * 200
    assert row.raw == raw


def test_many_senders_at_once_keep_each_message_once(engine: Engine, intake: Intake) -> None:
    reader = make_reader()
    found: list[Kept] = []

    def send(number: int) -> None:
        for count in range(20):
            own = reader.read(raw_message(f"{number}-{count}"), ORIGIN)
            common = reader.read(raw_message(f"common-{count}"), ORIGIN)
            found.extend(intake.keep_all([own, common]))

    senders = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert [kept.error for kept in found] == [None] * 320
    kept = {row.control_id: row.repeats for row in rows(engine)}
    assert len(kept) == 180
    assert sum(kept.values()) == 140


def test_two_processes_that_receive_the_same_keep_it_once(index: Index) -> None:
    engines = [index.open(), index.open()]
    reader = make_reader()
    barrier = threading.Barrier(2)
    found: list[Kept] = []

    def receive(engine: Engine) -> None:
        intake = Intake(engine)
        intake.start()
        barrier.wait()
        numbers = range(50) if engine is engines[0] else reversed(range(50))
        found.extend(intake.keep_all([reader.read(raw_message(f"M{n}"), ORIGIN) for n in numbers]))
        intake.stop()

    threads = [threading.Thread(target=receive, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [kept.error for kept in found] == [None] * 100
    assert [row.repeats for row in rows(engines[0])] == [1] * 50


def test_messages_that_wait_share_a_commit(engine: Engine, intake: Intake) -> None:
    reader = make_reader()
    numbers = [f"M{number}" for number in range(100)]
    commits = count_commits(engine, intake)
    intake.keep_all([reader.read(raw_message(number), ORIGIN) for number in numbers])
    assert [row.control_id for row in rows(engine)] == numbers
    assert commits() < 50


def count_commits(engine: Engine, intake: Intake) -> Any:
    """Return what says how many times the intake went to the disk."""
    count = 0
    write = intake._write_together

    def counted(rows: Any) -> Any:
        nonlocal count
        count += 1
        return write(rows)

    intake._write_together = counted  # type: ignore[method-assign]
    return lambda: count


def test_each_commit_is_synced(engine: Engine, intake: Intake) -> None:
    if not is_sqlite(engine):
        pytest.skip("PostgreSQL always does")
    said: list[str] = []

    def connected(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(said.append)

    event.listen(engine, "checkout", connected)
    intake.keep_all([make_reader().read(raw_message("M1"), ORIGIN)])
    assert said.index("PRAGMA synchronous=FULL") < said.index("BEGIN IMMEDIATE")
    assert "PRAGMA synchronous=NORMAL" not in said


def test_a_database_that_fails_refuses_the_message(engine: Engine, intake: Intake) -> None:
    reading = make_reader().read(raw_message("M1"), ORIGIN)
    with engine.begin() as connection:
        messages.drop(connection)
    (kept,) = intake.keep_all([reading])
    assert isinstance(kept.error, StorageFailure)


def test_one_message_that_fails_does_not_take_the_others_with_it(
    engine: Engine, intake: Intake
) -> None:
    reader = make_reader()
    readings = [reader.read(raw_message(f"M{number}"), ORIGIN) for number in range(3)]
    write = intake._write_together

    def failing(rows: Any) -> Any:
        if any(row["control_id"] == "M1" for row in rows):
            raise StorageFailure("too large")
        return write(rows)

    intake._write_together = failing  # type: ignore[method-assign]
    found = intake.keep_all(readings)
    assert [kept.error is None for kept in found] == [True, False, True]


def test_an_answer_that_fails_ends_no_other(engine: Engine, intake: Intake) -> None:
    def fail(_kept: Kept) -> None:
        raise StorageFailure("the index failed")

    reader = make_reader()
    intake.keep(reader.read(raw_message("M1"), ORIGIN), fail)
    answered = threading.Event()
    intake.keep(reader.read(raw_message("M2"), ORIGIN), lambda _: answered.set())
    assert answered.wait(20)
    assert len(rows(engine)) == 2


def test_after_the_end_nothing_is_taken(engine: Engine) -> None:
    intake = Intake(engine)
    intake.start()
    intake.stop()
    (kept,) = intake.keep_all([make_reader().read(raw_message("M1"), ORIGIN)])
    assert isinstance(kept.error, StorageFailure)
