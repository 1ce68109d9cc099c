"""What the commands about accounts have together: their desk, and how they speak at a terminal."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from steckel.errors import SteckelError

if TYPE_CHECKING:
    from steckel.security.site import Security
    from steckel.web.ports.system import EchoSender


@dataclass(frozen=True, kw_only=True)
class AccountsDesk:
    """What the commands work on."""

    security: "Security"
    echo: "EchoSender"


OpenAccounts = Callable[[], AbstractContextManager[AccountsDesk]]


@contextmanager
def opened(open_accounts: OpenAccounts) -> Iterator[AccountsDesk]:
    """Open the desk; what it refuses is one line and an exit status, no traceback."""
    try:
        with open_accounts() as desk:
            yield desk
    except SteckelError as error:
        fail(str(error))


def say(message: str) -> None:
    """Tell a person something, on standard error: standard output is for what programs read."""
    print(message, file=sys.stderr)


def fail(message: str) -> NoReturn:
    """End the command with a message."""
    print(f"steckel: {message}", file=sys.stderr)
    raise typer.Exit(1)


def print_json(rows: Iterable[Any]) -> None:
    """Print rows for programs."""
    print(orjson.dumps([*rows], option=orjson.OPT_INDENT_2).decode())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows for people."""
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # as it is: brackets are no markup
    # Into a pipe a row is a line, however long.
    console = Console() if sys.stdout.isatty() else Console(width=10_000)
    console.print(table)


def when(seconds: float | None) -> str:
    """Return seconds since 1970 as a local date and time."""
    if seconds is None:
        return "never"
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
