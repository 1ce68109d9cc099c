"""Everything that has a say in matching is seen, after a restart too; on both databases."""

import pytest
from sqlalchemy import Engine, insert, select
from tests.unit.ris.archived import Hospital, archive, images
from tests.unit.ris.said import merge, order, patient

from steckel.index.engine import writing
from steckel.query.changes import Changes
from steckel.ris.matching_queue import MatchingQueue
from steckel.ris.schema import events, matching_progress


@pytest.fixture
def hospital(engine: Engine) -> Hospital:
    return Hospital(engine)


def _queue(hospital: Hospital) -> MatchingQueue:
    return MatchingQueue(hospital.engine, Changes(hospital.engine), quiet_seconds=30.0)


def test_the_first_start_leaves_alone_what_nobody_ordered(hospital: Hospital) -> None:
    archive(hospital.engine, images("P8", uid="1.0"))
    archive(hospital.engine, images("P1", uid="1.1"))
    hospital.say(patient("P1", "DOE^JANE", 1), order("7", "P1", 2))
    queue = _queue(hospital)
    assert list(queue.due(0.0)) == ["1.1"]
    archive(hospital.engine, images("P1", uid="1.2"))
    assert list(queue.due(1.0)) == ["1.2"]
    assert list(queue.due(2.0)) == []


def test_studies_are_quiet_after_a_while_and_seen_again_until_then(hospital: Hospital) -> None:
    queue = _queue(hospital)
    archive(hospital.engine, images("P1", uid="1.2"))
    assert list(queue.due(0.0)) == ["1.2"]
    assert queue.quiet(29.0) == []
    archive(hospital.engine, images("P1", uid="1.2"), series=2)
    assert list(queue.due(20.0)) == ["1.2"]
    assert (queue.quiet(40.0), queue.quiet(50.0)) == ([], ["1.2"])
    queue.note(50.0, at_once=True)
    again = _queue(hospital)  # as after a restart
    assert list(again.due(0.0)) == ["1.2"]
    queue.done("1.2")
    queue.note(60.0, at_once=True)
    assert list(_queue(hospital).due(0.0)) == []


def test_a_changed_order_brings_the_studies_it_may_be_for(hospital: Hospital) -> None:
    hospital.say(patient("P1", "DOE^JANE", 1))
    for uid, accession, date in (
        ("1.2.7", "", "20200101"),
        ("1.8", "A7", "20200101"),
        ("1.9", "", "20261125"),
        ("1.10", "", "20261224"),
    ):
        archive(hospital.engine, images("P1", uid=uid, accession=accession, date=date))
    queue = _queue(hospital)
    list(queue.due(0.0))
    hospital.say(order("7", "P1", 2))
    assert set(queue.due(1.0)) == {"1.2.7", "1.8", "1.9"}
    assert list(queue.due(2.0)) == []


def test_what_is_said_of_a_patient_brings_the_studies(hospital: Hospital) -> None:
    archive(hospital.engine, images("P1", uid="1.1"))
    archive(hospital.engine, images("P2", uid="1.2"))
    queue = _queue(hospital)
    hospital.say(patient("P1", "MILLER^PETER", 1, "19551231"))
    assert set(queue.due(0.0)) == {"1.1"}
    hospital.say(merge("P2", "P1", 2))
    assert set(queue.due(1.0)) >= {"1.2"}


def test_an_event_that_commits_late_is_not_passed_over(hospital: Hospital) -> None:
    archive(hospital.engine, images("P1", uid="1.1"))
    queue = _queue(hospital)

    def tell(pk: int) -> None:
        with writing(hospital.engine) as connection:
            connection.execute(
                insert(events).values(
                    pk=pk, kind="patient-changed", identity="id\x1f\x1fP1", json="{}"
                )
            )

    def floor() -> int:
        queue.note(0.0, at_once=True)
        with hospital.engine.connect() as connection:
            return int(connection.execute(select(matching_progress.c.event)).scalar_one())

    tell(3)
    assert (list(queue.due(0.0)), floor()) == (["1.1"], 0)
    tell(1)
    assert (list(queue.due(1.0)), floor()) == (["1.1"], 1)
    list(queue.due(90.0))  # nobody has the second
    assert floor() == 3
    assert list(queue.due(91.0)) == []
