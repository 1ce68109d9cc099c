"""The commands that look after an archive, at the terminal."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from steckel.care.verifying import Finding, Flaw
from steckel.errors import StorageFailure
from steckel.index.failures import DamagedIndex
from steckel.index.files import set_aside
from steckel.server.desks import StatusDesk
from steckel.server.preparing import index_incomplete, prepare_database
from steckel.server.processes import read_processes
from steckel.server.settings import Settings
from steckel.server.wiring import House


def progress_bar(console: Console) -> Progress:
    """Return a bar with count and time left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


def run_verify(settings: Settings, console: Console, *, repair: bool) -> bool:
    """Verify; whether everything is right (or was repaired)."""
    house = House(settings)
    try:
        prepare_database(house)
        findings = _check_instances(house, console)
        unindexed = list(house.verification.containers())
        for finding in [*findings, *unindexed]:
            _print_finding(console, finding)
        if repair and unindexed:
            names = sorted({finding.container for finding in unindexed})
            added = sum(house.reindexing.add_missing(name) for name in names)
            console.print(f"{added} instances were added to the index")
            unindexed = []
        good = not findings and not unindexed
        console.print("everything is as it was archived" if good else "there are flaws")
        return good
    finally:
        house.close()


def _check_instances(house: House, console: Console) -> list[Finding]:
    verification = house.verification
    findings: list[Finding] = []
    with progress_bar(console) as bar:
        task = bar.add_task("verifying", total=verification.count())
        for finding in verification.instances():
            if finding is not None:
                findings.append(finding)
            bar.advance(task)
    console.print(f"{verification.count()} instances were read")
    return findings


def _print_finding(console: Console, finding: Finding) -> None:
    what = f"instance {finding.sop_instance_uid}" if finding.sop_instance_uid else "a member"
    console.print(
        f"{finding.flaw}: {what} in container {finding.container} at byte {finding.offset}",
        markup=False,
    )
    if finding.flaw is Flaw.DAMAGED:
        console.print("  restore this container from the backup, or have it sent again")


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
        with index_incomplete(settings.home), progress_bar(console) as bar:
            task = bar.add_task("reindexing", total=None)
            house.recovery.run()
            done = house.reindexing.run(
                lambda number, total: bar.update(task, completed=number, total=total)
            )
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
            "application entities were in it too: they have to be made again",
            markup=False,
        )
        prepare_database(house)


def run_status(settings: Settings) -> bool:
    """Print the state of the node; whether all is well."""
    if not settings.home.exists():
        print(f"nothing is at {settings.home}: `steckel serve` makes it")  # noqa: T201
        return False
    house = House(settings)
    try:
        prepare_database(house)
        report = StatusDesk(house).report()
    finally:
        house.close()
    running = ", ".join(f"{p.role} ({p.pid})" for p in report.processes) or "nothing"
    free = (report.store.free_bytes or 0) >> 20
    lines = (
        ("version", report.version),
        ("running", running),
        ("database", report.database),
        ("patients", report.counts.patients),
        ("studies", report.counts.studies),
        ("series", report.counts.series),
        ("instances", report.counts.instances),
        ("stored", f"{(report.store.used_bytes or 0) / (1 << 20):.1f} MiB, {free} MiB free"),
        ("quarantine", report.quarantine),
        ("conflicts", report.conflicts),
    )
    for name, value in lines:
        print(f"{name:<12}{value}")  # noqa: T201
    return bool(report.processes)
