"""The order of things: on stable storage, in the index, and only then success.

A whole archive behind its DIMSE door, in this process, so that each sync of a file
and each response can be seen in the moment that it happens.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from tests.e2e.made_instances import CONTEXT, Made, make_instance
from tests.e2e.plain_sender import associated

from steckel.dimse.transport import Buffer, Transport
from steckel.dimse.wire.command import RESPONSE, Operation, decode_command
from steckel.index.schema import instances
from steckel.server.preparing import prepare
from steckel.server.serving import ServingHouse
from steckel.server.setting_values import Address
from steckel.server.settings import Settings
from steckel.upperlayer.encode import FRAGMENT_OVERHEAD
from steckel.upperlayer.pdu import PduType

_PDU_HEADER = 6


class Witness:
    """Sees which instances were synced, and what was not safe when its response left."""

    def __init__(self, made: Sequence[Made], database: str) -> None:
        self._uids = [one.uid.encode() for one in made]
        self._engine = create_engine(database)
        self._synced: set[str] = set()
        self._lock = threading.Lock()
        self.answered: set[str] = set()
        self.too_early: list[str] = []

    def sync(self, content: bytes) -> None:
        """Note what is in a file that was synced."""
        with self._lock:
            self._synced.update(uid.decode() for uid in self._uids if uid in content)

    def send(self, message: bytes) -> None:
        """Look at what leaves, and note the success of an instance that is not safe."""
        if message[0] != PduType.P_DATA_TF:
            return
        command = decode_command(message[_PDU_HEADER + FRAGMENT_OVERHEAD :])
        if command.field != Operation.C_STORE | RESPONSE:
            return
        uid = command.affected_sop_instance_uid
        with self._engine.connect() as connection:
            row = connection.execute(select(instances.c.pk).where(instances.c.uid == uid)).first()
        with self._lock:
            self.answered.add(uid)
            if uid not in self._synced:
                self.too_early.append(f"{uid} was not on stable storage")
            if row is None:
                self.too_early.append(f"{uid} was not in the index")

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ServingHouse]:
    house = ServingHouse(Settings(home=tmp_path / "home", dicom=Address("127.0.0.1", 0)))
    prepare(house)
    yield house
    house.close()


def _watch(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    fdatasync, send = os.fdatasync, Transport.send

    def watched_sync(descriptor: int) -> None:
        content = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
        fdatasync(descriptor)
        witness.sync(content)

    def watched_send(self: Transport, buffers: Sequence[Buffer], timeout: float) -> None:
        witness.send(b"".join(buffers))
        send(self, buffers, timeout)

    monkeypatch.setattr(os, "fdatasync", watched_sync)
    monkeypatch.setattr(Transport, "send", watched_send)


@pytest.mark.parametrize("senders", [1, 8])
@pytest.mark.parametrize("kilobytes", [8, 300])
def test_each_success_leaves_after_the_sync_and_the_commit(
    house: ServingHouse, monkeypatch: pytest.MonkeyPatch, senders: int, kilobytes: int
) -> None:
    per_sender = 12
    made = [
        [make_instance(n, series=series, kilobytes=kilobytes) for n in range(1, per_sender + 1)]
        for series in range(1, senders + 1)
    ]
    witness = Witness([one for series in made for one in series], house.settings.database)
    server = house.dimse_server()
    server.start()
    _watch(witness, monkeypatch)

    def store(series: Sequence[Made]) -> list[int | None]:
        with associated(server.port, [CONTEXT]) as sender:
            return [sender.store(one.offer).status for one in series]

    try:
        with ThreadPoolExecutor(senders) as pool:
            statuses = list(pool.map(store, made))
    finally:
        server.stop(5)
        witness.close()
    assert statuses == [[0] * per_sender] * senders
    assert witness.too_early == []
    assert witness.answered == {one.uid for series in made for one in series}
