"""A small HTTP/1.1 client that is not what limits a measurement.

One connection that is kept; bodies are read into one buffer and counted. No
TLS, no redirects, no compression: it talks to servers of this machine.
"""

import io
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_BUFFER = 1 << 20
_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: the length of the body, and its bytes where they were asked for."""

    status: int
    length: int
    body: bytes


class Connection:
    """One connection, opened when first needed and again after the server closed it."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._port = port
        self._common = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._buffer = memoryview(bytearray(_BUFFER))
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it."""
        if self._socket:
            self._reader.close()
            self._socket.close()
            self._socket = None

    def get(self, path: str, accept: str = "*/*", *, keep: bool = False) -> Answer:
        """Ask for a resource; a status that is no success raises RuntimeError."""
        return self._exchange(f"GET {path} HTTP/1.1\r\nAccept: {accept}\r\n", b"", keep=keep)

    def post(self, path: str, content_type: str, body: bytes, accept: str = "*/*") -> Answer:
        """Send a body."""
        head = f"POST {path} HTTP/1.1\r\nAccept: {accept}\r\nContent-Type: {content_type}\r\n"
        return self._exchange(f"{head}Content-Length: {len(body)}\r\n", body, keep=True)

    def _exchange(self, head: str, body: bytes, *, keep: bool) -> Answer:
        link = self._socket or self._open()
        link.sendall(f"{head}Host: 127.0.0.1:{self._port}\r\n{self._common}\r\n".encode())
        if body:
            link.sendall(body)
        status, headers = self._head()
        kept = bytearray() if keep or status >= 300 else None
        length = self._body(headers, kept)
        if headers.get(b"connection", b"").lower() == b"close":
            self.close()
        if status >= 300:
            raise RuntimeError(f"{head.splitlines()[0]}: {status} {bytes(kept or b'')[:400]!r}")
        return Answer(status, length, bytes(kept or b""))

    def _open(self) -> socket.socket:
        link = socket.create_connection(("127.0.0.1", self._port), timeout=_SECONDS)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = io.BufferedReader(socket.SocketIO(link, "r"), _BUFFER)
        self._socket = link
        return link

    def _head(self) -> tuple[int, dict[bytes, bytes]]:
        first = self._reader.readline()
        if not first:
            raise RuntimeError("the server closed the connection")
        headers = {}
        while (line := self._reader.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        return int(first.split()[1]), headers

    def _body(self, headers: dict[bytes, bytes], kept: bytearray | None) -> int:
        if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
            return self._chunks(kept)
        if b"content-length" in headers:
            return self._take(int(headers[b"content-length"]), kept)
        headers[b"connection"] = b"close"
        return self._take(None, kept)

    def _chunks(self, kept: bytearray | None) -> int:
        total = 0
        while size := int(self._reader.readline().split(b";")[0], 16):
            total += self._take(size, kept)
            self._reader.readline()
        self._reader.readline()
        return total

    def _take(self, size: int | None, kept: bytearray | None) -> int:
        """Read so many bytes, or all there are to the end of the connection."""
        left = size if size is not None else 1 << 62
        while left:
            count = self._reader.readinto(self._buffer[: min(left, _BUFFER)])
            if not count:
                break
            if kept is not None:
                kept += self._buffer[:count]
            left -= count
        if size is not None and left:
            raise RuntimeError("the server closed the connection within a body")
        return (size if size is not None else 1 << 62) - left
