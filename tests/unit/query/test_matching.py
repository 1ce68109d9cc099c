"""Each kind of matching of PS3.4 C.2.2.2, at every level, on both databases."""

from collections.abc import Iterator

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from sqlalchemy import Engine
from tests.databases import DatabaseServer
from tests.unit.query.archived import CT, SR, archive, made

from steckel.dicom import dictionary
from steckel.errors import InvalidQuery
from steckel.index.engine import open_engine
from steckel.query.engine import QueryEngine
from steckel.query.model import Key, Level, Query


def code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodeMeaning, item.CodingSchemeDesignator = value, meaning, "99T"
    return item


def population() -> Iterator[Dataset]:
    """Yield objects of seven studies; study 1 has two series."""
    first = {
        "PatientID": "A-001", "PatientName": "Müller-Lüdenscheidt^Jean Paul^^Dr.",
        "PatientBirthDate": "19610304", "PatientSex": "M", "StudyDate": "20240110",
        "StudyTime": "081500", "AccessionNumber": "ACC1", "StudyID": "S[1]",
        "StudyDescription": "CT Thorax 50%_low", "ReferringPhysicianName": "House^Gregory",
        "InstitutionName": "Clinic",
        "ProcedureCodeSequence": Sequence([code("T1", "Thorax"), code("A1", "Abdomen")]),
    }  # fmt: skip
    yield made(
        "1", "1", **first, Modality="CT", SeriesNumber=1, InstanceNumber=1,
        SeriesDescription="Axial", BodyPartExamined="CHEST", StationName="SCANNER1",
        SeriesDate="20240110", SeriesTime="0820", Rows=512,
        AcquisitionDateTime="20240110081500.250000+0100", AcquisitionDate="20240110",
        AcquisitionTime="081500",
    )  # fmt: skip
    yield made("1", "1", **first, Modality="CT", SeriesNumber=1, InstanceNumber=2, Rows=256)
    yield made(
        "1", "2", **first, Modality="SR", SeriesNumber=99, InstanceNumber=1, SOPClassUID=SR,
        SeriesDescription="Report",
    )  # fmt: skip
    yield made(
        "2", PatientID="A-001", PatientName="MULLER-LUDENSCHEIDT^JEAN PAUL^^DR.",
        PatientBirthDate="19610304", PatientSex="M", StudyDate="20240210", StudyTime="081559.5",
        AccessionNumber="ACC2", Modality="MR", StudyDescription="MRI brain", InstanceNumber=1,
    )  # fmt: skip
    yield made(
        "3", PatientID="B", PatientName="Yamada^Tarou=山田^太郎=やまだ^たろう",
        StudyDate="20240210", StudyTime="09", PatientBirthDate="19700101", Modality="MR",
        AccessionNumber="ACC10",
    )  # fmt: skip
    yield made(
        "4", PatientID="a-001", PatientName="Adams^Anna", StudyDate="20231231",
        StudyTime="235959", Modality="CT", PatientSex="F",
    )  # fmt: skip
    yield made("5", PatientID="", PatientName="", StudyDate="", Modality="OT")
    yield made("6", PatientID="", PatientName="Adamson^A", Modality="PT")
    yield made(
        "7", PatientID="X*Y?", PatientName="Ἀθηνᾶ^Παλλάς", Modality="US", StudyDate="20240111",
        StudyTime="000000",
    )  # fmt: skip


@pytest.fixture(scope="module")
def finder(database_server: DatabaseServer, upgraded_database: str) -> Iterator[QueryEngine]:
    with database_server.database(like=upgraded_database) as url:
        engine: Engine = open_engine(url)
        archive(engine, population())
        yield QueryEngine(engine, aet="STECKEL")
        engine.dispose()


def key(keyword: str, value: str) -> Key:
    tag = dictionary.tag_of(keyword)
    assert tag is not None
    return Key(tag=tag, value=value)


_SHOWN = {
    Level.PATIENT: "00100020",
    Level.STUDY: "0020000D",
    Level.SERIES: "0020000E",
    Level.IMAGE: "00080018",
}


