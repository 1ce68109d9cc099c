"""The HTTP server: uvicorn, which lets its event streams go before it waits for them."""

import socket

import uvicorn

from steckel.web.application import WebApplication


class WebServer(uvicorn.Server):
    """Serves the web application.

    At shutdown uvicorn waits until every answer is at its end. An event stream has
    none: it is told that it is over first.
    """

    def __init__(self, config: uvicorn.Config, application: WebApplication) -> None:
        super().__init__(config)
        self._application = application

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        self._application.close_streams()
        await super().shutdown(sockets)
