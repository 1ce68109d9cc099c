"""What became of an import: counts, the first problems, and a file with all of them."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from rich.console import Console

from steckel.ingest.found import Unreadable
from steckel.ingest.intake import Taken
from steckel.ingest.model import Receipt, Refusal

_SHOWN = 20
_KEPT = 1000

#: In this order, in these words.
_ORDER = ("stored", "duplicate", "conflict", "quarantined", "refused", "unreadable", "skipped")


@dataclass(slots=True)
class ImportSummary:
    """Counts, and problems: what a person should look at."""

    counts: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    before: int = 0  #: done by an earlier run that was interrupted
    problems: list[tuple[str, str, str]] = field(default_factory=list)  #: the first ones
    problem_count: int = 0

    @property
    def done(self) -> int:
        """How many objects were looked at."""
        return self.counts.total() + self.before

    def add(self, taken: Taken) -> tuple[str, str, str] | None:
        """Count one object; return outcome, name and reason if it is a problem."""
        answer = taken.answer
        if isinstance(answer, Receipt):
            self.counts[answer.outcome.value] += 1
            self.bytes += taken.size
            return None
        if isinstance(answer, Refusal):
            return self._note(_outcome_of(answer), taken.name, str(answer.error))
        if answer.lost:
            return self._note("unreadable", taken.name, answer.reason)
        self.counts["skipped"] += 1
        return None

    def _note(self, outcome: str, name: str, reason: str) -> tuple[str, str, str]:
        self.counts[outcome] += 1
        self.problem_count += 1
        problem = (outcome, name, reason)
        if len(self.problems) < _KEPT:
            self.problems.append(problem)
        return problem

    def line(self) -> str:
        """Return the counts in one line."""
        parts = [f"{self.counts[name]:,} {name}" for name in _ORDER if self.counts[name]]
        if self.before:
            parts.append(f"{self.before:,} done before")
        return f"{', '.join(parts) or 'nothing found'} ({self.bytes / (1 << 20):,.1f} MiB)"


def _outcome_of(refusal: Refusal) -> str:
    if isinstance(refusal.error, Unreadable):
        return "unreadable"
    return "quarantined" if refusal.quarantined else "refused"


class ProblemFile:
    """All problems of an import in a file, one a line; made when there is the first one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def add(self, problem: tuple[str, str, str]) -> None:
        """Note one problem."""
        if self._file is None:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            self._file = self.path.open("a", encoding="utf-8", errors="surrogateescape")
        self._file.write("\t".join(one_line(part) for part in problem) + "\n")

    def close(self) -> None:
        """Write what is left."""
        if self._file is not None:
            self._file.close()


def one_line(text: str) -> str:
    """Return a text that does not move a terminal's cursor: names of files are not trusted."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def print_summary(console: Console, summary: ImportSummary, file: ProblemFile) -> None:
    """Say what became of it."""
    console.print(summary.line(), markup=False)
    conflicts = summary.counts["conflict"]
    if conflicts:
        console.print(
            f"{conflicts:,} differ from what is archived under the same UID; "
            "both are kept until somebody decides (Inbox in the workstation)"
        )
    if not summary.problem_count:
        return
    console.print(f"{summary.problem_count:,} need a look:")
    for outcome, name, reason in summary.problems[:_SHOWN]:
        console.print(f"  {outcome}: {one_line(name)}: {reason}", markup=False)
    if summary.problem_count > _SHOWN:
        console.print(f"  … and {summary.problem_count - _SHOWN:,} more")
    if summary.counts["quarantined"]:
        console.print("What is quarantined can be seen, downloaded and tried again in the Inbox.")
    console.print(f"The whole list: {file.path}", markup=False)
