"""What a server's processes take: memory and processor time, read from /proc."""

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> list[int]:
    """Return a process and all that it started, and they in turn."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdecimal() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for parent in found:
        found += children.get(parent, [])
    return found


def kill(pids: Iterable[int]) -> None:
    """End processes at once."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def processor_seconds(pids: Iterable[int]) -> float:
    """Return what they used so far."""
    stats = (_stat(pid) for pid in pids)
    return sum(int(fields[11]) + int(fields[12]) for fields in stats if fields) / _TICKS


def resident(pids: Iterable[int]) -> float:
    """Return the sum of their resident sets in MiB: what they share counts in each."""
    return sum(_kib(_PROC / str(pid) / "status", "VmRSS:") for pid in pids) / 1024


def proportional(pids: Iterable[int]) -> float:
    """Return the sum of their proportional sets in MiB: what they share counts once."""
    return sum(_kib(_PROC / str(pid) / "smaps_rollup", "Pss:") for pid in pids) / 1024


@dataclass(slots=True)
class Peak:
    """The most that was seen, in MiB."""

    resident: float = 0.0


@contextmanager
def peak_of(pid: int) -> Iterator[Peak]:
    """Watch the memory of a process and its descendants."""
    peak, over = Peak(), threading.Event()

    def watch() -> None:
        while not over.is_set():
            peak.resident = max(peak.resident, resident(descendants(pid)))
            over.wait(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def _stat(pid: int) -> list[str]:
    """Return the fields of a process after its name (proc(5)): state, parent, …; [] once gone."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _kib(path: Path, name: str) -> int:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)
