"""``steckel import``: archives what a person gives, at the terminal or for the demo."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from os import walk
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from steckel.errors import InputError, OutOfSpace
from steckel.ingest.found import Found, SourceItem
from steckel.ingest.intake import Intake, Taken
from steckel.ingest.model import Receipt, Refusal, Way
from steckel.ingest.sources import sources
from steckel.server.import_journal import ImportJournal
from steckel.server.preparing import prepare_database
from steckel.server.settings import Settings
from steckel.server.wiring import House, archiving

_SHOWN = 20
_COMMIT_EVERY = 64


@dataclass(slots=True)
class ImportSummary:
    """What became of an import."""

    counts: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    before: int = 0  #: done by an earlier run that was interrupted
    problems: list[tuple[str, str]] = field(default_factory=list)  #: name, reason; the first ones
    problem_count: int = 0

    def add(self, taken: Taken) -> None:
        """Count one object."""
        answer = taken.answer
        if isinstance(answer, Receipt):
            self.counts[answer.outcome.value] += 1
            self.bytes += taken.size
        elif isinstance(answer, Refusal):
            self.counts["quarantined" if answer.quarantined else "refused"] += 1
            self._note(taken.name, str(answer.error))
        else:
            self.counts["skipped"] += 1
            if answer.lost:
                self._note(taken.name, answer.reason)

    def _note(self, name: str, reason: str) -> None:
        self.problem_count += 1
        if len(self.problems) < 1000:
            self.problems.append((name, reason))


def run_import(settings: Settings, paths: Sequence[Path], console: Console, *, again: bool) -> bool:
    """Import; whether everything that may be DICOM was archived.

    Raises
    ------
    InputError
        A path does not exist.
    OutOfSpace, StorageFailure
        The archive cannot take more; run it again to resume.
    """
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: there is no such file or folder")
    house = House(settings)
    try:
        prepare_database(house)
        journal = ImportJournal(settings.home / "imports", paths, again=again)
        summary = ImportSummary()
        finished = False
        try:
            with archiving(house):
                import_paths(house, paths, summary, journal, console, Way.IMPORT)
            finished = True
        finally:
            journal.close(finished=finished)
            _print_summary(console, summary, finished=finished)
    finally:
        house.close()
    return summary.problem_count == 0


def import_paths(
    house: House,
    paths: Sequence[Path],
    summary: ImportSummary,
    journal: ImportJournal,
    console: Console,
    way: Way,
) -> None:
    """Archive what is in the paths, with a bar."""
    found = _not_yet_done(sources(paths, house.layout.open), journal, summary)
    with _bar(console) as bar:
        task = bar.add_task("archiving", total=None)
        counting = threading.Thread(
            target=lambda: bar.update(task, total=_count_files(paths)), daemon=True
        )
        counting.start()
        for number, taken in enumerate(Intake(house.ingest, way).take(found), start=1):
            _stop_when_full(taken)
            summary.add(taken)
            journal.add(taken.name, taken.size)
            if number % _COMMIT_EVERY == 0:
                journal.commit()
            bar.update(task, completed=number + summary.before)


def _not_yet_done(
    found: Iterable[Found], journal: ImportJournal, summary: ImportSummary
) -> Iterator[Found]:
    for one in found:
        size = one.size if isinstance(one, SourceItem) else 0
        if journal.has(one.name, size):
            summary.before += 1
        else:
            yield one


def _stop_when_full(taken: Taken) -> None:
    answer = taken.answer
    if isinstance(answer, Refusal) and isinstance(answer.error, OutOfSpace):
        raise OutOfSpace(
            "there is no room on the archive's disk; make room and run the same import again: "
            "it goes on where it stopped"
        )


def _count_files(paths: Sequence[Path]) -> int:
    return sum(
        sum(len(files) for _, _, files in walk(path)) if path.is_dir() else 1 for path in paths
    )


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


def _print_summary(console: Console, summary: ImportSummary, *, finished: bool) -> None:
    if not finished:
        console.print("interrupted; run the same command again to resume")
    counts = summary.counts
    line = ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "nothing"
    if summary.before:
        line += f", {summary.before} done before"
    console.print(f"{line} ({summary.bytes / (1 << 20):.1f} MiB)", markup=False)
    if not summary.problem_count:
        return
    console.print(f"{summary.problem_count} need a look (see Inbox in the workstation):")
    for name, reason in islice(summary.problems, _SHOWN):
        console.print(f"  {name}: {reason}", markup=False)
    if summary.problem_count > _SHOWN:
        console.print(f"  … and {summary.problem_count - _SHOWN} more")
