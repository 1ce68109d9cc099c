"""Which processes run, as `steckel status` and the workstation are told."""

import os
import subprocess
import sys
from pathlib import Path

from steckel.server.processes import FOLDER, read_processes, registered


def test_a_process_is_known_while_it_runs(tmp_path: Path) -> None:
    with registered(tmp_path, "web"):
        (found,) = read_processes(tmp_path)
        assert (found.role, found.pid) == ("web", os.getpid())
        assert found.rss_bytes > 0
    assert read_processes(tmp_path) == []


def _register_and_die(home: Path) -> "subprocess.Popen[bytes]":
    program = (
        "import os, sys, pathlib; from steckel.server.processes import registered\n"
        "with registered(pathlib.Path(sys.argv[1]), 'dicom'): os._exit(1)"
    )
    return subprocess.Popen([sys.executable, "-c", program, str(home)])


def test_what_a_crash_leaves_behind_is_removed_by_the_next_process(tmp_path: Path) -> None:
    _register_and_die(tmp_path).wait(timeout=60)
    assert read_processes(tmp_path) == []
    (left,) = (tmp_path / FOLDER).iterdir()  # who only asks, removes nothing
    with registered(tmp_path, "web"), registered(tmp_path, "worker"):
        assert not left.exists()
        assert [one.role for one in read_processes(tmp_path)] == ["web", "worker"]


def test_a_process_that_ended_and_is_not_collected_does_not_run(tmp_path: Path) -> None:
    zombie = _register_and_die(tmp_path)
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)  # ended, still in the table
    assert read_processes(tmp_path) == []
    zombie.wait()