def find(
    finder: QueryEngine, level: Level, *keys: Key, fuzzy: bool = False, combined: bool = False
) -> list[str]:
    """Return what was found, sorted: patient IDs, or UIDs without their root."""
    answers = finder.find(Query(level=level, keys=keys, fuzzy=fuzzy, combined=combined))
    found = [(answer[_SHOWN[level]].get("Value") or [""])[0] for answer in answers]
    return sorted(value.removeprefix("1.2.") for value in found)


STUDIES = [
    # single value (C.2.2.2.1): case and spaces count, but in names
    ("PatientID", "A-001", "1 2"),
    ("PatientID", "a-001", "4"),
    ("PatientID", " A-001 ", "1 2"),
    ("PatientID", "A-00", ""),
    ("AccessionNumber", "ACC1", "1"),
    ("StudyID", "S[1]", "1"),
    ("StudyDescription", "CT Thorax 50%_low", "1"),
    ("StudyDescription", "ct thorax 50%_low", ""),
    ("InstitutionName", "Clinic", "1"),
    # names, whatever their case and accents (C.2.2.2.1 allows it)
    ("PatientName", "müller-lüdenscheidt^jean paul^^dr.", "1 2"),
    ("PatientName", "MULLER-LUDENSCHEIDT^JEAN PAUL^^DR.", "1 2"),
    ("PatientName", "Muller-Ludenscheidt^Jean Paul", ""),
    ("PatientName", "Muller-Ludenscheidt^Jean Paul*", "1 2"),
    ("PatientName", "Adams^Anna^^^", "4"),
    ("PatientName", "ADAMS*", "4 6"),
    ("PatientName", "Adams^*", "4"),
    ("PatientName", "*anna*", "4"),
    ("PatientName", "*lüdens*", "1 2"),
    ("PatientName", "Yamada^Tarou", "3"),
    ("PatientName", "山田^太郎", "3"),
    ("PatientName", "山田*", "3"),
    ("PatientName", "*太郎", "3"),
    ("PatientName", "やまだ^たろう", "3"),
    ("PatientName", "Yamada^Tarou=山田^太郎=やまだ^たろう", "3"),
    ("PatientName", "Yamada^Tarou=山田^太郎", "3"),
    ("PatientName", "Yamada*=山田*", "3"),
    ("PatientName", "=山田^太郎", "3"),
    ("PatientName", "==やまだ*", "3"),
    ("PatientName", "=渡辺*", ""),
    ("PatientName", "αθηνα*", "7"),
    ("ReferringPhysicianName", "HOUSE^GREGORY", "1"),
    ("ReferringPhysicianName", "*greg*", "1"),
    # list of UID (C.2.2.2.2)
    ("StudyInstanceUID", "1.2.3", "3"),
    ("StudyInstanceUID", "1.2.1\\1.2.3\\9.9", "1 3"),
    ("StudyInstanceUID", "1.2.*", ""),
    ("SOPClassesInStudy", SR, "1"),
    ("SOPClassesInStudy", f"{SR}\\{CT}", "1 2 3 4 5 6 7"),
    # universal (C.2.2.2.3)
    ("PatientID", "", "1 2 3 4 5 6 7"),
    ("PatientID", "*", "1 2 3 4 5 6 7"),
    ("PatientName", "**", "1 2 3 4 5 6 7"),
    ("StudyDate", "", "1 2 3 4 5 6 7"),
    ("ModalitiesInStudy", "", "1 2 3 4 5 6 7"),
    ("ModalitiesInStudy", "*", "1 2 3 4 5 6 7"),
    # wildcard (C.2.2.2.4)
    ("PatientID", "A*", "1 2"),
    ("PatientID", "?-001", "1 2 4"),
    ("PatientID", "*0*1", "1 2 4"),
    ("PatientID", "X*Y*", "7"),
    ("AccessionNumber", "ACC?", "1 2"),
    ("AccessionNumber", "ACC1*", "1 3"),
    ("StudyDescription", "*50%_*", "1"),
    ("StudyDescription", "*5_%*", ""),
    ("StudyDescription", "*brain", "2"),
    ("StudyDescription", "*brain\\*horax*", "1 2"),
    ("PatientName", "*aul^^dr*", "1 2"),
    ("PatientName", "?dams^?nna", "4"),
    ("AccessionNumber", "?CC1", "1"),
    ("StudyDescription", "*Brain", ""),
    ("StudyID", "S[*", "1"),
    ("StudyID", "[A-Z]*", ""),
    # range (C.2.2.2.5)
    ("StudyDate", "20240210", "2 3"),
    ("StudyDate", "2024.02.10", "2 3"),
    ("StudyDate", "20240111-20240210", "2 3 7"),
    ("StudyDate", "20240111-", "2 3 7"),
    ("StudyDate", "-20231231", "4"),
    ("StudyDate", "20240112-20240111", ""),
    ("StudyDate", "202401", "1 7"),
    ("StudyDate", "2024-", "1 2 3 7"),
    ("StudyDate", "-2023", "4"),
    ("StudyTime", "081500", "1"),
    ("StudyTime", "0815", "1 2"),
    ("StudyTime", "08:15:00", "1"),
    ("StudyTime", "081500-0900", "1 2 3"),
    ("StudyTime", "09-", "3 4"),
    ("StudyTime", "-081500", "1 7"),
    ("StudyTime", "09", "3"),
    ("PatientBirthDate", "19610304", "1 2"),
    ("PatientBirthDate", "19600101-19651231", "1 2"),
    # attributes of the patient and of many values
    ("PatientSex", "F", "4"),
    ("ModalitiesInStudy", "CT", "1 4"),
    ("ModalitiesInStudy", "SR\\PT", "1 6"),
    ("ModalitiesInStudy", "S*", "1"),
    ("ModalitiesInStudy", "?T", "1 4 5 6"),
    ("ModalitiesInStudy", "C", ""),
    ("BodyPartExamined", "CHEST", "1"),
    ("NumberOfStudyRelatedInstances", "3", "1"),
    # of levels below (relational, C.4.1.2.2.1)
    ("SeriesInstanceUID", "1.2.1.2", "1"),
    ("SeriesDescription", "Report", "1"),
    ("StationName", "SCANNER*", "1"),
    ("Modality", "SR", "1"),
    ("SOPClassUID", SR, "1"),
    ("Rows", "256", "1"),
    # date and time in one (C.2.2.2.5), by what the clock showed
    ("AcquisitionDateTime", "20240110", "1"),
    ("AcquisitionDateTime", "20240110081500.25", "1"),
    ("AcquisitionDateTime", "20240110081500.250000+0200", "1"),
    ("AcquisitionDateTime", "20240110081501", ""),
    ("AcquisitionDateTime", "20240110-20240110081500", "1"),
    ("AcquisitionDateTime", "202401100815+0100-202401100816+0100", "1"),
    ("AcquisitionDateTime", "2023-2024", "1"),
    ("AcquisitionDateTime", "-2024-0100", "1"),
    ("AcquisitionDateTime", "-20240110081459", ""),
    ("AcquisitionDateTime", "20240110081501-", ""),
    ("AcquisitionDateTime", "-20241231", "1"),
    # held, without a column of its own
    ("ProcedureCodeSequence", "", "1 2 3 4 5 6 7"),
]


