"""An empty database with the tables of access control."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from tests.unit.security.doubles import Clock, CountingPasswords

from steckel.index.engine import open_engine
from steckel.index.metadata import metadata
from steckel.security import tables
from steckel.security.site import Security, open_security

GOOD = "correct horse battery"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def passwords() -> CountingPasswords:
    return CountingPasswords()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'steckel.sqlite'}")
    metadata.create_all(
        engine, tables=[tables.account, tables.session, tables.api_token, tables.ae]
    )
    yield engine
    engine.dispose()


@pytest.fixture
def security(engine: Engine, passwords: CountingPasswords, clock: Clock) -> Security:
    security = open_security(engine, passwords, clock)
    security.accounts.add("alice", GOOD)
    return security
