"""Each list and each usual query is served by an index, on both databases."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bench.generate_index import fill
from sqlalchemy import Engine, select, text
from tests.databases import DatabaseServer
from tests.unit.query.plans import Recorder

from steckel.dicom import dictionary
from steckel.index.engine import is_sqlite, open_engine
from steckel.index.schema import studies
from steckel.query import catalogue as listing
from steckel.query.catalogue import Catalogue
from steckel.query.catalogue_model import StudyFilter, StudySort, StudySortKey
from steckel.query.engine import QueryEngine
from steckel.query.model import Key, Level, Query

STUDIES = 3000


@pytest.fixture(scope="module")
def large(database_server: DatabaseServer, upgraded_database: str) -> Iterator[Engine]:
    with database_server.database(like=upgraded_database) as url:
        engine = open_engine(url)
        fill(engine, STUDIES, instances=True)
        if not is_sqlite(engine):  # which does so by itself, while SQLite knows no statistics
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        yield engine
        engine.dispose()


@pytest.fixture
def recorder(large: Engine) -> Recorder:
    return Recorder(large)


FILTERS: list[dict[str, Any]] = [
    {"search": "dupont"},
    {"search": "d"},
    {"search": "du ma"},
    {"search": "dupont thorax"},
    {"patient_name": "dupont"},
    {"patient_name": "zq"},
    {"patient_id": "PID00000"},
    {"accession": "A0000"},
    {"description": "thorax"},
    {"modalities": ("CT",)},
    {"modalities": ("MR", "US")},
    {"date_from": "20200101", "date_to": "20200131"},
    {"date_to": "20160201"},
    {"search": "dupont", "modalities": ("CT",), "date_from": "20200101"},
    {"patient": "1"},
]
SORTS = [StudySort(key=key, descending=way) for key in StudySortKey for way in (True, False)]


@pytest.mark.parametrize("sort", SORTS, ids=str)
def test_the_list_is_read_along_its_order(
    large: Engine, recorder: Recorder, sort: StudySort
) -> None:
    catalogue = Catalogue(large)
    with recorder.listening():
        page = catalogue.studies(StudyFilter(), sort, 50, None)
        catalogue.studies(StudyFilter(), sort, 50, page.next_cursor)
    assert recorder.full_scans() == []


@pytest.mark.parametrize("near", [1000, 10], ids=["near", "by index"])
@pytest.mark.parametrize("criteria", FILTERS, ids=str)
def test_filtered_lists_are_served(
    large: Engine,
    recorder: Recorder,
    criteria: dict[str, Any],
    near: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "_NEAR", near)
    catalogue = Catalogue(large)
    with recorder.listening():
        for key in StudySortKey:
            catalogue.studies(StudyFilter(**criteria), StudySort(key=key), 50, None)
        catalogue.count(StudyFilter(**criteria))
    assert recorder.full_scans() == []


def test_pages_of_a_study_a_patient_and_patients_are_served(
    large: Engine, recorder: Recorder
) -> None:
    catalogue = Catalogue(large)
    with large.connect() as connection:
        uid = connection.execute(select(studies.c.uid).limit(1)).scalar_one()
    with recorder.listening():
        key = catalogue.study(uid).study.patient.key
        catalogue.patient(key)
        first = catalogue.patients("", 50, None)
        catalogue.patients("", 50, first.next_cursor)
        catalogue.patients("dupont", 50, None)
        catalogue.count(StudyFilter())
    assert recorder.full_scans() == []


USUAL: list[tuple[Level, dict[str, str]]] = [
    (Level.PATIENT, {"PatientID": "PID0000010"}),
    (Level.PATIENT, {"PatientID": "PID00001*"}),
    (Level.PATIENT, {"PatientName": "DUPONT-ROUX^MARIE"}),
    (Level.PATIENT, {"PatientName": "DUPONT*"}),
    (Level.PATIENT, {"PatientBirthDate": "19610304"}),
    (Level.PATIENT, {"StudyInstanceUID": "1.2.3"}),
    (Level.PATIENT, {"SeriesInstanceUID": "1.2.3"}),
    (Level.PATIENT, {"SOPInstanceUID": "1.2.3"}),
    (Level.PATIENT, {"StudyDate": "20210301"}),
    (Level.STUDY, {"StudyInstanceUID": "1.2.3"}),
    (Level.STUDY, {"StudyInstanceUID": "1.2.3\\1.2.4"}),
    (Level.STUDY, {"PatientID": "PID0000010"}),
    (Level.STUDY, {"PatientID": "PID00001*"}),
    (Level.STUDY, {"PatientID": "*00010"}),
    (Level.STUDY, {"PatientName": "DUPONT-ROUX^MARIE"}),
    (Level.STUDY, {"PatientName": "DUPONT*"}),
    (Level.STUDY, {"PatientName": "*DUPONT*"}),
    (Level.STUDY, {"PatientBirthDate": "19610304"}),
    (Level.STUDY, {"AccessionNumber": "A00000010"}),
    (Level.STUDY, {"AccessionNumber": "A000*"}),
    (Level.STUDY, {"StudyID": "10"}),
    (Level.STUDY, {"StudyDate": "20210301"}),
    (Level.STUDY, {"StudyDate": "20210301-20210307"}),
    (Level.STUDY, {"StudyDate": "20210301-", "ModalitiesInStudy": "CT"}),
    (Level.STUDY, {"StudyDate": "20210301", "StudyTime": "0800-0900"}),
    (Level.STUDY, {"ModalitiesInStudy": "XA"}),
    (Level.STUDY, {"StudyDescription": "CT head*"}),
    (Level.STUDY, {"StudyDescription": "*abdomen*"}),
    (Level.STUDY, {"ReferringPhysicianName": "HOUSE^GREGORY"}),
    (Level.STUDY, {"ReferringPhysicianName": "HOUSE*"}),
    (Level.STUDY, {"SeriesInstanceUID": "1.2.3"}),
    (Level.STUDY, {"SOPInstanceUID": "1.2.3"}),
    (Level.STUDY, {"StudyDate": "20210301", "StationName": "CT1"}),
    (Level.SERIES, {"StudyInstanceUID": "1.2.3"}),
    (Level.SERIES, {"StudyInstanceUID": "1.2.3", "Modality": "CT"}),
    (Level.SERIES, {"SeriesInstanceUID": "1.2.3"}),
    (Level.SERIES, {"PatientID": "PID0000010"}),
    (Level.SERIES, {"AccessionNumber": "A00000010"}),
    (Level.SERIES, {"SOPInstanceUID": "1.2.3"}),
    (Level.IMAGE, {"StudyInstanceUID": "1.2.3"}),
    (Level.IMAGE, {"StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "1.2.3.1"}),
    (Level.IMAGE, {"SeriesInstanceUID": "1.2.3.1"}),
    (Level.IMAGE, {"SOPInstanceUID": "1.2.3.1.1"}),
    (Level.IMAGE, {"SeriesInstanceUID": "1.2.3.1", "InstanceNumber": "1"}),
]


def _query(level: Level, values: dict[str, str], **more: Any) -> Query:
    keys = [
        Key(tag=dictionary.tag_of(keyword) or 0, value=value) for keyword, value in values.items()
    ]
    return Query(level=level, keys=tuple(keys), **more)


@pytest.mark.parametrize(("level", "values"), USUAL, ids=str)
def test_usual_keys_are_served(
    large: Engine, recorder: Recorder, level: Level, values: dict[str, str]
) -> None:
    finder = QueryEngine(large, aet="STECKEL")
    with recorder.listening():
        list(finder.find(_query(level, values)))
        list(finder.find(_query(level, values, limit=20)))
    assert recorder.full_scans() == []


@pytest.mark.parametrize("level", list(Level))
def test_a_first_page_without_keys_is_read_along_the_order(
    large: Engine, recorder: Recorder, level: Level
) -> None:
    finder = QueryEngine(large, aet="STECKEL")
    with recorder.listening():
        list(finder.find(_query(level, {}, limit=20)))
    assert recorder.full_scans() == []


def test_ranges_of_moments_are_served(large: Engine, recorder: Recorder) -> None:
    finder = QueryEngine(large, aet="STECKEL")
    values = {"StudyDate": "20240101-20240102", "StudyTime": "1200-0800"}
    with recorder.listening():
        list(finder.find(_query(Level.STUDY, values, combined=True)))
        list(finder.find(_query(Level.PATIENT, values, combined=True)))
    assert recorder.full_scans() == []


def test_fuzzy_names_are_served(large: Engine, recorder: Recorder) -> None:
    finder = QueryEngine(large, aet="STECKEL")
    with recorder.listening():
        list(finder.find(_query(Level.STUDY, {"PatientName": "marie dup"}, fuzzy=True)))
    assert recorder.full_scans() == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda connection: connection.execute(select(studies.c.uid)).all(),
        lambda connection: connection.execute(
            select(studies.c.uid).where(studies.c.body_parts == "x")
        ).all(),
        lambda connection: connection.execute(
            select(studies.c.uid).order_by(studies.c.body_parts).limit(5)
        ).all(),
    ],
)
def test_what_no_index_serves_is_seen(
    large: Engine, recorder: Recorder, ask: Callable[[Any], object]
) -> None:
    """A gate that cannot fail is worse than none."""
    with recorder.listening(), large.connect() as connection:
        ask(connection)
    assert recorder.full_scans()


def test_studies_are_found_by_their_names(large: Engine, recorder: Recorder) -> None:
    with large.connect() as connection:
        row = connection.execute(select(studies.c.uid, studies.c.accession).limit(1)).one()
    catalogue = Catalogue(large)
    with recorder.listening():
        for uids, numbers in (([row.uid, "9.9"], []), ([], [row.accession, "none"])):
            assert row.uid in {found.uid for found in catalogue.named_studies(uids, numbers)}
    assert recorder.full_scans() == []
