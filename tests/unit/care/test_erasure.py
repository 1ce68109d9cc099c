"""Deleted bytes leave the disk; those of their neighbours never do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete
from tests.unit.care.homes import UID, Homes, containers, dicom, flaws, mark, send, stored

from steckel.archive.rewrite import Moved
from steckel.care import erasure
from steckel.errors import NotFound, StorageFailure
from steckel.index.engine import writing
from steckel.index.schema import instances
from steckel.server.wiring import House

_STUDY, _SERIES = "1.2.826.66.2.1", "1.2.826.66.3.1.1"


def _on_disk(house: House, number: int) -> bool:
    return any(
        mark(number) in file.read_bytes() for file in house.layout.root.rglob("*") if file.is_file()
    )


def _delete(house: House, number: int) -> None:
    house.deletion.delete_instance(_STUDY, _SERIES, f"{UID}.{number}")


def _sealed(house: House, *numbers: int) -> Path:
    send(house, *(dicom(number) for number in numbers))
    house.archive.seal_all()
    (path,) = containers(house)
    return path


def test_a_deleted_instance_leaves_the_disk_and_its_neighbours_stay(house: House) -> None:
    _sealed(house, 1, 2, 3)
    _delete(house, 2)
    assert stored(house, 2) is None
    assert _on_disk(house, 2)

    assert house.erasure.run() == 1

    assert not _on_disk(house, 2)
    assert (stored(house, 1), stored(house, 3)) == (dicom(1), dicom(3))
    assert flaws(house) == []
    assert house.erasure.run() == 0


def test_a_deleted_series_leaves_no_container(house: House) -> None:
    send(house, dicom(1), dicom(2, series=2))
    house.archive.seal_all()

    house.deletion.delete_series(_STUDY, _SERIES)
    house.erasure.run()

    assert len(containers(house)) == 1
    assert not _on_disk(house, 1)
    assert stored(house, 2) == dicom(2, series=2)
    with pytest.raises(NotFound):
        house.deletion.delete_series(_STUDY, _SERIES)


def test_what_is_deleted_in_an_open_container_goes_when_that_is_sealed(house: House) -> None:
    send(house, dicom(1), dicom(2))
    _delete(house, 1)

    assert house.erasure.run() == 0
    house.archive.seal_all()
    assert house.erasure.run() == 1

    assert not _on_disk(house, 1)
    assert stored(house, 2) == dicom(2)


def test_what_is_deleted_before_a_crash_stays_deleted(homes: Homes, house: House) -> None:
    send(house, dicom(1), dicom(2))
    _delete(house, 1)
    after = homes.open(homes.disk())

    after.recovery.run()
    after.erasure.run()

    assert stored(after, 1) is None
    assert not _on_disk(after, 1)
    assert flaws(after) == []


def test_what_the_index_lost_is_no_less_kept(house: House) -> None:
    """An index that was put back from a backup does not know all that the store has."""
    _sealed(house, 1, 2, 3)
    _delete(house, 1)
    with writing(house.engine) as connection:
        connection.execute(delete(instances).where(instances.c.uid == f"{UID}.2"))

    house.erasure.run()

    assert not _on_disk(house, 1)
    assert _on_disk(house, 2)
    (path,) = containers(house)
    assert house.reindexing.add_missing(path.stem) == 1
    assert (stored(house, 2), stored(house, 3)) == (dicom(2), dicom(3))


def _meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do something after members were copied, and before the index points to the copies."""
    rewrite = erasure.rewrite

    def interrupted(*arguments: object) -> list[Moved]:
        moved = rewrite(*arguments)  # type: ignore[arg-type]
        act()
        return moved

    monkeypatch.setattr(erasure, "rewrite", interrupted)


def test_what_is_deleted_during_erasure_is_erased_too(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sealed(house, 1, 2, 3)
    _delete(house, 1)
    with monkeypatch.context() as patch:
        _meanwhile(patch, lambda: _delete(house, 2))
        house.erasure.run()

    house.erasure.run()

    assert not _on_disk(house, 2)
    assert stored(house, 3) == dicom(3)
    assert flaws(house) == []


@pytest.mark.parametrize("step", ["rewrite", "delete"])
def test_erasure_that_was_interrupted_is_gone_on_with(
    homes: Homes, house: House, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    _sealed(house, 1, 2)
    _delete(house, 1)

    def crash(*_: object) -> None:
        raise StorageFailure("crash")

    if step == "rewrite":
        _meanwhile(monkeypatch, crash)
    else:
        monkeypatch.setattr(house.sealed, "delete", crash)
    with pytest.raises(StorageFailure):
        house.erasure.run()
    after = homes.open(homes.disk())
    monkeypatch.undo()

    after.recovery.run()
    after.erasure.run()

    assert not _on_disk(after, 1)
    assert stored(after, 2) == dicom(2)


def test_a_container_whose_headers_are_damaged_is_not_thrown_away(house: House) -> None:
    path = _sealed(house, 1, 2, 3)
    content = bytearray(path.read_bytes())
    content[content.find(b"PK\3\4", 4)] ^= 1  # the second member
    path.write_bytes(content)
    _delete(house, 1)

    assert house.erasure.run() == 0

    assert (stored(house, 2), stored(house, 3)) == (dicom(2), dicom(3))
