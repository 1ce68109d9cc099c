"""What a performed procedure step may say, and when."""

from typing import Any

import pytest
from tests.unit.ris.made_performed import COMPLETION, at_creation, text

from steckel.errors import (
    InputError,
    InvalidAttribute,
    MissingAttribute,
    MissingValue,
    NotUpdatable,
)
from steckel.ris import performed_rules as rules

REQUIRED = [
    "00080060", "00400241", "00400244", "00400245", "00400252", "00400253", "00400270",
]  # fmt: skip


def test_a_new_step_is_kept_with_what_it_may_leave_empty() -> None:
    held = rules.created(at_creation())
    assert held["00400252"]["Value"] == ["IN PROGRESS"]
    assert held["00400340"] == {"vr": "SQ"}
    assert held["00100030"] == {"vr": "DA"}
    assert list(held) == sorted(held)
    assert "00080005" not in held


@pytest.mark.parametrize("key", REQUIRED)
def test_what_has_to_be_there_at_creation(key: str) -> None:
    values = at_creation()
    del values[key]
    with pytest.raises(MissingAttribute):
        rules.created(values)
    with pytest.raises(MissingValue):
        rules.created(at_creation() | {key: {"vr": "SH"}})


@pytest.mark.parametrize("status", ["COMPLETED", "DISCONTINUED", "DONE", "in progress"])
def test_a_step_begins_in_progress(status: str) -> None:
    with pytest.raises(InvalidAttribute):
        rules.created(at_creation() | {"00400252": text("CS", status)})


def test_the_study_has_to_be_named() -> None:
    with pytest.raises(MissingValue):
        rules.created(at_creation() | {"00400270": text("SQ", {})})
    with pytest.raises(MissingAttribute):
        rules.created(at_creation() | {"00400270": text("SQ", {"00400009": text("SH", "S1")})})
    with pytest.raises(InvalidAttribute):
        rules.created(at_creation() | {"00400270": text("SQ", {"0020000D": text("UI", "study")})})


def test_a_change_adds_and_replaces_and_leaves_what_is_fixed() -> None:
    held = rules.created(at_creation())
    change = {
        "00080005": text("CS", "ISO_IR 192"),
        "00400254": text("LO", "CT thorax"),
        "00100010": text("PN", {"Alphabetic": "OTHER^NAME"}),
        "00400253": held["00400253"],
    }
    changed, left = rules.updated(held, change)
    assert changed["00400254"]["Value"] == ["CT thorax"]
    assert changed["00100010"] == held["00100010"]
    assert left == {0x00100010}


def test_an_end_needs_its_time_and_its_series() -> None:
    held = rules.created(at_creation())
    done, _ = rules.updated(held, COMPLETION)
    assert rules.status_of(done) == "COMPLETED"
    for key, error in (
        ("00400250", MissingValue),
        ("00400251", MissingValue),
        ("00400340", MissingValue),
    ):
        with pytest.raises(error):
            rules.updated(held, {k: v for k, v in COMPLETION.items() if k != key})
    nameless = COMPLETION | {"00400340": text("SQ", {"00181030": text("LO", "THORAX")})}
    with pytest.raises(MissingAttribute):
        rules.updated(held, nameless)


def test_what_was_discontinued_may_have_no_series() -> None:
    held = rules.created(at_creation())
    end = {k: v for k, v in COMPLETION.items() if k != "00400340"}
    end["00400252"] = text("CS", "DISCONTINUED")
    changed, _ = rules.updated(held, end)
    assert rules.status_of(changed) == "DISCONTINUED"


def test_the_end_may_be_said_in_several_messages() -> None:
    held = rules.created(at_creation())
    status = {"00400252": COMPLETION["00400252"]}
    rest = {key: one for key, one in COMPLETION.items() if key not in status}
    changed, _ = rules.updated(held, rest)
    done, _ = rules.updated(changed, status)
    assert rules.status_of(done) == "COMPLETED"


@pytest.mark.parametrize("status", ["COMPLETED", "DISCONTINUED"])
def test_nothing_changes_what_has_ended(status: str) -> None:
    held = rules.created(at_creation())
    done, _ = rules.updated(held, COMPLETION | {"00400252": text("CS", status)})
    with pytest.raises(NotUpdatable, match="may no longer be updated"):
        rules.updated(done, {"00400254": text("LO", "more")})


@pytest.mark.parametrize("value", ["DONE", "", None])
def test_a_status_that_there_is_not_is_refused(value: Any) -> None:
    held = rules.created(at_creation())
    with pytest.raises(InputError):
        rules.updated(held, {"00400252": {"vr": "CS", "Value": [value]}})
