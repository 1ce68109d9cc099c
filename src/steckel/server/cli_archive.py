"""``steckel import``, ``verify``, ``reindex``, ``backup`` and others: care of the archive."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from steckel.server.settings import Settings

SettingsFrom = Callable[..., Settings]
Politely = Callable[[], AbstractContextManager[None]]
Home = Annotated[str | None, typer.Option("--home", metavar="FOLDER", help="Data of this node.")]


def register(app: typer.Typer, settings_from: SettingsFrom, politely: Politely) -> None:
    """Add the commands to an application."""
    commands = _ArchiveCommands(settings_from, politely)
    app.command("import")(commands.import_)
    app.command()(commands.verify)
    app.command()(commands.reindex)
    app.command()(commands.backup)
    app.command()(commands.restore)
    app.command()(commands.status)
    database = typer.Typer(help="The database.", no_args_is_help=True)
    database.command("upgrade")(commands.upgrade)
    app.add_typer(database, name="db")


class _ArchiveCommands:
    """What these commands import, they import when they run: the others start faster."""

    def __init__(self, settings_from: SettingsFrom, politely: Politely) -> None:
        self._settings = settings_from
        self._politely = politely
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)

    def _open(self, home: str | None) -> Settings:
        from steckel.server.logs import configure_command_logs  # noqa: PLC0415

        settings = self._settings(home=home)
        configure_command_logs(settings.log_level)
        return settings

    def import_(
        self,
        paths: Annotated[
            list[Path],
            typer.Argument(metavar="PATH", help="Files, folders, ZIPs, media with a DICOMDIR."),
        ],
        home: Home = None,
        again: Annotated[
            bool, typer.Option("--again", help="Start over instead of resuming.")
        ] = False,
    ) -> None:
        """Archive files, folders, ZIPs and media.

        An import that was interrupted goes on where it stopped when it is run again.
        What is no DICOM object is passed by and counted; what may be one and cannot be
        taken goes to quarantine and is listed with the reason.

        Exit status: 0 all was archived, 1 something needs a look, 2 it could not go on,
        130 interrupted.
        """
        from steckel.server.importing import run_import  # noqa: PLC0415

        with self._politely():
            status = run_import(self._open(home), paths, self._err, again=again)
        if status:
            raise typer.Exit(status)

    def verify(
        self,
        home: Home = None,
        repair: Annotated[
            bool,
            typer.Option(
                "--repair",
                help="Index what the index lacks, write anew what can be, take good copies from "
                "a backup, and move what stays damaged to quarantine.",
            ),
        ] = False,
        backup: Annotated[
            Path | None,
            typer.Option("--backup", metavar="FOLDER", help="Made by `steckel backup`."),
        ] = None,
    ) -> None:
        """Read everything again, and compare it with what was archived.

        Exit status: 0 all is right or was made right, 1 something is wrong.
        """
        from steckel.server.verifying import run_verify  # noqa: PLC0415

        with self._politely():
            good = run_verify(self._open(home), self._err, repair=repair, backup=backup)
        if not good:
            raise typer.Exit(1)

    def backup(
        self,
        folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to.")],
        home: Home = None,
    ) -> None:
        """Copy the archive, its index and its accounts.

        The server may run meanwhile. The next backup into the same folder copies only
        what is new, and drops what was deleted.
        """
        from steckel.server.backing_up import run_backup  # noqa: PLC0415

        with self._politely():
            good = run_backup(self._open(home), folder, self._err)
        if not good:
            raise typer.Exit(1)

    def restore(
        self,
        folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Made by `steckel backup`.")],
        home: Home = None,
    ) -> None:
        """Make a new home from a backup, and verify it."""
        from steckel.server.backing_up import run_restore  # noqa: PLC0415

        with self._politely():
            good = run_restore(self._open(home), folder, self._err)
        if not good:
            raise typer.Exit(1)

    def reindex(self, home: Home = None) -> None:
        """Make the index anew from the store alone.

        The server must be stopped. Accounts, tokens and application entities stay.
        """
        from steckel.server.reindexing import run_reindex  # noqa: PLC0415

        with self._politely():
            run_reindex(self._open(home), self._err)

    def status(
        self,
        home: Home = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    ) -> None:
        """Say what runs, what waits, and what is wrong.

        Exit status: 0 runs and is well, 1 something is wrong, 3 does not run.
        """
        from steckel.server.status import run_status  # noqa: PLC0415

        with self._politely():
            status = run_status(self._open(home), as_json=as_json)
        if status:
            raise typer.Exit(status)

    def upgrade(self, home: Home = None) -> None:
        """Bring the schema of the database up to date."""
        from steckel.server.preparing import prepare_database  # noqa: PLC0415
        from steckel.server.wiring import House  # noqa: PLC0415

        with self._politely():
            house = House(self._open(home))
            try:
                prepare_database(house)
            finally:
                house.close()
        self._err.print("the database is up to date")
