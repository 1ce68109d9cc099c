"""Each usual question to a large worklist is served by an index, on both databases."""

from collections.abc import Iterator
from typing import Any

import pytest
from bench.generate_worklist import fill_worklist
from sqlalchemy import Engine
from tests.databases import DatabaseServer

from steckel.index.engine import is_sqlite, open_engine
from steckel.query.model import Key
from steckel.ris.worklist import Worklist
from steckel.ris.worklist_model import WorklistQuery

STEPS = 5000
STEP = (0x00400100,)
TITLE = Key(tag=0x00400001, value="CT1", within=STEP)
DAY = Key(tag=0x00400002, value="20261130", within=STEP)
CT = Key(tag=0x00080060, value="CT", within=STEP)


@pytest.fixture(scope="module")
def large(database_server: DatabaseServer, upgraded_database: str) -> Iterator[Engine]:
    with database_server.database(like=upgraded_database) as url:
        engine = open_engine(url)
        fill_worklist(engine, STEPS)
        yield engine
        engine.dispose()


@pytest.mark.parametrize(
    ("keys", "index"),
    [
        ((TITLE, DAY), "ix_steps_is_open_aets_date"),
        ((CT, DAY), "ix_steps_is_open_modality_date"),
        ((Key(tag=0x00100020, value="PID0000100"),), "ix_steps_patient_id"),
        ((Key(tag=0x00080050, value="W00000100"),), "ix_steps_accession"),
        ((Key(tag=0x00100010, value="dupont-m*"),), "ix_steps_patient_name_pk"),
        ((Key(tag=0x00401001, value="R00000100"), CT), "ix_steps_procedure_id"),
        ((Key(tag=0x0020000D, value="1.2.3"),), "ix_steps_study_uid"),
        ((DAY,), "ix_steps_is_open_date_time_pk"),
        ((Key(tag=0x00100020, value="PID0000100"), TITLE, DAY), "ix_steps_patient_id"),
    ],
    ids=str,
)
def test_the_best_index_is_taken(large: Engine, keys: tuple[Key, ...], index: str) -> None:
    plan = _plan(large, WorklistQuery(keys=keys))
    assert index in plan, plan


def test_a_part_of_a_name_is_found_without_reading_all_rows(large: Engine) -> None:
    plan = _plan(large, WorklistQuery(keys=(Key(tag=0x00100010, value="*upont-m*"),)))
    index = "ix_steps_patient_name_pk" if is_sqlite(large) else "ix_steps_patient_name_words"
    assert index in plan, plan


def test_a_plan_without_an_index_would_be_seen(large: Engine) -> None:
    plan = _plan(large, WorklistQuery(keys=(Key(tag=0x00380010, value="V1"),)))
    assert "ix_steps_patient_id" not in plan


def _plan(engine: Engine, query: WorklistQuery) -> str:
    with engine.connect() as connection:
        statement: Any = Worklist(engine).statement(connection, query)
        compiled = statement.compile(engine, compile_kwargs={"literal_binds": True})
        cursor = connection.connection.cursor()
        explain = "EXPLAIN QUERY PLAN" if is_sqlite(engine) else "EXPLAIN"
        cursor.execute(f"{explain} {str(compiled).replace('%%', '%')}")
        lines = "\n".join(str(row) for row in cursor.fetchall())
        cursor.close()
    return lines
