from sqlalchemy import Engine, func, insert, select
from tests.unit.exchange.outbound.doubles import NOW, change_patient, fill, rows, set_up

from steckel.exchange.outbound.desk import DestinationDesk
from steckel.exchange.outbound.retention import OutboundRetention
from steckel.exchange.schema import deliveries
from steckel.index.engine import writing
from steckel.ris.schema import events

DAY = 86_400_000


def keep(engine: Engine, pk: int, state: str, created: int) -> None:
    values = {"destination_pk": pk, "raw": b"MSH|", "state": state, "created": created}
    with writing(engine) as connection:
        connection.execute(insert(deliveries).values(values))


def told(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(events)).scalar_one()


def test_only_what_is_over_and_old_is_let_go(engine: Engine) -> None:
    pk = set_up(engine)
    for state in ("sent", "dropped", "waiting", "parked"):
        keep(engine, pk, state, NOW - 11 * DAY)
        keep(engine, pk, state, NOW - 9 * DAY)
    assert OutboundRetention(engine, 10).run(NOW) == 2
    assert sorted(row.state for row in rows(engine)) == [
        "dropped", "parked", "parked", "sent", "waiting", "waiting",
    ]  # fmt: skip


def test_zero_days_keep_everything(engine: Engine) -> None:
    keep(engine, set_up(engine), "sent", 0)
    assert OutboundRetention(engine, 0).run(NOW) == 0


def test_an_event_stays_until_every_destination_has_heard_it(engine: Engine) -> None:
    set_up(engine)
    change_patient(engine, "DOE", NOW)
    retention = OutboundRetention(engine, 10)
    assert retention.run(NOW + 11 * DAY) == 0
    fill(engine)
    assert retention.run(NOW + 9 * DAY) == 0
    assert retention.run(NOW + 11 * DAY) == 1
    assert told(engine) == 0


def test_events_that_nobody_listens_to_go_too(engine: Engine) -> None:
    change_patient(engine, "DOE", NOW)
    assert OutboundRetention(engine, 10).run(NOW + 11 * DAY) == 1


def test_a_destination_that_is_set_up_after_events_were_let_go_hears_the_next(
    engine: Engine,
) -> None:
    change_patient(engine, "DOE", NOW)
    OutboundRetention(engine, 10).run(NOW + 11 * DAY)
    set_up(engine)
    change_patient(engine, "ROE", NOW + 1)
    fill(engine)
    assert DestinationDesk(engine).get("RIS")[1].waiting == 1
