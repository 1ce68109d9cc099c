"""QIDO-RS parameters: keywords, tags, lists, paging."""

import pytest

from steckel.dicomweb.query_parameters import MAX_RESULTS, Search, parse_search
from steckel.errors import InvalidQuery
from steckel.query.model import Fields, Level


def read(*parameters: tuple[str, str], path: dict[int, str] | None = None) -> Search:
    return parse_search(Level.SERIES, path or {}, parameters)


def keys(search: Search) -> dict[int, str]:
    return {key.tag: key.value for key in search.query.keys}


def test_an_attribute_has_a_keyword_and_a_tag() -> None:
    assert keys(read(("PatientID", "7"))) == keys(read(("00100020", "7"))) == {0x00100020: "7"}


def test_an_attribute_in_a_sequence_is_a_key_and_returns_the_sequence() -> None:
    search = read(("RequestAttributesSequence.ScheduledProcedureStepID", "S1"))
    assert keys(search) == {0x00400009: "S1"}
    assert search.query.include == {0x00400275}
    assert keys(read(("00400275.00400009", "S1"))) == {0x00400009: "S1"}


def test_an_empty_value_only_returns_the_attribute() -> None:
    search = read(("PatientComments", ""))
    assert keys(search) == {}
    assert search.query.include == {0x00104000}


@pytest.mark.parametrize("listed", ["1.2,1.3", "1.2\\1.3", "1.2, 1.3,"])
def test_uids_are_listed_with_commas_or_backslashes(listed: str) -> None:
    assert keys(read(("StudyInstanceUID", listed))) == {0x0020000D: "1.2\\1.3"}


def test_uids_are_listed_by_repeating() -> None:
    twice = read(("StudyInstanceUID", "1.2"), ("0020000D", "1.3"))
    assert keys(twice) == {0x0020000D: "1.2\\1.3"}


def test_code_strings_are_listed_with_commas() -> None:
    assert keys(read(("ModalitiesInStudy", "CT,MR"))) == {0x00080061: "CT\\MR"}
    assert keys(read(("PatientName", "A, B"))) == {0x00100010: "A, B"}


def test_included_fields_are_repeated_or_listed() -> None:
    search = read(("includefield", "00081030,Modality"), ("includefield", "PatientAge"))
    assert search.query.include == {0x00081030, 0x00080060, 0x00101010}
    assert search.query.fields is Fields.DEFAULT
    assert read(("includefield", "all")).query.fields is Fields.ALL


def test_the_limit_is_the_servers_where_none_or_a_larger_is_given() -> None:
    assert read().limit == MAX_RESULTS
    assert read(("limit", "99999999")).limit == MAX_RESULTS
    assert read(("limit", "7")).query.limit == 8


def test_the_address_is_a_key() -> None:
    assert keys(read(path={0x0020000D: "1.2"})) == {0x0020000D: "1.2"}
    both = read(("StudyInstanceUID", "1.2,1.3"), path={0x0020000D: "1.2"})
    assert keys(both) == {0x0020000D: "1.2"}


def test_parameters_of_every_request_are_no_keys() -> None:
    assert keys(read(("accept", "a/b"), ("charset", "utf-8"))) == {}


@pytest.mark.parametrize(
    "parameters",
    [
        [("PatientNam", "x")],
        [("includefield", "PatientNam")],
        [("PatientID", "1"), ("00100020", "2")],
        [("limit", "1.5")],
        [("limit", "\uff11")],
        [("SOPInstanceUID", "1.2.*")],
        [("StudyInstanceUID", "1.9")],
    ],
)
def test_what_cannot_be_understood_is_refused(parameters: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidQuery):
        read(*parameters, path={0x0020000D: "1.2"})


def test_what_ohif_asks_is_understood() -> None:
    search = read(
        ("limit", "101"),
        ("offset", "0"),
        ("fuzzymatching", "false"),
        ("includefield", "00081030,00080060"),
        ("PatientName", "*x*"),
        ("00100020", "*7*"),
        ("StudyDate", "20200101-20201231"),
        ("StudyInstanceUID", "1.2\\1.3"),
    )
    assert search.limit == 101
    assert keys(search) == {
        0x00100010: "*x*",
        0x00100020: "*7*",
        0x00080020: "20200101-20201231",
        0x0020000D: "1.2\\1.3",
    }
