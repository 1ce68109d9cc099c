"""A real HTTP server in front of an archive in memory, and a client that others wrote."""

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from dicomweb_client.api import DICOMwebClient
from tests.unit.dicomweb.memory_archive import MemoryArchive, Person, SimpleImaging, application


class Announcing(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@pytest.fixture
def archive() -> MemoryArchive:
    return MemoryArchive()


@pytest.fixture
def port(archive: MemoryArchive) -> Iterator[int]:
    app = application(archive, SimpleImaging(archive), person=Person())
    listener = socket.create_server(("127.0.0.1", 0))
    server = Announcing(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    assert server.listening.wait(30)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def client(port: int) -> DICOMwebClient:
    return DICOMwebClient(url=f"http://127.0.0.1:{port}/dicomweb")