@pytest.mark.parametrize(("keyword", "value", "expected"), STUDIES)
def test_studies_are_found_by(finder: QueryEngine, keyword: str, value: str, expected: str) -> None:
    assert find(finder, Level.STUDY, key(keyword, value)) == expected.split()


@pytest.mark.parametrize(
    ("date", "time", "expected"),
    [
        ("20240110-20240210", "081500-081559", "1 2"),
        ("20231231-20240110", "2300-", "4"),
        ("20240210", "-0859", "2"),
    ],
)
def test_date_and_time_are_matched_each_for_itself(
    finder: QueryEngine, date: str, time: str, expected: str
) -> None:
    """Without combined matching, which is negotiated, they are two keys (C.2.2.2.5.1)."""
    keys = key("StudyDate", date), key("StudyTime", time)
    assert find(finder, Level.STUDY, *keys) == expected.split()


@pytest.mark.parametrize(
    ("date", "time", "expected"),
    [
        ("20240110-20240210", "081500-081559", "1 2 7"),
        ("20240110-20240210", "081501-081559", "2 7"),
        ("20240110-20240210", "0815-08", "1 2 7"),
        ("20240110-20240210", "0815-0814", "1 7"),
        ("20231231-20240110", "2300-08", "1 4"),
        ("20240110-", "0816-", "2 3 7"),
        ("-20240110", "-0814", "4"),
        ("-20240110", "-0815", "1 4"),
        ("20240111-", "-", "2 3 7"),
        # without a day an end of the times has no meaning: each for itself
        ("20240110-", "0815-0816", "1 2"),
        ("202401-202402", "0815-0816", "1 2"),
        ("20240210", "-0859", "2"),
    ],
)
def test_ranges_of_date_and_time_are_one_where_that_is_agreed(
    finder: QueryEngine, date: str, time: str, expected: str
) -> None:
    keys = key("StudyTime", time), key("StudyDate", date)
    assert find(finder, Level.STUDY, *keys, combined=True) == expected.split()


