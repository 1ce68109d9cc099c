"""``steckel user``, ``token``, ``ae``: accounts and application entities at the terminal.

A door like the JSON API: it decodes arguments, calls `security`, prints. The rule:
no password is an argument, where the history of the shell and the list of processes
would show it; what a script needs stands alone on standard output. What a command imports, it
imports when it runs: the others start faster.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from steckel.errors import NotFound, SteckelError
from steckel.security.principal import FIRST_ACCOUNT
from steckel.security.roles import ADMIN, USER

if TYPE_CHECKING:
    from steckel.security.accounts import Account
    from steckel.security.peers import RemoteAe
    from steckel.security.site import Security
    from steckel.security.tokens import ApiToken
    from steckel.web.ports.system import EchoSender


@dataclass(frozen=True, kw_only=True)
class AccountsDesk:
    """What the commands work on."""

    security: "Security"
    echo: "EchoSender"


OpenAccounts = Callable[[], AbstractContextManager[AccountsDesk]]

_PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
_Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the account.")]
_Title = Annotated[str, typer.Argument(metavar="AET", help="AE title.")]


def register(app: typer.Typer, open_accounts: OpenAccounts) -> None:
    """Add the commands ``user``, ``token`` and ``ae`` to an application."""
    app.add_typer(UserCommands(open_accounts).commands(), name="user")
    app.add_typer(TokenCommands(open_accounts).commands(), name="token")
    app.add_typer(EntityCommands(open_accounts).commands(), name="ae")


class UserCommands:
    """``steckel user``."""

    def __init__(self, open_accounts: OpenAccounts) -> None:
        self._open = open_accounts

    def commands(self) -> typer.Typer:
        """Return the commands."""
        app = typer.Typer(help="Accounts that can log in.", no_args_is_help=True)
        app.command("add")(self.add)
        app.command("list")(self.list)
        app.command("passwd")(self.passwd)
        app.command("disable")(self.disable)
        app.command("enable")(self.enable)
        return app

    def add(
        self,
        name: _Name,
        admin: Annotated[bool, typer.Option("--admin", help="May do everything.")] = False,
        display_name: Annotated[str, typer.Option(help="Name that people read.")] = "",
        password_stdin: _PasswordStdin = False,
    ) -> None:
        """Add an account; its password is asked for."""
        with _desk(self._open) as desk:
            password = _ask_password(from_stdin=password_stdin)
            role = ADMIN if admin else USER
            account = desk.security.accounts.add(
                name, password, role=role, display_name=display_name
            )
            _say(f"{account.name} can log in now")

    def list(self, as_json: _Json = False) -> None:
        """List all accounts."""
        from steckel.web.spelling import spell_account  # noqa: PLC0415

        with _desk(self._open) as desk:
            accounts = desk.security.accounts.list()
        if as_json:
            _print_json(spell_account(account) for account in accounts)
        else:
            columns = ("name", "display name", "role", "state", "created", "last login")
            _print_table(columns, (_account_row(account) for account in accounts))

    def passwd(self, name: _Name, password_stdin: _PasswordStdin = False) -> None:
        """Set the password of an account; its sessions end."""
        with _desk(self._open) as desk:
            desk.security.accounts.get(name)  # before a password is typed in vain
            password = _ask_password(from_stdin=password_stdin)
            _change(desk, name, password=password)
            _say("the password is changed, and all sessions of the account have ended")

    def disable(self, name: _Name) -> None:
        """Keep an account from logging in; its sessions end, its tokens stop working."""
        with _desk(self._open) as desk:
            _change(desk, name, disabled=True)
            _say("the account is disabled")

    def enable(self, name: _Name) -> None:
        """Let an account log in again."""
        from steckel.security.accounts import AccountChange  # noqa: PLC0415

        with _desk(self._open) as desk:
            desk.security.accounts.change(name, AccountChange(disabled=False))
            _say("the account is enabled")


class TokenCommands:
    """``steckel token``."""

    def __init__(self, open_accounts: OpenAccounts) -> None:
        self._open = open_accounts

    def commands(self) -> typer.Typer:
        """Return the commands."""
        app = typer.Typer(help="API tokens for programs.", no_args_is_help=True)
        app.command("create")(self.create)
        app.command("list")(self.list)
        app.command("revoke")(self.revoke)
        return app

    def create(
        self,
        name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
        user: Annotated[str, typer.Option(help="Account that it acts for.")] = FIRST_ACCOUNT,
    ) -> None:
        """Create a token and print it, this once, alone on standard output."""
        with _desk(self._open) as desk:
            account = desk.security.accounts.get(user)
            print(desk.security.tokens.issue(name, account).secret)

    def list(
        self,
        user: Annotated[str | None, typer.Option(help="Only those of this account.")] = None,
        as_json: _Json = False,
    ) -> None:
        """List tokens; what they are is never shown again."""
        from steckel.web.spelling import spell_token  # noqa: PLC0415

        with _desk(self._open) as desk:
            owner = desk.security.accounts.get(user).name if user else None
            tokens = desk.security.tokens.list(owner)
        if as_json:
            _print_json(spell_token(token) for token in tokens)
        else:
            columns = ("id", "name", "account", "created", "last used")
            _print_table(columns, (_token_row(token) for token in tokens))

    def revoke(
        self, token: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")]
    ) -> None:
        """Revoke a token; it stops working at once."""
        with _desk(self._open) as desk:
            desk.security.tokens.revoke(token)
            _say("the token is revoked")


class EntityCommands:
    """``steckel ae``."""

    def __init__(self, open_accounts: OpenAccounts) -> None:
        self._open = open_accounts

    def commands(self) -> typer.Typer:
        """Return the commands."""
        about = "Remote application entities: who may call, where C-MOVE sends to."
        app = typer.Typer(help=about, no_args_is_help=True)
        app.command("add")(self.add)
        app.command("list")(self.list)
        app.command("remove")(self.remove)
        app.command("echo")(self.echo)
        return app

    def add(
        self,
        title: _Title,
        host: Annotated[str, typer.Argument(metavar="HOST", help="Name or address.")],
        port: Annotated[int, typer.Argument(metavar="PORT", help="Port it listens on.")],
        tls: Annotated[bool, typer.Option("--tls", help="It expects TLS.")] = False,
        description: Annotated[str, typer.Option(help="What it is, for people.")] = "",
    ) -> None:
        """Register an application entity, or replace the one of this title."""
        from steckel.security.peers import RemoteAe  # noqa: PLC0415

        with _desk(self._open) as desk:
            entity = RemoteAe(aet=title, host=host, port=port, tls=tls, description=description)
            is_new = desk.security.peers.save(entity)
            _say(f"{entity.aet} is registered" if is_new else f"{entity.aet} is changed")

    def list(self, as_json: _Json = False) -> None:
        """List the registered application entities."""
        from steckel.web.spelling import spell_entity  # noqa: PLC0415

        with _desk(self._open) as desk:
            entities = desk.security.peers.list()
        if as_json:
            _print_json(spell_entity(entity) for entity in entities)
        else:
            columns = ("AE title", "host", "port", "TLS", "description")
            _print_table(columns, (_entity_row(entity) for entity in entities))

    def remove(self, title: _Title) -> None:
        """Remove an application entity."""
        with _desk(self._open) as desk:
            desk.security.peers.remove(title)
            _say(f"{title} is removed")

    def echo(self, title: _Title) -> None:
        """Send a C-ECHO to a registered application entity."""
        with _desk(self._open) as desk:
            entity = desk.security.peers.lookup(title)
            if entity is None:
                raise NotFound("no application entity of this title is registered")
            result = desk.echo.echo(entity)
        if not result.ok:
            _fail(f"{title} did not answer: {result.message}")
        _say(f"{title} answered in {result.milliseconds:.0f} ms")


@contextmanager
def _desk(open_accounts: OpenAccounts) -> Iterator[AccountsDesk]:
    """Open the desk; what it refuses is one line and an exit status, no traceback."""
    try:
        with open_accounts() as desk:
            yield desk
    except SteckelError as error:
        _fail(str(error))


def _change(
    desk: AccountsDesk, name: str, *, password: str | None = None, disabled: bool | None = None
) -> None:
    from steckel.security.accounts import AccountChange  # noqa: PLC0415

    change = AccountChange(password=password, disabled=disabled)
    account = desk.security.accounts.change(name, change)
    desk.security.sessions.end_all(account.name)


def _ask_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return password


def _say(message: str) -> None:
    # Standard output is for what programs read.
    print(message, file=sys.stderr)


def _fail(message: str) -> NoReturn:
    print(f"steckel: {message}", file=sys.stderr)
    raise typer.Exit(1)


def _print_json(rows: Iterable[Any]) -> None:
    print(orjson.dumps([*rows], option=orjson.OPT_INDENT_2).decode())


def _print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # as it is: brackets are no markup
    # Into a pipe a row is a line, however long.
    console = Console() if sys.stdout.isatty() else Console(width=10_000)
    console.print(table)


def _account_row(account: "Account") -> tuple[str, ...]:
    state = "disabled" if account.disabled else "active"
    moments = _when(account.created), _when(account.last_login)
    return (account.name, account.display_name, account.role, state, *moments)


def _token_row(token: "ApiToken") -> tuple[str, ...]:
    return (token.id, token.name, token.account, _when(token.created), _when(token.last_used))


def _entity_row(entity: "RemoteAe") -> tuple[str, ...]:
    tls = "yes" if entity.tls else "no"
    return (entity.aet, entity.host, str(entity.port), tls, entity.description)


def _when(seconds: float | None) -> str:
    if seconds is None:
        return "never"
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
