"""Two servers of others take what we send: python-hl7's and hl7apy's."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import hl7
import pytest
from hl7.mllp import HL7StreamReader, HL7StreamWriter, start_hl7_server
from hl7apy.core import Message as Hl7apyMessage
from hl7apy.mllp import AbstractHandler, MLLPServer
from sqlalchemy import Engine
from tests.databases import database_server, engine, index, upgraded_database
from tests.integration.exchange.sending_role import couriers
from tests.integration.exchange.test_sending import until_sent
from tests.unit.exchange.outbound.doubles import NOW, change_patient, rows

from steckel.exchange.outbound.desk import DestinationDesk
from steckel.exchange.outbound.model import Address, DestinationForm
from steckel.exchange.outbound.subscriptions import read_subscription

__all__ = ["database_server", "engine", "index", "upgraded_database"]

pytestmark = pytest.mark.interop

NAMES = ["DOE", "Müller", "Ångström | Sons & Co ^ ~ \\", "山田"]


@contextmanager
def python_hl7(got: list[str]) -> Iterator[int]:
    """Run the server of python-hl7; its own acknowledgement answers."""

    async def talk(reader: HL7StreamReader, writer: HL7StreamWriter) -> None:
        try:
            while not writer.is_closing():
                message = await reader.readmessage()
                got.append(str(message.extract_field("PID", 1, 5, 1, 1)))
                writer.writemessage(message.create_ack())
                await writer.drain()
        except asyncio.IncompleteReadError:
            writer.close()

    async def serve() -> None:
        server = await start_hl7_server(talk, "127.0.0.1", 0, encoding="utf-8")
        port.append(server.sockets[0].getsockname()[1])
        ready.set()
        async with server:
            while not over.is_set():  # noqa: ASYNC110 - it is set by another thread
                await asyncio.sleep(0.02)

    port: list[int] = []
    ready, over = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield port[0]
    finally:
        over.set()
        thread.join()


class Handler(AbstractHandler):  # type: ignore[misc]
    """Parses with hl7apy, and answers with a message of hl7apy's."""

    def __init__(self, message: str, got: list[str]) -> None:
        super().__init__(message)
        self._got = got

    def reply(self) -> str:
        theirs = hl7.parse(self.incoming_message.replace("\n", "\r"))
        self._got.append(str(theirs.extract_field("PID", 1, 5, 1, 1)))
        answer = Hl7apyMessage("ACK", version="2.5.1")
        answer.msh.msh_9 = "ACK^A08^ACK"
        answer.msa.msa_1 = "AA"
        answer.msa.msa_2 = theirs.extract_field("MSH", 1, 10)
        return str(answer.to_mllp())


@contextmanager
def hl7apy(got: list[str]) -> Iterator[int]:
    """Run the server of hl7apy, which closes the connection when it has been idle."""
    server = MLLPServer("127.0.0.1", 0, {"ADT^A08^ADT_A01": (Handler, got)}, timeout=1)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("peer", [python_hl7, hl7apy])
def test_a_real_server_gets_all_in_order(
    engine: Engine, peer: Callable[[list[str]], object]
) -> None:
    got: list[str] = []
    with peer(got) as port:  # type: ignore[attr-defined]
        form = DestinationForm(
            name="RIS",
            address=Address(host="127.0.0.1", port=port),
            subscription=read_subscription({"events": ["patient-changed"], "answer_seconds": 10}),
        )
        DestinationDesk(engine).add(form, "admin", NOW)
        running = couriers(engine)
        running.start()
        try:
            for at, name in enumerate(NAMES):
                change_patient(engine, name.replace("^", ""), NOW + at)
                until_sent(engine, at + 1)
        finally:
            running.stop()
    assert got == [name.replace("^", "") for name in NAMES]
    assert all(row.attempts == 1 for row in rows(engine))
