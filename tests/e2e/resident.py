"""How much memory a server takes: all of its processes together."""

from pathlib import Path

from tests.steckel_server import SteckelServer


def resident_bytes(server: SteckelServer) -> int:
    """Return what the roles, and the processes that they started, keep in memory."""
    return sum(_resident(pid) for role in server.pids() for pid in family(role))


def family(ancestor: int) -> list[int]:
    """Return the numbers of a process and of all that it started, directly or not."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (parent := _parent(entry)):
            children.setdefault(parent, []).append(int(entry.name))
    found = [ancestor]
    for pid in found:
        found += children.get(pid, [])
    return found


def proportional_bytes(pid: int) -> int:
    """Return the memory of a process, with its part of what it shares with others."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def peak_bytes(server: SteckelServer) -> int:
    """Return the most that the roles ever kept in memory."""
    return sum(_peak(pid) for pid in server.pids())


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _resident(pid: int) -> int:
    """Return the private part: what processes share counts for none of them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
