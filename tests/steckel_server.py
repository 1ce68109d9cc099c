"""A whole Steckel in processes of its own, as a hospital would run it.

Each test that needs one gets its own home and its own free ports; `kill`
ends it as a power cut would.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from tests.ports import free_port

PASSWORD = "a-password-for-tests"
_START_SECONDS = 60.0


def wait_for_port(port: int) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            assert time.monotonic() < deadline, f"nobody listens at port {port}"
            time.sleep(0.05)
        else:
            return


@dataclass
class SteckelServer:
    """A server with its home; start it, kill it, start it again."""

    home: Path
    settings: dict[str, str] = field(default_factory=dict)
    http_port: int = field(default_factory=free_port)
    dicom_port: int = field(default_factory=free_port)
    hl7_port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def dicomweb(self) -> str:
        return f"{self.url}/dicomweb"

    @property
    def log(self) -> str:
        """What the server said so far."""
        return (self.home.parent / f"{self.home.name}.log").read_text(errors="replace")

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("STECKEL_")}
        return {
            **kept,
            "STECKEL_HOME": str(self.home),
            "STECKEL_HTTP": f"127.0.0.1:{self.http_port}",
            "STECKEL_DICOM": f"127.0.0.1:{self.dicom_port}",
            "STECKEL_HL7": f"127.0.0.1:{self.hl7_port}",
            "STECKEL_ADMIN_PASSWORD": PASSWORD,
            **self.settings,
        }

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with (self.home.parent / f"{self.home.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "steckel", "serve"],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_ready()

    def _wait_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise AssertionError(f"the server ended:\n{self.log}")
            if self._answers():
                return
            time.sleep(0.05)
        raise AssertionError(f"the server is not ready:\n{self.log}")

    def _answers(self) -> bool:
        try:
            if httpx.get(f"{self.url}/readyz", timeout=5).status_code != 200:
                return False
            with socket.create_connection(("127.0.0.1", self.dicom_port), timeout=5):
                return True
        except (httpx.HTTPError, OSError):
            return False

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=40)
        self._process = None

    def kill(self) -> None:
        """End every process of it at once, without a chance to write anything."""
        assert self._process is not None
        for pid in [*self.pids(), self._process.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait(timeout=20)
        self._process = None

    def pids(self) -> list[int]:
        """Return the process numbers of its roles, which are children of the supervisor."""
        assert self._process is not None
        own = self._process.pid
        entries = [entry for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
        return [int(entry.name) for entry in entries if _parent(entry) == own]

    def cli(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run ``steckel …`` in the same home."""
        return subprocess.run(
            [sys.executable, "-m", "steckel", *map(str, arguments)],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

    def client(self) -> httpx.Client:
        """Return an HTTP client that is logged in as `admin`."""
        return httpx.Client(base_url=self.url, auth=("admin", PASSWORD), timeout=60)


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@contextmanager
def running_server(home: Path, **settings: str) -> Iterator[SteckelServer]:
    """Run a server for a test; every setting is given by its environment variable."""
    server = SteckelServer(home, settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()
