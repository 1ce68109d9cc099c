"""Opening the database: SQLite in WAL mode, or PostgreSQL through psycopg.

Reads take `engine.connect()`. A transaction that reads and then writes takes
`writing(engine)`: on SQLite it holds the write lock from its start, so that it
waits for others and never fails half way. Where the database fails, our errors
are raised (`failures`).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from steckel.errors import SettingsError
from steckel.index.failures import failure_of, translate_failures
from steckel.index.witness import present_witness

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # A commit is written, not synced: what a crash of the machine loses of the index is
    # recovered from the open containers of the store (archive.recovery).
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
    "PRAGMA cache_size=-16000",
    "PRAGMA mmap_size=268435456",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA journal_size_limit=67108864",
    # Moving the log into the database takes two syncs. The worker does it (`checkpoint`),
    # not the commit that happens to fill 4 MB; only where it cannot keep up is it done here.
    "PRAGMA wal_autocheckpoint=8000",
)


def open_engine(url: str, *, pool_size: int = 16) -> Engine:
    """Return an engine for ``sqlite:///…`` or ``postgresql://…``.

    Raises
    ------
    SettingsError
        The URL names another database.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,  # of statements, in messages: they are patients' data
        )
        translate_failures(engine)
        return engine
    if backend != "sqlite":
        raise SettingsError(f"database: {backend} is not supported, use sqlite or postgresql")
    engine = create_engine(parsed, pool_size=pool_size, max_overflow=48, hide_parameters=True)
    translate_failures(engine)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late (before the first write): we begin ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("steckel_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def writing(engine: Engine, *, durable: bool = False) -> Iterator[Connection]:
    """Open a transaction that will write; committed at the end of the block.

    With `durable`, it and all before it are on stable storage afterwards: for what
    no open container could bring back, and before a file goes that the index named.
    Whoever witnesses what is done here writes its record before the commit (`witness`).
    """
    witness = present_witness()
    with engine.connect() as connection:
        connection.execution_options(steckel_writing=True)
        with _synced(connection) if durable else nullcontext(), connection.begin():
            yield connection
            if witness is not None:
                witness.testify(connection)
    if witness is not None:
        witness.committed()


@contextmanager
def _synced(connection: Connection) -> Iterator[None]:
    """Have SQLite sync the commits of this connection; PostgreSQL always does."""
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()  # no transaction begins through it
    cursor.execute("PRAGMA synchronous=FULL")
    try:
        yield
    finally:
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()


def checkpoint(engine: Engine) -> None:
    """Move what SQLite has committed from its log into its database; never waits for others.

    Raises
    ------
    StorageFailure
        The database failed.
    """
    if not is_sqlite(engine):
        return
    try:
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()
    except (SQLAlchemyError, sqlite3.Error) as problem:
        raise failure_of(problem) from problem


def is_sqlite(engine: Engine) -> bool:
    """Whether the database is SQLite."""
    return engine.dialect.name == "sqlite"
