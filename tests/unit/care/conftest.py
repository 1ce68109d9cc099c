"""Archives in a folder, and what a crash would leave of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.care.homes import Homes

from steckel.server.wiring import House


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[Homes]:
    """Open archives, one process each."""
    made = Homes(tmp_path)
    yield made
    made.close()


@pytest.fixture
def house(homes: Homes) -> House:
    """One process on a new archive."""
    return homes.open(homes.home)
