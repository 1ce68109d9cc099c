"""Sending one message after another to another system, each with its acknowledgement.

Blocking: for a thread of its own. The rule: what is not acknowledged is not sent. A late or a
foreign acknowledgement is passed over; it is matched by MSA-2.
"""

import select
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import Self

from steckel.errors import NotHl7, SteckelError
from steckel.hl7.framing import Frame, Mllp, encode
from steckel.hl7.message import Message
from steckel.security.outgoing import Dialler, Tls

_CHUNK = 1 << 16
#: No acknowledgement is longer.
_LONGEST_ANSWER = 1 << 20


class CannotSend(SteckelError):
    """The other system cannot be reached, or does not answer; the message may be sent again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Another system; times in seconds."""

    host: str
    port: int
    tls: Tls | None = None
    dialler: Dialler = field(default_factory=Dialler)
    connect_seconds: float = 10.0
    answer_seconds: float = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Acknowledged:
    """What the other system answered."""

    code: str  #: MSA-1: ``AA`` or ``CA``, ``AE``, ``AR``, ``CE``, ``CR``
    text: str  #: MSA-3, or what ERR says, for a person
    raw: bytes

    @property
    def is_accepted(self) -> bool:
        """Whether it took the message."""
        return self.code in ("AA", "CA")


class Sender:
    """A connection to a destination."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._decoder = Mllp(_LONGEST_ANSWER)
        with _failing(destination, "cannot be reached"):
            self._socket = _connect(destination)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _problem: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    @property
    def is_open(self) -> bool:
        """Whether the other system has left the connection open, as far as can be seen."""
        if self._socket.fileno() < 0:
            return False
        if not select.select([self._socket], [], [], 0)[0]:
            return True
        if isinstance(self._socket, ssl.SSLSocket):
            return False  # a late acknowledgement or the end: a new connection is sure
        try:
            return bool(self._socket.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def send(self, message: bytes) -> Acknowledged:
        """Send a message, and wait for its acknowledgement.

        Raises
        ------
        CannotSend
            None came in time, or the connection failed; it is of no more use.
        NotHl7
            The message is none.
        """
        control_id = Message.parse(message).control_id
        destination = self._destination
        with _failing(destination, "did not acknowledge"):
            self._socket.settimeout(destination.answer_seconds)
            self._socket.sendall(encode(message))
        return self.wait_for(control_id)

    def wait_for(self, control_id: str) -> Acknowledged:
        """Wait for an acknowledgement of a message that was sent, after `send` for a second one.

        Raises
        ------
        CannotSend
            None came in time, or the connection failed; it is of no more use.
        """
        destination = self._destination
        deadline = monotonic() + destination.answer_seconds
        with _failing(destination, "did not acknowledge"):
            for answer in self._answers(deadline):
                found = _acknowledgement(answer, control_id)
                if found is not None:
                    return found
        raise AssertionError("not reached")

    def _answers(self, deadline: float) -> Iterator[bytes]:
        while True:
            left = deadline - monotonic()
            if left <= 0:
                raise TimeoutError("no acknowledgement in time")
            self._socket.settimeout(left)
            data = self._socket.recv(_CHUNK)
            if not data:
                raise ConnectionError("the connection was closed")
            for part in self._decoder.feed(data):
                if isinstance(part, Frame):
                    yield part.payload


def _connect(destination: Destination) -> socket.socket:
    connection = destination.dialler.connect(
        destination.host, destination.port, destination.connect_seconds
    )
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if destination.tls is None:
            return connection
        return destination.tls.wrap_socket(connection, server_hostname=destination.host)
    except BaseException:
        connection.close()
        raise


def _acknowledgement(answer: bytes, control_id: str) -> Acknowledged | None:
    """Return what an answer says; nothing if it is of another message."""
    try:
        message = Message.parse(answer)
    except NotHl7:
        return None
    found = message.first("MSA")
    if found is None or found.value(2) != control_id:
        return None
    text = found.value(3) or message.value("ERR-8") or message.value("ERR-7")
    return Acknowledged(code=found.value(1), text=text, raw=answer)


@contextmanager
def _failing(destination: Destination, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as problem:  # time-outs and TLS are among them
        where = f"{destination.host}:{destination.port}"
        reason = problem.strerror or str(problem) or "no answer in time"
        raise CannotSend(f"{where} {what} ({reason})") from problem
