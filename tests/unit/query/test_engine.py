"""What a query returns: pages, fields, order; on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.databases import DatabaseServer
from tests.unit.query.archived import SR, archive, made

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset
from steckel.errors import InvalidQuery
from steckel.index.engine import open_engine
from steckel.query.engine import QueryEngine
from steckel.query.model import Fields, Key, Level, Order, Query

COUNT = 23


@pytest.fixture(scope="module")
def finder(database_server: DatabaseServer, upgraded_database: str) -> Iterator[QueryEngine]:
    with database_server.database(like=upgraded_database) as url:
        engine = open_engine(url)
        archive(
            engine,
            (
                made(
                    str(n), PatientID=f"P{n % 5}", PatientName=f"Name^{n % 5}",
                    StudyDate=f"202401{n % 3 + 1:02d}", StudyDescription="Same", SeriesNumber=n,
                    InstanceNumber=n, Modality="CT", StudyID="", Rows=n,
                )
                for n in range(COUNT)
            ),
        )  # fmt: skip
        archive(engine, [made("1", "2", PatientID="P1", SOPClassUID=SR, Modality="SR")])
        yield QueryEngine(engine, aet="STECKEL")
        engine.dispose()


def value(dataset: JsonDataset, tag: int) -> Any:
    found = dataset[f"{tag:08X}"].get("Value")
    return found[0] if found else None


def uids(finder: QueryEngine, query: Query) -> list[str]:
    return [value(found, tags.STUDY_INSTANCE_UID) for found in finder.find(query)]


@pytest.mark.parametrize("level", list(Level))
def test_pages_are_disjoint_and_complete(finder: QueryEngine, level: Level) -> None:
    whole = list(finder.find(Query(level=level)))
    paged = [
        found
        for offset in range(0, len(whole) + 4, 4)
        for found in finder.find(Query(level=level, limit=4, offset=offset))
    ]
    assert paged == whole
    assert len(whole) == {Level.PATIENT: 5, Level.STUDY: COUNT}.get(level, COUNT + 1)


def test_an_offset_needs_no_limit(finder: QueryEngine) -> None:
    whole = uids(finder, Query(level=Level.STUDY))
    assert uids(finder, Query(level=Level.STUDY, offset=20)) == whole[20:]
    assert uids(finder, Query(level=Level.STUDY, offset=99)) == []


def test_studies_come_newest_first_unless_told_otherwise(finder: QueryEngine) -> None:
    def dates(query: Query) -> list[str]:
        return [value(found, tags.STUDY_DATE) for found in finder.find(query)]

    newest = dates(Query(level=Level.STUDY))
    assert newest == sorted(newest, reverse=True)
    order = (Order(tag=tags.PATIENT_ID), Order(tag=tags.STUDY_DATE, descending=True))
    found = [
        (value(one, tags.PATIENT_ID), value(one, tags.STUDY_DATE))
        for one in finder.find(Query(level=Level.STUDY, order=order))
    ]
    assert found == sorted(
        sorted(found, key=lambda pair: pair[1], reverse=True), key=lambda p: p[0]
    )


def test_what_cannot_be_sorted_by_is_refused(finder: QueryEngine) -> None:
    with pytest.raises(InvalidQuery, match="sorted"):
        finder.find(Query(level=Level.STUDY, order=(Order(tag=tags.ROWS),)))


def one(finder: QueryEngine, query: Query) -> JsonDataset:
    [found] = finder.find(query)
    return found


STUDY_1 = Key(tag=tags.STUDY_INSTANCE_UID, value="1.2.1")


def test_only_what_is_asked_for_comes_with_the_unique_keys(finder: QueryEngine) -> None:
    asked = Query(
        level=Level.STUDY, keys=(STUDY_1,), fields=frozenset({tags.PATIENT_NAME, 0x00180010})
    )
    assert one(finder, asked) == {
        "00080054": {"vr": "AE", "Value": ["STECKEL"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Name^1"}]},
        "0020000D": {"vr": "UI", "Value": ["1.2.1"]},
    }


def test_default_fields_are_there_even_without_a_value(finder: QueryEngine) -> None:
    found = one(finder, Query(level=Level.STUDY, keys=(STUDY_1,)))
    assert found["00080090"] == {"vr": "PN"}
    assert found["00200010"] == {"vr": "SH"}
    assert found["00080061"] == {"vr": "CS", "Value": ["CT", "SR"]}
    assert found["00201206"]["Value"] == found["00201208"]["Value"] == [2]
    assert "00200011" not in found


def test_fields_are_added_by_name_or_all_at_once(finder: QueryEngine) -> None:
    series = Key(tag=tags.SERIES_INSTANCE_UID, value="1.2.7.1")
    by_name = Query(level=Level.IMAGE, keys=(series,), include=frozenset({0x00080062}))
    assert one(finder, by_name)["00080062"]["Value"]
    everything = one(finder, Query(level=Level.IMAGE, keys=(series,), fields=Fields.ALL))
    assert everything["00280010"] == {"vr": "US", "Value": [7]}
    assert everything["00080056"]["Value"] == ["ONLINE"]
    assert everything["00080018"]["Value"]


def test_levels_bring_what_is_above_them(finder: QueryEngine) -> None:
    series = Key(tag=tags.SERIES_INSTANCE_UID, value="1.2.1.2")
    found = one(finder, Query(level=Level.IMAGE, keys=(series,), fields=Fields.ALL))
    assert value(found, tags.PATIENT_ID) == "P1"
    assert value(found, tags.MODALITY) == "SR"
    assert value(found, tags.NUMBER_OF_SERIES_RELATED_INSTANCES) == 1


def test_a_patient_is_counted_over_all_studies(finder: QueryEngine) -> None:
    patient = Key(tag=tags.PATIENT_ID, value="P1")
    counts = (
        tags.NUMBER_OF_PATIENT_RELATED_STUDIES,
        tags.NUMBER_OF_PATIENT_RELATED_SERIES,
        tags.NUMBER_OF_PATIENT_RELATED_INSTANCES,
    )
    found = one(finder, Query(level=Level.PATIENT, keys=(patient,), fields=Fields.ALL))
    assert [value(found, tag) for tag in counts] == [5, 6, 6]
    asked = Query(level=Level.STUDY, keys=(STUDY_1,), include=frozenset(counts))
    assert [value(one(finder, asked), tag) for tag in counts] == [5, 6, 6]


def test_answers_come_one_after_the_other(finder: QueryEngine) -> None:
    answers = finder.find(Query(level=Level.STUDY))
    assert next(answers)
    assert next(answers)
    answers.close()  # type: ignore[attr-defined]


def test_a_bad_query_fails_at_once_and_not_at_the_first_answer(finder: QueryEngine) -> None:
    with pytest.raises(InvalidQuery):
        finder.find(Query(level=Level.STUDY, keys=(Key(tag=tags.STUDY_DATE, value="x"),)))


def test_a_number_beyond_all_bounds_is_an_invalid_query(finder: QueryEngine) -> None:
    huge = Key(tag=tags.SERIES_NUMBER, value="9" * 30)
    with pytest.raises(InvalidQuery):
        list(finder.find(Query(level=Level.SERIES, keys=(huge,))))
