"""Bringing the schema of a database up to date."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from steckel.errors import StorageFailure
from steckel.index.engine import is_sqlite, writing

#: The newest step in ``migrations/versions``; a test compares.
HEAD = "0002"

_MIGRATIONS = Path(__file__).parent / "migrations"
#: Any number will do: held on PostgreSQL while one process migrates.
_LOCK = 0x57ECCE1


def current_revision(engine: Engine) -> str | None:
    """Return the step that a database is at; ``None`` for an empty one."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


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
            raise StorageFailure("the database was made by a newer version of Steckel") from problem
    return True


def _wait_for_turn(connection: Connection) -> None:
    if not is_sqlite(connection.engine):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
