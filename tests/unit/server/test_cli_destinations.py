import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from sqlalchemy import insert
from typer.testing import CliRunner

from steckel.exchange.outbound.desk import DestinationDesk
from steckel.exchange.outbound.model import Address, Probe
from steckel.exchange.outbound.subscriptions import Subscription
from steckel.exchange.schema import deliveries, destinations
from steckel.index.engine import open_engine, writing
from steckel.index.metadata import metadata
from steckel.ris.schema import events
from steckel.server.cli_destinations import OutboundDesk, register


class Probes:
    def __init__(self) -> None:
        self.answer = Probe(ok=True, milliseconds=3.4, message="it answered")

    def probe(self, _address: Address, _subscription: Subscription) -> Probe:
        return self.answer


class Terminal:
    def __init__(self, path: Path) -> None:
        self.engine = open_engine(f"sqlite:///{path}")
        metadata.create_all(self.engine, tables=[destinations, deliveries, events])
        self.desk = DestinationDesk(self.engine)
        self.probes = Probes()
        self._app = typer.Typer()
        register(self._app, self._open)
        self._app.command("other")(lambda: None)

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(self._app, ["destination", *arguments])

    def only(self) -> dict[str, Any]:
        (found,) = json.loads(self.run("list", "--json").stdout)
        assert isinstance(found, dict)
        return found

    def park(self) -> None:
        with writing(self.engine) as connection:
            connection.execute(
                insert(deliveries).values(destination_pk=1, raw=b"MSH|", state="parked")
            )

    @contextmanager
    def _open(self) -> Iterator[OutboundDesk]:
        yield OutboundDesk(destinations=self.desk, probes=self.probes)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path / "steckel.sqlite")
    yield terminal
    terminal.engine.dispose()


def test_a_destination_is_set_up_and_changed(terminal: Terminal) -> None:
    made = terminal.run(
        "add", "RIS", "192.0.2.20", "2575", "--tls", "--events", "report, order-status",
        "--option", "application=RIS", "--option", "error_retries=5",
    )  # fmt: skip
    assert (made.exit_code, made.stderr, made.stdout) == (0, "RIS is set up\n", "")
    found = terminal.only()
    assert (found["host"], found["port"], found["tls"]) == ("192.0.2.20", 2575, True)
    assert found["options"]["events"] == ["report", "order-status"]
    changed = terminal.run("add", "RIS", "ris", "2576", "--option", "facility=2")
    assert changed.stderr == "RIS is changed\n"
    found = terminal.only()
    assert (found["host"], found["tls"], found["options"]["facility"]) == ("ris", False, "2")
    assert (found["options"]["application"], found["options"]["error_retries"]) == ("RIS", 5)


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "RIS", "http://ris", "2575"),
        ("add", "RIS", "ris", "0"),
        ("add", "RIS", "ris", "2575", "--events", "birth"),
        ("add", "RIS", "ris", "2575", "--option", "colour=red"),
        ("add", "RIS", "ris", "2575", "--option", "colour"),
        ("remove", "RIS"),
        ("pause", "RIS"),
        ("test", "RIS"),
    ],
)
def test_what_is_refused_is_one_line_and_an_exit_status(
    terminal: Terminal, arguments: tuple[str, ...]
) -> None:
    result = terminal.run(*arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("steckel: ")
    assert result.stderr.count("\n") == 1


def test_a_queue_is_not_removed_by_accident(terminal: Terminal) -> None:
    terminal.run("add", "RIS", "ris", "2575")
    terminal.park()
    refused = terminal.run("remove", "RIS")
    assert refused.exit_code == 1
    assert "1 are parked" in refused.stderr
    assert terminal.run("remove", "RIS", "--force").exit_code == 0
    assert terminal.run("list", "--json").stdout == "[]\n"


def test_a_destination_is_paused_resumed_and_its_parked_messages_are_sent_again(
    terminal: Terminal,
) -> None:
    terminal.run("add", "RIS", "ris", "2575")
    terminal.park()
    terminal.run("pause", "RIS")
    assert "paused" in terminal.run("list").stdout
    terminal.run("resume", "RIS")
    assert terminal.only()["paused"] is False
    assert terminal.run("resend", "RIS").stderr == "1 messages are sent again\n"
    assert terminal.only()["waiting"] == 1


def test_a_connection_is_tried_out(terminal: Terminal) -> None:
    terminal.run("add", "RIS", "ris", "2575")
    assert terminal.run("test", "RIS").stderr == "RIS: it answered (3 ms)\n"
    terminal.probes.answer = Probe(ok=False, milliseconds=1, message="nobody listens there")
    failed = terminal.run("test", "RIS")
    assert (failed.exit_code, failed.stderr) == (1, "steckel: RIS: nobody listens there\n")
