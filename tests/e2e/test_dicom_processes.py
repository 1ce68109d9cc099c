"""Several processes behind one DICOM port are one application entity to those who call."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.e2e.made_instances import CONTEXT, listed, make_instance
from tests.e2e.plain_sender import NotAssociated, PlainSender, associated
from tests.steckel_server import SteckelServer, running_server, wait_for_port

from steckel.server.processes import read_processes
from steckel.upperlayer.pdu import AssociateRj

_PROCESSES = 3
_LIMIT = 5


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SteckelServer]:
    settings = {
        "STECKEL_DICOM_PROCESSES": str(_PROCESSES),
        "STECKEL_MAX_ASSOCIATIONS": str(_LIMIT),
    }
    with running_server(tmp_path / "home", **settings) as running:
        yield running


def _dicom_pids(server: SteckelServer) -> set[int]:
    return {one.pid for one in read_processes(server.home) if one.role == "dicom"}


def test_they_share_the_limit_of_associations(server: SteckelServer) -> None:
    assert len(_dicom_pids(server)) == _PROCESSES
    with ExitStack() as stack:
        senders = [
            stack.enter_context(associated(server.dicom_port, [CONTEXT])) for _ in range(_LIMIT)
        ]
        with pytest.raises(NotAssociated) as refusal:
            PlainSender(server.dicom_port, [CONTEXT])
        assert isinstance(refusal.value.answer, AssociateRj)
        assert refusal.value.answer.result == 2, "transient: it may come back"
        for number, sender in enumerate(senders, 1):
            assert sender.store(make_instance(number, series=number).offer).status == 0


def test_the_last_place_can_be_had_again_the_moment_that_it_is_free(server: SteckelServer) -> None:
    with ExitStack() as stack:
        for _ in range(_LIMIT - 1):
            stack.enter_context(associated(server.dicom_port, [CONTEXT]))
        for number in range(1, 41):
            with associated(server.dicom_port, [CONTEXT]) as sender:
                assert sender.store(make_instance(number).offer).status == 0


def test_one_instance_sent_to_all_of_them_at_once_is_kept_once(server: SteckelServer) -> None:
    made = [make_instance(number) for number in range(1, 11)]

    def send(_: int) -> list[int | None]:
        with associated(server.dicom_port, [CONTEXT]) as sender:
            return [sender.store(one.offer).status for one in made]

    with ThreadPoolExecutor(_LIMIT) as pool:
        statuses = list(pool.map(send, range(_LIMIT)))
    assert statuses == [[0] * len(made)] * _LIMIT
    with server.client() as client:
        assert listed(client, made[0]) == {one.uid for one in made}
        [study] = client.get("/dicomweb/studies").json()
    assert study["00201208"]["Value"] == [len(made)]


def test_when_one_dies_they_are_started_again(server: SteckelServer) -> None:
    before = _dicom_pids(server)
    (parent,) = before & set(server.pids())
    os.kill(max(before - {parent}), signal.SIGKILL)
    while _dicom_pids(server) & before or len(_dicom_pids(server)) < _PROCESSES:
        wait_for_port(server.http_port)  # the web role goes on meanwhile
    wait_for_port(server.dicom_port)
    with associated(server.dicom_port, [CONTEXT]) as sender:
        assert sender.store(make_instance(1).offer).status == 0
