"""``steckel verify``: reads everything again, and repairs what can be repaired."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from steckel.care.repairing import Copies, Repair, Repairing
from steckel.care.verifying import Finding, Flaw
from steckel.errors import InputError
from steckel.index.engine import open_engine
from steckel.server.backup import INDEX_FILE, backup_layout
from steckel.server.preparing import prepare_database
from steckel.server.progress import progress_report
from steckel.server.settings import Settings
from steckel.server.wiring import House

_SHOWN = 50

_ADVICE = {
    Flaw.DAMAGED: "`steckel verify --repair --backup FOLDER` takes good copies from a backup; "
    "without one, --repair moves what is damaged to quarantine, so that it can be sent again",
    Flaw.HEADER: "`steckel verify --repair` writes these images anew; nothing of them is lost",
    Flaw.MISSING: "is the disk of the store mounted? "
    "`steckel verify --repair --backup FOLDER` takes the images from a backup",
    Flaw.UNINDEXED: "`steckel verify --repair` adds these images to the index",
    Flaw.DIRECTORY: "`steckel verify --repair` writes these containers anew; no image is lost",
}


@dataclass(slots=True)
class _Report:
    """What was found, and what became of it."""

    console: Console
    checked: int = 0
    flaws: Counter[Flaw] = field(default_factory=Counter)
    repairs: Counter[Repair] = field(default_factory=Counter)

    def note(self, finding: Finding) -> None:
        self.flaws[finding.flaw] += 1
        if self.flaws.total() > _SHOWN:
            return
        self.console.print(
            f"{finding.flaw}: {_what(finding)} {finding.container} at byte {finding.offset}",
            markup=False,
        )


def _what(finding: Finding) -> str:
    if finding.flaw is Flaw.DIRECTORY:
        return "container"
    if finding.sop_instance_uid:
        return f"instance {finding.sop_instance_uid} in container"
    return "a member in container"


def run_verify(
    settings: Settings, console: Console, *, repair: bool, backup: Path | None = None
) -> bool:
    """Verify; whether everything is right, or was made right.

    Raises
    ------
    InputError
        There is no backup where one is said to be.
    """
    house = House(settings)
    try:
        prepare_database(house)
        report = _Report(console)
        with _copies(backup) as copies:
            _check_instances(house, report, _repairing(house, copies) if repair else None)
        left = _check_containers(house, report, repair=repair)
        return _conclude(report, left, repair=repair)
    finally:
        house.close()


@contextmanager
def _copies(backup: Path | None) -> Iterator[Copies | None]:
    if backup is None:
        yield None
        return
    index = backup / INDEX_FILE
    if not index.is_file():
        raise InputError(f"{backup}: there is no backup with an index in this folder")
    engine = open_engine(f"sqlite:///{index.absolute()}")
    copies = Copies(backup_layout(backup.absolute()), engine)
    try:
        yield copies
    finally:
        copies.close()
        engine.dispose()


def _repairing(house: House, copies: Copies | None) -> Repairing:
    return Repairing(house.versions, house.reader, house.engine, house.quarantine, copies)


def _check_instances(house: House, report: _Report, repairing: Repairing | None) -> None:
    with progress_report(report.console, "verifying") as progress:
        progress.expect(house.verification.count())
        for finding in house.verification.instances():
            report.checked += 1
            if finding is not None:
                report.note(finding)
                if repairing is not None:
                    report.repairs[repairing.repair(finding)] += 1
            progress.update(report.checked)


def _check_containers(house: House, report: _Report, *, repair: bool) -> int:
    """Look for what the index does not know, and damaged directories; return how many are left."""
    found = list(house.verification.containers())
    for finding in found:
        report.note(finding)
    if not repair or not found:
        return len(found)
    unindexed = {one.container for one in found if one.flaw is Flaw.UNINDEXED}
    added = sum(house.reindexing.add_missing(name) for name in sorted(unindexed))
    report.console.print(f"{added:,} images were added to the index")
    for name in sorted(one.container for one in found if one.flaw is Flaw.DIRECTORY):
        house.erasure.renew(name)
    return sum(1 for _ in house.verification.containers())


def _conclude(report: _Report, left: int, *, repair: bool) -> bool:
    console = report.console
    console.print(f"{report.checked:,} instances were read")
    for flaw, count in sorted(report.flaws.items()):
        console.print(f"{count:,} {flaw}", markup=False)
        if not repair:
            console.print(f"  {_ADVICE[flaw]}", markup=False)
    for done, count in sorted(report.repairs.items()):
        console.print(f"{count:,} {done}", markup=False)
    if left and repair:
        console.print(f"{left:,} cannot be put right: damaged, or second copies")
    if not report.flaws:
        console.print("everything is as it was archived")
        return True
    good = repair and not left and report.repairs.keys() <= {Repair.REPLACED}
    if good:
        console.print("everything was repaired")
    return good
