"""Ledger, verification, anchors and retention together: they are one promise."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from tests.databases import Index
from tests.unit.audit.happenings import looked_at
from tests.unit.index.together import run_together

from steckel.audit.anchor_document import read_anchor
from steckel.audit.anchors import Anchors
from steckel.audit.ledger import Ledger
from steckel.audit.retention import AuditRetention
from steckel.audit.schema import audit_anchors, audit_chains, audit_events, audit_positions
from steckel.audit.verification import ChainVerification, Fault
from steckel.errors import SteckelError
from steckel.index.engine import is_sqlite, writing

DAY = 86_400.0
E = audit_events.c


class Clock:
    def __init__(self, now: float = 1_000_000 * DAY / 1000) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def unguarded(engine: Engine, change: Callable[[Connection], object]) -> None:
    """Do what only somebody with rights on the database can: past its guards."""
    with writing(engine) as connection:
        if is_sqlite(engine):
            connection.execute(text("DROP TRIGGER IF EXISTS audit_events_stay"))
            connection.execute(text("DROP TRIGGER IF EXISTS audit_events_remain"))
        else:
            connection.execute(text("ALTER TABLE audit_events DISABLE TRIGGER ALL"))
        change(connection)


def filled(engine: Engine, count: int = 5) -> Ledger:
    ledger = Ledger(engine, "test", Clock())
    ledger.write([looked_at(account=f"mia{one}", at=one) for one in range(count)])
    return ledger


def test_what_was_written_is_sound(engine: Engine) -> None:
    filled(engine)
    filled(engine, 2)
    verdict = ChainVerification(engine).run()
    assert verdict.is_sound
    assert (verdict.chains, verdict.events) == (2, 7)


def test_several_processes_write_at_once_each_its_own_chain(index: Index) -> None:
    ledgers = [Ledger(index.open(), "test") for _ in range(4)]

    def work(ledger: Ledger) -> Callable[[], None]:
        def write() -> None:
            for at in range(10):
                ledger.write([looked_at(at=at), looked_at(at=at)])

        return write

    # Two threads of each process besides.
    run_together([work(ledger) for ledger in ledgers * 2])
    verdict = ChainVerification(index.open()).run()
    assert verdict.is_sound
    assert (verdict.chains, verdict.events) == (4, 160)


def test_what_is_rolled_back_leaves_no_gap(engine: Engine) -> None:
    ledger = filled(engine, 1)

    def fail() -> None:
        with writing(engine) as connection:
            ledger.append(connection, [looked_at()])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    ledger.write([looked_at()])
    verdict = ChainVerification(engine).run()
    assert (verdict.is_sound, verdict.events) == (True, 2)


def test_the_database_itself_refuses_to_change_or_remove_a_row(engine: Engine) -> None:
    filled(engine)
    for statement in (update(audit_events).values(account="nobody"), delete(audit_events)):
        with pytest.raises((SQLAlchemyError, SteckelError)), writing(engine) as connection:
            connection.execute(statement)
    assert ChainVerification(engine).run().events == 5


def _change_body(connection: Connection) -> None:
    body = connection.execute(select(E.body).where(E.number == 3)).scalar_one()
    changed = body.replace("mia2", "eve2")
    connection.execute(
        update(audit_events).where(E.number == 3).values(body=changed, account="eve2")
    )


def _swap(connection: Connection) -> None:
    moved = update(audit_events)
    for before, after in ((2, 99), (3, 2), (99, 3)):
        connection.execute(moved.where(E.number == before).values(number=after))


@pytest.mark.parametrize(
    ("change", "fault", "number"),
    [
        (lambda c: c.execute(delete(audit_events).where(E.number == 3)), Fault.MISSING, 3),
        (lambda c: c.execute(delete(audit_events).where(E.number == 1)), Fault.MISSING, 1),
        (lambda c: c.execute(delete(audit_events).where(E.number == 5)), Fault.CUT, 4),
        (_change_body, Fault.CHANGED, 3),
        (
            lambda c: c.execute(update(audit_events).where(E.number == 2).values(account="x")),
            Fault.CHANGED,
            2,
        ),
        (
            lambda c: c.execute(update(audit_events).where(E.number == 2).values(written=1)),
            Fault.CHANGED,
            2,
        ),
        (_swap, Fault.CHANGED, 2),
    ],
    ids=["removed", "first", "last", "body", "column", "moment", "reordered"],
)
def test_what_was_tampered_with_is_found(
    engine: Engine, change: Callable[[Connection], object], fault: Fault, number: int
) -> None:
    filled(engine)
    unguarded(engine, change)
    findings = ChainVerification(engine).run().findings
    assert (fault, number) in {(one.fault, one.number) for one in findings}


def _rewritten(engine: Engine) -> None:
    """Forge a whole history, as somebody does who knows how hashes are made."""

    def forge(connection: Connection) -> None:
        connection.execute(delete(audit_events))
        connection.execute(update(audit_chains).values(length=0, head=""))

    unguarded(engine, forge)
    ledger = Ledger(engine, "test", Clock())
    ledger._name = name_of_chain(engine)
    with engine.connect() as connection:
        ledger._pk = connection.execute(select(audit_chains.c.pk)).scalar_one()
    ledger.write([looked_at(account="nobody", at=one) for one in range(5)])


def name_of_chain(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(select(audit_chains.c.name)).scalar_one())


def test_a_history_that_was_written_anew_is_found_by_an_anchor_kept_elsewhere(
    engine: Engine,
) -> None:
    filled(engine)
    anchors = Anchors(engine, Clock(Clock().now + 2 * DAY))
    (day,) = anchors.make()
    kept = read_anchor(anchors.export(day))
    _rewritten(engine)
    with writing(engine) as connection:
        connection.execute(delete(audit_anchors))
    assert ChainVerification(engine).run().is_sound  # nothing here knows
    findings = ChainVerification(engine).run([kept]).findings
    assert [one.fault for one in findings] == [Fault.ANCHOR]


def test_a_day_gets_its_anchor_when_it_is_over_and_once(engine: Engine) -> None:
    clock = Clock(20_000 * DAY + 7200)
    ledger = Ledger(engine, "test", clock)
    ledger.write([looked_at()])
    clock.now += 2 * DAY
    ledger.write([looked_at(), looked_at()])
    anchors = Anchors(engine, clock)
    assert anchors.make() == ["2024-10-04"]
    clock.now += DAY
    assert anchors.make() == ["2024-10-06"]
    assert anchors.make() == []
    last, first = anchors.all()
    assert read_anchor(last.document).previous == first.hash
    assert read_anchor(last.document).heads[0].number == 3
    assert ChainVerification(engine).run().is_sound


def test_a_changed_anchor_is_found(engine: Engine) -> None:
    filled(engine)
    anchors = Anchors(engine, Clock(Clock().now + 2 * DAY))
    anchors.make()
    with writing(engine) as connection:
        body = connection.execute(select(audit_anchors.c.body)).scalar_one()
        connection.execute(
            update(audit_anchors).values(body=body.replace('"number":5', '"number":4'))
        )
    faults = {one.fault for one in ChainVerification(engine).run().findings}
    assert Fault.ANCHOR in faults


def old_trail(engine: Engine) -> tuple[Clock, Anchors, Ledger]:
    clock = Clock(10_000 * DAY)
    ledger = Ledger(engine, "test", clock)
    for _ in range(3):
        ledger.write([looked_at(), looked_at()])
        clock.now += DAY
    clock.now += 3 * 366 * DAY
    ledger.write([looked_at()])
    anchors = Anchors(engine, clock)
    anchors.make()
    return clock, anchors, ledger


def test_by_default_nothing_ever_goes(engine: Engine) -> None:
    clock, anchors, _ = old_trail(engine)
    for one in anchors.all():
        anchors.export(one.day)
    assert AuditRetention(engine, 0, clock=clock).run() == 0
    assert ChainVerification(engine).run().events == 7


def test_only_old_days_go_whose_anchor_was_exported_and_the_rest_proves_itself(
    engine: Engine,
) -> None:
    clock, anchors, _ = old_trail(engine)
    days = sorted(one.day for one in anchors.all())
    anchors.export(days[0])
    anchors.export(days[2])  # behind a day that nobody has
    assert AuditRetention(engine, 3, clock=clock).run() == 1
    verdict = ChainVerification(engine).run()
    assert (verdict.is_sound, verdict.events, verdict.anchors) == (True, 5, 3)
    anchors.export(days[1])
    assert AuditRetention(engine, 3, clock=clock).run() == 2
    assert AuditRetention(engine, 3, clock=clock).run() == 0
    verdict = ChainVerification(engine).run()
    assert (verdict.is_sound, verdict.events, verdict.anchors) == (True, 1, 3)


def test_what_a_destination_has_not_got_stays(engine: Engine) -> None:
    clock, anchors, _ = old_trail(engine)
    for one in anchors.all():
        anchors.export(one.day)
    waiting = AuditRetention(engine, 3, ("syslog.example:6514",), clock=clock)
    assert waiting.run() == 0
    with engine.connect() as connection:
        chain = connection.execute(select(audit_chains.c.pk)).scalar_one()
    with writing(engine) as connection:
        values = {"destination": "syslog.example:6514", "chain_pk": chain, "number": 4}
        connection.execute(insert(audit_positions).values(**values))
    assert waiting.run() == 2
