"""Messages go out completely and in their order, whoever is killed meanwhile."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine
from tests.databases import Index
from tests.integration.exchange.mllp_receiver import MllpReceiver, accept
from tests.unit.exchange.doubles import until
from tests.unit.exchange.outbound.doubles import NOW, PATIENT, rows

from steckel.exchange.outbound.desk import DestinationDesk
from steckel.exchange.outbound.model import Address, DestinationForm
from steckel.exchange.outbound.subscriptions import read_subscription
from steckel.index.engine import writing
from steckel.ris.events import tell
from steckel.ris.model import EventKind

pytestmark = pytest.mark.timeout(240)
_PATIENCE = 60.0


@pytest.fixture
def receiver() -> Iterator[MllpReceiver]:
    receiver = MllpReceiver()
    receiver.start()
    yield receiver
    receiver.kill()


def set_up(engine: Engine, receiver: MllpReceiver, **options: object) -> None:
    form = DestinationForm(
        name="RIS",
        address=Address(host="127.0.0.1", port=receiver.port),
        subscription=read_subscription({"events": ["patient-changed"], **options}),
    )
    DestinationDesk(engine).add(form, "admin", NOW)


def happen(engine: Engine, count: int) -> None:
    """Have something happen, so many times."""
    for number in range(count):
        with writing(engine) as connection:
            tell(connection, EventKind.PATIENT_CHANGED, PATIENT.identity, {}, NOW + number)


@contextmanager
def sending(index: Index) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that sends; kill it as a power cut would."""
    command = [sys.executable, "-m", "tests.integration.exchange.sending_role", index.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield process
        finally:
            process.kill()


def sent(engine: Engine) -> int:
    return sum(row.state == "sent" for row in rows(engine))


def until_sent(engine: Engine, count: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while sent(engine) < count:
        assert time.monotonic() < deadline, f"{sent(engine)} of {count} were sent"
        time.sleep(0.02)


def without_repeats(ids: list[str]) -> list[str]:
    """Return control ids without those that came twice in a row: an answer was lost."""
    return [one for at, one in enumerate(ids) if not at or ids[at - 1] != one]


def test_a_receiver_that_is_killed_in_mid_queue_gets_all_in_order_when_it_is_back(
    index: Index, receiver: MllpReceiver
) -> None:
    engine = index.open()
    set_up(engine, receiver)
    receiver.dies_after = 7
    with sending(index):
        happen(engine, 20)
        until(lambda: len(receiver.got) == 7)
        until(lambda: DestinationDesk(engine).get("RIS")[0].failing_since > 0)
        again = MllpReceiver(receiver.port)
        again.start()
        until_sent(engine, 20)
        again.kill()
    ids = [row.control_id for row in rows(engine)]
    assert receiver.got == ids[:7]
    assert again.got == ids[6:]
    assert not DestinationDesk(engine).get("RIS")[0].failing_since


def test_a_sender_that_is_killed_again_and_again_loses_nothing(
    index: Index, receiver: MllpReceiver
) -> None:
    engine, chance = index.open(), random.Random(4)
    set_up(engine, receiver)
    happen(engine, 60)
    kills = 0
    while sent(engine) < 60 and kills < 4:
        with sending(index):
            goal = min(60, len(receiver.got) + chance.randint(1, 15))
            until(lambda goal=goal: len(receiver.got) >= goal)  # type: ignore[misc]
        kills += 1
    with sending(index):
        until_sent(engine, 60)
    ids = [row.control_id for row in rows(engine)]
    assert without_repeats(receiver.got) == ids
    assert len(receiver.got) - len(ids) <= kills


def test_only_one_of_two_processes_sends(index: Index, receiver: MllpReceiver) -> None:
    engine = index.open()
    set_up(engine, receiver)
    with sending(index) as first:
        happen(engine, 5)
        until_sent(engine, 5)
        with sending(index):
            happen(engine, 5)
            until_sent(engine, 10)
            assert receiver.got == [row.control_id for row in rows(engine)]
            first.kill()
            first.wait()
            happen(engine, 5)
            until_sent(engine, 15)
    assert without_repeats(receiver.got) == [row.control_id for row in rows(engine)]


def test_late_and_foreign_acknowledgements_are_passed_over(
    index: Index, receiver: MllpReceiver
) -> None:
    engine = index.open()
    set_up(engine, receiver)
    receiver.answer = lambda control_id: [
        accept("of-another"), b"no HL7 at all", b"MSH|^~\\&|RIS\r", accept(control_id),
        accept(control_id),
    ]  # fmt: skip
    with sending(index):
        happen(engine, 10)
        until_sent(engine, 10)
    assert receiver.got == [row.control_id for row in rows(engine)]
