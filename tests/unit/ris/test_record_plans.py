"""Records are found by indexes, however many there are."""

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.dialects import sqlite

from steckel.index.metadata import metadata
from steckel.ris.record_kinds import KINDS
from steckel.ris.record_model import (
    Criterion,
    RecordKind,
    RecordQuery,
    Reference,
    Span,
    Text,
    Token,
    Value,
)
from steckel.ris.records import _limited, _order

_DAY = Span(first=("20261124000000", 1), end=("20261125000000", 2))
_ASKED: list[tuple[RecordKind, str, Value]] = [
    (RecordKind.PATIENT, "identifier", Token(code="P1", system="urn:oid:1.2")),
    (RecordKind.PATIENT, "family", Text(text="muller")),
    (RecordKind.PATIENT, "birthdate", _DAY),
    (RecordKind.STUDY, "identifier", Token(code="A1")),
    (RecordKind.STUDY, "patient", Reference(key="r.1")),
    (RecordKind.STUDY, "started", _DAY),
    (RecordKind.STUDY, "basedon", Reference(key="1")),
    (RecordKind.STUDY, "series", Token(code="1.2.3")),
    (RecordKind.STUDY, "_lastUpdated", _DAY),
    (RecordKind.ORDER, "identifier", Token(code="A1")),
    (RecordKind.ORDER, "patient", Reference(key="r.1")),
    (RecordKind.ORDER, "authored", _DAY),
    (RecordKind.ORDER, "_lastUpdated", _DAY),
    (RecordKind.REPORT, "identifier", Token(code="A1")),
    (RecordKind.REPORT, "patient", Reference(key="r.1")),
    (RecordKind.REPORT, "imaging-study", Reference(key="1.2.3")),
    (RecordKind.REPORT, "based-on", Reference(key="1")),
    (RecordKind.REPORT, "issued", _DAY),
    (RecordKind.REPORT, "_lastUpdated", _DAY),
    (RecordKind.APPOINTMENT, "patient", Reference(key="r.1")),
    (RecordKind.APPOINTMENT, "date", _DAY),
]


@pytest.fixture(scope="module")
def tables() -> Engine:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    return engine


def _plan(engine: Engine, query: RecordQuery) -> list[str]:
    kind = KINDS[query.kind]
    order = _order(kind, query)
    statement = _limited(select(*order).select_from(kind.rows), kind, query).order_by(*order)
    spelled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        found = connection.execute(text(f"EXPLAIN QUERY PLAN {spelled}".replace(":", "\\:")))
        return [row[3] for row in found]


@pytest.mark.parametrize(("kind", "name", "value"), _ASKED)
def test_no_table_is_read_from_end_to_end(
    tables: Engine, kind: RecordKind, name: str, value: Value
) -> None:
    query = RecordQuery(kind=kind, criteria=(Criterion(name=name, values=(value,)),))
    assert [step for step in _plan(tables, query) if step.startswith("SCAN")] == []


def test_a_query_without_an_index_would_be_seen(tables: Engine) -> None:
    name = Criterion(name="bodysite", values=(Token(code="CHEST"),))
    plan = _plan(tables, RecordQuery(kind=RecordKind.STUDY, criteria=(name,)))
    assert any(step.startswith("SCAN") for step in plan)


def test_studies_are_paged_in_the_order_of_an_index(tables: Engine) -> None:
    query = RecordQuery(kind=RecordKind.STUDY, sort="started", descending=True)
    plan = _plan(tables, query)
    assert "ix_studies_date_time_pk" in plan[0]
    assert not any("TEMP B-TREE" in step for step in plan)
