"""The index writer on both databases: what is added, counted, refused and forgotten."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, delete, func, select, text, update
from tests.databases import Index
from tests.unit.index.entries import CT, SR, Exam
from tests.unit.index.together import run_together

from steckel.care.deletion import Deletion
from steckel.errors import PatientMismatch, StorageFailure
from steckel.index.engine import is_sqlite, writing
from steckel.index.model import InstanceEntry
from steckel.index.schema import clock, containers, instances, patients, series, studies
from steckel.index.writer import BATCH, IndexWriter, Ticket


@pytest.fixture
def writer(engine: Engine) -> Iterator[IndexWriter]:
    writer = IndexWriter(engine)
    yield writer
    writer.stop()


def write(writer: IndexWriter, *entries: InstanceEntry) -> list[Ticket]:
    tickets = [Ticket(entry) for entry in entries]
    writer.write(tickets)
    return tickets


def count(engine: Engine, table: Table) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def one(engine: Engine, table: Table) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(table)).one()


def test_an_instance_brings_its_patient_study_and_series(
    writer: IndexWriter, engine: Engine
) -> None:
    [ticket] = write(writer, Exam().instance())
    assert ticket.result() is True
    study, held = one(engine, studies), one(engine, series)
    assert one(engine, patients).studies == 1
    assert (study.series, study.instances, study.modalities) == (1, 1, "\\CT\\")
    assert (held.instances, held.study_pk) == (1, study.pk)
    assert (study.changed, study.created, held.changed) == (1, 1, 1)


def test_counters_move_by_what_was_really_added(writer: IndexWriter, engine: Engine) -> None:
    exam, other = Exam(), Exam(series="1.2.3.2", modality="SR", sop_class=SR)
    first = exam.instance()
    tickets = write(writer, first, first, exam.instance(), other.instance())
    assert [ticket.result() for ticket in tickets] == [True, False, True, True]
    assert [ticket.result() for ticket in write(writer, first, exam.instance())] == [False, True]
    study = one(engine, studies)
    assert (study.series, study.instances) == (2, 4)
    assert study.modalities == "\\CT\\SR\\"
    assert study.sop_classes == f"\\{CT}\\{SR}\\"
    with engine.connect() as connection:
        found = select(series.c.uid, series.c.instances).order_by(series.c.uid)
        assert connection.execute(found).all() == [("1.2.3.1", 3), ("1.2.3.2", 1)]


def test_a_batch_is_one_change_and_duplicates_are_none(writer: IndexWriter, engine: Engine) -> None:
    first = Exam().instance()
    write(writer, first, Exam().instance())
    write(writer, Exam().instance())
    write(writer, first)
    study = one(engine, studies)
    assert (study.created, study.changed) == (1, 2)
    assert one(engine, clock).value == 2


def test_more_than_a_batch_is_written_in_several(writer: IndexWriter, engine: Engine) -> None:
    exam = Exam()
    tickets = write(writer, *(exam.instance() for _ in range(2 * BATCH + 1)))
    assert all(ticket.result() for ticket in tickets)
    assert count(engine, instances) == 2 * BATCH + 1
    assert one(engine, clock).value == 3


def test_nothing_is_committed_before_it_is_durable(writer: IndexWriter, engine: Engine) -> None:
    seen: list[int] = []
    ticket = Ticket(Exam().instance(), lambda: seen.append(count(engine, instances)))
    writer.write([ticket])
    assert ticket.result()
    assert seen == [0]
    assert count(engine, instances) == 1


def test_what_does_not_become_durable_is_not_indexed_and_does_not_harm_the_others(
    writer: IndexWriter, engine: Engine
) -> None:
    def fail() -> None:
        raise StorageFailure("the disk failed")

    exam, other = Exam(), Exam(study="9.9", series="9.9.1")
    tickets = [
        Ticket(exam.instance()),
        Ticket(other.instance(), fail),
        Ticket(exam.instance()),
    ]
    writer.write(tickets)
    assert tickets[0].result()
    assert tickets[2].result()
    with pytest.raises(StorageFailure):
        tickets[1].result()
    assert (one(engine, studies).uid, count(engine, instances)) == ("1.2.3", 2)


def test_who_waits_for_the_writer_syncs_meanwhile(writer: IndexWriter, engine: Engine) -> None:
    first_syncs, second_synced = threading.Event(), threading.Event()

    def sync_first() -> None:
        first_syncs.set()
        assert second_synced.wait(10)

    first = Ticket(Exam().instance(), sync_first)
    second = Ticket(Exam().instance(), second_synced.set)
    thread = threading.Thread(target=writer.write, args=([first],))
    thread.start()
    assert first_syncs.wait(10)
    writer.write([second])
    thread.join(10)
    assert first.result()
    assert second.result()
    assert count(engine, instances) == 2


def test_32_senders_with_one_new_patient_make_one_patient(
    writer: IndexWriter, engine: Engine
) -> None:
    exams = [Exam(study=f"1.2.{n}", series=f"1.2.{n}.1") for n in range(32)]

    tickets = [Ticket(exam.instance()) for exam in exams]

    run_together([partial(writer.write, [ticket]) for ticket in tickets])
    assert all(ticket.result() for ticket in tickets)
    assert one(engine, patients).studies == 32
    assert (count(engine, studies), count(engine, instances)) == (32, 32)


def test_two_processes_fill_one_new_study_together(index: Index) -> None:
    writers = [IndexWriter(index.open()) for _ in range(3)]
    exam = Exam()
    shared = [exam.instance() for _ in range(20)]

    def send(writer: IndexWriter) -> Callable[[], None]:
        def work() -> None:
            for entry in (*shared, *(exam.instance() for _ in range(20))):
                for ticket in write(writer, entry):
                    ticket.result()

        return work

    run_together([send(writer) for writer in writers])
    for writer in writers:
        writer.stop()
    engine = index.open()
    study = one(engine, studies)
    assert one(engine, patients).studies == 1
    assert (study.series, study.instances) == (1, 80)
    assert one(engine, series).instances == count(engine, instances) == 80


def test_two_processes_that_write_many_studies_each_do_not_stop_one_another(index: Index) -> None:
    """Batches that touch the same rows in other orders must not wait in a circle."""
    writers = [IndexWriter(index.open()) for _ in range(2)]
    exams = [Exam(patient_id=f"P{n % 5}", study=f"1.2.{n}", series=f"1.2.{n}.1") for n in range(60)]
    results: list[bool] = []

    def send(writer: IndexWriter, order: Sequence[Exam]) -> Callable[[], None]:
        def work() -> None:
            for _ in range(3):
                tickets = write(writer, *(exam.instance() for exam in order))
                results.extend(ticket.result() for ticket in tickets)

        return work

    run_together([send(writers[0], exams), send(writers[1], exams[::-1])])
    for writer in writers:
        writer.stop()
    engine = index.open()
    assert results == [True] * 360
    with engine.connect() as connection:
        assert set(connection.execute(select(studies.c.instances)).scalars()) == {6}
        assert set(connection.execute(select(patients.c.studies)).scalars()) == {12}


def _wait_for_a_waiter(connection: Connection) -> None:
    """Return when somebody waits for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + 60
    while not connection.execute(waiting).scalar_one():
        assert time.monotonic() < deadline
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))


