"""What the figures were measured on: absolute times mean nothing without it."""

import os
import platform
import re
import statistics
import subprocess
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

_PEERS = (["/usr/sbin/Orthanc", "--version"], ["/usr/bin/storescp", "--version"])


def machine(folder: Path) -> dict[str, str]:
    """Describe the machine, the disk of a folder, and the versions of who takes part."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": f"{os.cpu_count()} x {_processor()}",
        "memory": f"{memory:.0f} GiB",
        "system": platform.platform(),
        "disk": f"{_filesystem(folder)}; write of 17 kB and fdatasync {_sync(folder):.2f} ms",
        "load": f"{os.getloadavg()[0]:.1f} before the first measurement",
        "python": platform.python_version(),
        "peers": ", ".join([*filter(None, map(_version, _PEERS)), _pynetdicom()]),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _filesystem(folder: Path) -> str:
    """Return the kind of file system that holds a folder: of the longest mount point above it."""
    mounts = (line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines())
    above = [(point, kind) for point, kind in mounts if folder.is_relative_to(point)]
    return max(above, key=lambda mount: len(mount[0]))[1]


def _sync(folder: Path) -> float:
    """Return the median of some writes that are made durable, in milliseconds."""
    taken, file = [], folder / "sync"
    with file.open("wb", buffering=0) as stream:
        for _ in range(50):
            started = time.perf_counter()
            stream.write(bytes(17_000))
            os.fdatasync(stream.fileno())
            taken.append((time.perf_counter() - started) * 1000)
    file.unlink()
    return statistics.median(taken)


def _version(command: list[str]) -> str:
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return ""
    found = re.search(r"\d+\.\d+\.\d+", said)
    name = "DCMTK" if command[0].endswith("storescp") else "Orthanc"
    return f"{name} {found[0]}" if found else ""


def _pynetdicom() -> str:
    return f"pynetdicom {version('pynetdicom')}"
