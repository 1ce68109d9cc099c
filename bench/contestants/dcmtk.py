"""DCMTK's servers: a receiver of files, and an archive without a database.

Neither syncs what it receives. Full paths: pynetdicom installs scripts of the
same names.
"""

from bench.contestants.contestant import DESTINATION, Contestant, Launch, Place

_NODELAY = {"TCP_NODELAY": "1"}
_STORESCP = "/usr/bin/storescp"
_DCMQRSCP = "/usr/bin/dcmqrscp"


def _storescp(place: Place) -> Launch:
    received = place.home / "received"
    received.mkdir()
    # A process for each association, as it must be to take several at once.
    command = [_STORESCP, "--fork", "-aet", "STORESCP", "-od", str(received)]
    return Launch(command=[*command, str(place.dicom_port)], environment=_NODELAY)


def _ignoring(place: Place) -> Launch:
    command = [_STORESCP, "--fork", "-aet", "STORESCP", "--ignore", str(place.dicom_port)]
    return Launch(command=command, environment=_NODELAY)


def _dcmqrscp(place: Place) -> Launch:
    area = place.home / "area"
    area.mkdir()
    configuration = place.home / "dcmqrscp.cfg"
    configuration.write_text(
        f"""\
NetworkTCPPort = {place.dicom_port}
MaxPDUSize = 131072
MaxAssociations = 32
HostTable BEGIN
destination = ({DESTINATION}, 127.0.0.1, {place.destination_port or 1})
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
DCMQRSCP {area} RW (500, 20000mb) ANY
AETable END
"""
    )
    command = [_DCMQRSCP, "-c", str(configuration), str(place.dicom_port)]
    return Launch(command=command, environment=_NODELAY)


STORESCP = Contestant(
    name="storescp",
    note="files, not synced, no index; TCP_NODELAY=1",
    launch=_storescp,
    programs=(_STORESCP,),
    aet="STORESCP",
)
IGNORING = Contestant(
    name="storescp --ignore",
    note="keeps nothing; TCP_NODELAY=1",
    launch=_ignoring,
    programs=(_STORESCP,),
    aet="STORESCP",
)
DCMQRSCP = Contestant(
    name="dcmqrscp",
    note="files and an index file, not synced; TCP_NODELAY=1, PDUs of 128 KiB",
    launch=_dcmqrscp,
    programs=(_DCMQRSCP,),
    aet="DCMQRSCP",
)
