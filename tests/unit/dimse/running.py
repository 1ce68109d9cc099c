"""A server on a free port with in-memory ports, and the means to call it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tests.unit.dimse.fakes import MemoryRooms

from steckel.dimse.channel import Channel
from steckel.dimse.ports import RemoteEntity
from steckel.dimse.scu.association import Caller, open_association, release
from steckel.dimse.server import DimseServer
from steckel.dimse.settings import DimseSettings, Timeouts

EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
JPEG = "1.2.840.10008.1.2.4.50"
TIMEOUTS = Timeouts(artim=20.0, idle=20.0, network=20.0, connect=5.0, response=20.0)
TESTER = Caller(aet="TESTER", timeouts=TIMEOUTS)


@dataclass
class House(MemoryRooms):
    """A running server and what stands behind it."""

    server: DimseServer = None  # type: ignore[assignment]

    @property
    def remote(self) -> RemoteEntity:
        return RemoteEntity(aet="STECKEL", host="127.0.0.1", port=self.server.port)

    @contextmanager
    def association(
        self, contexts: Sequence[tuple[str, tuple[str, ...]]], aet: str = "TESTER"
    ) -> Iterator[Channel]:
        channel = open_association(Caller(aet=aet, timeouts=TIMEOUTS), self.remote, contexts)
        try:
            yield channel
        finally:
            release(channel, 10.0)


@contextmanager
def running(settings: DimseSettings | None = None, **changes: object) -> Iterator[House]:
    """Run a server for the time of a ``with``."""
    base = settings or DimseSettings(port=0, timeouts=TIMEOUTS)
    house = House()
    house.server = DimseServer(replace(base, **changes), rooms=house.rooms())
    house.server.start()
    try:
        yield house
    finally:
        house.server.stop(5.0)


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Wait for what another thread does, where it gives no event to wait for."""
    pause = threading.Event()
    for _ in range(int(seconds * 100)):
        if condition():
            return True
        pause.wait(0.01)
    return False
