"""One HTTP connection: uvicorn's, which otherwise lets a client take its time and its space.

The rule: a client that keeps the server waiting in the middle of a request
loses its connection, and what stands before a body has a largest size.
"""

import asyncio
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Request line and headers together; what they name, such as a long list of UIDs, fits.
MAX_HEADER = 128 << 10

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)


class BoundedConnection(HttpToolsProtocol):
    """A connection that must go on within `patience` seconds while a request is incomplete."""

    def __init__(self, *args: Any, patience: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patience = patience
        self._header_since = 0.0
        self._header_bytes = 0
        self._in_header = True
        self._in_request = True  # before the first one as well: who connects has to ask
        self._last = 0.0
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait."""
        super().connection_made(transport)
        self._last = self._header_since = self.loop.time()
        self._watch = self.loop.call_later(self._patience, self._check)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop to wait."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes, if the header that they belong to is not too long already."""
        self._last = self.loop.time()
        if self._in_header:
            self._header_bytes += len(data)
        super().data_received(data)
        if self._in_header and self._header_bytes > MAX_HEADER:
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """Note that a request has begun."""
        super().on_message_begin()
        self._in_request = True
        self._header_since = self.loop.time()

    def on_headers_complete(self) -> None:
        """Note that its body follows."""
        self._in_header, self._header_bytes = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that it is complete: from now on the client waits for us."""
        self._in_request, self._in_header = False, True
        super().on_message_complete()

    def _check(self) -> None:
        """Cut the connection when the client is too slow; else look again later."""
        now = self.loop.time()
        since = self._header_since if self._in_header else self._last
        # While reading is paused it is we who are slow.
        if self._in_request and not self.flow.read_paused and now - since >= self._patience:
            self.transport.abort()
            return
        self._watch = self.loop.call_later(self._patience / 2, self._check)


def bounded(patience: float) -> Any:
    """Return what makes connections for uvicorn's `Config.http`."""
    return partial(BoundedConnection, patience=patience)
