"""Signals stop a process, however many come and whatever it is doing."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from steckel.server.stopping import stop_on_signals


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    event = threading.Event()
    stop_on_signals(event)
    yield event
    for number, handler in before.items():
        signal.signal(number, handler)


def test_many_signals_stop_once(stop: threading.Event) -> None:
    for _ in range(20):
        os.kill(os.getpid(), signal.SIGTERM)
    assert stop.wait(10)


def test_a_signal_that_finds_the_lock_of_the_event_held_stops_too(stop: threading.Event) -> None:
    with stop._cond:  # as `wait` holds it
        os.kill(os.getpid(), signal.SIGINT)
    assert stop.wait(10)
