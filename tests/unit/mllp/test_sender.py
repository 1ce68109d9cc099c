"""A message is sent when its own acknowledgement has come."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from tests.unit.mllp.running import frame

from steckel.mllp.sender import CannotSend, Destination, Sender

_MESSAGE = b"MSH|^~\\&|A|B|C|D|20260101||ADT^A08|M1|P|2.5\rPID|1\r"


@contextmanager
def peer(answer: Callable[[socket.socket], None]) -> Iterator[Destination]:
    """Run a system that takes one message, and then does something."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            received = b""
            while not received.endswith(b"\x1c\r"):
                received += connection.recv(65536)
            assert received == frame(_MESSAGE)
            answer(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield Destination(host="127.0.0.1", port=listener.getsockname()[1], answer_seconds=20.0)
    finally:
        thread.join()
        listener.close()


def acknowledgement(code: str, control_id: str, more: str = "") -> bytes:
    return frame(
        f"MSH|^~\\&|C|D|A|B|20260101||ACK|X|P|2.5\rMSA|{code}|{control_id}{more}\r".encode()
    )


def test_an_acknowledgement_is_returned() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(acknowledgement("AA", "M1"))

    with peer(answer) as destination, Sender(destination) as sender:
        found = sender.send(_MESSAGE)
    assert (found.code, found.is_accepted) == ("AA", True)


def test_a_refusal_says_why() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(acknowledgement("AE", "M1", "|no such patient"))

    with peer(answer) as destination, Sender(destination) as sender:
        found = sender.send(_MESSAGE)
    assert (found.code, found.is_accepted, found.text) == ("AE", False, "no such patient")


def test_late_foreign_and_broken_answers_are_passed_over() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(acknowledgement("AE", "M0") + frame(b"what") + b"noise")
        for byte in acknowledgement("AA", "M1"):
            connection.sendall(bytes((byte,)))

    with peer(answer) as destination, Sender(destination) as sender:
        assert sender.send(_MESSAGE).code == "AA"


def test_a_connection_that_is_closed_without_an_answer_is_a_failure() -> None:
    with (
        peer(lambda _: None) as destination,
        Sender(destination) as sender,
        pytest.raises(CannotSend, match="did not acknowledge"),
    ):
        sender.send(_MESSAGE)


def test_no_answer_in_time_is_a_failure() -> None:
    waits = threading.Event()
    with peer(lambda _: waits.wait(20) or None) as there:
        destination = Destination(host=there.host, port=there.port, answer_seconds=0.1)
        with Sender(destination) as sender, pytest.raises(CannotSend, match="did not acknowledge"):
            sender.send(_MESSAGE)
        waits.set()


def test_a_system_that_is_not_there_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(CannotSend, match="cannot be reached"):
        Sender(Destination(host="127.0.0.1", port=port))
