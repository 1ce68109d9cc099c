"""Killed at any moment: no acknowledged message is lost, and none has its effect twice."""

import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from tests.databases import Index
from tests.ports import free_port
from tests.unit.exchange.doubles import effects, raw_message, until
from tests.unit.mllp.running import frame

from steckel.exchange.schema import messages

pytestmark = pytest.mark.timeout(240)

_ROOT = Path(__file__).parents[3]
_SENDERS, _EACH, _KILLS = 4, 60, 6


class Role:
    """The process, which is started again after it was killed."""

    def __init__(self, url: str, port: int) -> None:
        self._command = [sys.executable, "-m", "tests.integration.exchange.counting_role"]
        self._command += [url, str(port)]
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def kill(self, *, again: bool) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        if again:
            self._start()


@contextmanager
def role(url: str, port: int) -> Iterator[Role]:
    process = Role(url, port)
    try:
        yield process
    finally:
        process.kill(again=False)


class Sender(threading.Thread):
    """Sends as a good system does: what was not acknowledged is sent again."""

    def __init__(self, number: int, port: int) -> None:
        super().__init__()
        self.number = number
        self.acknowledged: list[str] = []
        self._port = port

    def run(self) -> None:
        for count in range(_EACH):
            control_id = f"S{self.number}-{count:03}"
            while not self._send(control_id):
                time.sleep(0.05)
            self.acknowledged.append(control_id)

    def _send(self, control_id: str) -> bool:
        received = b""
        with (
            suppress(OSError),
            socket.create_connection(("127.0.0.1", self._port), 5.0) as connection,
        ):
            connection.sendall(frame(raw_message(control_id, f"P{self.number}")))
            while not received.endswith(b"\x1c\r"):
                piece = connection.recv(65536)
                if not piece:
                    return False
                received += piece
        return f"MSA|AA|{control_id}\r".encode() in received


def kept(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(select(messages.c.control_id, messages.c.state))
        return [(row.control_id, row.state) for row in rows]


def test_what_was_acknowledged_is_kept_once_and_done_once(index: Index) -> None:
    port, source = free_port(), random.Random(4)
    engine = index.open()
    with role(index.url, port) as process:
        senders = [Sender(number, port) for number in range(_SENDERS)]
        for sender in senders:
            sender.start()
        for _ in range(_KILLS):
            time.sleep(source.uniform(0.05, 0.4))
            process.kill(again=True)
        for sender in senders:
            sender.join()
        until(lambda: all(state == "processed" for _, state in kept(engine)))
    acknowledged = sorted(one for sender in senders for one in sender.acknowledged)
    assert len(acknowledged) == _SENDERS * _EACH
    assert sorted(control_id for control_id, _ in kept(engine)) == acknowledged
    assert set(Counter(effects(engine)).values()) == {1}
    assert sorted(effects(engine)) == acknowledged
