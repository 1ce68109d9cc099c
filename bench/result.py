"""What was measured: values by contestant, and the marks they are held against.

Less is better in every unit, so a ratio says how many times as long (or as
much) as Steckel another took.
"""

import statistics
from dataclasses import dataclass, field
from enum import StrEnum

OURS = "Steckel"


class Unit(StrEnum):
    """Of what values are."""

    SECONDS = "s"
    MILLISECONDS = "ms"
    MEBIBYTES = "MiB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one contestant took, each time it was measured."""

    name: str
    note: str = ""
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """The 95th percentile."""
        return sorted(self.values)[max(0, -(-95 * len(self.values) // 100) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesFaster:
    """Mark: the median of another is at least so many times ours."""

    than: str
    times: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMost:
    """Mark: our median, or our 95th percentile, is no more than this."""

    value: float
    p95: bool = False


Mark = TimesFaster | AtMost


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One kind of work."""

    title: str
    unit: Unit
    rows: tuple[Row, ...]
    marks: tuple[Mark, ...] = ()
    remarks: tuple[str, ...] = field(default=())

    def row(self, name: str) -> Row | None:
        """Return what a contestant took, if it took part."""
        return next((row for row in self.rows if row.name == name), None)

    def times(self, row: Row) -> float | None:
        """Return how many times our median another took; None where we took nothing."""
        ours = self.row(OURS)
        return row.median / ours.median if ours and ours.median else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A mark, what was reached, and whether that is enough."""

    mark: str
    reached: str
    met: bool


def verdicts(result: Result) -> list[Verdict]:
    """Return how a result stands to its marks, as far as those took part that they name."""
    found = (_verdict(result, mark) for mark in result.marks)
    return [verdict for verdict in found if verdict]


def _verdict(result: Result, mark: Mark) -> Verdict | None:
    if isinstance(mark, TimesFaster):
        other = result.row(mark.than)
        times = result.times(other) if other else None
        if times is None:
            return None
        return Verdict(
            mark=f">= {mark.times:.3g} x {mark.than}",
            reached=f"{times:.2f} x",
            met=times >= mark.times,
        )
    ours = result.row(OURS)
    if ours is None:
        return None
    value = ours.p95 if mark.p95 else ours.median
    return Verdict(
        mark=f"{'p95 ' if mark.p95 else ''}<= {mark.value:g} {result.unit}",
        reached=f"{value:.2f} {result.unit}",
        met=value <= mark.value,
    )
