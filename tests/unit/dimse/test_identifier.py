"""Identifiers as questions."""

import pytest

from steckel.dicom.encode import decode_dataset, encode_dataset
from steckel.dicom.json_model import JsonDataset
from steckel.dimse.scp.identifier import (
    Identifier,
    read_identifier,
    to_answer,
    to_query,
    to_selection,
)
from steckel.dimse.services import PATIENT_ROOT, STUDY_ROOT
from steckel.errors import InvalidQuery
from steckel.query.model import Key, Level

EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
BIG = "1.2.840.10008.1.2.2"


def identifier(
    dataset: JsonDataset, levels: tuple[Level, ...] = PATIENT_ROOT, syntax: str = EXPLICIT
) -> Identifier:
    return read_identifier(encode_dataset(dataset, syntax), syntax, levels)


def at(level: str, **more: tuple[str, object]) -> JsonDataset:
    """Return an identifier: ``T0020000D=("UI", "1.2")``."""
    dataset: JsonDataset = {"00080052": {"vr": "CS", "Value": [level]}}
    for key, (vr, value) in more.items():
        element = {"vr": vr, "Value": value if isinstance(value, list) else [value]}
        dataset[key[1:]] = {"vr": vr} if value is None else element  # type: ignore[assignment]
    return dataset


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG])
def test_values_are_kept_as_the_peer_spelled_them(syntax: str) -> None:
    read = identifier(
        at(
            "STUDY",
            T00080020=("DA", "20200101-20201231"),
            T00100010=("PN", {"Alphabetic": "M?LL*^"}),
            T00200010=("SH", None),
            T0020000D=("UI", ["1.2", "1.3"]),
            T00201208=("IS", 4),
            T00280010=("US", 512),
        ),
        syntax=syntax,
    )
    assert read.level is Level.STUDY
    assert read.keys == {
        0x00080020: "20200101-20201231",
        0x00100010: "M?LL*^",
        0x0020000D: "1.2\\1.3",
        0x00201208: "4",
        0x00280010: "512",
    }
    assert "00200010" in read.requested
    assert "00080052" not in read.requested


def test_names_are_read_in_their_character_set() -> None:
    raw = b"\x08\0\x05\0CS\x0a\0ISO_IR 101\x08\0\x52\0CS\x08\0PATIENT \x10\0\x10\0PN\x06\0\xa3uk^a*"
    read = read_identifier(raw, EXPLICIT, PATIENT_ROOT)
    assert read.keys[0x00100010] == "Łuk^a*"


@pytest.mark.parametrize(
    ("dataset", "levels"),
    [
        (at("PATIENT"), STUDY_ROOT),
        (at("SLICE"), PATIENT_ROOT),
        ({"00100020": {"vr": "LO", "Value": ["P"]}}, PATIENT_ROOT),
        ({}, PATIENT_ROOT),
    ],
)
def test_a_level_outside_the_information_model_is_refused(
    dataset: JsonDataset, levels: tuple[Level, ...]
) -> None:
    with pytest.raises(InvalidQuery):
        identifier(dataset, levels)


def test_bytes_that_are_no_identifier_are_refused() -> None:
    with pytest.raises(InvalidQuery):
        read_identifier(b"\xff" * 30, EXPLICIT, PATIENT_ROOT)


def test_a_hierarchical_query_needs_single_unique_keys_above_its_level() -> None:
    series = at("SERIES", T0020000D=("UI", "1.2"))
    for levels, good in ((STUDY_ROOT, True), (PATIENT_ROOT, False)):
        read = identifier(series, levels)
        if good:
            to_query(read, levels, relational=False, fuzzy=False)
        else:
            with pytest.raises(InvalidQuery, match=r"0010,0020"):
                to_query(read, levels, relational=False, fuzzy=False)
    for value in ("1.*", ["1.2", "1.3"]):
        read = identifier(at("SERIES", T0020000D=("UI", value)), STUDY_ROOT)
        with pytest.raises(InvalidQuery):
            to_query(read, STUDY_ROOT, relational=False, fuzzy=False)


def test_a_relational_query_needs_none() -> None:
    read = identifier(at("IMAGE", T00080018=("UI", "1.9"), T00200013=("IS", None)))
    query = to_query(read, PATIENT_ROOT, relational=True, fuzzy=True)
    assert query.keys == (Key(tag=0x00080018, value="1.9"),)
    assert query.fields == frozenset({0x00080018, 0x00200013})
    assert query.fuzzy
    assert query.level is Level.IMAGE


def test_a_value_inside_a_sequence_is_a_key() -> None:
    asks = at("SERIES", T00400275=("SQ", {"00400009": {"vr": "SH", "Value": ["S1"]}}))
    wants = at("SERIES", T00400275=("SQ", {"00400009": {"vr": "SH"}}))
    inside = Key(tag=0x00400009, value="S1", within=(0x00400275,))
    query = to_query(identifier(asks), STUDY_ROOT, relational=True, fuzzy=False)
    assert query.keys == (inside,)
    assert not to_query(identifier(wants), STUDY_ROOT, relational=True, fuzzy=False).keys
    assert "00400275" in identifier(wants).requested


def test_character_set_and_timezone_are_answered_and_match_nothing() -> None:
    read = identifier(
        at(
            "STUDY",
            T00080005=("CS", "ISO_IR 100"),
            T00080201=("SH", "+0100"),
            T00080050=("SH", None),
        )
    )
    assert not to_query(read, STUDY_ROOT, relational=True, fuzzy=False).keys
    answer = encode_dataset(to_answer(read, {}, "US"), "1.2.840.10008.1.2.1")
    decoded = decode_dataset(answer, "1.2.840.10008.1.2.1")
    assert decoded["00080005"] == {"vr": "CS", "Value": ["ISO_IR 192"]}
    assert decoded["00080201"] == {"vr": "SH"}


def test_a_selection_takes_the_unique_keys_down_to_the_level() -> None:
    read = identifier(
        at(
            "SERIES",
            T00100020=("LO", "P1"),
            T0020000D=("UI", "1.2"),
            T0020000E=("UI", ["1.2.3", "1.2.4"]),
            T00080018=("UI", "1.9"),
        )
    )
    selection = to_selection(read, PATIENT_ROOT)
    assert selection.patient_ids == ("P1",)
    assert selection.study_uids == ("1.2",)
    assert selection.series_uids == ("1.2.3", "1.2.4")
    assert selection.sop_instance_uids == ()
    assert to_selection(read, STUDY_ROOT).patient_ids == ()


def test_a_selection_needs_the_unique_key_of_its_level() -> None:
    with pytest.raises(InvalidQuery, match=r"0020,000D"):
        to_selection(identifier(at("STUDY", T00100020=("LO", "P1"))), PATIENT_ROOT)


def test_an_answer_has_what_was_asked_for_and_no_more() -> None:
    read = identifier(at("STUDY", T00080050=("SH", None), T00081030=("LO", None)))
    found: JsonDataset = {
        "00080050": {"vr": "SH", "Value": ["A1"]},
        "00100020": {"vr": "LO", "Value": ["not asked for"]},
    }
    assert to_answer(read, found, "STECKEL") == {
        "00080050": {"vr": "SH", "Value": ["A1"]},
        "00081030": {"vr": "LO"},
        "00080052": {"vr": "CS", "Value": ["STUDY"]},
        "00080054": {"vr": "AE", "Value": ["STECKEL"]},
    }
