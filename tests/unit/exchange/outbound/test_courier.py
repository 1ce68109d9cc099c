from sqlalchemy import Engine
from structlog.testing import capture_logs
from tests.unit.exchange.outbound.doubles import (
    NOW,
    Clock,
    Receiver,
    change_patient,
    courier,
    fill,
    rows,
    set_up,
)

from steckel.exchange.outbound.courier import IDLE, Courier
from steckel.exchange.outbound.desk import DestinationDesk


def three_messages(engine: Engine, **options: object) -> int:
    pk = set_up(engine, **options)
    for at, name in enumerate(("ONE", "TWO", "THREE")):
        change_patient(engine, name, NOW + at)
    fill(engine)
    return pk


def steps(courier: Courier, count: int) -> None:
    for _ in range(count):
        courier.step()


def states(engine: Engine) -> list[str]:
    return [row.state.value for row in rows(engine)]


def test_messages_leave_in_their_order_over_one_connection(engine: Engine) -> None:
    receiver = Receiver()
    mine = courier(engine, three_messages(engine), receiver)
    steps(mine, 3)
    assert receiver.taken == [row.control_id for row in rows(engine)]
    assert states(engine) == ["sent", "sent", "sent"]
    assert receiver.opened == 1
    assert mine.step() == IDLE
    assert all(row.sent == NOW and row.attempts == 1 for row in rows(engine))


def test_nothing_overtakes_what_cannot_be_delivered(engine: Engine) -> None:
    clock, receiver = Clock(), Receiver(answers=["down", "down", "none"])
    mine = courier(engine, three_messages(engine), receiver, clock)
    steps(mine, 5)
    assert receiver.taken == []
    (head, *others) = rows(engine)
    assert (head.attempts, head.next_attempt) == (0, NOW + 1_000)
    clock.now += 1_000
    steps(mine, 5)
    assert rows(engine)[0].next_attempt == NOW + 3_000
    clock.now += 2_000
    steps(mine, 5)
    head = rows(engine)[0]
    assert (head.attempts, head.next_attempt) == (1, NOW + 7_000)
    assert receiver.taken == [head.control_id]
    clock.now += 4_000
    steps(mine, 3)
    first = head.control_id
    assert receiver.taken == [first, first, *(other.control_id for other in others)]
    assert states(engine) == ["sent", "sent", "sent"]


def test_after_a_success_pauses_begin_anew(engine: Engine) -> None:
    clock, receiver = Clock(), Receiver(answers=["none", "none", "AA", "none"])
    mine = courier(engine, three_messages(engine), receiver, clock)
    mine.step()
    clock.now += 1_000
    mine.step()
    clock.now += 2_000
    steps(mine, 2)
    assert rows(engine)[1].next_attempt == clock.now + 1_000


def test_what_the_receiver_cannot_use_is_retried_then_parked_and_the_next_goes_on(
    engine: Engine,
) -> None:
    clock, receiver = Clock(), Receiver(answers=["AE"] * 3)
    mine = courier(engine, three_messages(engine, error_retries=2), receiver, clock)
    for _ in range(3):
        mine.step()
        clock.now += 300_000
    assert states(engine) == ["parked", "waiting", "waiting"]
    head = rows(engine)[0]
    assert (head.attempts, head.refusals, head.reason) == (3, 3, "AE: because")
    steps(mine, 2)
    assert states(engine) == ["parked", "sent", "sent"]
    assert not DestinationDesk(engine).get("RIS")[0].failing_since


def test_a_rejection_stops_the_destination_until_somebody_goes_on(engine: Engine) -> None:
    receiver = Receiver(answers=["AR"])
    mine = courier(engine, three_messages(engine), receiver)
    steps(mine, 5)
    assert states(engine) == ["waiting"] * 3
    assert len(receiver.taken) == 1
    desk = DestinationDesk(engine)
    stopped = desk.get("RIS")[0]
    assert stopped.is_paused
    assert (stopped.failing_since, stopped.problem) == (NOW, "AR: because")
    desk.resume("RIS")
    steps(mine, 3)
    assert states(engine) == ["sent"] * 3
    works = desk.get("RIS")[0]
    assert (works.is_paused, works.failing_since, works.problem) == (False, 0, "")


