"""The DICOM role: the DIMSE listeners and the processes behind them, until told to stop."""

import os
import socket
import threading
from contextlib import closing
from dataclasses import replace
from functools import partial
from multiprocessing import get_context

import structlog

from steckel.dimse.listeners import Listeners
from steckel.dimse.ports import Slots
from steckel.server.crew import (
    Child,
    Distribution,
    Share,
    Taker,
    serve_handed,
    spawn,
)
from steckel.server.listening import naming
from steckel.server.processes import registered
from steckel.server.saying import say
from steckel.server.serving import ServingHouse
from steckel.server.settings import Settings
from steckel.server.wiring import archiving

_log = structlog.get_logger(__name__)

_GRACE_SECONDS = 10.0
#: More processes by themselves would take memory that small hospitals have better use for.
_MOST = 4


def run_dicom(house: ServingHouse, stop: threading.Event) -> None:
    """Serve DIMSE.

    Raises
    ------
    SettingsError
        An address is not free, or not ours.
    """
    settings = house.settings
    count = settings.dicom_processes or min(os.cpu_count() or 1, _MOST)
    part = replace(settings, max_connections=max(settings.max_connections // count, 1))
    # In shared memory; made before the others are, who inherit it.
    slots = get_context("fork").BoundedSemaphore(settings.max_associations)
    # A child must not inherit an open database: it opens its own.
    house.close()
    with naming("dicom, dicom_tls", settings.dicom, settings.dicom_tls):
        listeners = Listeners(house.dimse_settings())
    with closing(listeners):
        children: list[Child] = []
        for _ in range(count - 1):
            children.append(spawn(partial(_serve_part, part, listeners, slots), children))
        _serve(ServingHouse(part, "dicom"), listeners, slots, children, stop)


def _serve(
    house: ServingHouse,
    listeners: Listeners,
    slots: Slots,
    children: list[Child],
    stop: threading.Event,
) -> None:
    """In the first process: listen, hand connections over, and serve some itself."""
    server = house.dimse_server(slots)
    takers: list[Taker] = [server, *children]
    shares = [Share(taker) for taker in takers]
    for child, share in zip(children, shares[1:], strict=True):
        child.watch(share.ended, partial(_child_ended, stop))
    with archiving(house):
        acceptor = threading.Thread(
            target=listeners.accept, args=(Distribution(shares).take,), name="dimse-accept"
        )
        acceptor.start()
        _log.info(
            "dimse_listening",
            aet=house.settings.aet,
            port=listeners.port,
            tls_port=listeners.tls_port,
            processes=len(shares),
        )
        say("ready")
        stop.wait()
        listeners.stop()
        acceptor.join()
        stopping = [threading.Thread(target=child.stop) for child in children]
        for one in stopping:
            one.start()
        server.stop(grace=_GRACE_SECONDS)
        for one in stopping:
            one.join()
    house.close()


def _child_ended(stop: threading.Event) -> None:
    """End the role when a child ended by itself: the supervisor starts it again as a whole."""
    if not stop.is_set():
        _log.error("dicom_process_ended")
        stop.set()


def _serve_part(
    settings: Settings, listeners: Listeners, slots: Slots, control: socket.socket
) -> None:
    """In another process: serve what is handed over."""
    listeners.close()
    house = ServingHouse(settings, "dicom")
    server = house.dimse_server(slots)
    with registered(settings.home, "dicom"), archiving(house):
        serve_handed(control, server)
        server.stop(grace=_GRACE_SECONDS)
    house.close()
