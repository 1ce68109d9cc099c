"""The worker brings answers to storage commitment, and puts off what it cannot bring."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pynetdicom import AE, evt
from pynetdicom.sop_class import StorageCommitmentPushModel, Verification
from sqlalchemy import Engine, select
from tests.databases import (
    database_server,
    empty_database,
    engine,
    index,
    upgraded_database,
)
from tests.ports import free_port

from steckel.dimse.scu.association import Caller
from steckel.ris.commitment_model import CommitmentRequest, Reference
from steckel.ris.commitments import Commitments
from steckel.ris.schema import commitments
from steckel.ris.stored import StoredInstances
from steckel.security.peers import PeerDirectory, RemoteAe
from steckel.server.committing import CommitmentAnswers
from steckel.server.peer_desk import PeerDesk

__all__ = ["database_server", "empty_database", "engine", "index", "upgraded_database"]


class Desk:
    """Commitments with a clock of their own, and the worker's part of them."""

    def __init__(self, engine: Engine) -> None:
        self.now = 1_000_000_000
        self.engine = engine
        self.directory = PeerDirectory(engine)
        stored = StoredInstances(engine, lambda _: 0)
        self.commitments = Commitments(engine, stored, aet="STECKEL", now=lambda: self.now)
        self.answers = CommitmentAnswers(
            self.commitments, PeerDesk(self.directory), Caller(aet="STECKEL")
        )

    def ask(self, transaction: str, aet: str = "CT1") -> None:
        reference = Reference(sop_class_uid="1.2", sop_instance_uid="1.2.3")
        self.commitments.take(
            CommitmentRequest(aet=aet, transaction_uid=transaction, references=(reference,))
        )

    def run(self, later: int = 6_000) -> None:
        self.now += later
        self.answers.run(threading.Event())

    def rows(self) -> dict[str, Any]:
        with self.engine.connect() as connection:
            found = connection.execute(select(commitments)).all()
        return {row.transaction_uid: row for row in found}


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


@contextmanager
def _device(answer: Callable[[str], int], sop_class: str) -> Iterator[tuple[int, list[str]]]:
    heard: list[str] = []

    def take(event: Any) -> tuple[int, None]:
        heard.append(str(event.event_information.TransactionUID))
        return answer(heard[-1]), None

    ae = AE("CT1")
    ae.add_supported_context(sop_class, scu_role=False, scp_role=True)
    server = ae.start_server(
        ("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_N_EVENT_REPORT, take)]
    )
    try:
        yield server.server_address[1], heard
    finally:
        server.shutdown()


def _register(desk: Desk, port: int, aet: str = "CT1") -> None:
    desk.directory.save(RemoteAe(aet=aet, host="127.0.0.1", port=port))


def test_all_that_waits_for_a_device_is_brought_once(desk: Desk) -> None:
    with _device(lambda _: 0, StorageCommitmentPushModel) as (port, heard):
        _register(desk, port)
        for number in range(3):
            desk.ask(f"2.25.{number}")
        desk.run(later=1)
        assert heard == []
        desk.run()
        desk.run(later=10_000_000)
    assert heard == ["2.25.0", "2.25.1", "2.25.2"]
    assert {row.state for row in desk.rows().values()} == {"sent"}


def test_what_a_device_refuses_waits_and_the_others_do_not(desk: Desk) -> None:
    with _device(lambda uid: 0x0110 if uid == "2.25.0" else 0, StorageCommitmentPushModel) as (
        port,
        heard,
    ):
        _register(desk, port)
        desk.ask("2.25.0")
        desk.ask("2.25.1")
        desk.run()
        assert heard == ["2.25.0", "2.25.1"]
        rows = desk.rows()
        assert (rows["2.25.0"].state, rows["2.25.1"].state) == ("waiting", "sent")
        assert rows["2.25.0"].reason == "CT1 answered 0110H"
        desk.run(later=10_000)
    assert heard == ["2.25.0", "2.25.1", "2.25.0"]


@pytest.mark.parametrize("why", ["unknown", "not there", "other service"])
def test_who_cannot_be_told_is_tried_later(desk: Desk, why: str) -> None:
    desk.ask("2.25.0")
    desk.ask("2.25.1")
    with _device(lambda _: 0, Verification) as (port, _):
        if why != "unknown":
            _register(desk, port if why == "other service" else free_port())
        desk.run()
    rows = desk.rows().values()
    assert {(row.state, row.attempts) for row in rows} == {("waiting", 1)}
    assert all("CT1" in row.reason for row in rows)
    with _device(lambda _: 0, StorageCommitmentPushModel) as (port, heard):
        _register(desk, port)
        desk.run(later=10_000)
    assert sorted(heard) == ["2.25.0", "2.25.1"]


def test_one_that_cannot_be_told_does_not_stop_another(desk: Desk) -> None:
    desk.ask("2.25.0", aet="MR1")
    desk.ask("2.25.1", aet="CT1")
    _register(desk, free_port(), aet="MR1")
    with _device(lambda _: 0, StorageCommitmentPushModel) as (port, heard):
        _register(desk, port)
        desk.run()
    assert heard == ["2.25.1"]
