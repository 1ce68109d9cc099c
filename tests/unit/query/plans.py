"""How a database would go about a statement."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

#: Tables that grow with every study.
LARGE = ("patients", "studies", "series", "instances", "of_patient")


class Recorder:
    """Notes the questions that are asked of a database, and judges how it answers them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.asked: list[tuple[str, Any]] = []

    @contextmanager
    def listening(self) -> Iterator[None]:
        def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            self.asked.append((statement, parameters))

        event.listen(self._engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(self._engine, "before_cursor_execute", note)

    def full_scans(self) -> list[str]:
        """Return where a whole table, or an index from one end to the other, would be read."""
        judge = _sqlite_scans if self._engine.dialect.name == "sqlite" else _postgresql_scans
        found: list[str] = []
        with self._engine.connect() as connection:
            cursor = connection.connection.cursor()
            for statement, parameters in self.asked:
                if statement.lstrip().startswith(("SELECT", "WITH")):
                    found += judge(cursor, statement, parameters)
            cursor.close()
        return found


def _sqlite_scans(cursor: Any, statement: str, parameters: Any) -> list[str]:
    lines = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
    sorted_parts = {parent for _, parent, _, line in lines if "FOR ORDER BY" in line}
    found = []
    for _, parent, _, line in lines:
        # Along an index and not sorted afterwards, it ends when the page is full.
        walks = "USING" in line and "LIMIT" in statement and parent not in sorted_parts
        if line.split()[:1] == ["SCAN"] and line.split()[1] in LARGE and not walks:
            found.append(f"{line} | {statement}")
    return found


def _postgresql_scans(cursor: Any, statement: str, parameters: Any) -> list[str]:
    cursor.execute("SET enable_seqscan = off")  # a small table would be read whole, rightly
    cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    plan = cursor.fetchone()[0]
    if isinstance(plan, str):
        plan = json.loads(plan)
    return [f"{node} | {statement}" for node in _scans(plan[0]["Plan"], limited=False)]


def _scans(node: dict[str, Any], *, limited: bool) -> Iterator[str]:
    kind = node["Node Type"]
    limited = (limited or kind == "Limit") and kind != "Sort"
    if node.get("Relation Name") in LARGE:
        served = "Index Cond" in node or kind == "Bitmap Heap Scan" or "TID Cond" in node
        if kind == "Seq Scan" or not (served or limited):
            yield f"{kind} on {node['Relation Name']}"
    for child in node.get("Plans", ()):
        yield from _scans(child, limited=limited)
