"""STOW-RS, many instances in a request."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice

from bench.contestants import (
    ORTHANC,
    ORTHANC_NOT_SYNCED,
    ORTHANC_POSTGRESQL,
    STECKEL,
    STECKEL_POSTGRESQL,
    Contestant,
    Running,
)
from bench.inputs import Series, ct_series, small_series
from bench.result import Result, TimesFaster, Unit
from bench.stage import Stage

_EVERYONE = (STECKEL, STECKEL_POSTGRESQL, ORTHANC, ORTHANC_NOT_SYNCED, ORTHANC_POSTGRESQL)
_BOUNDARY = "bench-boundary-1972"
_TYPE = f'multipart/related; type="application/dicom"; boundary={_BOUNDARY}'


def measure(stage: Stage) -> Iterator[Result]:
    """Measure CT slices, then small objects."""
    size = stage.size
    count = size.stow * size.stow_requests
    yield _measured(stage, "CT slices", ct_series(stage.folder, count, 20))
    yield _measured(stage, "objects of 16 kB", small_series(stage.folder, count, 20))


def _measured(stage: Stage, what: str, series: Series) -> Result:
    bodies = list(_bodies(series, stage.size.stow))

    def stored(contestant: Contestant) -> list[float]:
        with stage.server(contestant) as server:
            return [_post(server, bodies)]

    return Result(
        title=f"STOW-RS, {len(bodies)} requests of {stage.size.stow} {what}",
        unit=Unit.SECONDS,
        rows=stage.take_turns(_EVERYONE, stored),
        marks=(TimesFaster(than=ORTHANC.name, times=4),),
    )


def _post(server: Running, bodies: Sequence[bytes]) -> float:
    with server.connect() as connection:
        connection.get(f"{server.dicomweb}/studies?limit=1")  # who calls is known from here on
        started = time.perf_counter()
        for body in bodies:
            path = f"{server.dicomweb}/studies"
            connection.post(path, _TYPE, body, accept="application/dicom+json")
        return time.perf_counter() - started


def _bodies(series: Series, each: int) -> Iterator[bytes]:
    files = iter(series.files)
    head = f"--{_BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    while some := list(islice(files, each)):
        parts = b"".join(head + file.read_bytes() + b"\r\n" for file in some)
        yield parts + f"--{_BOUNDARY}--\r\n".encode()
