"""An empty database with the tables of access control."""

import os
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


_TABLES = [tables.account, tables.session, tables.api_token, tables.ae]


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Both databases: PostgreSQL where ``STECKEL_TEST_POSTGRESQL`` names an empty one."""
    url = f"sqlite:///{tmp_path / 'steckel.sqlite'}"
    if request.param == "postgresql":
        url = os.environ.get("STECKEL_TEST_POSTGRESQL", "")
        if not url:
            pytest.skip("STECKEL_TEST_POSTGRESQL names no database")
    engine = open_engine(url)
    metadata.drop_all(engine, tables=_TABLES)
    metadata.create_all(engine, tables=_TABLES)
    yield engine
    engine.dispose()


@pytest.fixture
def security(engine: Engine, passwords: CountingPasswords, clock: Clock) -> Security:
    security = open_security(engine, passwords, clock)
    security.accounts.add("alice", GOOD)
    return security
