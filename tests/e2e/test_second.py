"""A whole server keeps a second representation: made in the background, served, erased."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from tests.e2e import ct_phantom
from tests.e2e.browsing import archive
from tests.steckel_server import SteckelServer, running_server

RPCL = "1.2.840.10008.1.2.4.202"
TYPE = f"image/jphc; transfer-syntax={RPCL}"
SLICES = 12
SERIES = f"/dicomweb/studies/{ct_phantom.STUDY}/series/{ct_phantom.SERIES}"


def _pixels() -> NDArray[np.int16]:
    """Slices large enough to be worth it."""
    return np.kron(ct_phantom.volume()[:SLICES], np.ones((1, 2, 2), np.int16))


def _slices() -> Iterator[Dataset]:
    for number, pixels in enumerate(_pixels(), start=1):
        dataset = ct_phantom.ct_slice(number, pixels)
        dataset.Rows, dataset.Columns = pixels.shape
        dataset.PixelData = pixels.tobytes()
        yield dataset


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def _files(server: SteckelServer) -> list[Path]:
    return list((server.home / "store" / "second").rglob("*.jph"))


def _frame(client: httpx.Client, number: int, **headers: str) -> httpx.Response:
    path = f"{SERIES}/instances/{ct_phantom.SERIES}.{number}/frames/1"
    answer = client.get(path, headers={"Accept": TYPE, **headers})
    assert answer.is_success, answer.text
    return answer


def _backlog(server: SteckelServer) -> int:
    status = server.cli("status", "--json")
    return int(json.loads(status.stdout)["queues"]["second_studies"])


@pytest.mark.parametrize("modalities", ["CT", "off"])
def test_frames_are_served_in_htj2k_before_and_after_they_are_made(
    tmp_path: Path, modalities: str
) -> None:
    with (
        running_server(tmp_path / "home", STECKEL_SECOND_REPRESENTATION=modalities) as server,
        server.client() as client,
    ):
        archive(server, tmp_path / "files", _slices())
        made_for_us = _frame(client, 3)
        if modalities == "CT":
            _until(lambda: bool(_files(server)), "nothing was made")
            _until(lambda: not _backlog(server), "there is more to be made")
        else:
            assert _backlog(server) == 0
        kept = _frame(client, 3)
        part = _frame(client, 3, Range="bytes=0-1023")

        assert np.array_equal(imagecodecs.htj2k_decode(kept.content), _pixels()[2])
        assert kept.content == made_for_us.content
        assert (part.status_code, part.content) == (206, kept.content[:1024])
        assert part.headers["content-type"] == TYPE
        in_file = [kept.content in file.read_bytes() for file in _files(server)]
        assert in_file == ([True] if modalities == "CT" else [])


def test_what_is_deleted_goes_from_the_second_representation_too(tmp_path: Path) -> None:
    with running_server(tmp_path / "home") as server, server.client() as client:
        archive(server, tmp_path / "files", _slices())
        _until(lambda: bool(_files(server)), "nothing was made")
        gone, stays = _frame(client, 1).content, _frame(client, 2).content
        (before,) = _files(server)
        client.delete(f"{SERIES}/instances/{ct_phantom.SERIES}.1").raise_for_status()
        _until(lambda: not before.exists(), "the frames of what was deleted stay")
        (after,) = _files(server)
        assert gone not in after.read_bytes()
        assert stays in after.read_bytes()
        assert _frame(client, 2).content == stays


def test_what_was_thrown_away_is_made_again_after_a_start(tmp_path: Path) -> None:
    with running_server(tmp_path / "home") as server:
        archive(server, tmp_path / "files", _slices())
        _until(lambda: bool(_files(server)), "nothing was made")
        server.kill()
        (file,) = _files(server)
        file.unlink()
        server.start()
        _until(lambda: bool(_files(server)), "nothing was made again")
        with server.client() as client:
            frame = _frame(client, SLICES).content
        assert any(frame in file.read_bytes() for file in _files(server))
