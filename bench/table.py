"""The results as people read them, and as programs do."""

from dataclasses import asdict
from typing import Any

from bench.result import Result, Row, verdicts

_MANY = 20


def table(result: Result, *, judged: bool) -> str:
    """Return the medians with their spread, the ratios, and how they stand to the marks."""
    lines = [result.title, *(_line(result, row) for row in result.rows)]
    for verdict in verdicts(result) if judged else ():
        met = "reached" if verdict.met else "MISSED"
        lines.append(f"    mark {verdict.mark}: {met}, {verdict.reached}")
    lines += [f"    {remark}" for remark in result.remarks]
    return "\n".join(lines)


def _line(result: Result, row: Row) -> str:
    unit = result.unit
    spread = f"({min(row.values):.2f}..{max(row.values):.2f})"
    high = f"p95 {row.p95:.2f}" if len(row.values) >= _MANY else ""
    ratio = result.times(row)
    times = "" if ratio is None else f"x {ratio:.2f}"
    return (
        f"  {row.name:28} {row.median:9.2f} {unit:3} {spread:20} {high:12} {times:>9}  {row.note}"
    ).rstrip()


def as_json(result: Result) -> dict[str, Any]:
    """Return a result with its medians, ratios and verdicts."""
    rows = [
        {**asdict(row), "median": row.median, "p95": row.p95, "ratio": result.times(row)}
        for row in result.rows
    ]
    return {
        "title": result.title,
        "unit": result.unit.value,
        "rows": rows,
        "marks": [asdict(verdict) for verdict in verdicts(result)],
        "remarks": list(result.remarks),
    }
