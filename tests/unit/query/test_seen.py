"""What somebody sees who does not see everything: in every room, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update
from tests.databases import DatabaseServer
from tests.unit.query.archived import archive, made

from steckel.dicom.uids import StudyUid
from steckel.errors import NotFound
from steckel.index.access import assignments, care_relations
from steckel.index.engine import open_engine, writing
from steckel.index.schema import patients
from steckel.index.view import EVERYTHING, NOTHING, Criteria, View
from steckel.index.visibility import Sight
from steckel.query.catalogue import Catalogue
from steckel.query.catalogue_model import StudyFilter, StudySort, StudySortKey
from steckel.query.engine import QueryEngine
from steckel.query.model import Fields, Level, Query
from steckel.retrieve.model import Selection
from steckel.retrieve.plan import Planner
from steckel.security.accounts import Accounts
from steckel.security.passwords import Passwords

#: Studies 1 to 6, each of a patient of its own but 5 and 6.
_STUDIES: dict[str, dict[str, Any]] = {
    "1": {"InstitutionName": "North", "Modality": "CT"},
    "2": {"InstitutionName": "South", "Modality": "CT", "ReferringPhysicianName": "Grey^Anne"},
    "3": {"InstitutionName": "North", "Modality": "MR", "InstitutionalDepartmentName": "Neuro"},
    "4": {"InstitutionName": "South", "Modality": "MR", "PatientIdentityRemoved": "YES"},
    "5": {"InstitutionName": "West", "Modality": "US", "PatientID": "SHY"},
    "6": {"InstitutionName": "North", "Modality": "US", "PatientID": "SHY"},
}
_ALL = frozenset(_STUDIES)


def _any(**criteria: Any) -> View:
    return View(any_of=(Criteria(**criteria),))


#: Views, and the studies that they show. 5 and 6 are of a confidential patient.
_VIEWS: list[tuple[View, set[str]]] = [
    (EVERYTHING, set(_ALL)),
    (NOTHING, set()),
    (View(anything=True), {"1", "2", "3", "4"}),
    (_any(), set()),
    (_any(institutions=("North",)), {"1", "3"}),
    (replace(_any(institutions=("North",)), confidential=True), {"1", "3", "6"}),
    (_any(institutions=("North", "South"), modalities=("CT",)), {"1", "2"}),
    (_any(referring=("grey^anne",)), {"2"}),
    (_any(departments=("Neuro",)), {"3"}),
    (_any(deidentified=True), {"4"}),
    (_any(studies=("1.2.1", "1.2.6")), {"1"}),
    (_any(assigned_to="marie"), {"2"}),
    (View(any_of=(Criteria(modalities=("MR",)), Criteria(studies=("1.2.2",)))), {"2", "3", "4"}),
    # A relation that runs opens the patient, confidential or not; one that has ended does not.
    (View(account="marie"), {"5", "6"}),
    (View(account="paul"), set()),
    (replace(_any(institutions=("South",)), account="marie"), {"2", "4", "5", "6"}),
]
_LONG_AGO, _FAR_AWAY = 1_000, 99_999_999_999_999


@pytest.fixture(scope="module")
def seen_engine(database_server: DatabaseServer, upgraded_database: str) -> Iterator[Engine]:
    with database_server.database(like=upgraded_database) as url:
        engine = open_engine(url)
        archive(engine, (made(study, **values) for study, values in _STUDIES.items()))
        accounts = Accounts(engine, Passwords())
        for name in ("marie", "paul"):
            accounts.add(name, "a-long-password-of-nobody")
        with writing(engine) as connection:
            connection.execute(
                update(patients).where(patients.c.patient_id == "SHY").values(is_confidential=True)
            )
            [shy] = connection.execute(
                select(patients.c.pk).where(patients.c.patient_id == "SHY")
            ).scalars()
            for account, until in (("marie", _FAR_AWAY), ("paul", _LONG_AGO)):
                connection.execute(
                    insert(care_relations).values(
                        account=account, patient_pk=shy, kind="care", until=until
                    )
                )
            connection.execute(insert(assignments).values(account="marie", study_uid="1.2.2"))
        yield engine
        engine.dispose()


seeing = pytest.mark.parametrize(("view", "studies"), _VIEWS)


def _numbers(uids: Any) -> set[str]:
    return {uid.removeprefix("1.2.").partition(".")[0] for uid in uids}


@seeing
@pytest.mark.parametrize("level", [Level.STUDY, Level.SERIES, Level.IMAGE])
def test_queries_find_what_is_seen(
    seen_engine: Engine, view: View, studies: set[str], level: Level
) -> None:
    found = QueryEngine(seen_engine, aet="A").seen_by(view).find(Query(level=level))
    assert _numbers(one["0020000D"]["Value"][0] for one in found) == studies


@seeing
def test_patients_are_found_and_counted_by_what_is_seen(
    seen_engine: Engine, view: View, studies: set[str]
) -> None:
    query = Query(level=Level.PATIENT, fields=Fields.ALL)
    found = {
        one["00100020"]["Value"][0]: one["00201200"]["Value"][0]
        for one in QueryEngine(seen_engine, aet="A").seen_by(view).find(query)
    }
    expected = {f"P{study}": 1 for study in studies if study not in "56"}
    shy = len(studies & {"5", "6"})
    assert found == expected | ({"SHY": shy} if shy else {})


@seeing
@pytest.mark.parametrize(
    "criteria",
    [
        StudyFilter(),
        StudyFilter(search="1.2"),
        StudyFilter(modalities=("CT", "MR", "US")),
        StudyFilter(date_from="20200101"),
    ],
)
def test_lists_and_counts_have_what_is_seen(
    seen_engine: Engine, view: View, studies: set[str], criteria: StudyFilter
) -> None:
    lists = Catalogue(seen_engine).seen_by(view)
    whole = Catalogue(seen_engine)
    sort = StudySort(key=StudySortKey.NAME)

    def listed(one: Catalogue) -> set[str]:
        found, cursor = set(), None
        while True:
            page = one.studies(criteria, sort, 2, cursor)
            found |= _numbers(row.uid for row in page.items)
            if (cursor := page.next_cursor) is None:
                return found

    assert listed(lists) == listed(whole) & studies
    assert lists.count(criteria).count == len(listed(whole) & studies)


@seeing
def test_one_study_or_patient_is_not_there_if_it_is_not_seen(
    seen_engine: Engine, view: View, studies: set[str]
) -> None:
    lists, whole = Catalogue(seen_engine).seen_by(view), Catalogue(seen_engine)
    for number in sorted(_ALL):
        key = whole.study(f"1.2.{number}").study.patient.key
        own = studies & {"5", "6"} if number in "56" else studies & {number}
        if number in studies:
            assert lists.study(f"1.2.{number}").study.uid == f"1.2.{number}"
        else:
            with pytest.raises(NotFound):
                lists.study(f"1.2.{number}")
        if own:
            assert _numbers(one.study.uid for one in lists.patient(key).studies) == own
        else:
            with pytest.raises(NotFound):
                lists.patient(key)
    named = lists.named_studies([f"1.2.{number}" for number in sorted(_ALL)], [])
    assert _numbers(row.uid for row in named) == studies


@seeing
def test_the_list_of_patients_has_those_of_whom_something_is_seen(
    seen_engine: Engine, view: View, studies: set[str]
) -> None:
    page = Catalogue(seen_engine).seen_by(view).patients("", 50, None)
    expected = {f"P{study}" if study not in "56" else "SHY" for study in studies}
    assert {row.id for row in page.items} == expected


@seeing
def test_retrieval_selects_what_is_seen(seen_engine: Engine, view: View, studies: set[str]) -> None:
    planner, sight = Planner(seen_engine), Sight(seen_engine)
    uids = tuple(StudyUid(f"1.2.{number}") for number in sorted(_ALL))
    selection = Selection(study_uids=uids)
    assert _numbers(one.study_uid for one in planner.select(selection, view)) == studies
    assert bool(planner.fingerprint(selection, view)) == bool(studies)
    assert _numbers(sight.seen(view, uids)) == studies
    planner.close()


def test_a_patient_who_was_merged_stays_open_to_those_who_care(
    seen_engine: Engine, database_server: DatabaseServer, upgraded_database: str
) -> None:
    del seen_engine
    with database_server.database(like=upgraded_database) as url:
        engine = open_engine(url)
        archive(engine, [made("1"), made("2")])
        Accounts(engine, Passwords()).add("marie", "a-long-password-of-nobody")
        with writing(engine) as connection:
            keys = list(connection.execute(select(patients.c.pk).order_by(patients.c.pk)).scalars())
            connection.execute(
                insert(care_relations).values(account="marie", patient_pk=keys[0], kind="care")
            )
            connection.execute(
                update(patients).where(patients.c.pk == keys[0]).values(survivor_pk=keys[1])
            )
        assert Sight(engine).sees(View(account="marie"), "1.2.2")
        engine.dispose()
