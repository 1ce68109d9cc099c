"""Which processes run for a home, as they say themselves: one empty file each.

All is in the file's name, ``ROLE-PID-BIRTH``: a name can be written where the
disk has no room for a byte more.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from steckel.archive.disk import translate_errors

FOLDER = "run"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningProcess:
    """A process of this node."""

    role: str
    pid: int
    rss_bytes: int


@contextmanager
def registered(home: Path, role: str) -> Iterator[None]:
    """Say that this process runs, while it does; what a crash left behind is removed."""
    folder = home / FOLDER
    pid = os.getpid()
    file = folder / f"{role}-{pid}-{_birth(pid)}"
    with translate_errors():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for other in folder.glob("*-*-*"):
            if not _runs(other):
                other.unlink(missing_ok=True)
        file.touch(mode=0o600)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def read_processes(home: Path) -> list[RunningProcess]:
    """Return the processes that run."""
    found: list[RunningProcess] = []
    for file in sorted((home / FOLDER).glob("*-*-*")):
        if _runs(file):
            role, pid, _ = file.name.rsplit("-", 2)
            found.append(RunningProcess(role=role, pid=int(pid), rss_bytes=_rss(int(pid))))
    return found


def _runs(file: Path) -> bool:
    """Whether the process that a file stands for runs still."""
    _, pid, birth = file.name.rsplit("-", 2)
    return pid.isdecimal() and birth == _birth(int(pid)) != ""


def _birth(pid: int) -> str:
    """Return the start time of a process, which tells it from a later one of its number."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return ""
    # A zombie has ended; whoever should collect it does not (an init of a container).
    return "" if fields[0] in ("Z", "X") else fields[19]


def _rss(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
