"""A listener in a thread of its own, and a receiver that answers what a test wants."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from steckel.exchange.model import Origin
from steckel.mllp.limits import Limits
from steckel.mllp.listener import Listener
from steckel.mllp.ports import Answer, Later, Receiver

_PATIENCE = 20.0


@dataclass
class Taking:
    """Answers each frame by its bytes in capitals, at once or when it is told to."""

    received: list[tuple[bytes, Origin]] = field(default_factory=list)
    answers: list[tuple[Answer, bytes]] = field(default_factory=list)
    holds: bool = False
    silent: bool = False
    later: bytes = b""

    def receive(self, raw: bytes, origin: Origin, answer: Answer, later: Later) -> None:
        self.received.append((raw, origin))
        if self.holds:
            self.answers.append((answer, _echo(raw)))
            return
        answer(None if self.silent else _echo(raw))
        if self.later:
            later(self.later)

    def too_long(self, head: bytes) -> bytes:
        return b"TOO LONG " + head[:4]

    def release(self, order: Callable[[list[tuple[Answer, bytes]]], None]) -> None:
        order(self.answers)
        for answer, text in self.answers:
            answer(text)


def _echo(raw: bytes) -> bytes:
    return raw.upper().translate(None, b"\x0b\x1c")


class Forgetful:
    """A meter that keeps no figures."""

    def observe(self, seconds: float) -> None:
        del seconds


@dataclass
class Running:
    """A listener that runs."""

    port: int
    tls_port: int | None
    listener: Listener
    loop: asyncio.AbstractEventLoop

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), _PATIENCE)

    def call(self, function: Callable[[], object]) -> None:
        """Call something in the loop, and wait for it."""
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (function(), done.set()))
        assert done.wait(_PATIENCE)

    def stop(self, grace: float) -> None:
        asyncio.run_coroutine_threadsafe(self.listener.stop(grace), self.loop).result(_PATIENCE)


@contextmanager
def running(
    receiver: Receiver, limits: Limits | None = None, context: ssl.SSLContext | None = None
) -> Iterator[Running]:
    """Run a listener on free ports."""
    plain = socket.create_server(("127.0.0.1", 0))
    tls = None if context is None else (socket.create_server(("127.0.0.1", 0)), context)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    listener = Listener(receiver, Forgetful(), limits or Limits())
    asyncio.run_coroutine_threadsafe(listener.start(plain, tls), loop).result(_PATIENCE)
    found = Running(
        plain.getsockname()[1], tls[0].getsockname()[1] if tls else None, listener, loop
    )
    try:
        yield found
    finally:
        found.stop(0.1)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def frame(payload: bytes) -> bytes:
    return b"\x0b" + payload + b"\x1c\r"


def read_frames(connection: socket.socket, count: int) -> list[bytes]:
    """Read so many answers, and no more than that."""
    connection.settimeout(_PATIENCE)
    data = b""
    while data.count(b"\x1c\r") < count:
        piece = connection.recv(65536)
        assert piece, f"closed after {data!r}"
        data += piece
    frames = data.split(b"\x1c\r")
    assert frames.pop() == b""
    assert all(one.startswith(b"\x0b") for one in frames)
    return [one[1:] for one in frames]


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side closes, within some time."""
    connection.settimeout(_PATIENCE)
    try:
        while connection.recv(65536):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds; fail if it does not come to be."""
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.005)
