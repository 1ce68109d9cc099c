"""How long acknowledgements took, from the role that gives them to the one that is asked.

A file of the home carries it from the role `hl7` to `/metrics`.
"""

from contextlib import suppress
from pathlib import Path

import orjson

from steckel.server.processes import FOLDER

_NAME = "hl7-latency"
#: Upper bounds of the classes, in seconds; above the last there is one more.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Latency:
    """Counts times by their size; used by one thread."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._counts = [0] * (len(BOUNDS) + 1)
        self._sum = 0.0
        self._written = 0

    def observe(self, seconds: float) -> None:
        """Note a time."""
        at = next((n for n, bound in enumerate(BOUNDS) if seconds <= bound), len(BOUNDS))
        self._counts[at] += 1
        self._sum += seconds

    def write(self) -> None:
        """Write it down, if there is something new; on a full disk the last figures stay."""
        total = sum(self._counts)
        if total == self._written:
            return
        folder = self._home / FOLDER
        new = folder / f"{_NAME}.new"
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.write_bytes(orjson.dumps({"counts": self._counts, "sum": self._sum}))
            new.replace(folder / _NAME)
            self._written = total


def read_latency(home: Path) -> tuple[list[tuple[str, float]], float]:
    """Return the cumulative buckets as Prometheus counts them, and the sum in seconds."""
    counts, total = [0] * (len(BOUNDS) + 1), 0.0
    with suppress(OSError, ValueError, KeyError):
        found = orjson.loads((home / FOLDER / _NAME).read_bytes())
        if len(found["counts"]) == len(counts):
            counts, total = found["counts"], float(found["sum"])
    names = [*(str(bound) for bound in BOUNDS), "+Inf"]
    buckets, below = [], 0
    for name, count in zip(names, counts, strict=True):
        below += count
        buckets.append((name, float(below)))
    return buckets, total
