"""Pointing the index at other bytes, on both databases."""

from typing import Any

from sqlalchemy import Engine, select
from tests.unit.index.entries import SR, Exam

from steckel.archive.location import Location
from steckel.index.engine import writing
from steckel.index.lookups import Lookups
from steckel.index.model import InstanceEntry
from steckel.index.replace import add_erasures, move, replace_version
from steckel.index.schema import clock, erasures, instances, series, studies
from steckel.index.signals import QUARANTINE_CLOCK, signal_quarantine, tick
from steckel.index.writer import IndexWriter, Ticket


def add(engine: Engine, *entries: InstanceEntry) -> None:
    writer = IndexWriter(engine)
    tickets = [Ticket(entry) for entry in entries]
    writer.write(tickets)
    writer.stop()
    assert all(ticket.result() for ticket in tickets)


def everything(engine: Engine, *columns: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(*columns).order_by(*columns)).all())


def test_a_moved_instance_is_found_where_it_is_now(engine: Engine) -> None:
    entry, other = Exam().instance(), Exam().instance()
    add(engine, entry, other)
    after = Location("compacted", 7, entry.location.length)
    with writing(engine) as connection:
        assert move(connection, entry.location, after)
        assert not move(connection, entry.location, after)
    lookups = Lookups(engine)
    moved, kept = lookups.known(entry.sop_instance_uid), lookups.known(other.sop_instance_uid)
    lookups.close()
    assert moved is not None
    assert moved.location == after
    assert kept is not None
    assert kept.location == other.location


def test_another_version_takes_the_row_and_changes_its_series(engine: Engine) -> None:
    entry = Exam().instance()
    add(engine, entry, Exam(series="1.2.3.9").instance())
    location = Location("second", 1, 5)
    version = entry._replace(location=location, digest=b"2" * 32, json='{"x":1}')
    with writing(engine) as connection:
        assert replace_version(connection, version)
        assert not replace_version(connection, Exam().instance("9.9.9"))
    row = next(
        row
        for row in everything(engine, instances.c.uid, instances.c.json, instances.c.length)
        if row.uid == entry.sop_instance_uid
    )
    assert (row.json, row.length) == ('{"x":1}', 5)
    assert everything(engine, series.c.uid, series.c.changed) == [("1.2.3.1", 2), ("1.2.3.9", 1)]
    assert everything(engine, studies.c.changed, studies.c.instances) == [(2, 2)]


def test_a_version_of_another_class_is_one_of_the_study_s(engine: Engine) -> None:
    entry = Exam().instance()
    add(engine, entry)
    with writing(engine) as connection:
        replace_version(connection, entry._replace(sop_class_uid=SR))
    assert everything(engine, studies.c.sop_classes) == [(f"\\{SR}\\",)]


def test_what_is_to_be_erased_is_noted_once(engine: Engine) -> None:
    places = [Location("a", 1, 9), Location("a", 2, 9)]
    with writing(engine) as connection:
        add_erasures(connection, places)
        add_erasures(connection, places[:1])
        add_erasures(connection, [])
    assert everything(engine, erasures.c.container, erasures.c.offset) == [("a", 1), ("a", 2)]


def test_a_change_that_is_rolled_back_takes_no_number(engine: Engine) -> None:
    with engine.connect() as connection:
        assert tick(connection) == 1
        connection.rollback()
    with writing(engine) as connection:
        assert tick(connection) == 1


def test_the_quarantine_has_the_number_of_its_last_change(engine: Engine) -> None:
    with writing(engine) as connection:
        signal_quarantine(connection)
        tick(connection)
        signal_quarantine(connection)
    assert everything(engine, clock.c.pk, clock.c.value) == [(1, 3), (QUARANTINE_CLOCK, 3)]


def test_lookups_know_what_is_there_and_whose_it_is(engine: Engine) -> None:
    entry = Exam().instance()
    lookups = Lookups(engine)
    assert lookups.known(entry.sop_instance_uid) is None
    assert not lookups.is_known(entry.sop_instance_uid)
    assert not lookups.owners(entry.study_uid)
    add(engine, entry)
    found = lookups.known(entry.sop_instance_uid)
    assert found is not None
    assert (found.study_uid, found.series_uid) == (entry.study_uid, entry.series_uid)
    assert (found.digest, found.location) == (entry.digest, entry.location)
    assert lookups.is_known(entry.sop_instance_uid)
    assert lookups.owners(entry.study_uid) == {entry.identity}
    lookups.close()
