"""A client of the door, and what is behind it."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.unit.dicomweb.memory_archive import (
    MemoryArchive,
    Person,
    SimpleImaging,
    application,
    sample,
)

from steckel.retrieve.model import StoredInstance


class Client:
    """Sends one request at a time to an ASGI application, without a socket.

    It has no header of its own: what a test does not say is not sent.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    def request(self, method: str, path: str, **given: Any) -> httpx.Response:
        return asyncio.run(self._send(method, path, **given))

    async def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://pacs.test") as client:
            for name in ("accept", "accept-encoding", "user-agent"):
                del client.headers[name]
            return await client.request(method, path, **given)

    def get(self, path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("GET", path, headers=named)

    def post(self, path: str, content: Any, content_type: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["content-type"] = content_type
        return self.request("POST", path, content=content, headers=named)


@pytest.fixture
def archive() -> MemoryArchive:
    return MemoryArchive()


@pytest.fixture
def imaging(archive: MemoryArchive) -> SimpleImaging:
    return SimpleImaging(archive)


@pytest.fixture
def client(archive: MemoryArchive, imaging: SimpleImaging) -> Client:
    return Client(application(archive, imaging, person=Person()))


@pytest.fixture
def stored(archive: MemoryArchive) -> Callable[[str], StoredInstance]:
    return lambda name: archive.add(sample(name))


@pytest.fixture
def ct(stored: Callable[[str], StoredInstance]) -> StoredInstance:
    return stored("CT_small.dcm")
