"""``steckel ae``: remote application entities at the terminal.

A door like the JSON API: it decodes arguments, calls `security`, prints. What a command
imports, it imports when it runs: the others start faster.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from steckel.errors import NotFound, SteckelError
from steckel.server.cli_terminal import (
    OpenAccounts,
    fail,
    opened,
    print_json,
    print_table,
    say,
)

if TYPE_CHECKING:
    from steckel.security.peers import RemoteAe
    from steckel.security.sees import Sees

_Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
_Title = Annotated[str, typer.Argument(metavar="AET", help="AE title.")]
_Rights = Annotated[
    str | None,
    typer.Option(metavar="RIGHT,…", help="When it calls: store, query, retrieve; '' for none."),
]
_Networks = Annotated[
    str | None,
    typer.Option("--from", metavar="NETWORK,…", help="Where it calls from; '' for anywhere."),
]
_Sees = Annotated[
    Path | None, typer.Option(metavar="FILE", help="JSON of what it sees; docs/network.md.")
]
_Certificate = Annotated[
    str | None, typer.Option(help="Name or SHA-256 of the one it has to show; '' for none.")
]


class EntityCommands:
    """``steckel ae``."""

    def __init__(self, open_accounts: OpenAccounts) -> None:
        self._open = open_accounts

    def commands(self) -> typer.Typer:
        """Return the commands."""
        about = "Remote application entities: who may call and do what, where C-MOVE sends to."
        app = typer.Typer(help=about, no_args_is_help=True)
        app.command("add")(self.add)
        app.command("list")(self.list)
        app.command("remove")(self.remove)
        app.command("echo")(self.echo)
        return app

    def add(  # noqa: PLR0913, PLR0917 - one parameter for each argument and option
        self,
        title: _Title,
        host: Annotated[str, typer.Argument(metavar="HOST", help="Name or address.")],
        port: Annotated[int, typer.Argument(metavar="PORT", help="Port it listens on.")],
        tls: Annotated[bool, typer.Option("--tls", help="It expects TLS.")] = False,
        description: Annotated[str, typer.Option(help="What it is, for people.")] = "",
        rights: _Rights = None,
        networks: _Networks = None,
        sees: _Sees = None,
        certificate: _Certificate = None,
    ) -> None:
        """Register an application entity, or replace the one of this title.

        A new one may do and see everything; of one that is there, what --rights, --from,
        --sees and --certificate do not name stays as it was.
        """
        from steckel.security.peers import RemoteAe, Terms  # noqa: PLC0415
        from steckel.security.rights import rights_from  # noqa: PLC0415

        with opened(self._open) as desk:
            entity = RemoteAe(aet=title, host=host, port=port, tls=tls, description=description)
            terms = Terms(
                rights=None if rights is None else rights_from(_parts(rights)),
                networks=None if networks is None else tuple(_parts(networks)),
                sees=None if sees is None else _read(sees),
                certificate=certificate,
            )
            is_new = desk.security.peers.register(entity, terms)
            say(f"{entity.aet} is registered" if is_new else f"{entity.aet} is changed")

    def list(self, as_json: _Json = False) -> None:
        """List the registered application entities."""
        from steckel.web.spelling import spell_entity  # noqa: PLC0415

        with opened(self._open) as desk:
            entities = desk.security.peers.list()
        if as_json:
            print_json(spell_entity(entity) for entity in entities)
        else:
            columns = ("AE title", "host", "port", "TLS", "rights", "from", "description")
            print_table(columns, (_row(entity) for entity in entities))

    def remove(self, title: _Title) -> None:
        """Remove an application entity."""
        with opened(self._open) as desk:
            desk.security.peers.remove(title)
            say(f"{title} is removed")

    def echo(self, title: _Title) -> None:
        """Send a C-ECHO to a registered application entity."""
        with opened(self._open) as desk:
            entity = desk.security.peers.lookup(title)
            if entity is None:
                raise NotFound("no application entity of this title is registered")
            result = desk.echo.echo(entity)
        if not result.ok:
            fail(f"{title} did not answer: {result.message}")
        say(f"{title} answered in {result.milliseconds:.0f} ms")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _read(file: Path) -> "Sees":
    from steckel.security.sees import sees_from  # noqa: PLC0415

    try:
        return sees_from(orjson.loads(file.read_bytes()))
    except OSError as problem:
        raise SteckelError(f"{file}: {problem.strerror}") from problem
    except orjson.JSONDecodeError as problem:
        raise SteckelError(f"{file} is not JSON: {problem}") from problem


def _row(entity: "RemoteAe") -> tuple[str, ...]:
    return (
        entity.aet,
        entity.host,
        str(entity.port),
        "yes" if entity.tls else "no",
        ", ".join(sorted(entity.rights)) or "none",
        ", ".join(entity.networks) or "anywhere",
        entity.description,
    )
