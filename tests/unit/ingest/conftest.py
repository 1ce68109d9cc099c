"""A whole archive in a folder, without a door."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from steckel.index.upgrade import upgrade
from steckel.ingest.policy import OnConflict
from steckel.server.settings import Settings
from steckel.server.wiring import House

OpenHouse = Callable[..., House]


@pytest.fixture
def open_house(tmp_path: Path) -> Iterator[OpenHouse]:
    """Open the archive; each call is as another process on the same store and index."""
    opened: list[House] = []

    def make(on_conflict: OnConflict = OnConflict.KEEP_FIRST) -> House:
        house = House(Settings(home=tmp_path / "home", on_conflict=on_conflict))
        house.layout.create()
        upgrade(house.engine)
        opened.append(house)
        return house

    yield make
    for house in opened:
        house.close()


@pytest.fixture
def house(open_house: OpenHouse) -> House:
    """One process on a new archive."""
    return open_house()
