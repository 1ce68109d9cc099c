"""A thread per connection, and a session in each.

Connections and associations have limits of their own: one that never becomes
an association takes no slot, and is cut by ARTIM.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable

import structlog

from steckel.dimse.channel import Channel
from steckel.dimse.listeners import Listeners
from steckel.dimse.outgoing import AllOutgoing
from steckel.dimse.ports import Rooms
from steckel.dimse.scp.commitment import CommitmentScp
from steckel.dimse.scp.echo import EchoScp
from steckel.dimse.scp.find import FindScp
from steckel.dimse.scp.get import GetScp
from steckel.dimse.scp.move import MoveScp
from steckel.dimse.scp.performed import PerformedStepScp
from steckel.dimse.scp.store import StoreScp
from steckel.dimse.scp.worklist import WorklistScp
from steckel.dimse.scu.association import Caller
from steckel.dimse.services import ServiceClass
from steckel.dimse.session import Doors, LocalEntity, Session
from steckel.dimse.settings import DimseSettings
from steckel.dimse.trail import Trail
from steckel.dimse.transport import Transport, shown_certificate
from steckel.dimse.wire.command import Operation
from steckel.upperlayer.association import Association

log = structlog.get_logger(__name__)


def _nothing() -> None:
    """Do nothing."""


class DimseServer:
    """One application entity with all services of `dimse.services` as SCP."""

    def __init__(
        self,
        settings: DimseSettings,
        rooms: Rooms,
    ) -> None:
        self._settings = settings
        self._entity = LocalEntity(
            settings=settings,
            doors=_doors(settings, rooms),
            gate=rooms.gate,
            trail=Trail(recorder=rooms.recorder, senders=rooms.senders, aet=settings.aet),
            slots=settings.slots or threading.BoundedSemaphore(settings.max_associations),
        )
        self._listeners: Listeners | None = None
        self._acceptor: threading.Thread | None = None
        self._lock = threading.Lock()
        self._connections: dict[threading.Thread, Channel | None] = {}

    @property
    def port(self) -> int:
        """The port of the plain listener."""
        assert self._listeners is not None, "it listens after `start`"
        return self._listeners.port

    @property
    def tls_port(self) -> int | None:
        """The port of the TLS listener, if there is one."""
        assert self._listeners is not None, "it listens after `start`"
        return self._listeners.tls_port

    def start(self) -> None:
        """Listen and return; not needed where others accept and call `take`.

        Raises
        ------
        OSError
            An address is not free, or not ours.
        """
        listeners = self._listeners = Listeners(self._settings)
        self._acceptor = threading.Thread(
            target=listeners.accept, args=(self.take,), name="dimse-accept", daemon=True
        )
        self._acceptor.start()
        aet = self._settings.aet
        log.info("dimse_listening", aet=aet, port=self.port, tls_port=self.tls_port)

    def stop(self, grace: float) -> None:
        """Stop listening; let messages under way end for `grace` seconds; then cut."""
        acceptor, self._acceptor = self._acceptor, None
        if acceptor is not None and self._listeners is not None:
            self._listeners.stop()
            acceptor.join()
            self._listeners.close()
        end = time.monotonic() + grace
        for channel in self._open_channels():
            channel.stop()
        self._await_connections(end)
        for channel in self._open_channels():
            channel.kill()
        self._await_connections(time.monotonic() + 5.0)

    def _open_channels(self) -> list[Channel]:
        with self._lock:
            return [channel for channel in self._connections.values() if channel is not None]

    def _await_connections(self, end: float) -> None:
        with self._lock:
            threads = list(self._connections)
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))

    # ---- connections

    def take(
        self,
        connection: socket.socket,
        address: str,
        tls: bool,
        on_end: Callable[[], None] = _nothing,
    ) -> None:
        """Serve a connection that was accepted; `on_end` is called when it is closed."""
        thread = threading.Thread(
            target=self._serve,
            args=(connection, address, tls, on_end),
            name=f"dimse-{address}",
            daemon=True,
        )
        if not self._start(thread):
            log.warning("connection_refused", address=address)
            connection.close()
            on_end()

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

    def _serve(
        self, connection: socket.socket, address: str, tls: bool, on_end: Callable[[], None]
    ) -> None:
        thread = threading.current_thread()
        try:
            secured = self._secure(connection) if tls else connection
            if secured is None:
                return
            channel = self._channel(secured)
            with self._lock:
                self._connections[thread] = channel
            Session(channel, self._entity, address, shown_certificate(secured)).run()
        finally:
            with self._lock:
                del self._connections[thread]
            connection.close()
            on_end()

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


def _doors(settings: DimseSettings, rooms: Rooms) -> Doors:
    caller = Caller(
        aet=settings.aet,
        timeouts=settings.timeouts,
        tls_context=settings.client_tls_context,
        dialler=settings.dialler,
        max_pdu_length=settings.max_pdu_length,
    )
    outgoing = AllOutgoing(retriever=rooms.retriever, transcoder=rooms.transcoder)
    find = FindScp(
        rooms.finder, aet=settings.aet, relational_by_default=settings.relational_by_default
    )
    performed = PerformedStepScp(rooms.performed)
    kind = ServiceClass
    return {
        (kind.VERIFICATION, Operation.C_ECHO): EchoScp(),
        (kind.STORAGE, Operation.C_STORE): StoreScp(rooms.receiver),
        (kind.QUERY_RETRIEVE, Operation.C_FIND): find,
        (kind.QUERY_RETRIEVE, Operation.C_MOVE): MoveScp(outgoing, rooms.peers, caller),
        (kind.QUERY_RETRIEVE, Operation.C_GET): GetScp(
            outgoing, response_timeout=settings.timeouts.response
        ),
        (kind.WORKLIST, Operation.C_FIND): WorklistScp(rooms.worklist),
        (kind.PROCEDURE_STEP, Operation.N_CREATE): performed.create,
        (kind.PROCEDURE_STEP, Operation.N_SET): performed.set,
        (kind.PROCEDURE_STEP, Operation.N_GET): performed.get,
        (kind.STORAGE_COMMITMENT, Operation.N_ACTION): CommitmentScp(rooms.commitments),
    }
