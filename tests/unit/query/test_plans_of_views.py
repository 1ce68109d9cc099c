"""What is seen is found by indexes too, on both databases."""

from collections.abc import Iterator

import pytest
from bench.generate_index import fill
from sqlalchemy import Engine, text
from tests.databases import DatabaseServer
from tests.unit.query.plans import Recorder

from steckel.index.engine import is_sqlite, open_engine
from steckel.index.view import EVERYTHING, Criteria, View
from steckel.index.visibility import Sight
from steckel.query import catalogue as listing
from steckel.query.catalogue import Catalogue
from steckel.query.catalogue_model import StudyFilter, StudySort, StudySortKey
from steckel.query.engine import QueryEngine
from steckel.query.model import Level, Query

STUDIES = 3000


def _any(**criteria: object) -> View:
    return View(any_of=(Criteria(**criteria),), account="marie")  # type: ignore[arg-type]


VIEWS = {
    "all but confidential": View(anything=True, account="marie"),
    "institution": _any(institutions=("North",)),
    "referring": _any(referring=("house^gregory",)),
    "department": _any(departments=("Neuro",)),
    "modality": _any(modalities=("XA",)),
    "assigned": _any(assigned_to="marie"),
    "de-identified": _any(deidentified=True),
    "named": _any(studies=("1.2.3",)),
    "either": View(any_of=(Criteria(institutions=("North",)), Criteria(assigned_to="marie"))),
}


@pytest.fixture(scope="module")
def large(database_server: DatabaseServer, upgraded_database: str) -> Iterator[Engine]:
    with database_server.database(like=upgraded_database) as url:
        engine = open_engine(url)
        fill(engine, STUDIES)
        if not is_sqlite(engine):
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        yield engine
        engine.dispose()


@pytest.mark.parametrize("near", [1000, 10], ids=["near", "by index"])
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_lists_of_what_is_seen_are_served(
    large: Engine, view: View, near: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_NEAR", near)
    recorder, lists = Recorder(large), Catalogue(large).seen_by(view)
    with recorder.listening():
        for key in (StudySortKey.DATE, StudySortKey.NAME):
            lists.studies(StudyFilter(), StudySort(key=key), 50, None)
            lists.studies(StudyFilter(search="dupont"), StudySort(key=key), 50, None)
        lists.patients("", 50, None)
        list(QueryEngine(large, aet="A").seen_by(view).find(Query(level=Level.STUDY, limit=50)))
        Sight(large).sees(view, "1.2.3")
    scans = recorder.full_scans()
    if not is_sqlite(large):  # which reads an index of so few studies along, rightly
        scans = [scan for scan in scans if scan.startswith("Seq Scan")]
    assert scans == []


def test_who_sees_everything_asks_nothing_more(large: Engine) -> None:
    whole, lists = Recorder(large), Catalogue(large)
    assert lists.seen_by(EVERYTHING) is lists
    with whole.listening():
        lists.studies(StudyFilter(), StudySort(key=StudySortKey.DATE), 50, None)
    assert not any("seen_patients" in statement for statement, _ in whole.asked)


def test_marked_patients_are_found_by_their_index(large: Engine) -> None:
    recorder = Recorder(large)
    with recorder.listening():
        Sight(large).sees(View(anything=True), "1.2.3")
    if not is_sqlite(large):
        pytest.skip("PostgreSQL reads a table of so few pages whole, rightly")
    statement, parameters = next(asked for asked in recorder.asked if "SELECT" in asked[0])
    with large.connect() as connection:
        cursor = connection.connection.cursor()
        plan = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
        cursor.close()
    assert any("ix_patients_confidential" in line[3] for line in plan)
