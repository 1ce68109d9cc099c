"""``steckel destination``: other systems that are told what happens, at the terminal.

A door like the JSON API: it decodes arguments, calls `exchange.outbound`, prints. What a command
imports, it imports when it runs: the others start faster.
"""

import getpass
import json
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from steckel.errors import NotFound, SteckelError
from steckel.security.refusals import InvalidValue

if TYPE_CHECKING:
    from steckel.exchange.outbound.desk import DestinationDesk
    from steckel.exchange.outbound.model import Address, Destination, QueueLength
    from steckel.web.ports.exchange import Probes


@dataclass(frozen=True, kw_only=True)
class OutboundDesk:
    """What the commands work on."""

    destinations: "DestinationDesk"
    probes: "Probes"


OpenDesk = Callable[[], AbstractContextManager[OutboundDesk]]

_Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the destination.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def register(app: typer.Typer, open_desk: OpenDesk) -> None:
    """Add the command ``destination`` to an application."""
    app.add_typer(DestinationCommands(open_desk).commands(), name="destination")


class DestinationCommands:
    """``steckel destination``."""

    def __init__(self, open_desk: OpenDesk) -> None:
        self._open = open_desk

    def commands(self) -> typer.Typer:
        """Return the commands."""
        about = "Systems that HL7 messages are sent to, and their queues."
        app = typer.Typer(help=about, no_args_is_help=True)
        app.command("add")(self.add)
        app.command("list")(self.list)
        app.command("remove")(self.remove)
        app.command("pause")(self.pause)
        app.command("resume")(self.resume)
        app.command("resend")(self.resend)
        app.command("test")(self.probe)
        return app

    def add(
        self,
        name: _Name,
        host: Annotated[str, typer.Argument(metavar="HOST", help="Name or address.")],
        port: Annotated[int, typer.Argument(metavar="PORT", help="Port it listens on.")],
        tls: Annotated[bool, typer.Option("--tls", help="It expects TLS.")] = False,
        events: Annotated[
            str, typer.Option(metavar="KIND,…", help="What it is told; see docs/hl7.md.")
        ] = "",
        option: Annotated[
            list[str] | None,
            typer.Option("--option", metavar="KEY=VALUE", help="Another option; see docs/hl7.md."),
        ] = None,
    ) -> None:
        """Set up a destination, or set up the one of this name anew; its queue stays."""
        from steckel.exchange.outbound.model import Address  # noqa: PLC0415

        with _desk(self._open) as desk:
            is_new = _save(desk.destinations, name, Address(host=host, port=port, tls=tls), [
                *([f"events={events}"] if events else []), *(option or []),
            ])  # fmt: skip
            _say(f"{name} is set up" if is_new else f"{name} is changed")

    def list(self, as_json: _Json = False) -> None:
        """List the destinations and what waits for them."""
        from steckel.web.destination_view import spell_destination  # noqa: PLC0415

        with _desk(self._open) as desk:
            found = desk.destinations.list()
        if as_json:
            rows = [spell_destination(*one) for one in found]
            print(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
            return
        columns = ("name", "host", "port", "TLS", "events", "state", "waiting", "parked")
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for one in found:
            table.add_row(*(Text(cell) for cell in _cells(*one)))
        console = Console() if sys.stdout.isatty() else Console(width=10_000)
        console.print(table)

    def remove(
        self,
        name: _Name,
        force: Annotated[bool, typer.Option("--force", help="Even if messages wait.")] = False,
    ) -> None:
        """Remove a destination with its queue."""
        with _desk(self._open) as desk:
            _, length = desk.destinations.get(name)
            if length.waiting + length.parked and not force:
                raise InvalidValue(
                    f"{length.waiting} messages wait and {length.parked} are parked: they would "
                    "be lost; --force removes them too"
                )
            desk.destinations.remove(name)
            _say(f"{name} is removed")

    def pause(self, name: _Name) -> None:
        """Send nothing to a destination; its queue grows."""
        with _desk(self._open) as desk:
            desk.destinations.pause(name)
            _say(f"{name} is paused")

    def resume(self, name: _Name) -> None:
        """Send to a destination again, at once."""
        with _desk(self._open) as desk:
            desk.destinations.resume(name)
            _say(f"{name} is sent to again")

    def resend(self, name: _Name) -> None:
        """Send all parked messages of a destination again."""
        with _desk(self._open) as desk:
            count = desk.destinations.resend_parked(name)
            _say(f"{count} messages are sent again")

    def probe(self, name: _Name) -> None:
        """Send a test message that is about nobody."""
        with _desk(self._open) as desk:
            destination, _ = desk.destinations.get(name)
            probe = desk.probes.probe(destination.address, destination.subscription)
        if not probe.ok:
            _fail(f"{name}: {probe.message}")
        _say(f"{name}: {probe.message} ({probe.milliseconds:.0f} ms)")


def _save(desk: "DestinationDesk", name: str, address: "Address", options: list[str]) -> bool:
    """Set a destination up; options that are not named keep their value. Whether it is new."""
    from steckel.exchange.outbound.model import DestinationForm  # noqa: PLC0415
    from steckel.exchange.outbound.subscriptions import (  # noqa: PLC0415
        options_of,
        read_subscription,
    )

    now = time.time_ns() // 1_000_000
    try:
        held: dict[str, Any] = options_of(desk.get(name)[0].subscription)
        is_new = False
    except NotFound:
        held, is_new = {}, True
    lists = {
        key for key, value in options_of(read_subscription({})).items() if isinstance(value, list)
    }
    subscription = read_subscription(held | dict(_option(text, lists) for text in options))
    form = DestinationForm(name=name, address=address, subscription=subscription)
    (desk.add if is_new else desk.change)(form, getpass.getuser(), now)
    return is_new


def _option(text: str, lists: Collection[str]) -> tuple[str, Any]:
    """Return ``KEY=VALUE`` as an option: a list is comma-separated, a number is one."""
    key, separator, value = text.partition("=")
    if not separator:
        raise InvalidValue(f"{text!r} is no KEY=VALUE")
    key = key.strip()
    if key in lists:
        return key, [part.strip() for part in value.split(",") if part.strip()]
    try:
        number = json.loads(value)
    except ValueError:
        return key, value
    is_number = isinstance(number, int) and not isinstance(number, bool)
    return key, number if is_number and key in ("answer_seconds", "error_retries") else value


def _cells(destination: "Destination", length: "QueueLength") -> tuple[str, ...]:
    state = "paused" if destination.is_paused else "works"
    if destination.failing_since:
        state = f"{'stopped' if destination.is_paused else 'fails'}: {destination.problem}"
    address = destination.address
    return (
        destination.name,
        address.host,
        str(address.port),
        "yes" if address.tls else "no",
        ",".join(destination.subscription.events),
        state,
        str(length.waiting),
        str(length.parked),
    )


@contextmanager
def _desk(open_desk: OpenDesk) -> Iterator[OutboundDesk]:
    """Open the desk; what it refuses is one line and an exit status, no traceback."""
    try:
        with open_desk() as desk:
            yield desk
    except SteckelError as error:
        _fail(str(error))


def _say(message: str) -> None:
    # Standard output is for what programs read.
    print(message, file=sys.stderr)


def _fail(message: str) -> NoReturn:
    print(f"steckel: {message}", file=sys.stderr)
    raise typer.Exit(1)
