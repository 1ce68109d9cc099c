"""The web role: uvicorn in the main thread, until it is told to stop."""

import asyncio
import socket
import threading

import uvicorn
import uvloop

from steckel.server.listening import listen
from steckel.server.saying import say
from steckel.server.serving import ServingHouse
from steckel.server.tls import http_server_tls
from steckel.server.web_parts import web_application
from steckel.server.wiring import archiving
from steckel.web.connection import bounded
from steckel.web.serving import WebServer

_GRACE_SECONDS = 10


def run_web(house: ServingHouse, stop: threading.Event) -> None:
    """Serve HTTP."""
    settings = house.settings
    tls = http_server_tls(settings) if settings.http_tls_cert else None
    application = web_application(house)
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http=bounded(settings.network_seconds),
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        # Otherwise whoever calls from this machine could say where it calls from.
        proxy_headers=bool(settings.http_trusted_proxies),
        forwarded_allow_ips=settings.http_trusted_proxies,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        ssl_certfile=settings.http_tls_cert,
        ssl_keyfile=settings.http_tls_key,
    )
    config.load()
    if tls is not None:
        config.ssl = tls.front()  # uvicorn's own would keep the certificate of the start
    server = _Server(config, application)
    listener = listen("http", settings.http)
    with archiving(house), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(server, listener, stop))


class _Server(WebServer):
    """Leaves signals to the role."""

    def install_signal_handlers(self) -> None:
        """Install none."""


async def _serve(server: WebServer, listener: socket.socket, stop: threading.Event) -> None:
    """Serve until told to stop, from a thread that waits for it."""
    # `serve` would take the signals over.
    serving = asyncio.create_task(server._serve([listener]))  # noqa: SLF001
    watching = asyncio.create_task(_watch(server, stop))
    await serving
    watching.cancel()


async def _watch(server: WebServer, stop: threading.Event) -> None:
    # uvicorn has no event for "started", and a signal sets no event of the loop.
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    say("ready")
    while not stop.is_set():  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    server.should_exit = True