@pytest.mark.parametrize("times", [1, 3])
def test_a_batch_that_a_deadlock_ended_is_written_again(index: Index, times: int) -> None:
    """Another holds the clock, and wants each time the study that the batch holds."""
    engine = index.open()
    if is_sqlite(engine):
        pytest.skip("SQLite has one writer at a time")
    exam = Exam()
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{engine.url.database}" SET deadlock_timeout=50'))
        connection.commit()
    writer = IndexWriter(index.open())
    write(writer, exam.instance())
    tickets = [
        Ticket(replace(exam, sop_class=SR).instance()),
        Ticket(Exam(patient_id="P2").instance()),
    ]
    at_work = threading.Thread(target=writer.write, args=(tickets,))
    with engine.connect() as other:
        other.execute(text("SET deadlock_timeout = '1h'"))
        other.execute(update(clock).values(value=clock.c.value))
        at_work.start()
        for _ in range(times):
            _wait_for_a_waiter(other)
            with other.begin_nested() as wish:
                other.execute(update(studies).values(institution="x"))  # ends theirs, not ours
                wish.rollback()
        other.commit()
    at_work.join()
    writer.stop()
    assert tickets[0].result()
    with pytest.raises(PatientMismatch):
        tickets[1].result()
    with engine.connect() as connection:
        assert connection.execute(select(studies.c.instances)).scalars().all() == [2]


def test_a_study_keeps_its_patient(writer: IndexWriter, engine: Engine) -> None:
    write(writer, Exam().instance())
    stranger = Exam(patient_id="P2")
    known, new = write(writer, stranger.instance(), replace(stranger, series="1.2.3.9").instance())
    for ticket in (known, new):
        with pytest.raises(PatientMismatch):
            ticket.result()
    assert count(engine, instances) == 1
    assert count(engine, series) == 1


def test_a_refused_patient_leaves_no_row(writer: IndexWriter, engine: Engine) -> None:
    write(writer, Exam().instance())
    write(writer, Exam(patient_id="P2", series="1.2.3.9").instance())
    with engine.connect() as connection:
        found = connection.execute(select(patients.c.patient_id)).scalars().all()
    assert found == ["P1"]


