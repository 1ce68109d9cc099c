"""``steckel user``, ``session``, ``token``, ``ae``: who may do what, at the terminal.

A door like the JSON API: it decodes arguments, calls `security`, prints. The rule:
no password is an argument, where the history of the shell and the list of processes
would show it; what a script needs stands alone on standard output. What a command imports, it
imports when it runs: the others start faster.
"""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from steckel.security.founding import ADMIN, FIRST_ACCOUNT, USER
from steckel.server.cli_entities import EntityCommands
from steckel.server.cli_sessions import SessionCommands
from steckel.server.cli_terminal import (
    AccountsDesk,
    OpenAccounts,
    opened,
    print_json,
    print_table,
    say,
    when,
)

if TYPE_CHECKING:
    from steckel.security.accounts import Account
    from steckel.security.tokens import ApiToken


_PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
_Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the account.")]
_Roles = Annotated[list[str] | None, typer.Argument(metavar="ROLE", help="None: of nobody.")]
_Scope = Annotated[
    list[str] | None,
    typer.Option(help="What it may do, such as read,export; several times for several."),
]


def register(app: typer.Typer, open_accounts: OpenAccounts) -> None:
    """Add the commands ``user``, ``session``, ``token`` and ``ae`` to an application."""
    app.add_typer(UserCommands(open_accounts).commands(), name="user")
    app.add_typer(SessionCommands(open_accounts).commands(), name="session")
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
        app.command("reset-2fa")(self.reset_second_factors)
        app.command("require-2fa")(self.require_second_factor)
        return app

    def add(
        self,
        name: _Name,
        admin: Annotated[bool, typer.Option("--admin", help="May do everything.")] = False,
        role: Annotated[str, typer.Option(help="What it may do and see.")] = USER,
        service: Annotated[
            bool, typer.Option("--service", help="For a machine: tokens only, no password.")
        ] = False,
        display_name: Annotated[str, typer.Option(help="Name that people read.")] = "",
        password_stdin: _PasswordStdin = False,
    ) -> None:
        """Add an account; its password is asked for."""
        chosen = ADMIN if admin else role
        with opened(self._open) as desk:
            accounts = desk.security.accounts
            if service:
                account = accounts.add_service(name, role=chosen, display_name=display_name)
                say(f"{account.name} can use tokens: `steckel token create --user {account.name}`")
                return
            password = _ask_password(from_stdin=password_stdin)
            account = accounts.add(name, password, role=chosen, display_name=display_name)
            say(f"{account.name} can log in now")

    def list(self, as_json: _Json = False) -> None:
        """List all accounts."""
        from steckel.web.spelling import spell_account  # noqa: PLC0415

        with opened(self._open) as desk:
            accounts = desk.security.accounts.list()
        if as_json:
            print_json(spell_account(account) for account in accounts)
        else:
            columns = ("name", "display name", "role", "state", "2nd", "created", "last login")
            print_table(columns, (_account_row(account) for account in accounts))

    def passwd(
        self,
        name: _Name,
        password_stdin: _PasswordStdin = False,
        must_change: Annotated[
            bool, typer.Option("--must-change", help="It has to be changed at the next login.")
        ] = False,
    ) -> None:
        """Set the password of an account; its sessions end."""
        with opened(self._open) as desk:
            desk.security.accounts.get(name)  # before a password is typed in vain
            password = _ask_password(from_stdin=password_stdin)
            _change(desk, name, password=password, must_change=must_change)
            say("the password is changed, and all sessions of the account have ended")

    def disable(self, name: _Name) -> None:
        """Keep an account from logging in; its sessions end, its tokens stop working."""
        with opened(self._open) as desk:
            _change(desk, name, disabled=True)
            say("the account is disabled")

    def enable(self, name: _Name) -> None:
        """Let an account log in again."""
        from steckel.security.accounts import AccountChange  # noqa: PLC0415

        with opened(self._open) as desk:
            desk.security.accounts.change(name, AccountChange(disabled=False))
            say("the account is enabled")

    def reset_second_factors(self, name: _Name) -> None:
        """Remove all second factors of an account whose owner has lost them; its sessions end."""
        with opened(self._open) as desk:
            account = desk.security.accounts.get(name)
            desk.security.factors.reset(account.name)
            desk.security.sessions.end_all(account.name)
            say("the second factors are removed, and all sessions of the account have ended")

    def require_second_factor(
        self,
        roles: _Roles = None,
    ) -> None:
        """Ask a second factor of those who have one of these roles, and of no others."""
        with opened(self._open) as desk:
            desk.security.roles.require_second_factor(roles or [])
            say(f"a second factor is asked of: {', '.join(roles)}" if roles else "asked of nobody")


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
        scope: _Scope = None,
        sees: Annotated[
            str | None, typer.Option(help="What it sees of what the account sees, as JSON.")
        ] = None,
        expires: Annotated[
            str | None, typer.Option(help="After how long it ends: 90d, 12h.")
        ] = None,
    ) -> None:
        """Create a token and print it, this once, alone on standard output."""
        from steckel.server.token_arguments import end_of, scope_of  # noqa: PLC0415

        with opened(self._open) as desk:
            account = desk.security.accounts.get(user)
            limits, end = scope_of(scope, sees), end_of(expires)
            issued = desk.security.tokens.issue(name, account, scope=limits, expires=end)
            print(issued.secret)

    def list(
        self,
        user: Annotated[str | None, typer.Option(help="Only those of this account.")] = None,
        as_json: _Json = False,
    ) -> None:
        """List tokens; what they are is never shown again."""
        from steckel.web.spelling import spell_token  # noqa: PLC0415

        with opened(self._open) as desk:
            owner = desk.security.accounts.get(user).name if user else None
            tokens = desk.security.tokens.list(owner)
        if as_json:
            print_json(spell_token(token) for token in tokens)
        else:
            columns = ("id", "name", "account", "scope", "created", "last used", "ends")
            print_table(columns, (_token_row(token) for token in tokens))

    def revoke(
        self, token: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")]
    ) -> None:
        """Revoke a token; it stops working at once."""
        with opened(self._open) as desk:
            desk.security.tokens.revoke(token)
            say("the token is revoked")


def _change(
    desk: AccountsDesk,
    name: str,
    *,
    password: str | None = None,
    must_change: bool | None = None,
    disabled: bool | None = None,
) -> None:
    from steckel.security.accounts import AccountChange  # noqa: PLC0415

    change = AccountChange(password=password, must_change=must_change, disabled=disabled)
    account = desk.security.accounts.change(name, change)
    desk.security.sessions.end_all(account.name)


def _ask_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return password


def _account_row(account: "Account") -> tuple[str, ...]:
    state = "disabled" if account.disabled else "active"
    if account.kind == "service":
        state = f"{state}, for a machine"
    second = "yes" if account.has_second_factor else "no"
    moments = when(account.created), when(account.last_login)
    return (account.name, account.display_name, account.role, state, second, *moments)


def _token_row(token: "ApiToken") -> tuple[str, ...]:
    scope = token.scope
    may = "all" if scope.actions is None else " ".join(sorted(scope.actions))
    shown = may if scope.sees is None else f"{may}, a part of the studies"
    moments = when(token.created), when(token.last_used), when(token.expires)
    return (token.id, token.name, token.account, shown, *moments)
