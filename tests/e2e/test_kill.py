"""Killed in the middle of its work: what was acknowledged is there, and nothing is half there."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.e2e.made_instances import (
    CONTEXT,
    Made,
    dataset_of,
    listed,
    make_instance,
    multipart,
    retrieve,
)
from tests.e2e.plain_sender import AbortedByPeer, NotAssociated, associated, send
from tests.steckel_server import SteckelServer, running_server

_SENDERS = 10
#: Acknowledgements after which everything is killed: early, in full flow, late.
_MOMENTS = (3, 60, 160)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SteckelServer]:
    with running_server(tmp_path / "home") as running:
        yield running


class Acknowledged:
    """What senders were told is safe; wakes who waits for a number of them."""

    def __init__(self) -> None:
        self.instances: list[Made] = []
        self._changed = threading.Condition()

    def add(self, *instances: Made) -> None:
        with self._changed:
            self.instances += instances
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.instances) >= count, timeout=60)


def _send_until_cut(port: int, series: int, acknowledged: Acknowledged) -> None:
    """Store one instance after the other, until the connection breaks."""
    try:
        with associated(port, [CONTEXT]) as sender:
            for number in range(1000):
                made = make_instance(number, series=series, kilobytes=8 + number % 5 * 40)
                assert sender.store(made.offer).status == 0
                acknowledged.add(made)
    except (OSError, AbortedByPeer):
        return


def _require_nothing_half_there(server: SteckelServer, acknowledged: list[Made]) -> None:
    """Check all that was acknowledged, all that is listed, and that the counters agree."""
    with server.client() as client:
        found = listed(client, acknowledged[0])
        missing = {made.uid for made in acknowledged} - found
        assert not missing, f"{len(missing)} acknowledged instances are gone"
        for uid in found:
            made = _made_again(uid)
            assert retrieve(client, made) == dataset_of(made.file)
        _require_counters(client, acknowledged[0].study, found)


def _made_again(uid: str) -> Made:
    """Make an instance again from its UID; its size follows from its number."""
    series, number = uid.rsplit(".", 2)[1:]
    return make_instance(int(number), series=int(series), kilobytes=8 + int(number) % 5 * 40)


def _require_counters(client: httpx.Client, study: str, found: set[str]) -> None:
    params = {"includefield": "all", "limit": 500}
    [one] = client.get("/dicomweb/studies", params=params | {"StudyInstanceUID": study}).json()
    assert one["00201208"]["Value"] == [len(found)]
    series = client.get(f"/dicomweb/studies/{study}/series", params=params).json()
    assert one["00201206"]["Value"] == [len(series)]
    counted = {item["0020000E"]["Value"][0]: item["00201209"]["Value"][0] for item in series}
    listed_by = {uid: sum(i.startswith(f"{uid}.") for i in found) for uid in counted}
    assert counted == listed_by


def test_no_acknowledged_instance_of_ten_parallel_senders_is_lost(server: SteckelServer) -> None:
    acknowledged = Acknowledged()
    for round_number, moment in enumerate(_MOMENTS):
        before = len(acknowledged.instances)
        with ThreadPoolExecutor(_SENDERS) as pool:
            series = range(round_number * _SENDERS, (round_number + 1) * _SENDERS)
            sending = [
                pool.submit(_send_until_cut, server.dicom_port, one, acknowledged) for one in series
            ]
            acknowledged.wait_for(before + moment)
            server.kill()
        for one in sending:
            one.result()
        server.start()
        _require_nothing_half_there(server, acknowledged.instances)
    assert server.cli("verify").returncode == 0


def test_the_dicom_role_alone_is_started_again(server: SteckelServer) -> None:
    acknowledged = Acknowledged()
    with ThreadPoolExecutor(_SENDERS) as pool:
        sending = [
            pool.submit(_send_until_cut, server.dicom_port, one, acknowledged)
            for one in range(_SENDERS)
        ]
        acknowledged.wait_for(50)
        os.kill(_process_of(server, "dicom"), signal.SIGKILL)
    for one in sending:
        one.result()
    again = make_instance(0, series=99, kilobytes=8)
    assert _store_when_listening(server, again) == 0
    acknowledged.add(again)
    _require_nothing_half_there(server, acknowledged.instances)


def _process_of(server: SteckelServer, role: str) -> int:
    """Return the process number of a role, by what it calls itself."""
    [found] = [
        pid
        for pid in server.pids()
        if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(f"steckel: {role}".encode())
    ]
    return found


def _store_when_listening(server: SteckelServer, made: Made) -> int | None:
    deadline = time.monotonic() + 60
    while True:
        try:
            return send(server.dicom_port, made.offer).status
        except (ConnectionRefusedError, ConnectionResetError, AbortedByPeer, NotAssociated):
            assert time.monotonic() < deadline, server.log
            time.sleep(0.1)  # nothing tells from outside that it listens again


def test_a_stow_request_that_a_kill_cuts_leaves_nothing_half_there(server: SteckelServer) -> None:
    first = [make_instance(n, kilobytes=8 + n % 5 * 40) for n in range(10)]
    second = [make_instance(n, series=2, kilobytes=8 + n % 5 * 40) for n in range(400)]
    with server.client() as client:
        answer = client.post("/dicomweb/studies", **multipart(*(made.file for made in first)))
        assert answer.status_code == 200
        half_sent = threading.Event()
        body = multipart(*(made.file for made in second))

        def pieces() -> Iterator[bytes]:
            content = body["content"]
            assert isinstance(content, bytes)
            for start in range(0, len(content), 1 << 20):
                yield content[start : start + (1 << 20)]
                if start >= len(content) // 2:
                    half_sent.set()

        with ThreadPoolExecutor(1) as pool:
            cut = pool.submit(client.post, "/dicomweb/studies", **body | {"content": pieces()})
            assert half_sent.wait(60)
            server.kill()
            with pytest.raises(httpx.TransportError):
                cut.result()
    server.start()
    _require_nothing_half_there(server, first)
    with server.client() as client:
        answer = client.post("/dicomweb/studies", **multipart(*(made.file for made in second)))
        assert answer.status_code == 200, answer.text
    _require_nothing_half_there(server, first + second)


def _has_begun(server: SteckelServer) -> bool:
    """Whether the journal of an import has its first entries."""
    journals = server.home.glob("imports/*.sqlite3-wal")
    return any(journal.stat().st_size > 20_000 for journal in journals)


def test_an_import_that_was_killed_goes_on_where_it_was(
    server: SteckelServer, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    instances = [make_instance(n, kilobytes=8 + n % 5 * 40) for n in range(600)]
    for made in instances:
        (folder / f"{made.uid}.dcm").write_bytes(made.file)
    with subprocess.Popen(
        [sys.executable, "-m", "steckel", "import", str(folder)],
        env=server.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as importing:
        # What is archived is in its journal a little later.
        while not _has_begun(server):
            assert importing.poll() is None, "the import was quicker than the test"
            time.sleep(0.01)
        importing.kill()
    again = server.cli("import", folder)
    assert again.returncode == 0, again.stderr
    assert "done before" in again.stderr
    _require_nothing_half_there(server, instances)
