"""The HL7 role: MLLP listener, dispatcher and couriers of messages, until told to stop."""

import asyncio
import socket
import ssl
import sys
import threading
import time

import structlog
import uvloop

from steckel.mllp.limits import Limits
from steckel.mllp.listener import Listener
from steckel.server.latency import Latency
from steckel.server.listening import listen
from steckel.server.messages import MessageRooms
from steckel.server.saying import say
from steckel.server.settings import Settings
from steckel.server.tls import hl7_server_tls

_log = structlog.get_logger(__name__)

_GRACE_SECONDS = 10.0
_WRITE_SECONDS = 5.0
#: The listener must not wait for long while another thread computes: Python's default is 5 ms.
_SWITCH_SECONDS = 0.0005

Tls = tuple[socket.socket, ssl.SSLContext]


def run_hl7(rooms: MessageRooms, stop: threading.Event) -> None:
    """Serve MLLP, make something of what was received, and send what others want to hear.

    Raises
    ------
    SettingsError
        An address is not free, or not ours; or a certificate cannot be used.
    """
    settings = rooms.settings
    tls = _tls(settings)
    plain = listen("hl7", settings.hl7)
    sys.setswitchinterval(_SWITCH_SECONDS)
    latency = Latency(settings.home)
    listener = Listener(rooms.reception, latency, limits_of(settings))
    dispatcher = rooms.dispatcher()
    dispatcher.start()
    couriers = rooms.couriers()
    couriers.start()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(listener, plain, tls, latency, stop))
    finally:
        couriers.stop()
        rooms.intake.stop()
        dispatcher.stop()
        latency.write()


def limits_of(settings: Settings) -> Limits:
    """Return what senders may ask of us."""
    return Limits(
        connections=settings.hl7_max_connections,
        idle=settings.hl7_idle_seconds,
        message=settings.hl7_max_message_mib << 20,
        unfinished_bytes=max(256, 2 * settings.hl7_max_message_mib) << 20,
    )


def _tls(settings: Settings) -> Tls | None:
    if settings.hl7_tls is None:
        return None
    context = hl7_server_tls(settings).front()
    return listen("hl7_tls", settings.hl7_tls), context


async def _serve(
    listener: Listener,
    plain: socket.socket,
    tls: Tls | None,
    latency: Latency,
    stop: threading.Event,
) -> None:
    await listener.start(plain, tls)
    _log.info(
        "mllp_listening",
        port=plain.getsockname()[1],
        tls_port=tls[0].getsockname()[1] if tls else None,
    )
    say("ready")
    write_at = time.monotonic() + _WRITE_SECONDS
    # A signal sets no event of the loop.
    while not stop.is_set():
        await asyncio.sleep(0.1)
        if time.monotonic() >= write_at:
            latency.write()
            write_at = time.monotonic() + _WRITE_SECONDS
    await listener.stop(_GRACE_SECONDS)
