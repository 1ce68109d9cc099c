"""Progress: a bar on a terminal, a plain line now and then where nobody looks."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_LINE_EVERY_SECONDS = 10.0


class ProgressReport(Protocol):
    """What is told about work under way."""

    def expect(self, total: int) -> None:
        """Say how many there will be."""

    def update(self, done: int, note: str = "") -> None:
        """Say how many are done."""


@contextmanager
def progress_report(console: Console, what: str) -> Iterator[ProgressReport]:
    """Show progress in the form that fits a console."""
    if not console.is_terminal:
        yield _Lines(console, what)
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        console=console,
        transient=True,
    )
    with bar:
        yield _Bar(bar, bar.add_task(what, total=None, note=""))


class _Bar:
    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar = bar
        self._task = task
        self._total: int | None = None

    def expect(self, total: int) -> None:
        self._total = total
        self._bar.update(self._task, total=total)

    def update(self, done: int, note: str = "") -> None:
        if self._total is not None:
            self._total = max(self._total, done)  # a ZIP was counted as one, and brings many
        self._bar.update(self._task, completed=done, total=self._total, note=note)


class _Lines:
    def __init__(self, console: Console, what: str) -> None:
        self._console = console
        self._what = what
        self._total: int | None = None
        self._next = time.monotonic() + _LINE_EVERY_SECONDS

    def expect(self, total: int) -> None:
        self._total = total

    def update(self, done: int, note: str = "") -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _LINE_EVERY_SECONDS
        of_all = f" of {self._total:,}" if self._total and done <= self._total else ""
        line = f"{self._what}: {done:,}{of_all}{f'; {note}' if note else ''}"
        self._console.print(line, markup=False)
