"""Pages are told of whatever changes about messages, mismatches, deliveries and records."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, insert, select
from tests.unit.exchange.doubles import keep, raw_message

from steckel.exchange.desk import MessageDesk
from steckel.exchange.marks import Marks
from steckel.exchange.model import State
from steckel.exchange.outbound.desk import DestinationDesk
from steckel.exchange.outbound.model import Address, DeliveryState, DestinationForm
from steckel.exchange.outbound.outbox import Attempt, Outbox
from steckel.exchange.schema import deliveries, destinations, messages
from steckel.index.engine import writing
from steckel.query.catalogue_model import Subject
from steckel.ris.events import tell
from steckel.ris.mismatch_rows import MismatchState, close_all, write_states
from steckel.ris.model import EventKind, MismatchKind

Told = Callable[[], set[Subject]]


@pytest.fixture
def told(engine: Engine) -> Told:
    """Return what changed since it was asked last."""
    marks = Marks(engine)
    last = dict(marks.read())

    def ask() -> set[Subject]:
        nonlocal last
        before, last = last, dict(marks.read())
        return {subject for subject, mark in last.items() if mark != before[subject]}

    return ask


def mark_message(engine: Engine, control_id: str, state: State) -> None:
    change = messages.update().where(messages.c.control_id == control_id)
    with writing(engine) as connection:
        connection.execute(change.values(state=state.value))


def test_nothing_is_told_when_nothing_happens(told: Told) -> None:
    assert told() == set()


def test_a_message_is_told_when_it_comes_and_whatever_becomes_of_it(
    engine: Engine, told: Told
) -> None:
    keep(engine, raw_message("M1"), raw_message("M2"), raw_message("M3"))
    assert told() == {Subject.MESSAGES}
    for control_id in ("M3", "M2"):  # those of other patients are done while one waits
        mark_message(engine, control_id, State.PROCESSED)
        assert told() == {Subject.MESSAGES}
    mark_message(engine, "M1", State.ERROR)
    assert told() == {Subject.MESSAGES}
    with engine.connect() as connection:
        first = connection.execute(select(messages.c.pk).order_by(messages.c.pk)).scalars().first()
    assert first is not None
    MessageDesk(engine).replay([first])
    assert told() == {Subject.MESSAGES}
    assert told() == set()


def test_a_mismatch_is_told_when_it_opens_and_when_it_is_dealt_with(
    engine: Engine, told: Told
) -> None:
    kinds = {MismatchKind.UNSCHEDULED: MismatchState.OPEN}
    with writing(engine) as connection:
        write_states(connection, "1.2", kinds, "", "")
        write_states(connection, "1.3", kinds, "", "")
    assert told() == {Subject.MISMATCHES}
    with writing(engine) as connection:
        write_states(connection, "1.2", {MismatchKind.UNSCHEDULED: MismatchState.ACCEPTED}, "a", "")
    assert told() == {Subject.MISMATCHES}
    with writing(engine) as connection:
        close_all(connection, "1.3", "a", "")
    assert told() == {Subject.MISMATCHES}
    assert told() == set()


def test_a_delivery_is_told_at_each_attempt_and_a_destination_when_it_is_changed(
    engine: Engine, told: Told
) -> None:
    desk, outbox = DestinationDesk(engine), Outbox(engine)
    desk.add(DestinationForm(name="ris", address=Address(host="h", port=1)), "a", 1)
    assert told() == {Subject.DELIVERIES}
    with writing(engine) as connection:
        pk = connection.execute(select(destinations.c.pk)).scalar_one()
        row = {"destination_pk": pk, "raw": b"MSH", "state": DeliveryState.WAITING.value}
        connection.execute(insert(deliveries), [row, row])
    assert told() == {Subject.DELIVERIES}
    for state in (DeliveryState.WAITING, DeliveryState.SENT, DeliveryState.PARKED):
        head = outbox.head(pk)
        assert head is not None
        outbox.note(head, Attempt(state=state, at=2))
        assert told() == {Subject.DELIVERIES}, state
    for act in (desk.pause, desk.resume, desk.resend_parked):
        act("ris")
        assert told() == {Subject.DELIVERIES}, act
    outbox.begins_to_fail(pk, "nobody answers", 3)
    assert told() == {Subject.DELIVERIES}
    outbox.works(pk)
    assert told() == {Subject.DELIVERIES}
    assert told() == set()


def test_what_is_told_of_a_patient_to_others_is_told_to_the_pages(
    engine: Engine, told: Told
) -> None:
    with writing(engine) as connection:
        tell(connection, EventKind.PATIENT_CHANGED, "P1", {}, 1)
    assert told() == {Subject.RECORDS}
    assert told() == set()
