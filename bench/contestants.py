"""The servers that are measured: each starts empty, in a folder of its own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_READY_SECONDS = 60.0
_NO_SETTINGS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    name: str
    aet: str
    dicom_port: int
    http_port: int


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server that can be started."""

    name: str
    note: str  #: its durability, and what was set for fairness
    command: Callable[[Path, int, int], tuple[Sequence[str], dict[str, str]]]
    aet: str

    @contextmanager
    def running(
        self, folder: Path, *, empty: bool = True, settings: Mapping[str, str] = _NO_SETTINGS
    ) -> Iterator[Running]:
        """Start it empty, its data removed at the end; or start it on a folder that is kept."""
        home = folder
        if empty:
            home = folder / self.name.replace(" ", "-")
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(parents=True)
        dicom_port, http_port = _free_port(), _free_port()
        command, environment = self.command(home, dicom_port, http_port)
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment, **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(dicom_port, process)
            yield Running(self.name, self.aet, dicom_port, http_port)
        finally:
            process.terminate()
            process.wait(60)
            if empty:
                shutil.rmtree(home)


def _steckel(home: Path, dicom_port: int, http_port: int) -> tuple[list[str], dict[str, str]]:
    return [sys.executable, "-m", "steckel", "serve"], {
        "STECKEL_HOME": str(home),
        "STECKEL_DICOM": f"127.0.0.1:{dicom_port}",
        "STECKEL_HTTP": f"127.0.0.1:{http_port}",
        "STECKEL_ADMIN_PASSWORD": "bench-password",
        "STECKEL_LOG_LEVEL": "warning",
    }


def _orthanc(*, durable: bool) -> Callable[[Path, int, int], tuple[list[str], dict[str, str]]]:
    def command(home: Path, dicom_port: int, http_port: int) -> tuple[list[str], dict[str, str]]:
        configuration = home / "orthanc.json"
        configuration.write_text(
            json.dumps(
                {
                    "StorageDirectory": str(home / "storage"),
                    "IndexDirectory": str(home / "storage"),
                    "SyncStorageArea": durable,
                    "DicomPort": dicom_port,
                    "HttpPort": http_port,
                    "DicomAet": "ORTHANC",
                    "DicomCheckCalledAet": False,
                    "AuthenticationEnabled": False,
                    "DicomAlwaysAllowStore": True,
                    "Plugins": [],
                }
            )
        )
        # Without it Orthanc's answers wait for the client's delayed acknowledgements.
        return [_program("Orthanc"), str(configuration)], {"TCP_NODELAY": "1"}

    return command


def _storescp(home: Path, dicom_port: int, _: int) -> tuple[list[str], dict[str, str]]:
    received = home / "received"
    received.mkdir()
    command = [_dcmtk("storescp"), "-aet", "STORESCP", "-od", str(received), str(dicom_port)]
    return command, {"TCP_NODELAY": "1"}


def _storescp_ignoring(_home: Path, dicom_port: int, _: int) -> tuple[list[str], dict[str, str]]:
    command = [_dcmtk("storescp"), "-aet", "STORESCP", "--ignore", str(dicom_port)]
    return command, {"TCP_NODELAY": "1"}


def _dcmtk(tool: str) -> str:
    """Return the full path of a tool: pynetdicom installs scripts of the same names."""
    return f"/usr/bin/{tool}"


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return found or name


STECKEL = Contestant("Steckel", "durable, indexed", _steckel, "STECKEL")
ORTHANC = Contestant(
    "Orthanc", "durable (SyncStorageArea), SQLite, TCP_NODELAY=1", _orthanc(durable=True), "ORTHANC"
)
ORTHANC_FAST = Contestant(
    "Orthanc not durable", "SyncStorageArea off, TCP_NODELAY=1", _orthanc(durable=False), "ORTHANC"
)
STORESCP = Contestant("storescp", "files, not synced, no index", _storescp, "STORESCP")
IGNORING = Contestant("storescp --ignore", "keeps nothing", _storescp_ignoring, "STORESCP")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            time.sleep(0.5)  # what it starts after the listener
            return
    raise RuntimeError(f"{process.args!r} does not answer")
