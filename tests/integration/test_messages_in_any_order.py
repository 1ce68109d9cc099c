"""What is known in the end does not depend on the order in which it was heard, nor on repeats."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.databases import DatabaseServer, database_server, engine, index, upgraded_database
from tests.integration.told_stories import STORIES, known, tell

from steckel.errors import NotHl7
from steckel.hl7.batch import split
from steckel.hl7.message import Message
from steckel.index.engine import open_engine

__all__ = ["database_server", "engine", "index", "upgraded_database"]

SAMPLES = Path("../shared/data/hl7")


def corpus() -> list[bytes]:
    """Return all messages of other systems, where they lie beside the repository."""
    found = []
    for path in sorted(SAMPLES.glob("*/*")):
        if path.suffix == ".dcm":
            continue
        try:
            parts = split(path.read_bytes())
        except NotHl7:
            continue
        found += [part for part in parts if _is_message(part)]
    return found


def _is_message(raw: bytes) -> bool:
    try:
        Message.parse(raw)
    except NotHl7:
        return False
    return True


def differences(one: dict[str, Any], two: dict[str, Any]) -> list[str]:
    """Return which tables differ, and in what columns."""
    found = []
    for table, rows in one.items():
        others = two[table]
        if len(rows) != len(others):
            found.append(f"{table}: {len(rows)} and {len(others)} rows")
        for row, other in zip(rows, others, strict=False):
            columns = [c for c in row if row[c] != other[c]]
            if columns:
                found.append(f"{table}: { ({c: (row[c], other[c]) for c in columns}) }")
    return found


After = Callable[[list[bytes]], dict[str, Any]]


@pytest.fixture
def after(database_server: DatabaseServer, upgraded_database: str) -> After:
    """Tells what is known after messages, from nothing."""

    def find_out(messages: list[bytes]) -> dict[str, Any]:
        with database_server.database(like=upgraded_database) as url:
            fresh = open_engine(url)
            try:
                tell(fresh, messages)
                return known(fresh)
            finally:
                fresh.dispose()

    return find_out


@pytest.mark.parametrize("seed", range(4))
def test_stories_told_in_any_order_and_twice_end_the_same(after: After, seed: int) -> None:
    in_order = after(list(STORIES))
    told = list(STORIES) * 2
    random.Random(seed).shuffle(told)
    assert differences(in_order, after(told)) == []


def test_the_stories_say_what_they_are_meant_to_say(engine: Engine) -> None:
    tell(engine, STORIES)
    found = known(engine)
    status = {row["placer"]: row["status"] for row in found["orders"]}
    assert status == {"P1": "completed", "P2": "cancelled", "P9": "in-progress"}
    assert [step["step_id"] for step in found["steps"] if step["study_uid"] == "1.2.3.4"] == [
        "SPS1"
    ]
    survivors = {row["patient_id"]: row["survivor_pk"] for row in found["patients"]}
    assert survivors["2"] == survivors["3"] == "id\x1fHOSP\x1f4"
    assert survivors["7"] == "id\x1fHOSP\x1f8"
    assert survivors["5"] is None
    assert survivors["6"] is None
    names = {row["patient_id"]: row["json"] for row in found["registrations"]}
    assert "DOE^JANET" in names["1"]
    assert {row["key"]: row["status"] for row in found["reports"]} == {
        "RF1^RIS": "final", "DD1": "cancelled",
    }  # fmt: skip
    assert [row["minutes"] for row in found["appointments"]] == [45]
    assert [row["status"] for row in found["visits"]] == ["left"]


@pytest.mark.skipif(not SAMPLES.exists(), reason="no messages lie in ../shared/data/hl7")
@pytest.mark.parametrize("seed", range(2))
def test_the_samples_replayed_twice_and_shuffled_end_the_same(after: After, seed: int) -> None:
    messages = corpus()
    in_order = after(messages)
    told = messages * 2
    random.Random(seed).shuffle(told)
    assert differences(in_order, after(told)) == []
