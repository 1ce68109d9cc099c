"""Worker processes that hang, crash, fill the memory, or go to sleep."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from steckel.errors import CannotRender
from steckel.imaging.jobs import do
from steckel.imaging.wire import Message, send
from steckel.imaging.worker import answer_to
from steckel.imaging.workers import WorkerLimits, Workers

Make = Callable[..., Workers]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "workers"))
    monkeypatch.setenv("STECKEL_ADMIN_PASSWORD", "secret")
    made: list[Workers] = []

    def make(count: int = 1, *, timeout: float = 30, idle: float = 60) -> Workers:
        limits = WorkerLimits(memory=2 << 30, timeout=timeout, idle=idle)
        made.append(Workers(count, limits, "misbehaving_worker"))
        return made[-1]

    yield make
    for workers in made:
        workers.stop()


def job(name: str, **more: object) -> Message:
    return Message(document={"job": name, **more})


def pid(workers: Workers) -> int:
    found = workers.call(job("chatter")).document["pid"]
    assert isinstance(found, int)
    return found


def test_a_worker_is_used_again(make: Make) -> None:
    workers = make(2)
    assert pid(workers) == pid(workers)


def test_a_worker_that_hangs_is_killed_and_replaced(make: Make) -> None:
    workers = make(timeout=3)
    first = pid(workers)
    with pytest.raises(CannotRender, match="took longer than 3 s"):
        workers.call(job("hang"))
    assert pid(workers) != first


def test_a_worker_that_computes_for_ever_ends_without_the_server() -> None:
    """Nobody is there to kill it, as after a crash of the server."""
    folder = str(Path(__file__).parent / "workers")
    process = subprocess.Popen(
        [sys.executable, "-m", "misbehaving_worker", str(2 << 30), "0.1", "60", "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        env=os.environ | {"PYTHONPATH": folder},
    )
    with process:
        assert process.stdin
        send(process.stdin, job("spin"))
        assert process.wait() == -signal.SIGXCPU


def test_a_worker_that_crashes_is_replaced(make: Make) -> None:
    workers = make()
    first = pid(workers)
    with pytest.raises(CannotRender, match="broke down"):
        workers.call(job("crash"))
    assert pid(workers) != first


def test_a_job_that_fills_the_memory_fails_alone(make: Make) -> None:
    workers = make()
    first = pid(workers)
    answer = workers.call(job("fill", bytes=8 << 30))
    assert answer.document["error"] == "CannotRender"
    assert "memory" in answer.document["reason"]
    assert workers.call(job("fill", bytes=1 << 20)).document == {"length": 1 << 20}
    assert pid(workers) == first


def test_a_worker_without_a_job_ends_and_another_takes_its_place(make: Make) -> None:
    workers = make(idle=0.1)
    first = pid(workers)
    # A child of ours: waited for without being reaped.
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert pid(workers) != first


def test_an_error_of_the_code_says_where_and_not_what(make: Make) -> None:
    answer = make().call(job("fail"))
    assert answer.document["error"] == "CannotRender"
    assert "misbehaving_worker.py:" in answer.document["reason"]
    assert "Doe" not in answer.document["reason"]


def test_a_worker_knows_no_secrets(make: Make) -> None:
    assert "STECKEL_ADMIN_PASSWORD" not in make().call(job("chatter")).document["environment"]


def test_large_values_pass_both_ways(make: Make) -> None:
    values = (os.urandom(3 << 20), b"", os.urandom(5))
    answer = make().call(Message(document={"job": "echo"}, values=values))
    assert answer.values == values


def test_many_threads_share_few_workers(make: Make) -> None:
    workers = make(2)
    with ThreadPoolExecutor(8) as threads:
        pids = set(threads.map(lambda _: pid(workers), range(40)))
    assert 1 <= len(pids) <= 2


def test_stopping_ends_a_job_under_way(make: Make) -> None:
    workers = make()
    pid(workers)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(workers.call, job("hang"))
        while not workers._busy:
            pass
        workers.stop()
        with pytest.raises(CannotRender):
            waiting.result()
    with pytest.raises(CannotRender, match="stopping"):
        workers.call(job("echo"))


def test_an_unknown_job_is_an_error_of_the_code() -> None:
    with pytest.raises(KeyError):
        do(job("dance"))
    assert answer_to(job("dance")).document["error"] == "CannotRender"


def test_the_server_loads_no_decoder() -> None:
    code = (
        "import sys, steckel.imaging.service\n"
        "own = ('imagecodecs', 'steckel.imaging.pixels')\n"
        "print([name for name in sys.modules if name.startswith(own)])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert answer.stdout.strip() == b"[]"