def test_ranges_of_moments_are_of_any_level_and_need_no_column(finder: QueryEngine) -> None:
    for keywords, ends in (
        (("SeriesDate", "SeriesTime"), "0821-0819"),
        (("AcquisitionDate", "AcquisitionTime"), "0816-0814"),
    ):
        for first, last, expected in (
            ("20240109", "20240111", ["1"]),
            ("20240110", "20240111", []),
            ("20240109", "20240110", []),
        ):
            date, time = zip(keywords, (f"{first}-{last}", ends), strict=True)
            assert find(finder, Level.STUDY, key(*date), key(*time), combined=True) == expected
    keys = key("StudyDate", "20240101-20240102"), key("StudyTime", "8-9")
    with pytest.raises(InvalidQuery):
        find(finder, Level.STUDY, *keys, combined=True)


@pytest.mark.parametrize("value", ["x", "2024011", "20240110-x", "2024*", "20240110+2000"])
def test_what_is_no_date_and_time_is_refused(finder: QueryEngine, value: str) -> None:
    with pytest.raises(InvalidQuery):
        find(finder, Level.IMAGE, key("AcquisitionDateTime", value))


@pytest.mark.parametrize(
    ("level", "keyword", "value", "expected"),
    [
        (Level.PATIENT, "PatientID", "A-001", "A-001"),
        (Level.PATIENT, "PatientID", "", "  A-001 B X*Y? a-001"),
        (Level.PATIENT, "PatientName", "yamada*", "B"),
        (Level.PATIENT, "PatientName", "*太郎", "B"),
        (Level.PATIENT, "PatientSex", "M", "A-001"),
        (Level.PATIENT, "PatientBirthDate", "-19651231", "A-001"),
        (Level.PATIENT, "StudyInstanceUID", "1.2.3", "B"),
        (Level.PATIENT, "StudyDate", "20240201-", "A-001 B"),
        (Level.PATIENT, "ModalitiesInStudy", "MR", "A-001 B"),
        (Level.PATIENT, "SeriesInstanceUID", "1.2.1.2", "A-001"),
        (Level.PATIENT, "SOPInstanceUID", "9.9", ""),
        (Level.SERIES, "StudyInstanceUID", "1.2.1", "1.1 1.2"),
        (Level.SERIES, "SeriesInstanceUID", "1.2.1.2\\1.2.2.1", "1.2 2.1"),
        (Level.SERIES, "Modality", "CT", "1.1 4.1"),
        (Level.SERIES, "Modality", "CT\\SR", "1.1 1.2 4.1"),
        (Level.SERIES, "SeriesNumber", "99", "1.2"),
        (Level.SERIES, "SeriesNumber", "1\\99", "1.1 1.2"),
        (Level.SERIES, "SeriesDescription", "*xi*", "1.1"),
        (Level.SERIES, "SeriesDate", "20240110", "1.1"),
        (Level.SERIES, "NumberOfSeriesRelatedInstances", "2", "1.1"),
        (Level.SERIES, "PatientID", "A-001", "1.1 1.2 2.1"),
        (Level.SERIES, "PatientName", "adams*", "4.1 6.1"),
        (Level.SERIES, "StudyDate", "20240210", "2.1 3.1"),
        (Level.SERIES, "ModalitiesInStudy", "SR", "1.1 1.2"),
        (Level.SERIES, "Rows", "256", "1.1"),
        (Level.SERIES, "SOPClassUID", SR, "1.2"),
    ],
)
def test_patients_and_series_are_found_by(
    finder: QueryEngine, level: Level, keyword: str, value: str, expected: str
) -> None:
    assert find(finder, level, key(keyword, value)) == (expected.split(" ") if expected else [])


