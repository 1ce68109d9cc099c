"""Steckel itself, with either database."""

import base64
import os
import subprocess
import sys
from dataclasses import replace

from bench.contestants.contestant import (
    DESTINATION,
    Contestant,
    Launch,
    Place,
    Running,
)

PASSWORD = "bench-password"


def _launch(place: Place) -> Launch:
    settings = {
        "STECKEL_HOME": str(place.home),
        "STECKEL_DICOM": f"127.0.0.1:{place.dicom_port}",
        "STECKEL_HL7": f"127.0.0.1:{place.hl7_port}",
        "STECKEL_HTTP": f"127.0.0.1:{place.http_port}",
        "STECKEL_ADMIN_PASSWORD": PASSWORD,
        "STECKEL_LOG_LEVEL": "warning",
        "STECKEL_DATABASE_URL": place.database,
    }
    return Launch(command=[sys.executable, "-m", "steckel", "serve"], environment=settings)


def command_of(server: Running, *arguments: str) -> None:
    """Run ``steckel …`` on the home of a server."""
    subprocess.run(
        [sys.executable, "-m", "steckel", *arguments],
        env={**os.environ, **server.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=3600,
    )


def _register(server: Running, port: int) -> None:
    command_of(server, "ae", "add", DESTINATION, "127.0.0.1", str(port))


_HEADERS = {"Authorization": "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()}

STECKEL = Contestant(
    name="Steckel",
    note="durable, indexed; SQLite",
    launch=_launch,
    programs=(sys.executable,),
    aet="STECKEL",
    ready="/readyz",
    dicomweb="/dicomweb",
    headers=_HEADERS,
    register=_register,
)
STECKEL_POSTGRESQL = replace(
    STECKEL, name="Steckel, PostgreSQL", note="durable, indexed", postgresql=True
)
