import asyncio
import socket

import httpx
import pytest
import uvicorn
from tests.unit.web.house import GOOD, House

from steckel.web.application import WebApplication
from steckel.web.serving import WebServer

pytestmark = pytest.mark.anyio


class TellingServer(WebServer):
    def __init__(self, config: uvicorn.Config, application: WebApplication) -> None:
        super().__init__(config, application)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


async def test_an_open_event_stream_does_not_hold_up_the_shutdown(house: House) -> None:
    config = uvicorn.Config(house.app, host="127.0.0.1", port=0, log_config=None)
    server = TellingServer(config, house.app)
    serving = asyncio.create_task(server.serve())
    await server.listening.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    address = f"http://127.0.0.1:{port}/api/events"
    async with (
        httpx.AsyncClient(auth=("alice", GOOD), timeout=60) as client,
        client.stream("GET", address) as stream,
    ):
        chunks = stream.aiter_text()
        text = await anext(chunks)
        while "hello" not in text:
            text += await anext(chunks)
        server.should_exit = True
        async for _ in chunks:
            pass
    await serving
