"""Sending the audit trail to a syslog collector over TLS (RFC 5425).

Syslog has no answer. That the other side has something is known from TCP: nothing of ours is
waiting to be acknowledged, and the connection stands. Only then does a place move; after a
broken connection, what was not acknowledged is sent again.
"""

import fcntl
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from steckel.audit.message import Origin, message_of
from steckel.audit.outgoing import Outgoing, Waiting
from steckel.audit.syslog import Sender, frame_of
from steckel.errors import SteckelError, places_of
from steckel.server.setting_values import Address

_log = structlog.get_logger(__name__)

_BATCH: Final = 200
_CONNECT_SECONDS: Final = 10.0
_SEND_SECONDS: Final = 30.0
_ROUND_SECONDS: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_ACKNOWLEDGED_SECONDS: Final = 30.0
#: Bytes that TCP has not had acknowledged (SIOCOUTQ).
_SIOCOUTQ: Final = 0x5411


@dataclass(frozen=True, kw_only=True)
class Collector:
    """Where to, and how it is called."""

    address: Address
    context: Callable[[], ssl.SSLContext]
    origin: Origin

    @property
    def name(self) -> str:
        """What its places are kept under."""
        return f"syslog {self.address}"


class SyslogSending:
    """One thread for one collector."""

    def __init__(self, outgoing: Outgoing, collector: Collector) -> None:
        self._outgoing = outgoing
        self._collector = collector
        self._connection: ssl.SSLSocket | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit-syslog", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop it; what is not acknowledged is sent again after the next start."""
        self._stop.set()
        self._thread.join(_ROUND_SECONDS * 5)

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            try:
                pause = 0.0 if self.send_some() else _ROUND_SECONDS
            except (OSError, SteckelError) as problem:
                self._close()
                pause = min(max(pause * 2, _ROUND_SECONDS), _LONGEST_PAUSE)
                self._note(str(problem) or type(problem).__name__)
            except Exception as problem:  # noqa: BLE001 - the thread goes on, and tries again
                self._close()
                pause = _LONGEST_PAUSE
                _log.error(
                    "audit_sending_failed",
                    error=type(problem).__name__,
                    where=places_of(problem),
                )
        self._close()

    def send_some(self) -> int:
        """Send what is next; return how many events the collector has now.

        Raises
        ------
        OSError
            It cannot be reached, or the connection broke.
        """
        waiting = self._outgoing.waiting(self._collector.name, _BATCH)
        if not waiting:
            return 0
        connection = self._connected()
        connection.sendall(b"".join(self._frame(one) for one in waiting))
        self._await_acknowledgement(connection)
        self._outgoing.arrived(self._collector.name, waiting)
        return len(waiting)

    def _frame(self, waiting: Waiting) -> bytes:
        document = message_of(waiting.event, self._collector.origin)
        _, host, process = (*waiting.process.split(" "), "", "")[:3]
        return frame_of(document, waiting.event.at, Sender(host=host, process=process))

    def _connected(self) -> ssl.SSLSocket:
        if self._connection is not None and _is_closed(self._connection):
            self._close()
        if self._connection is None:
            address = self._collector.address
            plain = socket.create_connection((address.host, address.port), _CONNECT_SECONDS)
            try:
                context = self._collector.context()
                secured = context.wrap_socket(plain, server_hostname=address.host)
            except BaseException:
                plain.close()
                raise
            secured.settimeout(_SEND_SECONDS)
            self._connection = secured
        return self._connection

    def _await_acknowledgement(self, connection: ssl.SSLSocket) -> None:
        waited = 0.0
        while _unacknowledged(connection):
            if waited >= _ACKNOWLEDGED_SECONDS:
                raise TimeoutError("what was sent is not acknowledged")
            self._stop.wait(0.01)
            waited += 0.01
        if _is_closed(connection):
            raise ConnectionResetError("the collector closed the connection")

    def _note(self, reason: str) -> None:
        _log.warning("audit_not_sent", destination=self._collector.name, reason=reason)
        try:
            self._outgoing.failed(self._collector.name, reason)
        except SteckelError:
            _log.error("audit_state_not_kept")

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _unacknowledged(connection: socket.socket) -> int:
    answer = fcntl.ioctl(connection.fileno(), _SIOCOUTQ, b"\0" * 4)
    return int(struct.unpack("i", answer)[0])


def _is_closed(connection: ssl.SSLSocket) -> bool:
    """Whether the other side has closed it: it sends nothing else (but TLS's own tickets)."""
    connection.settimeout(0.0)
    try:
        while select.select([connection], [], [], 0)[0]:
            if connection.recv(4096) == b"":
                return True
    except (ssl.SSLWantReadError, BlockingIOError):
        return False
    except OSError:
        return True
    finally:
        connection.settimeout(_SEND_SECONDS)
    return False
