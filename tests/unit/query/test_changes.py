"""What happened, in order, on both databases."""

import pytest
from sqlalchemy import Engine
from tests.unit.query.archived import archive, made

from steckel.care.deletion import Deletion
from steckel.index.engine import writing
from steckel.index.signals import signal_quarantine
from steckel.query import changes as feed
from steckel.query.catalogue_model import ChangeKind, QuarantineChange, StudyChange
from steckel.query.changes import Changes

NEW, CHANGED, DELETED = ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.DELETED


def seen(changes: Changes, since: int) -> list[tuple[str, ChangeKind]]:
    found = changes.changes_since(since)
    return [(one.uid, one.kind) for one in found if isinstance(one, StudyChange)]


def test_a_study_is_new_then_changed_then_deleted(engine: Engine) -> None:
    changes = Changes(engine)
    assert changes.latest() == 0
    assert seen(changes, 0) == []
    archive(engine, [made("1")])
    first = changes.latest()
    archive(engine, [made("1"), made("2", PatientID="P1")])
    second = changes.latest()
    assert seen(changes, 0) == [("1.2.1", NEW), ("1.2.2", NEW)]
    assert seen(changes, first) == [("1.2.1", CHANGED), ("1.2.2", NEW)]
    Deletion(engine).delete_study("1.2.1")
    assert seen(changes, second) == [("1.2.1", DELETED)]
    assert seen(changes, changes.latest()) == []


def test_the_quarantine_is_counted_when_it_changed(engine: Engine) -> None:
    changes = Changes(engine)
    with writing(engine) as connection:
        signal_quarantine(connection)
    [found] = changes.changes_since(0)
    assert found == QuarantineChange(sequence=1, count=0)
    assert changes.changes_since(1) == []


def test_a_long_list_is_cut_between_commits(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of one commit have one number: cut in the middle, the rest would never be told."""
    monkeypatch.setattr(feed, "_MOST", 10)
    for batch in range(5):
        archive(engine, [made(f"{batch}.{n}", PatientID=f"{batch}.{n}") for n in range(6)])
    changes = Changes(engine)
    told: list[str] = []
    sequence = 0
    while found := changes.changes_since(sequence):
        told += [one.uid for one in found if isinstance(one, StudyChange)]
        sequence = found[-1].sequence
    assert len(told) == len(set(told)) == 30
