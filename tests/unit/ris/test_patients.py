"""Patients and their studies follow what is said of them, and no byte is touched."""

from dataclasses import replace
from itertools import permutations
from threading import Thread
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, func, select, text
from tests.databases import Index
from tests.unit.index.entries import Exam
from tests.unit.ris.said import key, merge, name_of, order, patient, study, worklist

from steckel.errors import PatientMismatch, SelfMerge
from steckel.index.engine import is_sqlite, writing
from steckel.index.model import SeriesFacts
from steckel.index.rows import patient_columns, study_columns
from steckel.index.schema import patients
from steckel.index.writer import IndexWriter, Ticket
from steckel.query.catalogue import Catalogue
from steckel.ris.department import Department
from steckel.ris.model import EventKind
from steckel.ris.schema import events


def _archive(
    engine: Engine, patient_id: str, name: str, uid: str, born: str = "", more: Any = None
) -> None:
    json: Any = {
        **(more or {}),
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": name}]},
        "00100020": {"vr": "LO", "Value": [patient_id]},
        "0020000D": {"vr": "UI", "Value": [uid]},
    }
    if born:
        json["00100030"] = {"vr": "DA", "Value": [born]}
    entry = Exam(patient_id=patient_id, study=uid, series=f"{uid}.1").instance()
    facts = entry.describe()
    described = SeriesFacts(
        patient={"issuer": "", "patient_id": patient_id, **patient_columns(json)},
        study=study_columns(json),
        series=facts.series,
        modality=facts.modality,
        body_part="",
    )
    writer = IndexWriter(engine)
    ticket = Ticket(entry._replace(describe=lambda: described))
    writer.write([ticket])
    writer.stop()
    ticket.result()


