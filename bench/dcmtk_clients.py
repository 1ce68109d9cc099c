"""DCMTK's clients: what modalities and workstations do, in processes of their own.

Full paths: pynetdicom installs scripts of the same names. Nagle's algorithm is
off in them (``TCP_NODELAY=1``) but for the client that is measured as it comes.
"""

import os
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.contestants.contestant import DESTINATION, Running
from bench.inputs import Series

_BIN = Path("/usr/bin")
_SECONDS = 900


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
    command = [str(_BIN / "movescu"), "-S", "-aem", DESTINATION, *_asking(series)]
    return _timed([*command, "-aec", server.aet, "127.0.0.1", str(server.dicom_port)])


def get(server: Running, series: Series) -> float:
    """Fetch a series on the association that asks for it; return the seconds."""
    command = [str(_BIN / "getscu"), "-S", "--ignore", *_asking(series)]
    return _timed([*command, "-aec", server.aet, "127.0.0.1", str(server.dicom_port)])


def find(server: Running, keys: Sequence[str]) -> float:
    """Ask for studies; return the seconds."""
    asked = [word for key in ("QueryRetrieveLevel=STUDY", *keys) for word in ("-k", key)]
    command = [str(_BIN / "findscu"), "-S", *asked, "-aec", server.aet]
    return _timed([*command, "127.0.0.1", str(server.dicom_port)])


def _asking(series: Series) -> list[str]:
    return [
        *("-k", "QueryRetrieveLevel=SERIES"),
        *("-k", f"StudyInstanceUID={series.study_uid}"),
        *("-k", f"SeriesInstanceUID={series.series_uid}"),
    ]


def _sending(server: Running, folder: Path, tool: str) -> list[str]:
    command = [str(_BIN / tool), "-aec", server.aet, "+sd", "+r", "127.0.0.1"]
    return [*command, str(server.dicom_port), str(folder)]


def _timed(command: Sequence[str], *, nagle: bool = False) -> float:
    started = time.perf_counter()
    process = _start(command, nagle=nagle)
    status = process.wait(_SECONDS)
    if status:
        raise RuntimeError(f"{command!r}: status {status}")
    return time.perf_counter() - started


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
