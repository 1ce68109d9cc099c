"""What waits is processed although messages never stop coming in."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from tests.unit.exchange.doubles import Counting, keep, raw_message, states, until

from steckel.exchange.dispatch import Dispatcher, Wake
from steckel.exchange.leader import leadership
from steckel.exchange.outcomes import Outcomes
from steckel.exchange.processing import Processor
from steckel.exchange.rounds import rounds


@contextmanager
def always_busy(engine: Engine, interpreter: Counting) -> Iterator[None]:
    """Run a dispatcher that is told at any time that more messages come in."""
    wake, outcomes = Wake(), Outcomes(engine)
    processor = Processor(interpreter, now=lambda: 2_000)
    processing = rounds(engine, processor, outcomes, is_wanted=lambda: True, wake=wake)
    dispatcher = Dispatcher(leadership(engine), processing, outcomes, wake)
    dispatcher.start()
    try:
        yield
    finally:
        dispatcher.stop()


def test_a_stream_without_a_pause_keeps_nothing_waiting_for_ever(engine: Engine) -> None:
    interpreter = Counting()
    names = [f"M{number:03}" for number in range(200)]
    keep(engine, *(raw_message(name, f"P{name}") for name in names))
    with always_busy(engine, interpreter):
        until(lambda: set(states(engine).values()) == {"processed"})
    assert sorted(interpreter.applied) == names
    if engine.dialect.name == "postgresql":
        assert interpreter.most_at_once == 1
