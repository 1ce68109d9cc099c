"""Orthanc as Debian packages it, with its DICOMweb plugin, with either database.

Its documented defaults stand where they are good for it (HttpThreadsCount 50,
StorageCompression off, KeepAlive, TcpNoDelay, MaximumStorageCacheSize 128 MB,
metadata in full as ours). Set in its favour: no authentication, 16 threads for
DICOM instead of 4 so that no association waits for another, TCP_NODELAY for
its DICOM sockets (its answers wait for delayed acknowledgements without it).
"""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import make_url

from bench.contestants.contestant import DESTINATION, Contestant, Launch, Place

_PROGRAM = "/usr/sbin/Orthanc"
_PLUGINS = "/usr/share/orthanc/plugins"
_DICOMWEB = f"{_PLUGINS}/libOrthancDicomWeb.so"
_POSTGRESQL = f"{_PLUGINS}/libOrthancPostgreSQLIndex.so"
_NOTE = "DICOM threads 16, TCP_NODELAY=1"


def _launch(*, synced: bool) -> Callable[[Place], Launch]:
    def launch(place: Place) -> Launch:
        configuration = place.home / "orthanc.json"
        configuration.write_text(json.dumps(_configuration(place, synced=synced)))
        return Launch(command=[_PROGRAM, str(configuration)], environment={"TCP_NODELAY": "1"})

    return launch


def _configuration(place: Place, *, synced: bool) -> dict[str, Any]:
    return {
        "StorageDirectory": str(place.home / "storage"),
        "IndexDirectory": str(place.home / "storage"),
        "SyncStorageArea": synced,
        "StorageCompression": False,
        "DicomPort": place.dicom_port,
        "HttpPort": place.http_port,
        "HttpThreadsCount": 50,
        "KeepAlive": True,
        "TcpNoDelay": True,
        "DicomThreadsCount": 16,
        "DicomAet": "ORTHANC",
        "DicomCheckCalledAet": False,
        "AuthenticationEnabled": False,
        "DicomAlwaysAllowStore": True,
        "DicomAlwaysAllowFind": True,
        "DicomAlwaysAllowGet": True,
        "DicomAlwaysAllowMove": True,
        "DicomModalities": {"destination": [DESTINATION, "127.0.0.1", place.destination_port or 1]},
        "Plugins": [_DICOMWEB, *([_POSTGRESQL] if place.database else [])],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        **_database(place.database),
    }


def _database(url: str) -> dict[str, Any]:
    if not url:
        return {}
    parts = make_url(url)
    return {
        "PostgreSQL": {
            "EnableIndex": True,
            "EnableStorage": False,
            "Host": parts.host,
            "Port": parts.port,
            "Database": parts.database,
            "Username": parts.username,
            "Password": parts.password or "",
            "IndexConnectionsCount": 8,
        }
    }


ORTHANC = Contestant(
    name="Orthanc",
    note=f"durable (SyncStorageArea); SQLite; {_NOTE}",
    launch=_launch(synced=True),
    programs=(_PROGRAM, _DICOMWEB),
    aet="ORTHANC",
    ready="/system",
    dicomweb="/dicom-web",
)
ORTHANC_NOT_SYNCED = Contestant(
    name="Orthanc, not synced",
    note=f"SyncStorageArea off; SQLite; {_NOTE}",
    launch=_launch(synced=False),
    programs=(_PROGRAM, _DICOMWEB),
    aet="ORTHANC",
    ready="/system",
    dicomweb="/dicom-web",
)
ORTHANC_POSTGRESQL = Contestant(
    name="Orthanc, PostgreSQL",
    note=f"durable (SyncStorageArea); 8 connections to the index; {_NOTE}",
    launch=_launch(synced=True),
    programs=(_PROGRAM, _DICOMWEB, _POSTGRESQL),
    aet="ORTHANC",
    ready="/system",
    dicomweb="/dicom-web",
    postgresql=True,
)
