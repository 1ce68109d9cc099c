"""The DICOM role: the DIMSE listeners, until it is told to stop."""

import threading

from steckel.server.listening import naming
from steckel.server.saying import say
from steckel.server.serving import ServingHouse
from steckel.server.wiring import archiving

_GRACE_SECONDS = 10.0


def run_dicom(house: ServingHouse, stop: threading.Event) -> None:
    """Serve DIMSE.

    Raises
    ------
    SettingsError
        An address is not free, or not ours.
    """
    settings = house.settings
    server = house.dimse_server()
    with archiving(house):
        with naming("dicom, dicom_tls", settings.dicom, settings.dicom_tls):
            server.start()
        say("ready")
        stop.wait()
        server.stop(grace=_GRACE_SECONDS)
