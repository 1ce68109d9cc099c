"""A server that can be started and measured.

Each start gets free ports and a folder of its own; the folder is removed at
the end unless it is to be kept. A server counts as started when it answers at
each of its doors.
"""

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.http_client import Connection
from bench.processes import descendants, kill

_READY_SECONDS = 120.0
_STOP_SECONDS = 60.0
#: Below those that a system gives to connections, and to whoever asks for any.
_PORTS = range(10_000, 20_000)
_NOTHING: Mapping[str, str] = {}
#: Where every contestant sends what a C-MOVE asks for.
DESTINATION = "BENCHDEST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one start of a server runs."""

    home: Path
    dicom_port: int
    hl7_port: int
    http_port: int
    destination_port: int  #: of the receiver that is called DESTINATION
    database: str  #: postgresql://… of an empty database, or nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What to run."""

    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that answers."""

    name: str
    aet: str
    home: Path
    dicom_port: int
    hl7_port: int
    http_port: int
    dicomweb: str  #: path of the DICOMweb root
    headers: Mapping[str, str]
    process: "subprocess.Popen[bytes]"
    environment: Mapping[str, str]
    ready_seconds: float

    def connect(self, *, gzip: bool = False) -> Connection:
        """Return a connection to its HTTP listener, which may take compressed answers."""
        encoding = {"Accept-Encoding": "gzip"} if gzip else {}
        return Connection(self.http_port, {**self.headers, **encoding})

    @property
    def pids(self) -> list[int]:
        """Every process of it."""
        return descendants(self.process.pid)

    def kill(self) -> None:
        """End it as a power cut would."""
        kill(self.pids)
        self.process.wait(_STOP_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """A server that can be started."""

    name: str
    note: str  #: its durability, and what was set for fairness
    launch: Callable[[Place], Launch]
    programs: Sequence[str]  #: paths, each of which has to exist
    aet: str = ""  #: none: it has no DICOM door
    ready: str = ""  #: path that answers 200 once it is ready; none: it has no HTTP door
    dicomweb: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    postgresql: bool = False
    #: Makes it know DESTINATION, where its configuration cannot say it.
    register: Callable[[Running, int], None] | None = None

    @property
    def missing(self) -> str:
        """The first program that it needs and that is not installed."""
        return next((path for path in self.programs if not Path(path).exists()), "")

    @contextmanager
    def running(
        self,
        folder: Path,
        *,
        empty: bool = True,
        settings: Mapping[str, str] = _NOTHING,
        destination_port: int = 0,
        database: str = "",
    ) -> Iterator[Running]:
        """Start it empty, its data removed at the end; or start it on a folder that is kept."""
        home = folder
        if empty:
            home = Path(tempfile.mkdtemp(prefix="running-", dir=folder))
        place = Place(
            home=home,
            dicom_port=free_port(),
            hl7_port=free_port(),
            http_port=free_port(),
            destination_port=destination_port,
            database=database,
        )
        server = self._start(place, settings)
        try:
            if self.register and destination_port:
                self.register(server, destination_port)
            yield server
        finally:
            _stop(server)
            if empty:
                shutil.rmtree(home)

    def _start(self, place: Place, settings: Mapping[str, str]) -> Running:
        launch = self.launch(place)
        environment = {**os.environ, **launch.environment, **settings}
        started = time.perf_counter()
        with (place.home / "output.log").open("ab") as log:
            process = subprocess.Popen(
                launch.command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait(process, place)
        return Running(
            name=self.name,
            aet=self.aet,
            home=place.home,
            dicom_port=place.dicom_port,
            hl7_port=place.hl7_port,
            http_port=place.http_port,
            dicomweb=self.dicomweb,
            headers=self.headers,
            process=process,
            environment=environment,
            ready_seconds=time.perf_counter() - started,
        )

    def _wait(self, process: "subprocess.Popen[bytes]", place: Place) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while not self._answers(place):
            if process.poll() is not None:
                raise RuntimeError(
                    f"{self.name} ended with status {process.returncode}: {_said(place.home)}"
                )
            if time.monotonic() > deadline:
                kill(descendants(process.pid))
                raise RuntimeError(f"{self.name} does not answer: {_said(place.home)}")
            time.sleep(0.01)

    def _answers(self, place: Place) -> bool:
        try:
            if self.aet:
                socket.create_connection(("127.0.0.1", place.dicom_port), timeout=5).close()
            if self.ready:
                with Connection(place.http_port, self.headers) as connection:
                    connection.get(self.ready)
        except (OSError, RuntimeError):
            return False
        return True


def free_port() -> int:
    """Return a port at which nobody listens; nothing that names no port is given it meanwhile."""
    while True:
        port = random.choice(_PORTS)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def wait_for_listener(port: int) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _stop(server: Running) -> None:
    if server.process.poll() is not None:
        return
    server.process.terminate()
    try:
        server.process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()


def _said(home: Path) -> str:
    return (home / "output.log").read_text(errors="replace")[-2000:]
