"""The index that is made from the store alone is the one that was lost."""

from pathlib import Path
from typing import Any

import pytest
from tests.unit.care.homes import Homes, dicom, flaws, rows, send, stored

from steckel.errors import InputError
from steckel.ingest.model import Outcome, Source, Way
from steckel.ingest.policy import OnConflict
from steckel.server.wiring import House


def _rebuild(homes: Homes, house: House) -> tuple[House, Path]:
    """Take the store alone to another home, and make an index there."""
    house.archive.seal_all()
    home = homes.disk()
    for file in home.glob("index.sqlite3*"):
        file.unlink()
    after = homes.open(home)
    assert after.reindexing.is_needed()
    after.reindexing.run(lambda _done, _total: None)
    return after, home


def _but_for_when_it_began(tables: dict[str, list[dict[str, Any]]]) -> object:
    """Leave out when studies first came: with an instance that was deleted, maybe."""
    studies = [{**row, "received": None} for row in tables["studies"]]
    return {**tables, "studies": studies}


def test_every_row_is_as_it_was(homes: Homes, house: House) -> None:
    send(house, dicom(1), dicom(2), dicom(3, series=2), dicom(4, study=2))
    house.archive.seal_all()
    send(house, dicom(5), dicom(6, study=2))
    assert send(house, dicom(1, note=b"another version")) == [Outcome.CONFLICT]
    house.quarantine.keep(
        memoryview(b"no dicom"), Source(way=Way.STOW, name="X"), InputError("no"), uids=("", "")
    )
    house.archive.seal_all()
    before = rows(homes.disk())

    after, home = _rebuild(homes, house)

    assert rows(home) == before
    assert all(before.values()), "each table was compared"
    assert flaws(after) == []
    assert not after.reindexing.is_needed()


def test_what_was_deleted_does_not_come_back_once_it_is_erased(homes: Homes, house: House) -> None:
    send(house, dicom(1), dicom(2), dicom(3, study=2))
    house.archive.seal_all()
    house.deletion.delete_study("1.2.826.66.2.2")
    house.deletion.delete_instance("1.2.826.66.2.1", "1.2.826.66.3.1.1", "1.2.826.66.1.1")
    house.erasure.run()
    before = rows(homes.disk())

    _, home = _rebuild(homes, house)

    assert _but_for_when_it_began(rows(home)) == _but_for_when_it_began(before)
    assert [row["uid"] for row in before["instances"]] == ["1.2.826.66.1.2"]


def test_what_was_deleted_but_not_yet_erased_does_not_come_back_either(
    homes: Homes, house: House
) -> None:
    """As long as the database is there: it is emptied, not made anew."""
    send(house, dicom(1), dicom(2))
    house.archive.seal_all()
    house.deletion.delete_instance("1.2.826.66.2.1", "1.2.826.66.3.1.1", "1.2.826.66.1.1")
    before = rows(homes.disk())

    house.reindexing.empty()
    house.reindexing.run(lambda _done, _total: None)

    assert _but_for_when_it_began(rows(homes.disk())) == _but_for_when_it_began(before)


@pytest.mark.parametrize("erased", [True, False])
def test_the_version_that_was_kept_is_the_one_that_comes_back(homes: Homes, erased: bool) -> None:
    house = homes.open(homes.home, OnConflict.KEEP_LAST)
    second = dicom(1, note=b"second version")
    send(house, dicom(1), dicom(2))
    house.archive.seal_all()
    assert send(house, second) == [Outcome.CONFLICT]
    house.archive.seal_all()
    if erased:
        house.erasure.run()
        after, _ = _rebuild(homes, house)
    else:
        after = house
        house.reindexing.empty()
        house.reindexing.run(lambda _done, _total: None)

    assert stored(after, 1) == second
    assert stored(after, 2) == dicom(2)
