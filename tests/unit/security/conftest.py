"""Access control on an empty database, of both kinds."""

import pytest
from sqlalchemy import Engine
from tests.databases import database_server, engine, index, upgraded_database
from tests.unit.security.doubles import Clock, CountingPasswords

from steckel.security.site import Security, open_security

__all__ = ["database_server", "engine", "index", "upgraded_database"]

GOOD = "correct horse battery"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def passwords() -> CountingPasswords:
    return CountingPasswords()


@pytest.fixture
def security(engine: Engine, passwords: CountingPasswords, clock: Clock) -> Security:
    security = open_security(engine, passwords, clock)
    security.accounts.add("alice", GOOD)
    return security
