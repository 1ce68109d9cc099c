"""What was acknowledged is found after a crash, whatever the index has lost."""

import os
import shutil
from pathlib import Path

import pytest
from tests.unit.care.homes import Homes, containers, dicom, flaws, mark, rows, send, stored

from steckel.archive.container import OpenContainer
from steckel.archive.sealed import SealedFiles
from steckel.index.writer import Ticket
from steckel.ingest.model import Outcome
from steckel.server.wiring import House

_INDEX = ("index.sqlite3", "index.sqlite3-wal", "index.sqlite3-shm")


def _put_back(index: Path, home: Path) -> None:
    """Give a home the index of an earlier time."""
    for name in _INDEX:
        (home / name).unlink(missing_ok=True)
        if (index / name).exists():
            shutil.copy(index / name, home / name)


def test_what_was_appended_but_not_indexed_is_found_after_a_crash(
    homes: Homes, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(house, dicom(1))
    write, crashed = house.writer.write, list[Path]()

    def crash_before(tickets: list[Ticket]) -> None:
        crashed.append(homes.disk())
        write(tickets)

    monkeypatch.setattr(house.writer, "write", crash_before)
    send(house, dicom(2), dicom(3, series=2))

    after = homes.open(crashed[0])
    assert stored(after, 2) is None
    assert after.recovery.run() == 2

    assert [stored(after, number) for number in (1, 2, 3)] == [
        dicom(1),
        dicom(2),
        dicom(3, series=2),
    ]
    assert flaws(after) == []
    assert not list(after.layout.open.iterdir())
    assert send(after, dicom(2)) == [Outcome.DUPLICATE]


def test_what_was_written_in_part_when_the_power_went_leaves_no_trace(
    homes: Homes, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(house, dicom(1))
    sync, crashed = OpenContainer.sync, list[Path]()

    def crash_before(container: OpenContainer, upto: int) -> None:
        crashed.append(homes.disk())
        sync(container, upto)

    monkeypatch.setattr(OpenContainer, "sync", crash_before)
    send(house, dicom(2))
    (torn,) = (crashed[0] / "store" / "open").glob("*.zip")
    os.truncate(torn, torn.stat().st_size - 1)

    after = homes.open(crashed[0])
    after.recovery.run()

    assert stored(after, 1) == dicom(1)
    assert stored(after, 2) is None
    (sealed,) = containers(after)
    assert mark(2) not in sealed.read_bytes()
    assert flaws(after) == []
    assert send(after, dicom(2)) == [Outcome.STORED]


def test_commits_that_the_database_lost_are_made_again(homes: Homes, house: House) -> None:
    send(house, dicom(1), dicom(2, series=2))
    early = homes.disk()
    send(house, dicom(3), dicom(4, series=2), dicom(5, study=2))
    late = homes.disk()
    before = rows(late)
    _put_back(early, late)
    assert len(rows(late)["instances"]) == 2

    after = homes.open(late)
    after.recovery.run()

    assert rows(late) == before
    assert flaws(after) == []


def test_a_container_is_sealed_only_when_the_index_cannot_lose_it(
    homes: Homes, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recovery looks at open containers alone: it must be right to."""
    send(house, dicom(1))
    order: list[str] = []
    make_durable, put = house.archive._make_index_durable, SealedFiles.put

    def durable() -> None:
        order.append("index")
        make_durable()

    def sealed(files: SealedFiles, name: str, file: Path) -> None:
        order.append("container")
        put(files, name, file)

    monkeypatch.setattr(house.archive, "_make_index_durable", durable)
    monkeypatch.setattr(SealedFiles, "put", sealed)

    house.archive.seal_all()

    assert order == ["index", "container"]


def test_recovery_reads_no_sealed_container(
    homes: Homes, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time is bounded by what was open, however large the archive."""
    send(house, dicom(1), dicom(2, series=2))
    house.archive.seal_all()
    send(house, dicom(3))
    after = homes.open(homes.disk())

    def touched(*_: object) -> None:
        raise AssertionError("a sealed container was looked at")

    for method in ("read", "size", "names"):
        monkeypatch.setattr(SealedFiles, method, touched)

    assert after.recovery.run() == 1


def test_a_second_recovery_finds_nothing_to_do(homes: Homes, house: House) -> None:
    send(house, dicom(1))
    after = homes.open(homes.disk())

    assert (after.recovery.run(), after.recovery.run()) == (1, 0)


def test_what_was_sent_again_before_it_was_recovered_is_stored_once(
    homes: Homes, house: House
) -> None:
    early = homes.disk()
    send(house, dicom(1))
    crashed = homes.disk()
    _put_back(early, crashed)
    after = homes.open(crashed)
    assert send(after, dicom(1)) == [Outcome.STORED]

    after.recovery.run()
    after.archive.seal_all()
    after.erasure.run()

    assert len(containers(after)) == 1
    assert stored(after, 1) == dicom(1)
    assert flaws(after) == []
