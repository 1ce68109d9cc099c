"""The lists of the workstation, on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.databases import DatabaseServer
from tests.unit.query.archived import SR, archive, made

from steckel.errors import InvalidQuery, NotFound
from steckel.index.engine import open_engine
from steckel.query import catalogue as listing
from steckel.query.catalogue import Catalogue
from steckel.query.catalogue_model import SeriesKind, StudyFilter, StudySort, StudySortKey

_NAMES = ("Müller^Anna", "Mueller^Zoë", "O'Neil^Tom", "Adams-Weber^Eva", "山田^太郎", "")
_EXAMS = ("CT thorax", "MRI brain", "Röntgen Hand", "CT abdomen low dose", "")
_MODALITIES = ("CT", "MR", "CR", "CT", "OT")
COUNT = 60


def population() -> Iterator[Any]:
    for n in range(COUNT):
        yield made(
            str(n), PatientID=f"PID{n % 12:03d}", PatientName=_NAMES[n % 6], InstanceNumber=1,
            StudyDate="" if n % 7 == 6 else f"2024{n % 12 + 1:02d}{n % 3 + 1:02d}",
            StudyTime="" if n % 5 == 4 else f"{n % 24:02d}0000", Modality=_MODALITIES[n % 5],
            StudyDescription=_EXAMS[n % 5], AccessionNumber="" if n % 11 == 10 else f"ACC{n:04d}",
            SeriesNumber=1,
        )  # fmt: skip
    yield made(
        "0", "2", PatientID="PID000", SOPClassUID=SR, Modality="SR", SeriesNumber=2,
        InstanceNumber=1, SeriesDescription="Report",
    )  # fmt: skip


@pytest.fixture(scope="module")
def filled(database_server: DatabaseServer, upgraded_database: str) -> Iterator[Engine]:
    with database_server.database(like=upgraded_database) as url:
        engine = open_engine(url)
        archive(engine, population())
        yield engine
        engine.dispose()


@pytest.fixture(params=[4000, 5], ids=["near", "by index"])
def catalogue(
    request: pytest.FixtureRequest, filled: Engine, monkeypatch: pytest.MonkeyPatch
) -> Catalogue:
    """The same answers are found among the next rows, and by the indexes."""
    monkeypatch.setattr(listing, "_NEAR", request.param)
    return Catalogue(filled)


def numbers(catalogue: Catalogue, sort: StudySort | None = None, **criteria: Any) -> list[int]:
    """Return the numbers of all studies of a list, read in pages of seven."""
    found: list[int] = []
    cursor = None
    while True:
        page = catalogue.studies(StudyFilter(**criteria), sort or StudySort(), 7, cursor)
        found += [int(row.uid.removeprefix("1.2.")) for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("key", list(StudySortKey))
@pytest.mark.parametrize("descending", [True, False])
def test_each_column_sorts_both_ways_and_pages_hold_every_row_once(
    catalogue: Catalogue, key: StudySortKey, descending: bool
) -> None:
    found = numbers(catalogue, StudySort(key=key, descending=descending))
    assert sorted(found) == list(range(COUNT))
    backwards = numbers(catalogue, StudySort(key=key, descending=not descending))
    assert found == backwards[::-1]


@pytest.mark.parametrize("key", list(StudySortKey))
def test_a_filtered_list_is_the_list_without_the_others(
    catalogue: Catalogue, key: StudySortKey
) -> None:
    sort = StudySort(key=key, descending=False)
    whole = numbers(catalogue, sort)
    for criteria in (
        {"search": "thorax"},
        {"modalities": ("MR", "SR")},
        {"date_from": "20240301", "date_to": "20240631"},
        {"search": "pid00", "date_from": "20240601"},
    ):
        found = numbers(catalogue, sort, **criteria)
        assert found == [number for number in whole if number in set(found)]
        assert 0 < len(found) < COUNT


def test_the_newest_study_is_first_and_one_without_a_date_last(catalogue: Catalogue) -> None:
    page = catalogue.studies(StudyFilter(), StudySort(), COUNT, None)
    dates = [row.date or "" for row in page.items]
    assert dates == sorted(dates, reverse=True)
    assert page.items[-1].date is None
    assert page.next_cursor is None


SEARCHES: list[tuple[dict[str, Any], set[int]]] = [
    ({"search": "thorax"}, {n for n in range(COUNT) if n % 5 == 0}),
    ({"search": "horax"}, {n for n in range(COUNT) if n % 5 == 0}),
    ({"search": "rontgen"}, {n for n in range(COUNT) if n % 5 == 2}),
    ({"search": "RÖNTGEN hand"}, {n for n in range(COUNT) if n % 5 == 2}),
    ({"search": "muller"}, {n for n in range(COUNT) if n % 6 == 0}),
    ({"search": "Anna Müll"}, {n for n in range(COUNT) if n % 6 == 0}),
    ({"search": "m"}, {n for n in range(COUNT) if n % 6 in (0, 1) or n % 5 == 1}),
    ({"search": "mu"}, {n for n in range(COUNT) if n % 6 in (0, 1)}),
    ({"search": "mu zo"}, {n for n in range(COUNT) if n % 6 == 1}),
    ({"search": "to"}, {n for n in range(COUNT) if n % 6 == 2}),
    ({"search": "o'neil"}, {n for n in range(COUNT) if n % 6 == 2}),
    ({"search": "o'"}, {n for n in range(COUNT) if n % 6 == 2}),
    ({"search": "weber"}, {n for n in range(COUNT) if n % 6 == 3}),
    ({"search": "山田"}, {n for n in range(COUNT) if n % 6 == 4}),
    ({"search": "郎"}, {n for n in range(COUNT) if n % 6 == 4}),
    ({"search": "acc0042"}, {42}),
    ({"search": "0042"}, {42}),
    ({"search": "pid003 brain"}, {n for n in range(COUNT) if n % 12 == 3 and n % 5 == 1}),
    ({"search": "zq"}, set()),
    ({"search": "nobody"}, set()),
    ({"search": '"'}, set()),
    ({"search": '"thorax" OR'}, set()),
    ({"search": "%"}, set()),
    ({"search": "_"}, set()),
    ({"search": "*"}, set(range(COUNT))),
    ({"search": "  "}, set(range(COUNT))),
    ({"search": "thor*"}, {n for n in range(COUNT) if n % 5 == 0}),
    ({"patient_name": "weber eva"}, {n for n in range(COUNT) if n % 6 == 3}),
    ({"patient_name": "thorax"}, set()),
    ({"patient_name": "eber"}, set()),
    ({"patient_id": "PID00"}, {n for n in range(COUNT) if n % 12 < 10}),
    ({"patient_id": "pid011"}, {n for n in range(COUNT) if n % 12 == 11}),
    ({"patient_id": "ID0"}, set()),
    ({"accession": "acc000"}, set(range(10))),
    ({"description": "dose"}, {n for n in range(COUNT) if n % 5 == 3}),
    ({"modalities": ("MR",)}, {n for n in range(COUNT) if n % 5 == 1}),
    ({"modalities": ("SR", "CR")}, {0} | {n for n in range(COUNT) if n % 5 == 2}),
    ({"modalities": ("XX",)}, set()),
    ({"modalities": ("C",)}, set()),
    ({"date_from": "20241201"}, {n for n in range(COUNT) if n % 12 == 11 and n % 7 != 6}),
    (
        {"date_to": "20240102"},
        {n for n in range(COUNT) if n % 12 == 0 and n % 3 < 2 and n % 7 != 6},
    ),
    ({"date_from": "20240500", "date_to": "20240400"}, set()),
    ({"search": "thorax", "modalities": ("MR",)}, set()),
    ({"patient": "nonsense"}, set()),
]


@pytest.mark.parametrize(("criteria", "expected"), SEARCHES, ids=lambda value: str(value)[:40])
def test_what_is_typed_is_found(
    catalogue: Catalogue, criteria: dict[str, Any], expected: set[int]
) -> None:
    by_name = StudySort(key=StudySortKey.NAME, descending=False)
    for sort in (StudySort(), by_name):
        found = numbers(catalogue, sort, **criteria)
        assert set(found) == expected
        assert len(found) == len(expected)
    counted = catalogue.count(StudyFilter(**criteria))
    assert (counted.count, counted.exact) == (len(expected), True)


def test_counting_stops_at_a_limit(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNT_LIMIT", 20)
    counted = catalogue.count(StudyFilter())
    assert (counted.count, counted.exact) == (20, False)


def test_a_row_says_what_the_study_holds(catalogue: Catalogue) -> None:
    detail = catalogue.study("1.2.0")
    row = detail.study
    assert row.patient.name.alphabetic == "Müller^Anna"
    assert (row.patient.id, row.patient.birth_date) == ("PID000", None)
    assert (row.date, row.time, row.description) == ("20240101", "000000", "CT thorax")
    assert (row.modalities, row.series, row.instances) == (("CT", "SR"), 2, 2)
    assert row.has_report
    assert [one.kind for one in detail.series] == [SeriesKind.IMAGE, SeriesKind.REPORT]
    assert [one.number for one in detail.series] == [1, 2]
    with pytest.raises(NotFound):
        catalogue.study("9.9")


def test_a_patient_s_page_has_all_studies_newest_first(catalogue: Catalogue) -> None:
    key = catalogue.study("1.2.7").study.patient.key
    page = catalogue.patient(key)
    assert (page.patient.id, page.patient.studies) == ("PID007", 5)
    assert {one.study.uid for one in page.studies} == {f"1.2.{n}" for n in range(7, COUNT, 12)}
    moments = [(one.study.date or "", one.study.time or "") for one in page.studies]
    assert moments == sorted(moments, reverse=True)
    assert all(len(one.series) == 1 for one in page.studies)
    assert set(numbers(catalogue, patient=key)) == set(range(7, COUNT, 12))
    for wrong in ("0", "x", "99999999"):
        with pytest.raises(NotFound):
            catalogue.patient(wrong)


def test_patients_are_listed_by_name_each_once(catalogue: Catalogue) -> None:
    def listed(search: str) -> list[str]:
        found: list[str] = []
        cursor = None
        while True:
            page = catalogue.patients(search, 4, cursor)
            found += [row.id for row in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return found

    assert sorted(listed("")) == [f"PID{n:03d}" for n in range(12)]
    assert sorted(listed("muller")) == ["PID000", "PID006"]
    assert listed("acc0042") == ["PID006"]
    assert listed("nobody") == []
    assert len(listed("pid0")) == 12


@pytest.mark.parametrize("cursor", ["!", "e30", "WzFd", "WyJhIiwgImIiLCBudWxsXQ"])
def test_a_cursor_of_another_list_is_refused(catalogue: Catalogue, cursor: str) -> None:
    with pytest.raises(InvalidQuery):
        catalogue.studies(StudyFilter(), StudySort(), 10, cursor)


@pytest.mark.parametrize("key", list(StudySortKey))
def test_rows_are_walked_exactly_once_also_while_others_arrive(
    engine: Engine, key: StudySortKey
) -> None:
    archive(engine, population())
    catalogue = Catalogue(engine)
    sort = StudySort(key=key, descending=False)
    walked: list[str] = []
    cursor = None
    for arriving in range(100, 200):
        page = catalogue.studies(StudyFilter(), sort, 7, cursor)
        walked += [row.uid for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
        archive(
            engine,
            [made(f"{arriving}", PatientName="Bell^X", StudyDate="20240105", Modality="CT")],
        )
    assert len(walked) == len(set(walked))
    assert {f"1.2.{n}" for n in range(COUNT)} <= set(walked)


def test_studies_are_found_by_uid_or_accession_number(filled: Engine) -> None:
    catalogue = Catalogue(filled)
    assert [row.uid for row in catalogue.named_studies(["1.2.4", "1.2.9999"], [])] == ["1.2.4"]
    assert [row.uid for row in catalogue.named_studies([], ["ACC0004", "ACC00"])] == ["1.2.4"]
    both = catalogue.named_studies([], ["ACC0004", "ACC0005"])
    assert [row.date for row in both] == sorted((row.date for row in both), reverse=True)  # type: ignore[type-var]
    assert list(catalogue.named_studies([], [])) == []
