"""C-STORE of a CT series and of small objects, by DCMTK's clients.

Contestants take turns, so that a busy moment of the machine meets all of them.
"""

import os
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from bench.contestants import (
    IGNORING,
    ORTHANC,
    ORTHANC_FAST,
    STECKEL,
    STORESCP,
    Contestant,
    Running,
)
from bench.inputs import ct_series, small_series


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that is measured."""

    title: str
    tool: str
    files: Path
    contestants: tuple[Contestant, ...]
    nagle: bool = False  #: the client leaves Nagle's algorithm on, as DCMTK does by default


def works(folder: Path, *, smoke: bool) -> list[Work]:
    """Return what is measured; the smoke size only shows that it runs."""
    ct = ct_series(folder, 20 if smoke else 600)
    small = small_series(folder, 30 if smoke else 500)
    everyone = (STECKEL, ORTHANC, ORTHANC_FAST, STORESCP, IGNORING)
    return [
        Work("CT 512 x 512, dcmsend", "dcmsend", ct, everyone),
        Work("small objects, dcmsend", "dcmsend", small, everyone),
        Work("small objects, storescu as it comes", "storescu", small, (STECKEL, ORTHANC), True),
    ]


def measure(work: Work, folder: Path, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each round by contestant."""
    seconds: dict[str, list[float]] = {contestant.name: [] for contestant in work.contestants}
    for _ in range(rounds):
        for contestant in work.contestants:
            with contestant.running(folder) as server:
                seconds[contestant.name].append(_send(work, server))
    return seconds


def _send(work: Work, server: Running) -> float:
    environment = {k: v for k, v in os.environ.items() if k != "TCP_NODELAY"}
    if not work.nagle:
        environment["TCP_NODELAY"] = "1"
    read = ["+sd", "+r"]
    command = [f"/usr/bin/{work.tool}", "-aec", server.aet, *read, "127.0.0.1"]
    started = time.perf_counter()
    subprocess.run(
        [*command, str(server.dicom_port), str(work.files)],
        env=environment,
        check=True,
        capture_output=True,
        timeout=600,
    )
    return time.perf_counter() - started


def table(work: Work, seconds: dict[str, list[float]]) -> str:
    """Return the medians, and how many times Steckel's time each contestant took."""
    ours = statistics.median(seconds[STECKEL.name])
    count = sum(1 for _ in work.files.iterdir())
    lines = [f"{work.title} ({count} objects)"]
    for contestant in work.contestants:
        median = statistics.median(seconds[contestant.name])
        spread = f"{min(seconds[contestant.name]):.2f}..{max(seconds[contestant.name]):.2f}"
        lines.append(
            f"  {contestant.name:22} {median:7.2f} s  ({spread})  x {median / ours:5.2f}"
            f"   {contestant.note}"
        )
    return "\n".join(lines)
