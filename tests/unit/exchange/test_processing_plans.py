"""What one message costs does not grow with the messages that its source ever sent."""

from typing import Any

from sqlalchemy import Engine, event
from tests.unit.exchange.doubles import Counting, keep, raw_message

from steckel.exchange.backlog import waiting
from steckel.exchange.processing import Processor
from steckel.index.engine import is_sqlite, writing


def test_no_statement_reads_all_messages_of_a_source(engine: Engine) -> None:
    keep(engine, raw_message("M1"), raw_message("M2", order="wait"))
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE")) and "messages" in statement:
            asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        found = waiting(connection, 10)
    for received in found:
        with writing(engine) as connection:
            Processor(Counting(), now=lambda: 1).process(connection, received)
    event.remove(engine, "before_cursor_execute", note)
    assert len(asked) >= 3
    for statement, values in asked:
        plan = plan_of(engine, statement, values)
        assert "ix_messages_source_pk" not in plan, plan
        assert "SCAN messages" not in plan, plan
        assert "Seq Scan" not in plan, plan


def plan_of(engine: Engine, statement: str, values: Any) -> str:
    """Return how the database answers a statement."""
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        if is_sqlite(engine):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        else:
            cursor.execute("SET enable_seqscan = off")
            cursor.execute(f"EXPLAIN {statement}", values)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
