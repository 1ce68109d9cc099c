"""The client of the measurements, against answers that are written out."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from bench.http_client import Connection


@contextmanager
def _answering(*answers: bytes, close: bool = False) -> Iterator[Connection]:
    """Answer so many requests on one connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        link, _ = listener.accept()
        with link:
            for answer in answers:
                received = b""
                while b"\r\n\r\n" not in received:
                    received += link.recv(1 << 16)
                link.sendall(answer)
            if not close:
                link.recv(1)

    server = threading.Thread(target=serve)
    server.start()
    try:
        with Connection(listener.getsockname()[1], {}) as connection:
            yield connection
    finally:
        server.join()
        listener.close()


def test_a_body_of_a_known_length_is_counted_and_the_connection_kept() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    with _answering(answer, answer) as connection:
        assert connection.get("/").length == 5
        assert connection.get("/", keep=True).body == b"hello"


def test_chunks_are_put_together() -> None:
    answer = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n"
    )
    with _answering(answer) as connection:
        assert connection.get("/", keep=True).body == b"hello"


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    with _answering(b"HTTP/1.0 200 OK\r\n\r\nhello", close=True) as connection:
        assert connection.get("/").length == 5


def test_a_body_that_breaks_off_is_an_error() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"
    with (
        _answering(answer, close=True) as connection,
        pytest.raises(RuntimeError, match="within a body"),
    ):
        connection.get("/")


def test_a_status_that_is_no_success_is_an_error_with_what_was_said() -> None:
    answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nno such"
    with _answering(answer) as connection, pytest.raises(RuntimeError, match="404 b'no such'"):
        connection.get("/")
