"""A TCP or TLS connection with the two settings that make DIMSE fast.

Senders wait for each response. With Nagle's algorithm on at their end, which
is the default of most, the last segment of an object waits for our
acknowledgement, and a delayed one costs 40 ms per object. TCP_QUICKACK sends
it at once; the kernel forgets the option, so it is set again after each read.
"""

import contextlib
import select
import socket
import ssl
from collections.abc import Sequence

from steckel.security.certificates import Certificate, certificate_of

Buffer = bytes | bytearray | memoryview

#: Absent on systems other than Linux.
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
#: The kernel takes at most 1,024 buffers in one call (IOV_MAX).
_MOST_BUFFERS = 512
#: What is joined for one TLS write.
_TLS_WRITE = 1 << 18
#: Seconds that the peer has to answer a closing alert of TLS.
_FAREWELL = 1.0


def shown_certificate(connection: socket.socket) -> Certificate | None:
    """Return the certificate that the peer has shown in TLS and that was verified, if any."""
    if not isinstance(connection, ssl.SSLSocket):
        return None
    # Of a certificate that is not verified, the parsed form is empty.
    encoded, parsed = connection.getpeercert(binary_form=True), connection.getpeercert()
    return certificate_of(encoded, parsed) if encoded and parsed else None


class Transport:
    """One connection. Reads and writes are one thread's; `interrupt` and `cut` any's."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._tls = connection if isinstance(connection, ssl.SSLSocket) else None
        self._timeout = -1.0
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def receive_into(self, buffer: memoryview, timeout: float) -> int:
        """Read what has arrived, at least one byte; 0 when the peer closed.

        Raises
        ------
        TimeoutError
            Nothing arrived.
        """
        self._set_timeout(timeout)
        count = self._socket.recv_into(buffer)
        if _QUICKACK is not None:
            self._socket.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
        return count

    def readable(self, within: float = 0.0) -> bool:
        """Whether a read would return at once, or in so many seconds."""
        if self._tls is not None and self._tls.pending():
            return True
        return bool(self._poll.poll(int(within * 1000)))

    def send(self, buffers: Sequence[Buffer], timeout: float) -> None:
        """Send all of them; the time-out is for every single write."""
        self._set_timeout(timeout)
        if self._tls is not None:
            joined = memoryview(b"".join(buffers))
            for start in range(0, len(joined), _TLS_WRITE):
                self._tls.sendall(joined[start : start + _TLS_WRITE])
            return
        waiting = [memoryview(one) for one in buffers if len(one)]
        position = 0
        while position < len(waiting):
            sent = self._socket.sendmsg(waiting[position : position + _MOST_BUFFERS])
            while sent:
                first = waiting[position]
                if sent < len(first):
                    waiting[position] = first[sent:]
                    break
                sent -= len(first)
                position += 1

    def interrupt(self) -> None:
        """End reading; what is to be sent can still be sent."""
        self._shut(socket.SHUT_RD)

    def cut(self) -> None:
        """End everything."""
        self._shut(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection, TLS with its closing alert."""
        with contextlib.suppress(OSError, ValueError):
            if self._tls is not None:
                self._set_timeout(_FAREWELL)
                self._tls.unwrap()
        with contextlib.suppress(OSError):
            self._socket.close()

    def _shut(self, how: int) -> None:
        # The method of SSLSocket would drop the TLS layer and go on in plain text.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._socket, how)

    def _set_timeout(self, timeout: float) -> None:
        if timeout != self._timeout:
            self._socket.settimeout(timeout)
            self._timeout = timeout
