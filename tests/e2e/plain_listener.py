"""A receiver of HL7 messages that acknowledges each: plain sockets, nothing of ours."""

import socketserver
import threading
from types import TracebackType
from typing import Self


class PlainListener:
    """Listens on a free port of this machine while it is entered."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        received = self.received

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                waiting = b""
                while piece := self.request.recv(65536):
                    waiting += piece
                    while b"\x1c\r" in waiting:
                        message, _, waiting = waiting.partition(b"\x1c\r")
                        received.append(message.lstrip(b"\x0b"))
                        self.request.sendall(_answer(received[-1]))

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _answer(message: bytes) -> bytes:
    fields = message.split(b"\r")[0].split(b"|")
    head = b"MSH|^~\\&|X|Y|PACS|H|20260102||ACK|A1|P|2.5"
    return b"\x0b" + head + b"\rMSA|AA|" + fields[9] + b"\r\x1c\r"