def test_one_that_is_refused_does_not_harm_the_others(writer: IndexWriter, engine: Engine) -> None:
    write(writer, Exam().instance())
    tickets = write(writer, Exam().instance(), Exam(patient_id="P2").instance(), Exam().instance())
    assert [ticket.error is None for ticket in tickets] == [True, False, True]
    assert count(engine, instances) == one(engine, studies).instances == 3


def test_one_that_the_database_cannot_take_does_not_harm_the_others(
    writer: IndexWriter, engine: Engine
) -> None:
    good, also_good = Exam().instance(), Exam().instance()
    bad = Exam().instance(number=1 << 70)
    tickets = write(writer, good, bad, also_good)
    assert [ticket.error is None for ticket in tickets] == [True, False, True]
    with pytest.raises(StorageFailure):
        tickets[1].result()
    assert count(engine, instances) == one(engine, series).instances == 2
    assert write(writer, Exam().instance())[0].result()


def test_an_entry_that_cannot_be_described_does_not_harm_the_others(
    writer: IndexWriter, engine: Engine
) -> None:
    def describe() -> Any:
        raise ValueError("no facts")

    bad = Exam(study="9.9", series="9.9.1").instance()._replace(describe=describe)
    tickets = write(writer, Exam().instance(), bad)
    assert tickets[0].result()
    with pytest.raises(StorageFailure):
        tickets[1].result()
    assert count(engine, studies) == 1


def test_what_was_rolled_back_is_not_remembered(writer: IndexWriter, engine: Engine) -> None:
    new = Exam(study="5.5", series="5.5.1")
    write(writer, new.instance(number=1 << 70))
    assert writer.remembered_owner("5.5", "5.5.1") is None
    assert write(writer, new.instance())[0].result()
    assert one(engine, studies).uid == "5.5"


def test_what_another_process_deleted_is_made_again(index: Index) -> None:
    """A writer remembers series; a deletion elsewhere must not leave it writing into the void."""
    engine = index.open()
    writer = IndexWriter(index.open())
    exam = Exam()
    write(writer, exam.instance())
    with writing(engine) as connection:
        connection.execute(delete(instances))
        connection.execute(delete(series))
        connection.execute(delete(studies))
        connection.execute(delete(patients))
    assert write(writer, exam.instance())[0].result()
    writer.stop()
    study = one(engine, studies)
    assert (study.series, study.instances, one(engine, series).instances) == (1, 1, 1)


def test_what_another_process_put_in_a_deleted_ones_place_stays_apart(index: Index) -> None:
    """The number of a deleted row is never given again: a writer may remember it."""
    engine = index.open()
    writer, other = IndexWriter(index.open()), IndexWriter(index.open())
    exam, later = Exam(), Exam(patient_id="P2", study="7.7", series="7.7.1")
    write(writer, exam.instance())
    Deletion(engine).delete_study(exam.study)
    write(other, later.instance())
    assert write(writer, exam.instance())[0].result()
    for each in (writer, other):
        each.stop()
    with engine.connect() as connection:
        found = connection.execute(
            select(instances.c.uid, series.c.uid, studies.c.uid, patients.c.patient_id)
            .join(series, instances.c.series_pk == series.c.pk)
            .join(studies, series.c.study_pk == studies.c.pk)
            .join(patients, studies.c.patient_pk == patients.c.pk)
            .order_by(studies.c.uid)
        ).all()
    assert [row[1:] for row in found] == [
        (exam.series, exam.study, "P1"),
        (later.series, later.study, "P2"),
    ]


def test_it_remembers_whose_a_series_is(writer: IndexWriter) -> None:
    exam = Exam()
    write(writer, exam.instance())
    assert writer.remembered_owner(exam.study, exam.series) == exam.instance().identity
    assert writer.remembered_owner(exam.study, "1.1.1") is None


def test_instances_of_one_container_share_its_row(writer: IndexWriter, engine: Engine) -> None:
    write(writer, Exam().instance(), Exam(series="1.2.3.5").instance())
    assert one(engine, containers).name == "container"


def test_a_lost_connection_is_replaced(index: Index) -> None:
    engine = index.open()
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no connections that could be lost")
    writer = IndexWriter(engine)
    write(writer, Exam().instance())
    with index.open().connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert write(writer, Exam().instance())[0].result()
    writer.stop()


def test_make_durable_works_before_and_after_writing(writer: IndexWriter, engine: Engine) -> None:
    writer.make_durable()
    write(writer, Exam().instance())
    writer.make_durable()
    assert write(writer, Exam().instance())[0].result()
    assert count(engine, instances) == 2


def test_nothing_to_write_is_no_work(writer: IndexWriter, engine: Engine) -> None:
    writer.write([])
    assert one(engine, clock).value == 0
