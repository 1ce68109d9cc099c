"""The thread that matches what arrives goes on, whatever one study does to it."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import Engine
from tests.databases import Index, database_server, index, upgraded_database
from tests.unit.ris.archived import archive, images

from steckel.query.changes import Changes
from steckel.ris.matcher import Matcher
from steckel.ris.matching_queue import MatchingQueue
from steckel.server.matching_work import MatchingWork

__all__ = ["database_server", "index", "upgraded_database"]


@pytest.fixture
def engine(index: Index) -> Iterator[Engine]:
    engine = index.open()
    MatchingQueue(engine, Changes(engine), quiet_seconds=1.0)  # from here on, what arrives is new
    yield engine
    engine.dispose()


def test_a_study_that_cannot_be_matched_keeps_no_other_from_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    matched = threading.Event()

    def match(_self: Matcher, study_uid: str) -> bool:
        if study_uid == "1.2.7":
            raise ValueError("DOE^JANE")
        matched.set()
        return False

    monkeypatch.setattr(Matcher, "match", match)
    archive(engine, images("P1", uid="1.2.7"))
    archive(engine, images("P2", uid="1.2.8"))
    house: Any = SimpleNamespace(
        engine=engine, settings=SimpleNamespace(seal_seconds=1000.0, hl7_retention_days=0)
    )
    work = MatchingWork(house, cast("Any", None))
    work.start()
    assert matched.wait(20)
    work.stop()
    said = capsys.readouterr()
    assert "1.2.7" in said.out + said.err
    assert "DOE" not in said.out + said.err
