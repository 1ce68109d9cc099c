"""An archive on both databases, and what others say to its department."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import (
    Index,
    database_server,
    empty_database,
    index,
    upgraded_database,
)
from tests.unit.reporting.department import Ward

from steckel.server.settings import Settings
from steckel.server.wiring import House

__all__ = ["database_server", "empty_database", "index", "upgraded_database"]


@pytest.fixture
def ward(index: Index, tmp_path: Path) -> Iterator[Ward]:
    house = House(Settings(home=tmp_path / "home", database_url=index.url))
    house.layout.create()
    yield Ward(house)
    house.close()
