"""pynetdicom's receiver of files."""

import sys

from bench.contestants.contestant import Contestant, Launch, Place


def _launch(place: Place) -> Launch:
    received = place.home / "received"
    received.mkdir()
    command = [sys.executable, "-m", "pynetdicom", "storescp", str(place.dicom_port)]
    options = ["-aet", "PYNETDICOM", "-od", str(received), "--quiet", "-pdu", "131072"]
    return Launch(command=[*command, *options])


PYNETDICOM = Contestant(
    name="pynetdicom storescp",
    note="files, not synced, no index; PDUs of 128 KiB",
    launch=_launch,
    programs=(sys.executable,),
    aet="PYNETDICOM",
)