def test_images_of_a_registered_patient_take_the_registered_name(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        department.say_patient(connection, patient("P1", "DOE^JANE", 1, "19700101"))
    _archive(engine, "P1", "Doe^J", "1.2.1", "19700101")
    with engine.connect() as connection:
        row = study(connection, "1.2.1")
        assert name_of(row.json) == "DOE^JANE"
        assert name_of(row.own_json) == "Doe^J"
        assert orjson.loads(row.coercion)["00100010"]["Value"] == [{"Alphabetic": "DOE^JANE"}]
        assert row.patient_name == "doe^jane"
        counts = select(patients.c.issuer, patients.c.studies).where(patients.c.patient_id == "P1")
        assert dict(connection.execute(counts).all()) == {"": 0, "HOSP": 1}  # type: ignore[arg-type]


def test_images_that_say_it_all_are_left_alone(engine: Engine) -> None:
    with writing(engine) as connection:
        Department(engine).say_patient(connection, patient("P1", "DOE^JANE", 1, "19700101"))
    _archive(engine, "P1", "DOE^JANE", "1.2.1", "19700101")
    with engine.connect() as connection:
        row = study(connection, "1.2.1")
        assert row.coercion is None
        assert row.own_json is None


def test_a_registration_that_comes_after_the_images_reaches_them(engine: Engine) -> None:
    _archive(engine, "P1", "Doe^J", "1.2.1", "19700101")
    with writing(engine) as connection:
        Department(engine).say_patient(connection, patient("P1", "DOE^JANE", 1, "19700101"))
    with engine.connect() as connection:
        assert name_of(study(connection, "1.2.1").json) == "DOE^JANE"


def test_images_of_somebody_else_keep_their_own_name(engine: Engine) -> None:
    with writing(engine) as connection:
        Department(engine).say_patient(connection, patient("P1", "DOE^JANE", 1, "19700101"))
    _archive(engine, "P1", "MILLER^PETER", "1.2.1", "19551231")
    with engine.connect() as connection:
        row = study(connection, "1.2.1")
        assert name_of(row.json) == "MILLER^PETER"
        assert row.coercion is None


def test_a_merge_moves_the_studies_and_its_undoing_brings_them_back(engine: Engine) -> None:
    department = Department(engine)
    _archive(engine, "P1", "DOE^JANE", "1.2.1")
    _archive(engine, "P2", "DOE^JANE", "1.2.2")
    with writing(engine) as connection:
        department.say_patient(connection, patient("P2", "DOE^JANE", 1, "19700101"))
        department.merge(connection, merge("P1", "P2", 2))
    with engine.connect() as connection:
        moved = study(connection, "1.2.1")
        assert moved.owner == "P2"
        assert moved.patient_id == "P2"
        others = orjson.loads(moved.json)["00101002"]["Value"]
        assert others == [{"00100020": {"vr": "LO", "Value": ["P1"]}}]
    with writing(engine) as connection:
        department.merge(connection, merge("P1", "", 3))
    with engine.connect() as connection:
        back = study(connection, "1.2.1")
        assert (back.owner, back.patient_id, back.coercion) == ("P1", "P1", None)


def test_who_is_parted_from_a_stranger_stays_with_the_survivor_and_nobody_is_told(
    engine: Engine,
) -> None:
    department = Department(engine)
    _archive(engine, "P1", "DOE^JANE", "1.2.1")
    parting = [
        replace(merge(one, "", 3), apart_from=key(other))
        for one, other in (("P1", "P3"), ("P3", "P1"))
    ]
    with writing(engine) as connection:
        department.merge(connection, merge("P1", "P2", 2))
        for one in parting:
            department.merge(connection, one)
        assert study(connection, "1.2.1").owner == "P2"
        kinds = connection.execute(select(events.c.kind)).scalars().all()
    assert EventKind.PATIENT_UNMERGED not in kinds


def test_two_that_are_parted_are_told_once_with_both_names(engine: Engine) -> None:
    department = Department(engine)
    _archive(engine, "P1", "DOE^JANE", "1.2.1")
    with writing(engine) as connection:
        department.merge(connection, merge("P1", "P2", 2))
        for one, other in (("P2", "P1"), ("P1", "P2")):
            department.merge(connection, replace(merge(one, "", 3), apart_from=key(other)))
        assert study(connection, "1.2.1").owner == "P1"
        told = connection.execute(
            select(events.c.identity, events.c.json).where(
                events.c.kind == EventKind.PATIENT_UNMERGED
            )
        ).all()
    assert [(one.identity, orjson.loads(one.json)) for one in told] == [
        (key("P1").identity, {"survivor": key("P2").identity})
    ]


def test_the_page_of_a_merged_patient_is_that_of_the_survivor(engine: Engine) -> None:
    _archive(engine, "P1", "DOE^JANE", "1.2.1")
    _archive(engine, "P2", "DOE^JANE", "1.2.2")
    with writing(engine) as connection:
        Department(engine).merge(connection, merge("P1", "P2", 2))
        prior = select(patients.c.pk).where(
            patients.c.patient_id == "P1", patients.c.survivor_pk.is_not(None)
        )
        key = str(connection.execute(prior).scalar_one())
    found = Catalogue(engine).patient(key)
    assert found.patient.id == "P2"
    assert {study.study.uid for study in found.studies} == {"1.2.1", "1.2.2"}


def test_other_identifiers_that_images_name_are_kept(engine: Engine) -> None:
    more = {"00101002": {"vr": "SQ", "Value": [{"00100020": {"vr": "LO", "Value": ["X9"]}}]}}
    _archive(engine, "P1", "DOE^JANE", "1.2.1", more=more)
    with writing(engine) as connection:
        Department(engine).merge(connection, merge("P1", "P2", 2))
        others = orjson.loads(study(connection, "1.2.1").coercion)["00101002"]["Value"]
    assert [item["00100020"]["Value"][0] for item in others] == ["X9", "P1"]


def test_images_that_come_after_a_merge_are_the_survivors(engine: Engine) -> None:
    with writing(engine) as connection:
        department = Department(engine)
        department.say_patient(connection, patient("P2", "DOE^JANE", 1))
        department.merge(connection, merge("P1", "P2", 2))
    _archive(engine, "P1", "DOE^JANE", "1.2.1")
    with engine.connect() as connection:
        assert study(connection, "1.2.1").owner == "P2"


def test_the_rest_of_a_study_may_come_under_either_identifier(engine: Engine) -> None:
    with writing(engine) as connection:
        department = Department(engine)
        department.merge(connection, merge("P1", "P2", 2))
    _archive(engine, "P1", "DOE^JANE", "1.2.1")
    _archive(engine, "P1", "DOE^JANE", "1.2.1")
    with pytest.raises(PatientMismatch):
        _archive(engine, "P9", "DOE^JANE", "1.2.1")


def test_a_patient_is_not_merged_into_itself(engine: Engine) -> None:
    with writing(engine) as connection, pytest.raises(SelfMerge):
        Department(engine).merge(connection, merge("P1", "P1", 1))


def test_the_order_of_what_is_said_does_not_matter(index: Index) -> None:
    said = [
        patient("P1", "DOE^JANE", 1),
        patient("P1", "DOE^JANET", 3),
        patient("P2", "SMITH^JANET", 2),
        merge("P1", "P2", 4),
    ]
    states = set()
    for number, order_of_it in enumerate(permutations(said)):
        engine = index.open()
        department = Department(engine)
        suffix = f"-{number}"
        with writing(engine) as connection:
            for one in order_of_it:
                _say(department, connection, one, suffix)
            rows = connection.execute(
                select(patients.c.patient_id, patients.c.name, patients.c.json, patients.c.pk,
                       patients.c.survivor_pk)
                .where(patients.c.patient_id.endswith(suffix))
            ).all()  # fmt: skip
        ids = {row.pk: row.patient_id.removesuffix(suffix) for row in rows}
        states.add(
            frozenset(
                (ids[row.pk], row.name, row.json.replace(suffix, ""), ids.get(row.survivor_pk))
                for row in rows
            )
        )
        engine.dispose()
    assert len(states) == 1, sorted(map(sorted, states), key=str)


def _say(department, connection, one, suffix) -> None:  # noqa: ANN001
    from dataclasses import replace  # noqa: PLC0415

    if hasattr(one, "patient"):
        renamed = key(one.patient.patient_id + suffix)
        department.say_patient(connection, replace(one, patient=renamed))
    else:
        prior, survivor = (key(k.patient_id + suffix) for k in (one.prior, one.survivor))
        department.merge(connection, replace(one, prior=prior, survivor=survivor))


def test_what_is_said_beside_the_matter_makes_a_patient_and_changes_none(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        department.say_patient(connection, patient("P1", "ORDER^NAME", 9, weak=True))
        department.say_patient(connection, patient("P1", "ADT^NAME", 1))
        department.say_patient(connection, patient("P1", "ORDER^OTHER", 10, weak=True))
        row = connection.execute(select(patients).where(patients.c.patient_id == "P1")).one()
    assert name_of(row.json) == "ADT^NAME"


def test_the_worklist_follows_names_and_merges(engine: Engine) -> None:
    department = Department(engine)
    with writing(engine) as connection:
        department.say_patient(connection, patient("P1", "DOE^JANE", 1))
        department.say_order(connection, order("7", "P1", 2))
        department.say_patient(connection, patient("P2", "SMITH^JANE", 3))
        department.merge(connection, merge("P1", "P2", 4))
        assert name_of(worklist(connection)["A7"]) == "SMITH^JANE"
        department.say_patient(connection, patient("P2", "SMITH^JANET", 5))
        assert name_of(worklist(connection)["A7"]) == "SMITH^JANET"
        department.merge(connection, merge("P1", "", 6))
        assert name_of(worklist(connection)["A7"]) == "DOE^JANE"


def test_many_who_say_the_same_new_patient_make_one(index: Index) -> None:
    failures: list[BaseException] = []

    def say() -> None:
        engine = index.open()
        try:
            with writing(engine) as connection:
                Department(engine).say_patient(connection, patient("P1", "DOE^JANE", 1))
        except BaseException as problem:  # noqa: BLE001
            failures.append(problem)
        finally:
            engine.dispose()

    threads = [Thread(target=say) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    engine = index.open()
    with engine.connect() as connection:
        count = select(func.count()).where(patients.c.patient_id == "P1")
        assert connection.execute(count).scalar_one() == 1
    engine.dispose()


def test_merges_at_once_that_share_a_patient_come_to_what_was_said_last(index: Index) -> None:
    engine = index.open()
    with writing(engine) as connection:
        Department(engine).merge(connection, merge("X", "A", 1))

    def say_earlier() -> None:
        other = index.open()
        with writing(other) as connection:
            Department(other).merge(connection, merge("A", "B", 2))
        other.dispose()

    thread = Thread(target=say_earlier)
    with writing(engine) as connection:
        Department(engine).merge(connection, merge("X", "Y", 3))
        thread.start()
        while thread.is_alive() and not _someone_waits(engine):
            pass
    thread.join()
    survivor = patients.alias()
    with engine.connect() as connection:
        found = connection.execute(
            select(survivor.c.patient_id)
            .join(patients, patients.c.survivor_pk == survivor.c.pk)
            .where(patients.c.patient_id == "X")
        )
        assert found.scalar_one() == "Y"
    engine.dispose()


def _someone_waits(engine: Engine) -> bool:
    """Whether a transaction waits for another; on SQLite whoever writes is alone anyway."""
    if is_sqlite(engine):
        return True
    with engine.connect() as connection:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return connection.execute(waiting).scalar_one() > 0
