"""C-STORE into an archive that has a million instances, beside an empty one."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.contestants import STECKEL
from bench.dcmtk_clients import send
from bench.inputs import small_series
from bench.large_index import INDEX, large_index
from bench.result import OURS, Result, Row, TimesFaster, Unit
from bench.stage import Stage

_EMPTY = "Steckel, empty"


def measure(stage: Stage) -> Iterator[Result]:
    """Measure both in turns, the large one on a copy of its index each time."""
    series = small_series(stage.folder, stage.size.small)
    home, count = large_index(stage.folder, stage.size.indexed_studies)
    empty: list[float] = []
    large: list[float] = []
    for _ in range(stage.size.rounds):
        large.append(_sent(stage, home / INDEX, series.folder))
        empty.append(_sent(stage, None, series.folder))
    yield Result(
        title=f"C-STORE, {series.count} objects of 16 kB, with {count:,} instances there before",
        unit=Unit.SECONDS,
        rows=(Row(name=OURS, values=tuple(large)), Row(name=_EMPTY, values=tuple(empty))),
        marks=(TimesFaster(than=_EMPTY, times=0.9),),
    )


def _sent(stage: Stage, index: Path | None, files: Path) -> float:
    home = Path(tempfile.mkdtemp(prefix="running-", dir=stage.folder))
    try:
        if index:
            shutil.copy(index, home / INDEX)
        with STECKEL.running(home, empty=False) as server:
            stage.settle(server)
            return send(server, files)
    finally:
        shutil.rmtree(home)
