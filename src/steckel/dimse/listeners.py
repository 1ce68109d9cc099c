"""The sockets that listen for peers: a plain one and, where there is TLS, another."""

import selectors
import socket
import time
from collections.abc import Callable

import structlog

from steckel.dimse.settings import DimseSettings

log = structlog.get_logger(__name__)

_BACKLOG = 256
#: After an error of `accept`, such as too many open files: seconds until the next try.
_BREATH = 0.1

#: Takes a connection, the address it came from, and whether it came to the TLS listener.
Take = Callable[[socket.socket, str, bool], None]


class Listeners:
    """Open from the beginning.

    Raises
    ------
    OSError
        An address is not free, or not ours.
    """

    def __init__(self, settings: DimseSettings) -> None:
        self._sockets = [_listen(settings.host, settings.port)]
        if settings.tls_port is not None:
            try:
                self._sockets.append(_listen(settings.tls_host, settings.tls_port))
            except OSError:
                self._sockets.pop().close()
                raise
        self._wake, self._woken = socket.socketpair()

    @property
    def port(self) -> int:
        """The port of the plain one."""
        return int(self._sockets[0].getsockname()[1])

    @property
    def tls_port(self) -> int | None:
        """The port of the TLS one, if there is one."""
        return int(self._sockets[1].getsockname()[1]) if len(self._sockets) > 1 else None

    def accept(self, take: Take) -> None:
        """Hand every connection to `take`, until `stop` is called."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            for number, listener in enumerate(self._sockets):
                selector.register(listener, selectors.EVENT_READ, data=number)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._woken:
                        return
                    _accept_one(self._sockets[key.data], take, tls=key.data == 1)

    def stop(self) -> None:
        """Have `accept` return; may be called from any thread, and from a signal."""
        self._wake.send(b"\0")

    def close(self) -> None:
        """Close the sockets."""
        for one in (*self._sockets, self._wake, self._woken):
            one.close()


def _accept_one(listener: socket.socket, take: Take, *, tls: bool) -> None:
    try:
        connection, address = listener.accept()
    except BlockingIOError:
        return
    except OSError as error:
        log.warning("accept_failed", error=type(error).__name__)
        time.sleep(_BREATH)
        return
    take(connection, str(address[0]), tls)


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
