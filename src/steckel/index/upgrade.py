"""Bringing the schema of a database up to date."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from steckel.errors import StorageFailure
from steckel.index.engine import is_sqlite, writing

#: The newest step in ``migrations/versions``; a test compares.
HEAD = "0010"

_MIGRATIONS = Path(__file__).parent / "migrations"
#: Any number will do: held on PostgreSQL while one process migrates.
_LOCK = 0x57ECCE1
_NEWER = "the database was made by a newer version of Steckel"


def current_revision(engine: Engine) -> str | None:
    """Return the step that a database is at; ``None`` for an empty one."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def require_current(engine: Engine) -> None:
    """Make sure that a database has the newest schema, and change nothing.

    Raises
    ------
    StorageFailure
        There is none, or it is of another version.
    """
    # SQLite would make the file that it is to open.
    is_there = not is_sqlite(engine) or Path(engine.url.database or "").is_file()
    revision = current_revision(engine) if is_there else None
    if revision is None:
        raise StorageFailure(
            "there is no index: `steckel serve` makes one, or `steckel reindex` if the store "
            "has images"
        )
    if revision > HEAD:
        raise StorageFailure(_NEWER)
    if revision < HEAD:
        raise StorageFailure(
            "the database was made by an older version of Steckel: `steckel serve` or "
            "`steckel db upgrade` brings it up to date"
        )


def upgrade(engine: Engine) -> bool:
    """Bring a database up to date; whether anything had to be done.

    Raises
    ------
    StorageFailure
        The database was made by a newer Steckel.
    """
    if current_revision(engine) == HEAD:
        return False
    # Imported here: a start that has nothing to do need not load it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with writing(engine) as connection:
        _wait_for_turn(connection)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as problem:
            raise StorageFailure(_NEWER) from problem
    return True


def _wait_for_turn(connection: Connection) -> None:
    if not is_sqlite(connection.engine):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