@pytest.mark.parametrize(
    ("keyword", "value", "count"),
    [
        ("StudyInstanceUID", "1.2.1", 3),
        ("SeriesInstanceUID", "1.2.1.1", 2),
        ("InstanceNumber", "2", 1),
        ("SOPClassUID", SR, 1),
        ("Rows", "256", 1),
        ("Modality", "SR", 1),
        ("PatientID", "A-001", 4),
        ("PatientName", "müller*", 4),
        ("StudyDate", "20240110", 3),
        ("ModalitiesInStudy", "SR", 3),
        ("SOPInstanceUID", "9.9", 0),
    ],
)
def test_instances_are_found_by(finder: QueryEngine, keyword: str, value: str, count: int) -> None:
    assert len(find(finder, Level.IMAGE, key(keyword, value))) == count


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lüden", "1 2"),
        ("jean müll", "1 2"),
        ("Paul Jean", "1 2"),
        ("anna^adams", "4"),
        ("ad a", "4 6"),
        ("太", "3"),
        ("tar yam", "3"),
        ("ludens", "1 2"),
    ],
)
def test_fuzzy_names_match_by_the_beginnings_of_words(
    finder: QueryEngine, name: str, expected: str
) -> None:
    assert find(finder, Level.STUDY, key("PatientName", name), fuzzy=True) == expected.split()


def in_items(finder: QueryEngine, level: Level, **values: str) -> list[str]:
    within = (dictionary.tag_of("ProcedureCodeSequence") or 0,)
    keys = [
        Key(tag=dictionary.tag_of(keyword) or 0, value=value, within=within)
        for keyword, value in values.items()
    ]
    return find(finder, level, *keys)


def test_an_item_of_a_sequence_has_all_the_keys(finder: QueryEngine) -> None:
    assert in_items(finder, Level.STUDY, CodeValue="T1") == ["1"]
    assert in_items(finder, Level.STUDY, CodeValue="T*", CodeMeaning="Thorax") == ["1"]
    assert in_items(finder, Level.STUDY, CodeValue="A1", CodeMeaning="Abdomen") == ["1"]
    assert in_items(finder, Level.STUDY, CodeValue="T1", CodeMeaning="Abdomen") == []
    assert in_items(finder, Level.STUDY, CodeValue="Z") == []
    assert in_items(finder, Level.PATIENT, CodeValue="T1") == ["A-001"]
    assert in_items(finder, Level.SERIES, CodeValue="T1") == ["1.1", "1.2"]


def test_all_keys_must_match(finder: QueryEngine) -> None:
    keys = key("PatientID", "A-001"), key("ModalitiesInStudy", "MR")
    assert find(finder, Level.STUDY, *keys) == ["2"]
    assert find(finder, Level.PATIENT, key("PatientID", "B"), key("StudyDate", "2023")) == []


def test_a_key_that_the_index_does_not_hold_matches_all_and_is_named(finder: QueryEngine) -> None:
    unknown = key("ContrastBolusAgent", "GAD")
    assert find(finder, Level.STUDY, unknown) == [str(n) for n in range(1, 8)]
    asked = Query(level=Level.STUDY, keys=(unknown, key("PatientID", "B")))
    assert finder.unmatched(asked) == {unknown.tag}


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("StudyDate", "yesterday"),
        ("StudyDate", "20240110-tomorrow"),
        ("StudyDate", "2024011"),
        ("StudyTime", "noon"),
        ("NumberOfStudyRelatedInstances", "many"),
    ],
)
def test_what_is_no_value_of_its_kind_is_refused(
    finder: QueryEngine, keyword: str, value: str
) -> None:
    with pytest.raises(InvalidQuery):
        finder.find(Query(level=Level.STUDY, keys=(key(keyword, value),)))
