"""Senders of HL7 messages: one waits for each acknowledgement, one keeps a pace.

All connections are served by one thread of one process, so that the sender takes little of
the machine that it measures.
"""

import selectors
import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_START, _END = b"\x0b", b"\x1c\r"
_PATIENCE = 60.0


@dataclass(slots=True)
class _Sender:
    connection: socket.socket
    sent: float = 0.0
    received: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How it went: seconds over all, and of each message."""

    seconds: float
    each: list[float] = field(repr=False)

    def percentile(self, share: float) -> float:
        """Return the time in seconds that so large a share stayed below."""
        return sorted(self.each)[min(len(self.each) - 1, int(len(self.each) * share))]


def send_messages(port: int, messages: Sequence[bytes], connections: int) -> Sent:
    """Send all messages over some connections.

    Raises
    ------
    RuntimeError
        One was not accepted, or its acknowledgement did not come.
    """
    left = iter(messages)
    times: list[float] = []
    _connect(port).close()
    with selectors.DefaultSelector() as selector:
        started = time.perf_counter()
        for _ in range(connections):
            connection = _connect(port)
            sender = _Sender(connection)
            selector.register(connection, selectors.EVENT_READ, sender)
            _send_next(selector, sender, left)
        while selector.get_map():
            ready = selector.select(_PATIENCE)
            if not ready:
                raise RuntimeError("no acknowledgement came")
            for key, _ in ready:
                _take(selector, key.data, left, times)
        seconds = time.perf_counter() - started
    return Sent(seconds=seconds, each=times)


def send_paced(port: int, messages: Sequence[bytes], connections: int, per_second: float) -> Sent:
    """Send all messages at a pace that does not depend on the answers.

    The time of a message counts from when it was to be sent, so that none is left out
    because the one before it was slow. Many may be on their way on a connection.

    Raises
    ------
    RuntimeError
        One was not accepted, or its acknowledgement did not come.
    """
    lines = [_Line(_connect(port)) for _ in range(connections)]
    times: list[float] = []
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.connection, selectors.EVENT_READ, line)
        started = time.perf_counter()
        for number, message in enumerate(messages):
            due = started + number / per_second
            while (left := due - time.perf_counter()) > 0:
                _take_all(selector, left, times)
            lines[number % connections].send(message, due)
            _take_all(selector, 0, times)
        while any(line.due for line in lines):
            if not _take_all(selector, _PATIENCE, times):
                raise RuntimeError("no acknowledgement came")
        seconds = time.perf_counter() - started
    for line in lines:
        line.connection.close()
    return Sent(seconds=seconds, each=times)


class _Line:
    """A connection on which several messages may be on their way."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.due: deque[float] = deque()
        self._received = b""

    def send(self, message: bytes, due: float) -> None:
        self.due.append(due)
        self.connection.sendall(_START + message + _END)

    def take(self, times: list[float]) -> None:
        piece = self.connection.recv(65536)
        if not piece:
            raise RuntimeError("the connection was closed")
        *answers, self._received = (self._received + piece).split(_END)
        now = time.perf_counter()
        for answer in answers:
            if b"\rMSA|AA|" not in answer:
                raise RuntimeError(f"not accepted: {answer!r}")
            times.append(now - self.due.popleft())


def _take_all(selector: selectors.BaseSelector, patience: float, times: list[float]) -> int:
    ready = selector.select(patience)
    for key, _ in ready:
        key.data.take(times)
    return len(ready)


def _connect(port: int) -> socket.socket:
    """Connect, to a server that may still be starting this listener."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port), _PATIENCE)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection


def _send_next(selector: selectors.BaseSelector, sender: _Sender, left: Iterator[bytes]) -> None:
    message = next(left, None)
    if message is None:
        selector.unregister(sender.connection)
        sender.connection.close()
        return
    sender.sent = time.perf_counter()
    sender.connection.sendall(_START + message + _END)


def _take(
    selector: selectors.BaseSelector, sender: _Sender, left: Iterator[bytes], times: list[float]
) -> None:
    piece = sender.connection.recv(65536)
    if not piece:
        raise RuntimeError("the connection was closed")
    sender.received += piece
    if not sender.received.endswith(_END):
        return
    times.append(time.perf_counter() - sender.sent)
    if b"\rMSA|AA|" not in sender.received:
        raise RuntimeError(f"not accepted: {sender.received!r}")
    sender.received = b""
    _send_next(selector, sender, left)


def imaging_orders(count: int, *, first: int = 1) -> list[bytes]:
    """Return OMI^O23 messages, each with a patient and an order of its own."""
    return [_imaging_order(number) for number in range(first, first + count)]


def _imaging_order(number: int) -> bytes:
    return _ORDER.format(n=number).replace("\n", "\r").encode()


_ORDER = """\
MSH|^~\\&|RIS|HOSPITAL|PACS|HOSPITAL|20260102030405+0000||OMI^O23^OMI_O23|M{n:09}|P|2.5.1\
||||||UNICODE UTF-8
PID|1||P{n:08}^^^HOSPITAL^PI||MARTIN^Élodie^Anne||19800412|F|||12 rue de la Paix^^Paris^^75002
PV1|1|O|RADIO^SALLE1^^HOSPITAL||||1001^DURAND^Paul||1002^PETIT^Marie||||||||||V{n:08}^^^HOSPITAL
ORC|NW|O{n:08}^RIS|F{n:08}^RIS||SC||^^^20260103090000^^R||20260102030405|||1002^PETIT^Marie
TQ1|1||||||20260103090000||R
OBR|1|O{n:08}^RIS|F{n:08}^RIS|CTCHEST^CT of the chest^LOCAL|||||||||cough for three weeks|||\
1002^PETIT^Marie||||||||CT|||^^^20260103090000^^R
IPC|A{n:08}^RIS|RP{n:08}^RIS|1.2.826.0.1.3680043.8.498.{n}^RIS|S{n:08}^RIS|CT\
|CTCHEST^CT of the chest^LOCAL|CT1|SALLE1|CT1
"""
