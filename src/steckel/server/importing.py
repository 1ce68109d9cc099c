"""``steckel import``: archives what a person gives, at the terminal or for the demo."""

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import walk
from pathlib import Path

from rich.console import Console

from steckel.errors import InputError, OutOfSpace, StorageFailure
from steckel.ingest.found import Found, SourceItem
from steckel.ingest.intake import Intake, Taken
from steckel.ingest.model import Refusal, Way
from steckel.ingest.sources import sources
from steckel.server.import_journal import ImportJournal
from steckel.server.import_report import ImportSummary, ProblemFile, print_summary
from steckel.server.interrupts import EXIT_INTERRUPTED, asked_to_stop
from steckel.server.preparing import prepare_database, require_index
from steckel.server.progress import progress_report
from steckel.server.settings import Settings
from steckel.server.wiring import House, archiving

#: Objects between two commits of the journal: what a crash looks at twice.
_COMMIT_EVERY = 64

_FOLDER = "imports"


@dataclass(frozen=True, kw_only=True)
class ImportJob:
    """One import: what, from which door, and where its state is noted."""

    paths: Sequence[Path]
    way: Way
    journal: ImportJournal
    problems: ProblemFile
    stop: threading.Event


def run_import(settings: Settings, paths: Sequence[Path], console: Console, *, again: bool) -> int:
    """Import; return the exit status: 1 when something needs a look.

    Raises
    ------
    InputError
        A path does not exist.
    OutOfSpace, StorageFailure
        The archive cannot take more; run it again to resume.
    """
    for path in paths:
        _require_existing(path)
    house = House(settings)
    try:
        prepare_database(house)
        require_index(house)
        house.recovery.run()  # of what an import that was killed has left
        summary = import_paths(house, paths, console, Way.IMPORT, again=again)
    finally:
        house.close()
    if summary is None:
        return EXIT_INTERRUPTED
    return 1 if summary.problem_count else 0


def import_paths(
    house: House, paths: Sequence[Path], console: Console, way: Way, *, again: bool
) -> ImportSummary | None:
    """Archive what is in the paths; ``None`` when it was interrupted."""
    folder = house.settings.home / _FOLDER
    summary = ImportSummary()
    with asked_to_stop() as stop:
        job = ImportJob(
            paths=paths,
            way=way,
            journal=ImportJournal(folder, paths, again=again),
            problems=ProblemFile(folder / f"problems-{datetime.now(UTC):%Y%m%dT%H%M%S}.tsv"),
            stop=stop,
        )
        finished = False
        try:
            with archiving(house):
                _archive(house, job, summary, console)
            finished = not stop.is_set()
        finally:
            job.journal.close(finished=finished)
            job.problems.close()
            if not finished:
                console.print("interrupted; run the same command again to go on")
            print_summary(console, summary, job.problems)
    return summary if finished else None


def _archive(house: House, job: ImportJob, summary: ImportSummary, console: Console) -> None:
    found = _not_yet_done(sources(job.paths, house.layout.open), job, summary)
    with progress_report(console, "archiving") as progress:
        threading.Thread(
            target=lambda: progress.expect(_count_files(job.paths)), daemon=True
        ).start()
        for number, taken in enumerate(Intake(house.receiver, job.way).take(found), start=1):
            _stop_on_failure(taken)
            problem = summary.add(taken)
            if problem is not None:
                job.problems.add(problem)
            job.journal.add(taken.name, taken.size)
            if number % _COMMIT_EVERY == 0:
                job.journal.commit()
            progress.update(summary.done, summary.line())


def _not_yet_done(
    found: Iterable[Found], job: ImportJob, summary: ImportSummary
) -> Iterator[Found]:
    for one in found:
        if job.stop.is_set():
            return
        size = one.size if isinstance(one, SourceItem) else 0
        if job.journal.has(one.name, size):
            summary.before += 1
        else:
            yield one


def _stop_on_failure(taken: Taken) -> None:
    """Stop where the next object would fail as well; it stays to be done."""
    error = taken.answer.error if isinstance(taken.answer, Refusal) else None
    if isinstance(error, OutOfSpace):
        raise OutOfSpace(
            "there is no room on the archive's disk; make room and run the same import again: "
            "it goes on where it stopped"
        )
    if isinstance(error, StorageFailure):
        raise StorageFailure(f"{error}; run the same import again: it goes on where it stopped")


def _require_existing(path: Path) -> None:
    try:
        os.stat(path)  # noqa: PTH116 - as `sources` does; says more than `exists`
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{path}: there is no such file or folder") from None
    except OSError:
        return  # it is said in the summary why it cannot be read


def _count_files(paths: Sequence[Path]) -> int:
    return sum(
        sum(len(files) for _, _, files in walk(path)) if path.is_dir() else 1 for path in paths
    )
