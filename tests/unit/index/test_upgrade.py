"""The migrations make what the schema says, on both databases."""

from functools import partial
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from tests.databases import Index
from tests.unit.index.together import run_together

import steckel.audit.schema
import steckel.exchange.schema
import steckel.index.access
import steckel.index.schema
import steckel.ris.schema
import steckel.security.tables  # noqa: F401 - its tables are in the same database
from steckel.errors import StorageFailure
from steckel.index import upgrade as upgrading
from steckel.index.engine import is_sqlite, open_engine, writing
from steckel.index.metadata import metadata
from steckel.index.upgrade import HEAD, current_revision, require_current, upgrade
from steckel.query.catalogue import Catalogue
from steckel.query.catalogue_model import StudyFilter

#: Indexes of words, which the metadata does not have.
_WORDS = ("ix_studies_search", "ix_steps_patient_name_words")


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the index of words, which the two databases have each in its own way."""
    words = _WORDS if kind == "index" else ("alembic_version",)
    return name not in words and not (name or "").startswith(("studies_search", "studies_words"))


def test_the_newest_step_is_the_one_that_is_compared_with() -> None:
    assert ScriptDirectory(str(upgrading._MIGRATIONS)).get_current_head() == HEAD


def test_the_migrations_make_what_the_tables_say(engine: Engine) -> None:
    def compared(connection: Connection) -> list[object]:
        # What SQLite tells of a default is no expression that could be compared.
        defaults = not is_sqlite(engine)
        options = {
            "compare_type": True,
            "compare_server_default": defaults,
            "include_name": _is_ours,
        }
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))

    with engine.connect() as connection:
        assert compared(connection) == []


def test_indexes_are_the_same_on_both_ways(engine: Engine, empty_database: str) -> None:
    created = open_engine(empty_database)
    metadata.create_all(created)

    def indexes(of: Engine) -> set[tuple[str, str, tuple[str | None, ...], bool]]:
        found = inspect(of)
        return {
            (table, str(index["name"]), tuple(index["column_names"]), bool(index["unique"]))
            for table in metadata.tables
            for index in found.get_indexes(table)
            if _is_ours(index["name"], "index", None)
        }

    assert indexes(engine) == indexes(created)
    created.dispose()


def test_a_second_upgrade_does_nothing(engine: Engine) -> None:
    assert current_revision(engine) == HEAD
    assert upgrade(engine) is False
    with engine.connect() as connection:
        assert connection.execute(text("SELECT value FROM clock")).all() == [(0,)]


def test_two_processes_that_upgrade_at_once_take_turns(empty_database: str) -> None:
    engines = [open_engine(empty_database) for _ in range(3)]
    run_together([partial(upgrade, engine) for engine in engines])
    with engines[0].connect() as connection:
        assert connection.execute(text("SELECT value FROM clock")).all() == [(0,)]
    for engine in engines:
        engine.dispose()


def test_a_database_of_a_newer_version_is_left_alone(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageFailure, match="newer version"):
        upgrade(engine)


def test_text_sorts_by_its_bytes_whatever_the_language_of_the_server(index: Index) -> None:
    engine = index.open()
    if is_sqlite(engine):
        pytest.skip("SQLite knows no other order")
    with engine.connect() as connection:
        collations = connection.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns "
                "WHERE table_schema = 'public' AND data_type = 'text' "
                "AND collation_name IS DISTINCT FROM 'C' "
                "AND table_name IN ('patients', 'studies', 'series', 'instances') "
                "AND column_name NOT IN ('json', 'own_json', 'coercion', 'transfer_syntax')"
            )
        ).all()
    assert collations == []


def test_what_is_there_already_is_found_by_the_beginnings_of_words_too(
    empty_database: str,
) -> None:
    engine = open_engine(empty_database)
    config = Config()
    config.set_main_option("script_location", str(upgrading._MIGRATIONS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(  # a writer of today knows tables of today only
            text("INSERT INTO patients (pk, identity, json) VALUES (1, 'P7', '{}')")
        )
        connection.execute(
            text(
                "INSERT INTO studies (uid, patient_pk, search, json, received, changed, created) "
                "VALUES ('1.2.3', 1, 'name of p7', '{}', 0, 0, 0)"
            )
        )

    assert upgrade(engine) is True

    found = Catalogue(engine).count(StudyFilter(search="p7 na"))
    assert found.count == 1
    engine.dispose()


def test_who_only_reads_is_told_of_another_version_and_changes_nothing(
    engine: Engine, empty_database: str
) -> None:
    require_current(engine)
    for revision, said in (("0001", "older"), ("9999", "newer")):
        with writing(engine) as connection:
            connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
        with pytest.raises(StorageFailure, match=said):
            require_current(engine)
        assert current_revision(engine) == revision
    empty = open_engine(empty_database)
    with pytest.raises(StorageFailure, match="no index"):
        require_current(empty)
    assert inspect(empty).get_table_names() == []
    empty.dispose()


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'none.sqlite3'}")
    with pytest.raises(StorageFailure, match="no index"):
        require_current(engine)
    assert not list(tmp_path.iterdir())
