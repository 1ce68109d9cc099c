"""TLS from files that change while we run: a renewed certificate needs no restart.

The rule: each new connection is made with what the files say now, and what runs goes on as it
began. Files that cannot be used, such as a certificate whose key has not been copied yet, change
nothing; the log says so, and they are read again when they change.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from steckel.errors import SettingsError

_log = structlog.get_logger(__name__)

#: What tells one state of a file from another; nothing if it is not there.
_Mark = tuple[int, int, int] | None


class TlsFiles:
    """What `make` makes of files, made anew when one of them has changed. Thread-safe.

    Raises
    ------
    SettingsError
        They cannot be used from the beginning.
    """

    def __init__(self, make: Callable[[], ssl.SSLContext], files: Iterable[Path | None]) -> None:
        self._make = make
        self._files = tuple(file for file in files if file is not None)
        self._lock = threading.Lock()
        self._marks = self._look()
        self._context = make()

    def current(self) -> ssl.SSLContext:
        """Return the context for a connection that begins now."""
        with self._lock:
            marks = self._look()
            if marks != self._marks:
                self._marks = marks
                self._reload()
            return self._context

    def wrap_socket(
        self,
        sock: socket.socket,
        server_side: bool = False,
        *,
        server_hostname: str | None = None,
    ) -> ssl.SSLSocket:
        """Do the TLS handshake, as `ssl.SSLContext.wrap_socket` does."""
        context = self.current()
        return context.wrap_socket(sock, server_side, server_hostname=server_hostname)

    def front(self) -> ssl.SSLContext:
        """Return a context for servers that keep one: it passes each handshake on to the current.

        Whether certificates of callers are asked for stays as it is.
        """
        context = self._make()
        context.sni_callback = self._pass_on  # called without a server name as well
        # A ticket would let a caller in again whom the current files may no longer know.
        context.options |= ssl.OP_NO_TICKET
        context.num_tickets = 0
        return context

    def _pass_on(
        self, connection: ssl.SSLSocket | ssl.SSLObject, _name: str | None, _context: ssl.SSLContext
    ) -> None:
        connection.context = self.current()

    def _look(self) -> tuple[_Mark, ...]:
        return tuple(map(_mark, self._files))

    def _reload(self) -> None:
        names = [file.name for file in self._files]
        try:
            self._context = self._make()
        except SettingsError as problem:
            _log.warning("tls_files_unusable", files=names, reason=str(problem))
        else:
            _log.info("tls_files_reloaded", files=names)


def _mark(file: Path) -> _Mark:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
