"""A folder of many series: ``steckel import``, beside uploads to Orthanc by five clients.

The servers run. The start of the command counts.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.contestants import (
    ORTHANC,
    ORTHANC_NOT_SYNCED,
    ORTHANC_POSTGRESQL,
    STECKEL,
    STECKEL_POSTGRESQL,
    Contestant,
    Running,
)
from bench.contestants.steckel import command_of
from bench.inputs import Series, ct_series, small_series
from bench.result import Result, TimesFaster, Unit
from bench.stage import Stage

_CLIENTS = 5
_OURS = (STECKEL, STECKEL_POSTGRESQL)
_EVERYONE = (*_OURS, ORTHANC, ORTHANC_NOT_SYNCED, ORTHANC_POSTGRESQL)


def measure(stage: Stage) -> Iterator[Result]:
    """Measure a folder that is one quarter CT slices and three quarters small objects."""
    size = stage.size
    made = [_series(stage, number) for number in range(size.imported_series)]
    folders = [series.folder for series in made]

    def taken_in(contestant: Contestant) -> list[float]:
        take_in = _import if contestant in _OURS else _upload
        with stage.server(contestant) as server:
            return [take_in(server, folders)]

    count = sum(series.count for series in made)
    yield Result(
        title=f"Import of {count} files in {len(made)} series; Orthanc: {_CLIENTS} clients",
        unit=Unit.SECONDS,
        rows=stage.take_turns(_EVERYONE, taken_in),
        marks=(TimesFaster(than=ORTHANC.name, times=8),),
    )


def _series(stage: Stage, number: int) -> Series:
    make = small_series if number % 4 else ct_series
    return make(stage.folder, stage.size.imported, 40 + number)


def _import(server: Running, folders: Sequence[Path]) -> float:
    started = time.perf_counter()
    command_of(server, "import", *map(str, folders))
    return time.perf_counter() - started


def _upload(server: Running, folders: Sequence[Path]) -> float:
    files = [file for folder in folders for file in sorted(folder.iterdir())]

    def upload(mine: Sequence[Path]) -> None:
        with server.connect() as connection:
            for file in mine:
                connection.post("/instances", "application/dicom", file.read_bytes())

    started = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as clients:
        list(clients.map(upload, (files[client::_CLIENTS] for client in range(_CLIENTS))))
    return time.perf_counter() - started
