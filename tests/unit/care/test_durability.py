"""What no open container could bring back is durable in the index when it is answered."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from tests.unit.care.homes import UID, Homes, containers, dicom, mark, send

from steckel.care.verifying import Flaw
from steckel.errors import InputError
from steckel.ingest.model import Source, Way
from steckel.ingest.policy import OnConflict
from steckel.server.wiring import House

_FULL = 2  # PRAGMA synchronous

Commits = list[int]


@pytest.fixture
def last(homes: Homes) -> House:
    """One process of a site that keeps the last version."""
    house = homes.open(homes.home, OnConflict.KEEP_LAST)
    send(house, dicom(1), dicom(2))
    house.archive.seal_all()
    return house


@pytest.fixture
def commits(last: House) -> Iterator[Commits]:
    """Note how each commit is brought to the disk."""
    noted: Commits = []

    def note(connection: Connection) -> None:
        noted.append(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

    event.listen(last.engine, "commit", note)
    yield noted
    event.remove(last.engine, "commit", note)


def _another_version(house: House) -> None:
    send(house, dicom(1, note=b"another version"))


def _damaged_and_sent_again(house: House) -> None:
    (path,) = containers(house)
    content = bytearray(path.read_bytes())
    content[content.find(mark(1))] ^= 1
    path.write_bytes(content)
    send(house, dicom(1))


def _decided(house: House) -> None:
    _another_version(house)
    (conflict,) = house.conflicts.page(1)[0]
    house.versions.keep_second(conflict.id)


def _quarantined(house: House) -> None:
    house.quarantine.keep(
        memoryview(b"no dicom"), Source(way=Way.STOW, name="X"), InputError("no"), uids=("", "")
    )


def _taken_out_of_quarantine(house: House) -> None:
    _quarantined(house)
    house.quarantine.remove(house.quarantine.page(1)[0][0].id)


def _deleted(house: House) -> None:
    house.deletion.delete_instance("1.2.826.66.2.1", "1.2.826.66.3.1.1", f"{UID}.1")


_ACTIONS = [
    _another_version,
    _damaged_and_sent_again,
    _decided,
    _quarantined,
    _taken_out_of_quarantine,
    _deleted,
]


@pytest.mark.parametrize("act", _ACTIONS, ids=lambda act: act.__name__.strip("_"))
def test_it_is_synced(last: House, commits: Commits, act: Callable[[House], None]) -> None:
    act(last)

    assert commits
    assert set(commits) == {_FULL}


def test_the_index_is_synced_before_a_container_goes(
    last: House, commits: Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    _deleted(last)
    commits.clear()
    before_it_goes: list[Commits] = []
    monkeypatch.setattr(last.sealed, "delete", lambda _: before_it_goes.append(list(commits)))

    last.erasure.run()

    assert before_it_goes == [[_FULL]]


def test_other_commits_are_not_held_up(last: House, commits: Commits, tmp_path: Path) -> None:
    _deleted(last)
    del tmp_path
    commits.clear()

    last.erasure.run()

    assert commits[-1] < _FULL
    assert [flaw for flaw in last.verification.containers() if flaw is Flaw.UNINDEXED] == []
