"""A receiver over MLLP that notes what it got, and can be killed and started again."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from steckel.hl7.framing import Frame, Mllp, encode
from steckel.hl7.message import Message


def accept(control_id: str) -> bytes:
    return f"MSH|^~\\&|RIS||STECKEL||20260301||ACK|a|P|2.5.1\rMSA|AA|{control_id}\r".encode()


class MllpReceiver:
    """Answers AA to everything, one connection at a time."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.got: list[str] = []
        self.answer: Callable[[str], list[bytes]] = lambda control_id: [accept(control_id)]
        self.dies_after = -1  #: number of messages, the last of which is not answered
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
        self._thread.start()

    def kill(self) -> None:
        """Be gone, connections and all."""
        self.die()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def die(self) -> None:
        for one in (self._listener, *self._open):
            if one is not None:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._open.add(connection)
            with connection, suppress(OSError):
                self._serve(connection)
            self._open.discard(connection)

    def _serve(self, connection: socket.socket) -> None:
        decoder = Mllp()
        while data := connection.recv(1 << 16):
            for part in decoder.feed(data):
                if not isinstance(part, Frame):
                    return
                control_id = Message.parse(part.payload).control_id
                self.got.append(control_id)
                if len(self.got) == self.dies_after:
                    self.die()
                    return
                for answer in self.answer(control_id):
                    connection.sendall(encode(answer))
