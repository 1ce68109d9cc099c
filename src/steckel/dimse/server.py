"""The listeners: a thread per connection, a session in each.

Connections and associations have limits of their own: one that never becomes
an association takes no slot, and is cut by ARTIM.
"""

import contextlib
import selectors
import socket
import ssl
import threading
import time

import structlog

from steckel.dimse.channel import Channel
from steckel.dimse.outgoing import Outgoing
from steckel.dimse.ports import PeerDirectory, Transcoder
from steckel.dimse.scp.echo import EchoScp
from steckel.dimse.scp.find import FindScp
from steckel.dimse.scp.get import GetScp
from steckel.dimse.scp.move import MoveScp
from steckel.dimse.scp.store import StoreScp
from steckel.dimse.scu.association import Caller
from steckel.dimse.session import Door, LocalEntity, Session
from steckel.dimse.settings import DimseSettings
from steckel.dimse.transport import Transport
from steckel.dimse.wire.command import Operation
from steckel.ingest.model import Receiver
from steckel.query.ports import Finder
from steckel.retrieve.model import Retriever
from steckel.upperlayer.association import Association

log = structlog.get_logger(__name__)

_BACKLOG = 256
#: After an error of `accept`, such as too many open files: seconds until the next try.
_BREATH = 0.1


class DimseServer:
    """One application entity: verification, storage, query and retrieve as SCP."""

    def __init__(
        self,
        settings: DimseSettings,
        *,
        receiver: Receiver,
        finder: Finder,
        retriever: Retriever,
        transcoder: Transcoder,
        peers: PeerDirectory,
    ) -> None:
        self._settings = settings
        outgoing = Outgoing(retriever=retriever, transcoder=transcoder)
        self._entity = LocalEntity(
            settings=settings,
            doors=_doors(settings, receiver, finder, outgoing, peers),
            peers=peers,
            slots=threading.BoundedSemaphore(settings.max_associations),
        )
        self._listeners: list[socket.socket] = []
        self._acceptor: threading.Thread | None = None
        self._wake, self._woken = socket.socketpair()
        self._lock = threading.Lock()
        self._connections: dict[threading.Thread, Channel | None] = {}

    @property
    def port(self) -> int:
        """The port of the plain listener."""
        return int(self._listeners[0].getsockname()[1])

    @property
    def tls_port(self) -> int | None:
        """The port of the TLS listener, if there is one."""
        return int(self._listeners[1].getsockname()[1]) if len(self._listeners) > 1 else None

    def start(self) -> None:
        """Listen and return.

        Raises
        ------
        OSError
            An address is not free, or not ours.
        """
        settings = self._settings
        self._listeners = [_listen(settings.host, settings.port)]
        if settings.tls_port is not None:
            try:
                self._listeners.append(_listen(settings.tls_host, settings.tls_port))
            except OSError:
                self._listeners.pop().close()
                raise
        self._acceptor = threading.Thread(target=self._accept, name="dimse-accept", daemon=True)
        self._acceptor.start()
        log.info("dimse_listening", aet=settings.aet, port=self.port, tls_port=self.tls_port)

    def stop(self, grace: float) -> None:
        """Stop listening; let messages under way end for `grace` seconds; then cut."""
        acceptor, self._acceptor = self._acceptor, None
        if acceptor is None:
            return
        self._wake.send(b"\0")
        acceptor.join()
        for listener in self._listeners:
            listener.close()
        end = time.monotonic() + grace
        for channel in self._open_channels():
            channel.stop()
        self._await_connections(end)
        for channel in self._open_channels():
            channel.kill()
        self._await_connections(time.monotonic() + 5.0)
        self._wake.close()
        self._woken.close()

    def _open_channels(self) -> list[Channel]:
        with self._lock:
            return [channel for channel in self._connections.values() if channel is not None]

    def _await_connections(self, end: float) -> None:
        with self._lock:
            threads = list(self._connections)
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))

    # ---- accepting

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            for number, listener in enumerate(self._listeners):
                selector.register(listener, selectors.EVENT_READ, data=number)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._woken:
                        return
                    self._accept_one(self._listeners[key.data], tls=key.data == 1)

    def _accept_one(self, listener: socket.socket, *, tls: bool) -> None:
        try:
            connection, address = listener.accept()
        except BlockingIOError:
            return
        except OSError as error:
            log.warning("accept_failed", error=type(error).__name__)
            time.sleep(_BREATH)
            return
        thread = threading.Thread(
            target=self._serve,
            args=(connection, str(address[0]), tls),
            name=f"dimse-{address[0]}:{address[1]}",
            daemon=True,
        )
        if not self._start(thread):
            log.warning("connection_refused", address=str(address[0]))
            connection.close()

    def _start(self, thread: threading.Thread) -> bool:
        """Start the thread of a connection, unless there are too many."""
        with self._lock:
            if len(self._connections) >= self._settings.max_connections:
                return False
            self._connections[thread] = None
        try:
            thread.start()
        except RuntimeError:  # the system has no more threads for us
            with self._lock:
                del self._connections[thread]
            return False
        return True

    def _serve(self, connection: socket.socket, address: str, tls: bool) -> None:
        thread = threading.current_thread()
        try:
            secured = self._secure(connection) if tls else connection
            if secured is None:
                return
            channel = self._channel(secured)
            with self._lock:
                self._connections[thread] = channel
            Session(channel, self._entity, address).run()
        finally:
            with self._lock:
                del self._connections[thread]
            connection.close()

    def _secure(self, connection: socket.socket) -> ssl.SSLSocket | None:
        """Do the TLS handshake, in the time that ARTIM gives."""
        context = self._settings.tls_context
        if context is None:
            return None
        connection.settimeout(self._settings.timeouts.artim)
        with contextlib.suppress(OSError):
            return context.wrap_socket(connection, server_side=True)
        log.info("tls_handshake_failed")
        return None

    def _channel(self, connection: socket.socket) -> Channel:
        settings = self._settings
        association = Association(
            requestor=False, max_length=settings.max_pdu_length, artim=settings.timeouts.artim
        )
        return Channel(Transport(connection), association, settings.timeouts)


def _doors(
    settings: DimseSettings,
    receiver: Receiver,
    finder: Finder,
    outgoing: Outgoing,
    peers: PeerDirectory,
) -> dict[Operation, Door]:
    caller = Caller(
        aet=settings.aet,
        timeouts=settings.timeouts,
        tls_context=settings.client_tls_context,
        max_pdu_length=settings.max_pdu_length,
    )
    return {
        Operation.C_ECHO: EchoScp(),
        Operation.C_STORE: StoreScp(receiver),
        Operation.C_FIND: FindScp(
            finder, aet=settings.aet, relational_by_default=settings.relational_by_default
        ),
        Operation.C_MOVE: MoveScp(outgoing, peers, caller),
        Operation.C_GET: GetScp(outgoing, response_timeout=settings.timeouts.response),
    }


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
