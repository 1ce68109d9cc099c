"""A store whose index is lost or damaged: nobody is told that the archive is empty."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.e2e.made_instances import dataset_of, listed, make_instance, retrieve
from tests.e2e.plain_sender import send
from tests.steckel_server import SteckelServer

_INSTANCES = [make_instance(number) for number in range(3)]


@pytest.fixture
def server(tmp_path: Path) -> SteckelServer:
    """A server that was killed, with instances in a sealed container and in an open one."""
    server = SteckelServer(tmp_path / "home")
    server.start()
    for made in _INSTANCES[:2]:
        assert send(server.dicom_port, made.offer).status == 0
    server.stop()
    server.start()
    for made in _INSTANCES[2:]:
        assert send(server.dicom_port, made.offer).status == 0
    server.kill()
    return server


def _lose(index: Path) -> None:
    for part in index.parent.glob(f"{index.name}*"):
        part.unlink()


def _overwrite(index: Path) -> None:
    _lose(index)
    index.write_bytes(b"this is no database" * 1000)


def _damage_pages(index: Path) -> None:
    with closing(sqlite3.connect(index)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = bytearray(index.read_bytes())
    whole[4096:] = bytes(byte ^ 0x5A for byte in whole[4096:])
    index.write_bytes(whole)


def _serve(server: SteckelServer) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "steckel", "serve"],
        env=server.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("harm", [_lose, _overwrite, _damage_pages])
def test_the_server_says_how_to_go_on_and_reindex_brings_all_back(
    server: SteckelServer, harm: Callable[[Path], None]
) -> None:
    harm(server.home / "index.sqlite3")
    started = _serve(server)
    assert started.returncode == 2
    assert "steckel reindex" in started.stderr.splitlines()[-1]
    assert "Traceback" not in started.stderr
    again = server.cli("reindex")
    assert again.returncode == 0, again.stderr
    server.start()
    try:
        with server.client() as client:
            assert listed(client, _INSTANCES[0]) == {made.uid for made in _INSTANCES}
            for made in _INSTANCES:
                assert retrieve(client, made) == dataset_of(made.file)
    finally:
        server.stop()


def test_a_reindex_that_was_killed_is_asked_for_again(server: SteckelServer) -> None:
    (server.home / "reindex-unfinished").touch()
    started = _serve(server)
    assert (started.returncode, "steckel reindex" in started.stderr) == (2, True)
    assert server.cli("reindex").returncode == 0
    server.start()
    server.stop()
