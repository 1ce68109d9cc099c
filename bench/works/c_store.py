"""C-STORE on one association, by DCMTK's clients.

What a receiver cannot be faster than is measured with them: the client against
a receiver that keeps nothing, and one sync of the disk for each object.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.contestants import (
    DCMQRSCP,
    IGNORING,
    ORTHANC,
    ORTHANC_NOT_SYNCED,
    ORTHANC_POSTGRESQL,
    PYNETDICOM,
    STECKEL,
    STECKEL_POSTGRESQL,
    STORESCP,
    Contestant,
)
from bench.dcmtk_clients import send
from bench.inputs import Series, ct_series, small_series
from bench.result import Mark, Result, Row, TimesFaster, Unit
from bench.stage import Stage

_EVERYONE = (
    STECKEL,
    STECKEL_POSTGRESQL,
    ORTHANC,
    ORTHANC_NOT_SYNCED,
    ORTHANC_POSTGRESQL,
    DCMQRSCP,
    STORESCP,
    PYNETDICOM,
    IGNORING,
)
LIMIT = "limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    title: str
    series: Series
    contestants: tuple[Contestant, ...]
    marks: tuple[Mark, ...]
    tool: str = "dcmsend"
    nagle: bool = False  #: the client leaves Nagle's algorithm on, as DCMTK does by default


def measure(stage: Stage) -> Iterator[Result]:
    """Measure each of the works."""
    for work in _works(stage):
        yield _measured(stage, work)


def _works(stage: Stage) -> list[_Work]:
    size, folder = stage.size, stage.folder
    # Not the objects of the first: a kept server would have them already.
    stock = small_series(folder, size.small, 9)
    of_limit = TimesFaster(than=LIMIT, times=1 / 1.3)
    return [
        _Work(
            title=f"C-STORE, {size.ct} CT slices of 0.53 MB, one association",
            series=ct_series(folder, size.ct),
            contestants=_EVERYONE,
            marks=(
                TimesFaster(than=ORTHANC.name, times=3),
                TimesFaster(than=ORTHANC_NOT_SYNCED.name, times=2.5),
                of_limit,
            ),
        ),
        _Work(
            title=f"C-STORE, {size.small} objects of 16 kB, one association",
            series=small_series(folder, size.small),
            contestants=_EVERYONE,
            marks=(TimesFaster(than=ORTHANC.name, times=4), of_limit),
        ),
        _Work(
            title=f"C-STORE, {size.small} objects of 16 kB, storescu as it comes (Nagle on)",
            series=stock,
            contestants=(STECKEL, ORTHANC),
            marks=(TimesFaster(than=ORTHANC.name, times=40),),
            tool="storescu",
            nagle=True,
        ),
    ]


def _measured(stage: Stage, work: _Work) -> Result:
    def stored(contestant: Contestant) -> list[float]:
        with stage.server(contestant) as server:
            return [send(server, work.series.folder, work.tool, nagle=work.nagle)]

    rows = stage.take_turns(work.contestants, stored)
    limits = [_limit(stage, work, row) for row in rows if row.name == IGNORING.name]
    return Result(title=work.title, unit=Unit.SECONDS, rows=(*rows, *limits), marks=work.marks)


def _limit(stage: Stage, work: _Work, ignoring: Row) -> Row:
    values = [seconds + _syncs(stage.folder, work.series) for seconds in ignoring.values]
    note = "storescp --ignore, and an fdatasync for each object"
    return Row(name=LIMIT, note=note, values=tuple(values))


def _syncs(folder: Path, series: Series) -> float:
    """Return the seconds that one fdatasync for each object takes, the writing not counted."""
    written = folder / "syncs"
    total = 0.0
    with written.open("wb", buffering=0) as file:
        for source in series.files:
            file.write(source.read_bytes())
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            total += time.perf_counter() - started
    written.unlink()
    return total
