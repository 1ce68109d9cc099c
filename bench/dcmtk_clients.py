"""DCMTK's clients: what modalities and workstations do, in processes of their own.

Full paths: pynetdicom installs scripts of the same names. Nagle's algorithm is
off in them (``TCP_NODELAY=1``) but for the client that is measured as it comes.
"""

import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bench.contestants.contestant import DESTINATION, Running, wait_for_listener
from bench.inputs import Series

_BIN = Path("/usr/bin")
_SECONDS = 900
_MOVE = ("movescu", "-aem", DESTINATION)
_GET = ("getscu", "--ignore")


def missing_client() -> str:
    """Return the path of a client that is not installed, or nothing."""
    tools = ("dcmsend", "storescu", "movescu", "getscu", "findscu")
    return next((str(_BIN / tool) for tool in tools if not (_BIN / tool).exists()), "")


def send(server: Running, folder: Path, tool: str = "dcmsend", *, nagle: bool = False) -> float:
    """Send a folder on one association; return the seconds."""
    return _timed(_sending(server, folder, tool), nagle=nagle)


def send_at_once(server: Running, folders: Sequence[Path]) -> list[float]:
    """Send each folder on an association of its own, all at once; return the seconds of each."""
    with ThreadPoolExecutor(len(folders)) as senders:
        return list(senders.map(lambda folder: send(server, folder), folders))


def move(server: Running, series: Series) -> float:
    """Have a series sent to DESTINATION; return the seconds."""
    return _timed(_fetching(server, series, _MOVE))


def get(server: Running, series: Series) -> float:
    """Fetch a series on the association that asks for it; return the seconds."""
    return _timed(_fetching(server, series, _GET))


def require_fetching(server: Running, series: Series) -> None:
    """Fetch a series both ways, and see that all of it came."""
    for way in (_MOVE, _GET):
        command = _fetching(server, series, [*way, "-d"])
        done = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)
        completed = re.findall(rb"Completed Suboperations +: (\d+)", done.stdout + done.stderr)
        if not completed or int(completed[-1]) != series.count:
            raise RuntimeError(f"{server.name}, {way[0]}: {completed[-1:]} of {series.count}")


@contextmanager
def receiving(port: int) -> Iterator[None]:
    """Receive at DESTINATION, and keep nothing."""
    command = [str(_BIN / "storescp"), "--fork", "--ignore", "-aet", DESTINATION, str(port)]
    process = _start(command, nagle=False)
    try:
        wait_for_listener(port)
        yield
    finally:
        process.terminate()
        process.wait(_SECONDS)


def find(server: Running, keys: Sequence[str], repeats: int) -> float:
    """Ask for studies, again and again on one association; return the seconds of each."""
    asked = [word for key in ("QueryRetrieveLevel=STUDY", *keys) for word in ("-k", key)]
    command = [str(_BIN / "findscu"), "-S", *asked, "-aec", server.aet, "--repeat", str(repeats)]
    return _timed([*command, "127.0.0.1", str(server.dicom_port)]) / repeats


def _fetching(server: Running, series: Series, way: Sequence[str]) -> list[str]:
    keys = [
        *("-k", "QueryRetrieveLevel=SERIES"),
        *("-k", f"StudyInstanceUID={series.study_uid}"),
        *("-k", f"SeriesInstanceUID={series.series_uid}"),
    ]
    tool, *options = way
    command = [str(_BIN / tool), *options, "-S", *keys, "-aec", server.aet, "127.0.0.1"]
    return [*command, str(server.dicom_port)]


def _sending(server: Running, folder: Path, tool: str) -> list[str]:
    command = [str(_BIN / tool), "-aec", server.aet, "+sd", "+r", "127.0.0.1"]
    return [*command, str(server.dicom_port), str(folder)]


def _timed(command: Sequence[str], *, nagle: bool = False) -> float:
    started = time.perf_counter()
    process = _start(command, nagle=nagle)
    # Not a time-out of `wait`: that one looks again at intervals, and would round what it times.
    patience = threading.Timer(_SECONDS, process.kill)
    patience.start()
    status = process.wait()
    seconds = time.perf_counter() - started
    patience.cancel()
    if status:
        raise RuntimeError(f"{command!r}: status {status}")
    return seconds


def _start(command: Sequence[str], *, nagle: bool) -> "subprocess.Popen[bytes]":
    environment = {k: v for k, v in os.environ.items() if k != "TCP_NODELAY"}
    if not nagle:
        environment["TCP_NODELAY"] = "1"
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
