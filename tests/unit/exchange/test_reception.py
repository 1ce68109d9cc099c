"""A sender is told what became of its message, in the mode and at the time that it asks for."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select
from tests.unit.exchange.doubles import ORIGIN, Counting, make_reader, raw_message, states, until

from steckel.errors import NotHl7, StorageFailure
from steckel.exchange.answers import Answers
from steckel.exchange.dispatch import Dispatcher, Wake
from steckel.exchange.intake import Intake
from steckel.exchange.leader import leadership
from steckel.exchange.outcomes import Outcomes
from steckel.exchange.processing import Processor
from steckel.exchange.reception import Reception
from steckel.exchange.rounds import rounds
from steckel.exchange.schema import messages
from steckel.hl7.acknowledge import Fault, FaultCode
from steckel.hl7.batch import split
from steckel.hl7.message import Message
from steckel.hl7.write import Party

SENDER = Party(application="STECKEL", facility="WARD")
ENHANCED = {15: "AL", 16: "AL"}


class Front:
    """A reception with a dispatcher, as in the role."""

    def __init__(self, engine: Engine) -> None:
        self.interpreter = Counting()
        self.engine = engine
        wake, outcomes = Wake(), Outcomes(engine)
        self.intake = Intake(engine, on_kept=wake)
        answers = Answers(SENDER, lambda: datetime(2026, 1, 2, tzinfo=UTC))
        self.reception = Reception(make_reader(self.interpreter), self.intake, answers, outcomes)
        processing = rounds(
            engine,
            Processor(self.interpreter, now=lambda: 2_000),
            outcomes,
            is_wanted=lambda: False,
            wake=wake,
        )
        self.dispatcher = Dispatcher(leadership(engine), processing, outcomes, wake)

    def send(self, raw: bytes) -> tuple[list[bytes | None], list[bytes]]:
        """Bring a message; return the lists that its answers go to."""
        at_once: list[bytes | None] = []
        later: list[bytes] = []
        self.reception.receive(raw, ORIGIN, at_once.append, later.append)
        until(lambda: bool(at_once))
        return at_once, later


@pytest.fixture
def front(engine: Engine) -> Iterator[Front]:
    front = Front(engine)
    front.intake.start()
    front.dispatcher.start()
    yield front
    front.intake.stop()
    front.dispatcher.stop()


def code(answer: bytes | None) -> str:
    assert answer is not None
    return Message.parse(answer).value("MSA-1")


def test_a_message_is_accepted_in_our_name(front: Front) -> None:
    (answer,), later = front.send(raw_message("M1"))
    said = Message.parse(answer or b"")
    assert (code(answer), said.value("MSA-2"), said.source) == ("AA", "M1", "STECKEL^WARD")
    until(lambda: states(front.engine) == {"M1": "processed"})
    assert later == []


def test_what_cannot_be_taken_is_refused_with_the_place(front: Front) -> None:
    (answer,), _ = front.send(raw_message("M1", ""))
    said = Message.parse(answer or b"")
    assert (code(answer), said.value("ERR-3"), said.value("ERR-2")) == ("AE", "101", "PID")


def test_an_unknown_type_and_what_is_no_hl7_are_rejected(front: Front) -> None:
    assert code(front.send(raw_message("M1", event="XXX^X01"))[0][0]) == "AR"
    assert code(front.send(b"\x00\xffhello")[0][0]) == "AR"


def test_a_repeat_is_accepted_again_whatever_is_thought_of_it_now(front: Front) -> None:
    raw = raw_message("M1")
    front.send(raw)
    until(lambda: states(front.engine) == {"M1": "processed"})
    refusal = Fault(code=FaultCode.UNSUPPORTED_MESSAGE_TYPE, text="not any more")
    front.interpreter.check = lambda _: refusal  # type: ignore[method-assign]
    assert code(front.send(raw)[0][0]) == "AA"
    assert front.interpreter.applied == ["M1"]


def test_the_enhanced_mode_commits_at_once_and_says_later_what_was_done(front: Front) -> None:
    (answer,), later = front.send(raw_message("M1", header=ENHANCED))
    assert code(answer) == "CA"
    until(lambda: bool(later))
    assert code(later[0]) == "AA"


def test_the_enhanced_mode_says_later_that_it_failed(front: Front) -> None:
    (answer,), later = front.send(raw_message("M1", order="fault", header=ENHANCED))
    assert code(answer) == "CA"
    until(lambda: bool(later))
    assert code(later[0]) == "AE"
    assert Message.parse(later[0]).value("ERR-8") == "unknown order"


def test_a_repeat_in_the_enhanced_mode_is_told_what_was_done_then(front: Front) -> None:
    raw = raw_message("M1", header=ENHANCED)
    front.send(raw)
    until(lambda: states(front.engine) == {"M1": "processed"})
    _, later = front.send(raw)
    until(lambda: bool(later))
    assert code(later[0]) == "AA"
    assert front.interpreter.applied == ["M1"]


def test_only_errors_are_answered_where_the_sender_wants_that(front: Front) -> None:
    fine, _ = front.send(raw_message("M1", header={15: "ER", 16: "NE"}))
    wrong, _ = front.send(raw_message("M2", "", header={15: "ER", 16: "NE"}))
    assert fine == [None]
    assert code(wrong[0]) == "CE"


def batch(*raws: bytes) -> bytes:
    return b"FHS|^~\\&|\rBHS|^~\\&|\r" + b"".join(raws) + b"BTS|2\rFTS|1\r"


def test_a_batch_is_answered_by_a_batch(front: Front) -> None:
    (answer,), _ = front.send(batch(raw_message("M1"), raw_message("M2", "")))
    assert answer is not None
    assert [code(one) for one in split(answer)] == ["AA", "AE"]
    assert states(front.engine)["M2"] == "error"


@pytest.mark.parametrize("line_end", [b"\r", b"\n", b"\r\n"])
def test_messages_in_one_frame_without_an_envelope_are_each_taken(
    front: Front, line_end: bytes
) -> None:
    both = raw_message("M1") + raw_message("M2", "P2")
    (answer,), _ = front.send(both.replace(b"\r", line_end))
    assert [Message.parse(one).value("MSA-2") for one in split(answer or b"")] == ["M1", "M2"]
    assert set(states(front.engine)) == {"M1", "M2"}


def test_waiting_for_the_answers_is_another_way_in(front: Front) -> None:
    assert code(front.reception.receive_and_wait(raw_message("M1"), ORIGIN)) == "AA"
    answer = front.reception.receive_and_wait(raw_message("M2") + raw_message("M3"), ORIGIN)
    assert [code(one) for one in split(answer)] == ["AA", "AA"]


def test_what_holds_no_message_is_not_kept_by_it(front: Front) -> None:
    with pytest.raises(NotHl7):
        front.reception.receive_and_wait(b"hello", ORIGIN)
    assert states(front.engine) == {}


def _raise(problem: Exception) -> Callable[..., Any]:
    def fail(*_: object) -> Any:
        raise problem

    return fail


def test_a_database_that_fails_asks_the_sender_to_try_again(front: Front) -> None:
    front.interpreter.check = _raise(StorageFailure("gone"))  # type: ignore[method-assign]
    (answer,), _ = front.send(raw_message("M1"))
    assert code(answer) == "AR"
    assert Message.parse(answer or b"").value("MSA-2") == "M1"


def test_an_error_of_ours_in_looking_at_a_message_keeps_it_as_an_error(front: Front) -> None:
    front.interpreter.check = _raise(ZeroDivisionError("DOE"))  # type: ignore[method-assign]
    (answer,), _ = front.send(raw_message("M1"))
    assert code(answer) == "AE"
    assert b"DOE" not in (answer or b"")
    with front.engine.connect() as connection:
        assert connection.execute(select(messages.c.state)).scalar_one() == "error"
