"""``steckel ca``: a certificate authority for trying out TLS."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from steckel.server.settings import Settings

if TYPE_CHECKING:
    from steckel.server.development_ca import DevelopmentCa, Pair

#: Turns errors into one line and an exit status.
Politely = Callable[[], AbstractContextManager[None]]

_Folder = Annotated[
    Path | None, typer.Option("--folder", help="Where its files are; `ca` in the home.")
]


def register(app: typer.Typer, open_settings: Callable[[], Settings], politely: Politely) -> None:
    """Add the command ``ca`` to an application."""
    app.add_typer(CaCommands(open_settings, politely).commands(), name="ca")


class CaCommands:
    """``steckel ca``."""

    def __init__(self, open_settings: Callable[[], Settings], politely: Politely) -> None:
        self._open_settings = open_settings
        self._politely = politely

    def commands(self) -> typer.Typer:
        """Return the commands."""
        about = "A certificate authority of your own, for TLS; see docs/network.md."
        app = typer.Typer(help=about, no_args_is_help=True)
        app.command("init")(self.init)
        app.command("issue")(self.issue)
        return app

    def init(
        self,
        name: Annotated[str, typer.Option(help="Of the authority.")] = "Steckel development CA",
        folder: _Folder = None,
    ) -> None:
        """Make the authority; the path of its certificate goes to standard output."""
        with self._politely():
            _show(self._authority(folder).found(name))

    def issue(
        self,
        name: Annotated[str, typer.Argument(metavar="NAME", help="Host name, or AE title.")],
        host: Annotated[
            list[str] | None, typer.Option(help="Another name or address that it is reached by.")
        ] = None,
        client: Annotated[
            bool, typer.Option("--client", help="For who only calls: a modality, a sender.")
        ] = False,
        folder: _Folder = None,
    ) -> None:
        """Make a certificate and its key; their paths go to standard output."""
        with self._politely():
            _show(self._authority(folder).issue(name, host or (), client=client))

    def _authority(self, folder: Path | None) -> "DevelopmentCa":
        from steckel.server.development_ca import DevelopmentCa  # noqa: PLC0415

        return DevelopmentCa(folder or self._open_settings().home / "ca")


def _show(pair: "Pair") -> None:
    print(pair.certificate)
    print(pair.key)
