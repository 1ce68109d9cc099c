"""Messages are found, read, processed again, and let go of."""

from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from tests.unit.exchange.doubles import keep, raw_message, states
from tests.unit.exchange.test_processing_plans import plan_of

from steckel.errors import NotFound
from steckel.exchange.desk import MessageDesk, MessageFilter
from steckel.exchange.model import State
from steckel.exchange.retention import Retention
from steckel.exchange.schema import messages
from steckel.index.engine import writing

_DAY = 86_400_000
_HOUR = 3_600_000


@pytest.fixture
def desk(engine: Engine) -> MessageDesk:
    keep(
        engine,
        raw_message("M1"),
        raw_message("M2", event="ORM^O01"),
        raw_message("M3", ""),
        raw_message("M4", header={3: "LAB"}),
    )
    with engine.begin() as connection:
        row = messages.c.control_id == "M2"
        values = {"state": "processed", "patient_id": "P7", "accession": "A7", "received": 5_000}
        connection.execute(update(messages).where(row).values(values))
    return MessageDesk(engine)


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        (MessageFilter(), ["M4", "M3", "M2", "M1"]),
        (MessageFilter(state=State.ERROR), ["M3"]),
        (MessageFilter(type="ADT"), ["M4", "M3", "M1"]),
        (MessageFilter(type="ADT^A08"), ["M4", "M3", "M1"]),
        (MessageFilter(type="AD"), []),
        (MessageFilter(source="LAB^HOSPITAL"), ["M4"]),
        (MessageFilter(text=" M2 "), ["M2"]),
        (MessageFilter(text="P7"), ["M2"]),
        (MessageFilter(text="A7"), ["M2"]),
        (MessageFilter(text="M"), []),
        (MessageFilter(since=2_000), ["M2"]),
        (MessageFilter(until=2_000, state=State.RECEIVED), ["M4", "M1"]),
    ],
)
def test_messages_are_found(desk: MessageDesk, criteria: MessageFilter, found: list[str]) -> None:
    rows, following = desk.page(criteria, 10, None)
    assert ([row.control_id for row in rows], following) == (found, None)


@pytest.mark.parametrize(
    "criteria",
    [
        MessageFilter(type="ZZZ"),
        MessageFilter(type="ZZZ^Z01"),
        MessageFilter(type="ADT"),
        MessageFilter(until=2 * _HOUR),
        MessageFilter(since=99 * _HOUR),
        MessageFilter(state=State.WARNING),
        MessageFilter(source="NOBODY^"),
        MessageFilter(text="nothing"),
    ],
    ids=repr,
)
def test_no_page_reads_all_messages(engine: Engine, criteria: MessageFilter) -> None:
    keep(engine, *(raw_message(f"M{number}") for number in range(10)))
    with writing(engine) as connection:
        connection.execute(update(messages).values(received=messages.c.pk * _HOUR))
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    MessageDesk(engine).page(criteria, 3, None)
    event.remove(engine, "before_cursor_execute", note)
    for statement, values in asked:
        plan = plan_of(engine, statement, values)
        assert "SCAN messages" not in plan, plan
        assert "Seq Scan" not in plan, plan


def test_times_of_receipt_need_not_follow_the_numbers(engine: Engine) -> None:
    keep(engine, *(raw_message(f"M{number}") for number in range(4)))
    hours = {"M0": 10 * _HOUR, "M1": 20 * _HOUR - 1000, "M2": 20 * _HOUR - 2000, "M3": 30 * _HOUR}
    with writing(engine) as connection:
        for control_id, at in hours.items():
            row = messages.c.control_id == control_id
            connection.execute(update(messages).where(row).values(received=at))

    def found(**times: int) -> list[str]:
        return [
            row.control_id for row in MessageDesk(engine).page(MessageFilter(**times), 9, None)[0]
        ]

    assert found(until=20 * _HOUR - 1500) == ["M2", "M0"]
    assert found(since=20 * _HOUR - 1500) == ["M3", "M1"]
    assert found(since=20 * _HOUR - 2000, until=20 * _HOUR) == ["M2", "M1"]


def test_pages_follow_each_other(desk: MessageDesk) -> None:
    first, following = desk.page(MessageFilter(), 3, None)
    second, end = desk.page(MessageFilter(), 3, following)
    assert [row.control_id for row in (*first, *second)] == ["M4", "M3", "M2", "M1"]
    assert end is None


def test_a_message_is_read_with_its_bytes(desk: MessageDesk) -> None:
    (row,), _ = desk.page(MessageFilter(text="M1"), 10, None)
    found, raw = desk.message(row.pk)
    assert (found, raw) == (row, raw_message("M1"))
    assert found.size == len(raw)
    with pytest.raises(NotFound):
        desk.message(4711)


def test_states_are_counted(desk: MessageDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {one.state.value: (one.count, one.exact) for one in desk.counts()}
    assert counts == {
        "received": (2, True),
        "processed": (1, True),
        "warning": (0, True),
        "error": (1, True),
        "ignored": (0, True),
    }
    monkeypatch.setattr("steckel.exchange.desk.COUNTED", 1)
    assert {one.state.value: one.exact for one in desk.counts()}["received"] is False


def test_the_oldest_that_waits_is_known(engine: Engine, desk: MessageDesk) -> None:
    assert desk.oldest_waiting() == 1_000
    with engine.begin() as connection:
        connection.execute(update(messages).values(state="processed"))
    assert desk.oldest_waiting() is None


def test_some_are_put_back(engine: Engine, desk: MessageDesk) -> None:
    rows, _ = desk.page(MessageFilter(), 10, None)
    assert desk.replay([row.pk for row in rows]) == 2
    assert set(states(engine).values()) == {"received"}
    (row,), _ = desk.page(MessageFilter(text="M3"), 10, None)
    assert (row.reason, row.location, row.attempts) == ("", "", 1)


def test_all_of_a_filter_are_put_back(
    engine: Engine, desk: MessageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steckel.exchange.desk._PIECE", 1)
    keep(engine, *[raw_message(f"E{number}", "") for number in range(5)])
    assert desk.replay_all(MessageFilter(state=State.ERROR)) == 6
    assert states(engine) == {
        **dict.fromkeys(("M1", "M3", "M4", *(f"E{n}" for n in range(5))), "received"),
        "M2": "processed",
    }


def test_old_messages_go_unless_they_wait_or_failed(engine: Engine, desk: MessageDesk) -> None:
    del desk
    retention = Retention(engine, days=1)
    assert retention.run(5_000 + _DAY) == 0
    assert retention.run(5_001 + _DAY) == 1
    with engine.connect() as connection:
        left = list(connection.scalars(select(messages.c.control_id)))
    assert sorted(left) == ["M1", "M3", "M4"]


def test_without_a_limit_nothing_goes(engine: Engine, desk: MessageDesk) -> None:
    del desk
    assert Retention(engine, days=0).run(10**15) == 0
    assert len(states(engine)) == 4


def test_they_go_in_pieces(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steckel.exchange.retention._PIECE", 3)
    keep(engine, *[raw_message(f"M{number}") for number in range(5)])
    with engine.begin() as connection:
        connection.execute(update(messages).values(state="ignored"))
    assert [Retention(engine, days=1).run(10**15) for _ in range(3)] == [3, 2, 0]
