"""A full disk: refused by name, what was acknowledged stays, and all goes on when there is room."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
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
    single,
)
from tests.e2e.plain_sender import associated, send
from tests.steckel_server import PASSWORD, SteckelServer, running_server

OUT_OF_RESOURCES = 0xA700
#: More than what the archive never uses up (16 MiB), and less.
_DISK_MIB, _LITTLE = 64, 8 << 20
_LARGE = 12 << 10  # kilobytes: an object of its own file


@dataclass(frozen=True)
class Disk:
    """A disk of a few megabytes."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    def fill(self, leave: int = 0) -> None:
        """Write until no more than `leave` bytes are left."""
        status = os.statvfs(self.root)
        room = status.f_bavail * status.f_frsize - leave
        with (self.root / f"ballast-{leave}").open("wb", buffering=0) as ballast:
            while room > 0:
                try:
                    room -= ballast.write(bytes(min(room, 1 << 20)))
                except OSError:
                    return

    def make_room(self) -> None:
        for ballast in self.root.glob("ballast-*"):
            ballast.unlink()


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    root = tmp_path_factory.mktemp("small-disk")
    options = ("-t", "tmpfs", "-o", f"size={_DISK_MIB}m", "steckel-test", str(root))
    try:
        mounted = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount(8) to make a small disk with")
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted (root can): {mounted.stderr.strip()}")
    yield Disk(root)
    subprocess.run(["umount", "--lazy", str(root)], check=True)


@pytest.fixture
def server(disk: Disk) -> Iterator[SteckelServer]:
    """A server on the disk, log included, with one instance archived."""
    with running_server(disk.home) as running:
        assert send(running.dicom_port, make_instance(0).offer).status == 0
        try:
            yield running
        finally:
            disk.make_room()
    subprocess.run(["rm", "-rf", disk.home], check=True)


def _require_readable(client: httpx.Client, *instances: Made) -> None:
    for made in instances:
        assert made.uid in listed(client, made)
        assert retrieve(client, made) == dataset_of(made.file)


def _reasons(answer: httpx.Response) -> list[int]:
    return [item["00081197"]["Value"][0] for item in answer.json()["00081198"]["Value"]]


def test_a_full_disk_refuses_by_every_door_and_answers_readers(
    disk: Disk, server: SteckelServer, tmp_path: Path
) -> None:
    disk.fill(_LITTLE)
    new, large = make_instance(1), make_instance(2, kilobytes=_LARGE)
    (tmp_path / "new.dcm").write_bytes(new.file)
    with server.client() as client:
        for made in (new, large):
            response = send(server.dicom_port, made.offer)
            assert (response.status, response.error_comment) == (
                OUT_OF_RESOURCES,
                "there is no room on the archive's disk",
            )
            stowed = client.post("/dicomweb/studies", **single(made.file))
            assert (stowed.status_code, _reasons(stowed)) == (507, [OUT_OF_RESOURCES])
        both = client.post("/dicomweb/studies", **multipart(new.file, large.file))
        assert (both.status_code, _reasons(both)) == (507, [OUT_OF_RESOURCES] * 2)
        _require_readable(client, make_instance(0))
        assert listed(client, new) == {make_instance(0).uid}
        assert client.get(f"{make_instance(0).path}/rendered").status_code == 200
    imported = server.cli("import", tmp_path)
    assert imported.returncode == 2
    assert "make room and run the same import again" in imported.stderr


def test_a_disk_filled_to_its_reserve_lets_people_log_in(disk: Disk, server: SteckelServer) -> None:
    disk.fill(_LITTLE)
    login = httpx.post(f"{server.url}/api/login", json={"name": "admin", "password": PASSWORD})
    assert login.status_code == 200, login.text


def test_archiving_resumes_by_itself_when_there_is_room(disk: Disk, server: SteckelServer) -> None:
    new, large, third = make_instance(1), make_instance(2, kilobytes=_LARGE), make_instance(3)
    disk.fill(_LITTLE)
    with associated(server.dicom_port, [CONTEXT]) as sender, server.client() as client:
        assert sender.store(new.offer).status == OUT_OF_RESOURCES
        disk.make_room()
        assert sender.store(new.offer).status == 0
        assert sender.store(large.offer).status == 0
        assert client.post("/dicomweb/studies", **single(third.file)).status_code == 200
        _require_readable(client, make_instance(0), new, large, third)


def test_without_a_byte_left_readers_are_answered_before_and_after_a_restart(
    disk: Disk, server: SteckelServer, tmp_path: Path
) -> None:
    new = make_instance(1)
    (tmp_path / "new.dcm").write_bytes(new.file)
    disk.fill()
    with server.client() as client:
        assert send(server.dicom_port, new.offer).status == OUT_OF_RESOURCES
        assert client.post("/dicomweb/studies", **single(new.file)).status_code == 507
        assert client.post("/dicomweb/studies", **single(b"no image at all")).status_code == 409
        _require_readable(client, make_instance(0))
        login = client.post("/api/login", json={"name": "admin", "password": PASSWORD})
        assert login.status_code in (200, 503, 507), login.text  # no act without a record
    imported = server.cli("import", tmp_path)
    assert (imported.returncode, "Traceback" in imported.stderr) == (2, False), imported.stderr
    server.kill()
    server.start()
    with server.client() as client:
        _require_readable(client, make_instance(0))
        disk.make_room()
        assert client.post("/dicomweb/studies", **single(new.file)).status_code == 200
        _require_readable(client, make_instance(0), new)


def test_senders_that_fill_the_disk_together_lose_nothing_that_was_acknowledged(
    disk: Disk, server: SteckelServer
) -> None:
    acknowledged: list[Made] = []
    refused: list[int] = []

    def fill(series: int) -> None:
        with associated(server.dicom_port, [CONTEXT]) as sender:
            for number in range(40):
                made = make_instance(number, series=series, kilobytes=768)
                status = sender.store(made.offer).status
                if status == 0:
                    acknowledged.append(made)
                else:
                    refused.append(status or 0)
                    return

    senders = [threading.Thread(target=fill, args=(series,)) for series in range(2, 6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert refused == [OUT_OF_RESOURCES] * len(senders)
    with server.client() as client:
        assert listed(client, make_instance(0)) == {
            make_instance(0).uid,
            *(made.uid for made in acknowledged),
        }
        _require_readable(client, *acknowledged)


def test_a_read_only_home_is_said_in_one_line(disk: Disk, server: SteckelServer) -> None:
    server.stop()
    subprocess.run(["mount", "-o", "remount,ro", disk.root], check=True)
    try:
        started = subprocess.run(
            [sys.executable, "-m", "steckel", "serve"],
            env=server.environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk.root], check=True)
    assert started.returncode == 2
    assert "read-only" in started.stderr.lower(), started.stderr
    assert "Traceback" not in started.stderr
