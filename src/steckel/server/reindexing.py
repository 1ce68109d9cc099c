"""``steckel reindex`` at the terminal."""

from rich.console import Console

from steckel.errors import StorageFailure
from steckel.index.failures import DamagedIndex
from steckel.index.files import set_aside
from steckel.server.preparing import index_incomplete, prepare_database
from steckel.server.processes import read_processes
from steckel.server.progress import progress_report
from steckel.server.settings import Settings
from steckel.server.status_desk import StatusDesk
from steckel.server.wiring import House


def run_reindex(settings: Settings, console: Console) -> None:
    """Make the index anew.

    Raises
    ------
    StorageFailure
        The server runs.
    """
    house = House(settings)
    try:
        if read_processes(settings.home):
            raise StorageFailure("the server runs on this home: stop it, then reindex")
        _start_over(house, console)
        with (
            index_incomplete(settings.home),
            progress_report(console, "reading containers") as progress,
        ):
            house.recovery.run()

            def tell(number: int, total: int) -> None:
                progress.expect(total)
                progress.update(number)

            done = house.reindexing.run(tell)
        report = StatusDesk(house).report()
        console.print(
            f"{done.containers} containers were read; the index has "
            f"{report.counts.instances} instances in {report.counts.studies} studies of "
            f"{report.counts.patients} patients"
        )
    finally:
        house.close()


def _start_over(house: House, console: Console) -> None:
    """Empty the index; one that is damaged is set aside for a new one."""
    try:
        prepare_database(house)
        house.reindexing.empty()
    except DamagedIndex:
        aside = set_aside(house.engine)
        if aside is None:
            raise
        console.print(
            f"the index was damaged and is kept as {aside}. Accounts, API tokens and known "
            "application entities were in it too: they have to be made again. So was what other "
            "systems said: messages, orders and corrections come back from a backup only",
            markup=False,
        )
        prepare_database(house)
