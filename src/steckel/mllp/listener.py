"""The MLLP listener: accepts senders, and keeps them within limits.

Runs in the event loop that starts it. The rule for its end: what was read is answered.
"""

import asyncio
import contextlib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import structlog

from steckel.mllp.connection import Connection, Surroundings
from steckel.mllp.limits import Limits
from steckel.mllp.mailbox import Mailbox
from steckel.mllp.ports import Meter, Receiver

_log = structlog.get_logger(__name__)

_LOOK_SECONDS = 1.0
_BACKLOG = 1024
#: Threads that read long messages.
_READERS = 2
#: Keepalive probes: a sender whose machine is gone is noticed after some minutes.
_KEEPALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 6))


class Listener:
    """Serves senders on sockets that listen already."""

    def __init__(self, receiver: Receiver, meter: Meter, limits: Limits) -> None:
        self._receiver = receiver
        self._meter = meter
        self._limits = limits
        self._connections: set[Connection] = set()
        self._servers: list[asyncio.Server] = []
        self._beside = ThreadPoolExecutor(_READERS, "mllp-reader")
        self._watching: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._connections)

    async def start(
        self, plain: socket.socket, tls: tuple[socket.socket, ssl.SSLContext] | None = None
    ) -> None:
        """Accept connections from now on."""
        loop = asyncio.get_running_loop()
        around = Surroundings(
            receiver=self._receiver,
            meter=self._meter,
            limits=self._limits,
            mailbox=Mailbox(loop),
            registry=self,
            beside=self._beside,
        )
        _set_options(plain)
        self._servers.append(
            await loop.create_server(
                lambda: Connection(around, tls=False), sock=plain, backlog=_BACKLOG
            )
        )
        if tls is not None:
            listener, context = tls
            _set_options(listener)
            self._servers.append(
                await loop.create_server(
                    lambda: Connection(around, tls=True),
                    sock=listener,
                    ssl=context,
                    backlog=_BACKLOG,
                )
            )
        self._watching = loop.create_task(self._watch())

    async def stop(self, grace: float) -> None:
        """Accept nothing more; answer what was read, for some seconds at most; close."""
        for server in self._servers:
            server.close()
        if self._watching is not None:
            self._watching.cancel()
        for connection in list(self._connections):
            connection.end()
        deadline = monotonic() + grace
        while self._connections and monotonic() < deadline:  # noqa: ASYNC110 - at its end only
            await asyncio.sleep(0.01)
        for connection in list(self._connections):
            connection.drop("the server is being stopped")
        self._beside.shutdown(wait=False, cancel_futures=True)

    def enter(self, connection: Connection) -> bool:
        """Add a connection, if there is room."""
        if len(self._connections) >= self._limits.connections:
            _log.warning("mllp_too_many_connections", limit=self._limits.connections)
            return False
        self._connections.add(connection)
        return True

    def leave(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)

    def unfinished_grew(self) -> None:
        """Drop the longest unfinished frame, when all together are too long."""
        total = sum(connection.unfinished for connection in self._connections)
        if total > self._limits.unfinished_bytes:
            longest = max(self._connections, key=lambda connection: connection.unfinished)
            longest.unfinished = 0
            longest.drop("unfinished messages take too much memory")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self.drop_idle(monotonic())

    def drop_idle(self, now: float) -> None:
        """Close connections on which nothing was finished for too long."""
        for connection in list(self._connections):
            if not connection.waits and now - connection.mark > self._limits.idle:
                connection.drop("idle")


def _set_options(listener: socket.socket) -> None:
    """Set what accepted connections inherit."""
    with contextlib.suppress(OSError):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE:
            if hasattr(socket, name):
                listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
