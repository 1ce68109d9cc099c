"""Processes that come from a nursery, and the end of those that nobody waits for."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from steckel.errors import SteckelError
from steckel.server import births
from steckel.server.births import bear


def test_a_role_is_a_child_of_whoever_asked_and_ends_when_its_orders_end(tmp_path: Path) -> None:
    script = (
        "import os, sys, orjson\n"
        "from steckel.server.births import adopt_orphans, bear\n"
        "adopt_orphans()\n"
        "[born] = bear(['worker'], {}, preparing='worker')\n"
        "first = orjson.loads(born.answers.readline())\n"
        "born.orders.close()\n"
        "status = os.waitstatus_to_exitcode(os.waitpid(born.pid, 0)[1])\n"
        "print(orjson.dumps([first['kind'], status]).decode())\n"
    )
    done = _run(script, tmp_path)
    assert orjson.loads(done.stdout) == ["prepared", 0]


def test_adopted_processes_are_buried_and_our_own_are_left_to_us(tmp_path: Path) -> None:
    script = (
        "import os\n"
        "from steckel.server.births import adopt_orphans, bury_orphans\n"
        "adopt_orphans()\n"
        "ours = os.fork()\n"
        "if not ours:\n"
        "    os.fork()\n"  # whose parent ends at once
        "    os._exit(7)\n"
        "os.waitid(os.P_PID, ours, os.WEXITED | os.WNOWAIT)\n"
        "bury_orphans([ours])\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(ours, 0)[1]))\n"
        "left = True\n"
        "while left:\n"
        "    bury_orphans([])\n"
        "    try:\n"
        "        left = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None\n"
        "    except ChildProcessError:\n"
        "        left = False\n"
    )
    assert _run(script, tmp_path).stdout == b"7\n"


def test_a_nursery_that_fails_is_an_error_with_the_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(births, "PYTHON", (sys.executable, "-P", "-X", "frozen_modules=x", "-m"))
    with pytest.raises(SteckelError, match="worker cannot start"):
        bear(["worker"], {}, preparing=None)


def _run(script: str, home: Path) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-c", script],
        env={"STECKEL_HOME": str(home), "PATH": ""},
        capture_output=True,
        timeout=60,
        check=True,
    )
