"""How much memory a server takes: all of its processes together."""

from pathlib import Path

from tests.steckel_server import SteckelServer


def resident_bytes(server: SteckelServer) -> int:
    """Return what the roles, and the processes that they started, keep in memory."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (parent := _parent(entry)):
            children.setdefault(parent, []).append(int(entry.name))
    waiting, seen = server.pids(), 0
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        seen += _resident(pid)
    return seen


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
