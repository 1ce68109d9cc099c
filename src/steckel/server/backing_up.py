"""``steckel backup`` and ``steckel restore`` at the terminal."""

from pathlib import Path

from rich.console import Console

from steckel.errors import InputError
from steckel.server.backup import back_up, restore
from steckel.server.preparing import prepare_database, require_index
from steckel.server.progress import progress_report
from steckel.server.settings import Settings
from steckel.server.verifying import run_verify
from steckel.server.wiring import House


def run_backup(settings: Settings, folder: Path, console: Console) -> bool:
    """Back up; whether the copy is whole.

    Raises
    ------
    InputError
        There is nothing to back up, or no place for it.
    """
    if not settings.home.is_dir():
        raise InputError(f"{settings.home}: nothing is here to back up")
    house = House(settings)
    try:
        prepare_database(house)
        require_index(house)
        with progress_report(console, "copying containers") as progress:
            done = back_up(house, folder.absolute(), progress.update)
    finally:
        house.close()
    console.print(
        f"{done.copied:,} containers were copied, {done.kept:,} were there from before, "
        f"{done.removed:,} were removed with what was deleted"
    )
    if not done.with_index:
        console.print(
            "The index is in PostgreSQL and is not part of this backup: dump it with pg_dump "
            "before each `steckel backup`, and keep the two together"
        )
    if done.missing:
        console.print(
            f"{done.missing:,} containers are missing in the archive itself: run `steckel verify`"
        )
    return not done.missing


def run_restore(settings: Settings, folder: Path, console: Console) -> bool:
    """Restore into an empty home and verify; whether everything is as it was archived."""
    with progress_report(console, "copying containers") as progress:
        copied = restore(folder.absolute(), settings, progress.update)
    console.print(f"{copied:,} containers were copied; now each image is compared")
    house = House(settings)
    try:
        prepare_database(house)
        require_index(house)
        house.recovery.run()
    finally:
        house.close()
    return run_verify(settings, console, repair=False)
