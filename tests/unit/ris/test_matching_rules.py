"""Rules say what they compare, and identifiers are compared for slips."""

from typing import Any

import pytest

from steckel.errors import InvalidRule
from steckel.ris.correction_history import Entry, history_of
from steckel.ris.corrections import Correction
from steckel.ris.likeness import differences
from steckel.ris.matching_rules import read_rule


@pytest.mark.parametrize(
    "body",
    [
        {"action": "assign", "kinds": ["unknown-patient"], "same_day": True},
        {"action": "assign", "kinds": ["unscheduled"], "same_person": True},
        {"action": "accept", "kinds": ["unscheduled"], "same_day": True},
        {"action": "accept", "kinds": []},
        {"action": "accept", "kinds": ["nonsense"]},
        {"action": "delete", "kinds": ["unscheduled"]},
        {"kinds": ["unscheduled"]},
    ],
)
def test_a_rule_that_nothing_speaks_for_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(InvalidRule):
        read_rule("r", body)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("00123", "123", {"zeros"}),
        ("ab12", "AB12", {"case"}),
        ("HOSP-12345", "12345", {"prefix"}),
        ("912345", "12345", set()),
        ("12345", "12354", {"digit"}),
        ("12345", "12445", {"digit"}),
        ("12345", "12543", set()),
        ("12345", "12345", set()),
        ("", "12345", set()),
        ("1", "2", set()),
    ],
)
def test_identifiers_differ_by_a_slip(one: str, other: str, expected: set[str]) -> None:
    assert differences(one, other) == differences(other, one) == expected


def _said(*states: tuple[str, str]) -> list[Entry]:
    """Return a log of (who, order that is linked then)."""
    found, before = [], Correction()
    for by, key in states:
        after = Correction(order_key=key)
        found.append(Entry(before=before.text(), after=after.text(), by=by))
        before = after
    return found


@pytest.mark.parametrize(
    ("log", "base", "refused"),
    [
        ([], "", False),
        ([("matching", "A")], "", False),
        ([("matching", "A"), ("ada", "")], "", True),
        ([("matching", "A"), ("ada", ""), ("ada", "B")], "B", False),
        ([("ada", "B"), ("ada", "")], "", False),
        ([("rule:r", "B"), ("matching", "C"), ("ada", "")], "", True),
        ([("ada", "B"), ("matching", "C")], "B", False),
        ([("ada", "B"), ("bob", "C"), ("bob", "B")], "B", False),
    ],
)
def test_what_is_in_force_of_a_log(log: list[tuple[str, str]], base: str, refused: bool) -> None:
    history = history_of(_said(*log))
    assert (history.base.order_key, history.refused) == (base, refused)
