"""What a database says when it fails, in our errors."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from steckel.errors import InvalidQuery, OutOfSpace, StorageFailure
from steckel.index.engine import open_engine, writing
from steckel.index.failures import DamagedIndex
from steckel.index.files import set_aside


def test_a_file_that_is_no_database_is_called_a_damaged_index(tmp_path: Path) -> None:
    (tmp_path / "index").write_bytes(b"no database " * 1000)
    engine = open_engine(f"sqlite:///{tmp_path / 'index'}")

    with pytest.raises(DamagedIndex, match="steckel reindex"), engine.connect():
        pass


def test_a_damaged_index_is_set_aside_for_a_new_one(tmp_path: Path) -> None:
    damaged = b"no database " * 1000
    (tmp_path / "index").write_bytes(damaged)
    engine = open_engine(f"sqlite:///{tmp_path / 'index'}")

    aside = set_aside(engine)

    assert aside is not None
    assert aside.read_bytes() == damaged
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE one (pk INTEGER)"))
    engine.dispose()


def test_a_database_that_may_grow_no_more_is_out_of_space(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'index'}")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE one (filler BLOB)"))
        connection.execute(text("PRAGMA max_page_count=5"))

        with pytest.raises(OutOfSpace):
            connection.execute(text("INSERT INTO one VALUES (zeroblob(1000000))"))
    engine.dispose()


def test_a_folder_that_is_not_there_is_asked_for(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'absent' / 'index'}")

    with pytest.raises(StorageFailure, match="is its folder there"), engine.connect():
        pass


def test_a_violated_constraint_is_no_failure_of_the_database(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'index'}")
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE one (pk INTEGER PRIMARY KEY)"))

    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text("INSERT INTO one VALUES (1), (1)"))
    engine.dispose()


def test_a_number_beyond_64_bits_is_the_fault_of_who_asked(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'index'}")

    with pytest.raises(InvalidQuery), engine.connect() as connection:
        connection.execute(text("SELECT :number"), {"number": 1 << 64})
    engine.dispose()
