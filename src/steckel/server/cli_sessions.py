"""``steckel session``: who is logged in, at the terminal."""

from typing import TYPE_CHECKING, Annotated

import typer

from steckel.server.cli_terminal import OpenAccounts, opened, print_table, say, when

if TYPE_CHECKING:
    from steckel.security.sessions import ListedSession


class SessionCommands:
    """``steckel session``."""

    def __init__(self, open_accounts: OpenAccounts) -> None:
        self._open = open_accounts

    def commands(self) -> typer.Typer:
        """Return the commands."""
        app = typer.Typer(help="Who is logged in.", no_args_is_help=True)
        app.command("list")(self.list)
        app.command("end")(self.end)
        return app

    def list(
        self,
        user: Annotated[str | None, typer.Option(help="Only those of this account.")] = None,
    ) -> None:
        """List sessions, those seen last first."""
        with opened(self._open) as desk:
            owner = desk.security.accounts.get(user).name if user else None
            sessions = desk.security.sessions.list(owner)
        columns = ("account", "since", "last seen", "address", "state", "browser")
        print_table(columns, (_session_row(session) for session in sessions))

    def end(
        self, user: Annotated[str, typer.Argument(metavar="NAME", help="Of the account.")]
    ) -> None:
        """End all sessions of an account."""
        with opened(self._open) as desk:
            desk.security.sessions.end_all(desk.security.accounts.get(user).name)
            say("the sessions have ended")


def _session_row(session: "ListedSession") -> tuple[str, ...]:
    state = "locked" if session.is_locked else "open"
    moments = when(session.created), when(session.seen)
    return (session.account, *moments, session.place.address, state, session.place.agent)