def test_a_rejection_may_put_the_message_aside(engine: Engine) -> None:
    receiver = Receiver(answers=["AR"])
    steps(courier(engine, three_messages(engine, on_reject="park"), receiver), 3)
    assert states(engine) == ["parked", "sent", "sent"]


def test_an_answer_without_a_code_is_none(engine: Engine) -> None:
    clock, receiver = Clock(), Receiver(answers=["??"])
    mine = courier(engine, three_messages(engine), receiver, clock)
    mine.step()
    assert states(engine) == ["waiting"] * 3
    assert not receiver.is_open
    clock.now += 1_000
    mine.step()
    assert states(engine) == ["sent", "waiting", "waiting"]


def test_with_two_acknowledgements_the_second_counts(engine: Engine) -> None:
    clock, receiver = Clock(), Receiver(answers=["CA", "AE", "CA", "AA", "CA", "none"])
    options = {"acknowledgement": "application", "error_retries": 0}
    mine = courier(engine, three_messages(engine, **options), receiver, clock)
    steps(mine, 3)
    assert states(engine) == ["parked", "sent", "waiting"]
    assert b"|AL|AL|" in receiver.raws[0]


def test_a_commit_acknowledgement_is_enough_where_that_is_asked(engine: Engine) -> None:
    receiver = Receiver(answers=["CA", "CA", "CA"])
    steps(courier(engine, three_messages(engine, acknowledgement="commit"), receiver), 3)
    assert states(engine) == ["sent"] * 3
    assert b"|AL|NE|" in receiver.raws[0]


def test_a_connection_that_the_peer_closed_is_opened_anew(engine: Engine) -> None:
    receiver = Receiver()
    mine = courier(engine, three_messages(engine), receiver)
    mine.step()
    receiver.is_open = False
    mine.step()
    assert receiver.opened == 2
    assert states(engine) == ["sent", "sent", "waiting"]


def test_trouble_is_told_once_when_it_begins_and_once_when_it_ends(engine: Engine) -> None:
    clock, receiver = Clock(), Receiver(answers=["down", "none", "down"])
    mine = courier(engine, three_messages(engine), receiver, clock)
    with capture_logs() as logs:
        for _ in range(6):
            mine.step()
            clock.now += 300_000
    assert [line["event"] for line in logs] == ["destination_fails", "destination_works_again"]
    assert "JANE" not in str(logs)


def test_what_is_being_sent_when_somebody_drops_it_stays_dropped(engine: Engine) -> None:
    desk, receiver = DestinationDesk(engine), Receiver()
    mine = courier(engine, three_messages(engine), receiver)
    first = rows(engine)[0].pk
    receiver.before_answer = lambda: desk.drop(first)
    mine.step()
    assert states(engine) == ["dropped", "waiting", "waiting"]


def test_a_process_that_died_before_it_noted_the_answer_sends_the_same_again(
    engine: Engine,
) -> None:
    pk, receiver = three_messages(engine), Receiver()

    def die() -> None:
        raise KeyboardInterrupt

    receiver.before_answer = die
    try:
        courier(engine, pk, receiver).step()
    except KeyboardInterrupt:
        receiver.before_answer = lambda: None
    steps(courier(engine, pk, receiver), 3)
    ids = [row.control_id for row in rows(engine)]
    assert receiver.taken == [ids[0], *ids]


def test_a_paused_destination_gets_nothing_and_its_queue_grows(engine: Engine) -> None:
    pk, receiver, desk = three_messages(engine), Receiver(), DestinationDesk(engine)
    desk.pause("RIS")
    change_patient(engine, "FOUR", NOW + 10)
    fill(engine)
    mine = courier(engine, pk, receiver)
    steps(mine, 3)
    assert receiver.taken == []
    assert desk.get("RIS")[1].waiting == 4
    desk.resume("RIS")
    steps(mine, 4)
    assert len(receiver.taken) == 4


def test_resuming_does_not_wait_for_the_end_of_a_pause(engine: Engine) -> None:
    receiver = Receiver(answers=["down"])
    mine = courier(engine, three_messages(engine), receiver)
    mine.step()
    DestinationDesk(engine).resume("RIS")
    mine.step()
    assert len(receiver.taken) == 1


def test_a_removed_destination_is_left_in_peace(engine: Engine) -> None:
    pk, receiver = three_messages(engine), Receiver()
    DestinationDesk(engine).remove("RIS")
    assert courier(engine, pk, receiver).step() == IDLE
    assert rows(engine) == []
