"""A house with two people in it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.unit.web.house import GOOD, House, open_house


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = open_house(tmp_path)
    yield house
    house.close()


@pytest.fixture
def client(house: House) -> httpx.AsyncClient:
    """Nobody yet."""
    return house.client()


@pytest.fixture
def user(house: House) -> httpx.AsyncClient:
    return house.client(auth=("alice", GOOD))


@pytest.fixture
def admin(house: House) -> httpx.AsyncClient:
    return house.client(auth=("root", GOOD))
