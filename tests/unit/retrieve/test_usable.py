"""What viewers stop at is left out of documents (docs/viewer.md); all else stays."""

from copy import deepcopy
from typing import Any

import pytest

from steckel.dicom.json_model import JsonDataset
from steckel.retrieve.usable import make_usable

SPACING, POSITION, ORIENTATION = "00280030", "00200032", "00200037"
CENTER, WIDTH, INTERCEPT, SLOPE = "00281050", "00281051", "00281052", "00281053"
ROWS = "00280010"


def usable(key: str, *values: Any, vr: str = "DS") -> Any:
    dataset: JsonDataset = {key: {"vr": vr, "Value": list(values)}}
    make_usable(dataset)
    return dataset.get(key)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        (SPACING, [0, 0]),
        (SPACING, [0.5, 0]),
        (SPACING, [-0.5, 0.5]),
        (SPACING, [0.5]),
        (SPACING, [None, None]),
        (SPACING, ["abc", 0.5]),
        ("00181164", [0.0, 0.0]),
        ("00182010", [1]),
        (POSITION, [1, 2]),
        (POSITION, ["a", 1, 2]),
        (ORIENTATION, [0] * 6),
        (ORIENTATION, [1, 0, 0, 0, 0, 0]),
        (ORIENTATION, [1, 0, 0]),
        (WIDTH, [0]),
        (WIDTH, ["wide"]),
        (SLOPE, [0]),
        (ROWS, ["many"]),
    ],
)
def test_it_is_left_out(key: str, values: list[Any]) -> None:
    assert usable(key, *values) is None


@pytest.mark.parametrize(
    ("key", "values"),
    [
        (SPACING, [0.5, 0.5]),
        (POSITION, [0, 0, 0]),
        (ORIENTATION, [1, 0, 0, 0, 1, 0]),
        (WIDTH, [400, 1500]),
        (SLOPE, [-1.5]),
        (INTERCEPT, [0]),
        ("00100010", [{"Alphabetic": "A^B"}]),
        ("00189999", ["text", None]),
    ],
)
def test_what_is_right_stays_as_it_is(key: str, values: list[Any]) -> None:
    assert usable(key, *values) == {"vr": "DS", "Value": values}


def test_an_element_without_a_value_stays() -> None:
    dataset: JsonDataset = {SPACING: {"vr": "DS"}, POSITION: {"vr": "DS"}}
    before = deepcopy(dataset)
    make_usable(dataset)
    assert dataset == before


def test_texts_where_numbers_are_due_become_numbers() -> None:
    assert usable(ROWS, "512", vr="LO") == {"vr": "US", "Value": [512]}
    assert usable(SPACING, "0.5", "0.5", vr="UN") == {"vr": "DS", "Value": [0.5, 0.5]}


def test_a_center_without_a_width_is_no_window() -> None:
    dataset: JsonDataset = {
        CENTER: {"vr": "DS", "Value": [40]},
        WIDTH: {"vr": "DS", "Value": [0]},
    }
    make_usable(dataset)
    assert dataset == {}


def test_items_of_sequences_are_looked_at_too() -> None:
    measures: JsonDataset = {SPACING: {"vr": "DS", "Value": [0, 0]}}
    frame: JsonDataset = {"00289110": {"vr": "SQ", "Value": [measures]}}
    dataset: JsonDataset = {
        "52009230": {"vr": "SQ", "Value": [frame, {}]},
        "00081140": {"vr": "SQ"},
    }
    make_usable(dataset)
    assert dataset["52009230"]["Value"] == [{"00289110": {"vr": "SQ", "Value": [{}]}}, {}]
