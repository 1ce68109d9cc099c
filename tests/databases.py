"""Databases for tests: SQLite in a folder, PostgreSQL where one is named.

``STECKEL_TEST_POSTGRESQL=postgresql://user@host:port/name`` names a database of a
server on which the tests may make others. A test module that imports a fixture
from here runs on both; without the variable PostgreSQL is skipped.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from steckel.index.engine import open_engine
from steckel.index.upgrade import upgrade

_numbers = count(1)


class SqliteServer:
    """Makes databases in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def database(self, like: str = "") -> Iterator[str]:
        """Yield the URL of a new database, empty or a copy of another."""
        file = self._folder / f"{next(_numbers)}.sqlite3"
        if like:
            shutil.copy(str(make_url(like).database), file)
        yield f"sqlite:///{file}"
        file.unlink(missing_ok=True)


class PostgresqlServer:
    """Makes databases on a server that the environment names."""

    def __init__(self) -> None:
        url = os.environ.get("STECKEL_TEST_POSTGRESQL", "")
        if not url:
            pytest.skip("STECKEL_TEST_POSTGRESQL names no database")
        self._url = make_url(url).set(drivername="postgresql+psycopg")

    @contextmanager
    def database(self, like: str = "") -> Iterator[str]:
        """Yield the URL of a new database, empty or a copy of another."""
        name = f"steckel_test_{uuid4().hex}"
        template = make_url(like).database if like else "template1"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            made = self._url.set(drivername="postgresql", database=name)
            yield made.render_as_string(hide_password=False)
        finally:
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


DatabaseServer = SqliteServer | PostgresqlServer


class UpgradedDatabases:
    """One database with the newest schema on each kind of server, made when it is needed."""

    def __init__(self, kept: ExitStack) -> None:
        self._kept = kept
        self._urls: dict[type[DatabaseServer], str] = {}

    def on(self, server: DatabaseServer) -> str:
        """Return the URL of the one on a server, to be copied."""
        kind = type(server)
        if kind not in self._urls:
            url = self._kept.enter_context(server.database())
            engine = open_engine(url)
            upgrade(engine)
            engine.dispose()
            self._urls[kind] = url
        return self._urls[kind]


@dataclass(frozen=True)
class Index:
    """A database with the newest schema; each engine is as another process."""

    url: str
    open: Callable[[], Engine]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> DatabaseServer:
    """Both kinds of databases, one after the other."""
    if request.param == "postgresql":
        return PostgresqlServer()
    return SqliteServer(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def upgraded_databases() -> Iterator[UpgradedDatabases]:
    """Those of a whole run: the others here are made anew for each package that imports them."""
    with ExitStack() as kept:
        yield UpgradedDatabases(kept)


@pytest.fixture(scope="session")
def upgraded_database(
    database_server: DatabaseServer, upgraded_databases: UpgradedDatabases
) -> str:
    """The URL of a database with the newest schema, to be copied."""
    return upgraded_databases.on(database_server)


@pytest.fixture
def empty_database(database_server: DatabaseServer) -> Iterator[str]:
    """The URL of a database without a table."""
    with database_server.database() as url:
        yield url


@pytest.fixture
def index(database_server: DatabaseServer, upgraded_database: str) -> Iterator[Index]:
    """An empty index."""
    opened: list[Engine] = []

    with database_server.database(like=upgraded_database) as url:

        def open_another() -> Engine:
            opened.append(open_engine(url))
            return opened[-1]

        yield Index(url, open_another)
        for engine in opened:
            engine.dispose()


@pytest.fixture
def engine(index: Index) -> Engine:
    """One process's way to an empty index."""
    return index.open()
