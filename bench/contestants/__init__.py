"""The servers that are measured: each starts itself, in a folder of its own."""

from bench.contestants.contestant import Contestant, Running
from bench.contestants.dcmtk import DCMQRSCP, IGNORING, STORESCP
from bench.contestants.orthanc import ORTHANC, ORTHANC_NOT_SYNCED, ORTHANC_POSTGRESQL
from bench.contestants.pynetdicom import PYNETDICOM
from bench.contestants.static_file import STATIC_FILE
from bench.contestants.steckel import STECKEL, STECKEL_POSTGRESQL

EVERYONE = (
    STECKEL,
    STECKEL_POSTGRESQL,
    ORTHANC,
    ORTHANC_NOT_SYNCED,
    ORTHANC_POSTGRESQL,
    DCMQRSCP,
    STORESCP,
    IGNORING,
    PYNETDICOM,
    STATIC_FILE,
)

__all__ = [
    "DCMQRSCP",
    "EVERYONE",
    "IGNORING",
    "ORTHANC",
    "ORTHANC_NOT_SYNCED",
    "ORTHANC_POSTGRESQL",
    "PYNETDICOM",
    "STATIC_FILE",
    "STECKEL",
    "STECKEL_POSTGRESQL",
    "STORESCP",
    "Contestant",
    "Running",
]
