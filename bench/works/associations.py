"""C-STORE on several associations at once, each of a series of its own."""

import statistics
from collections.abc import Iterator
from dataclasses import replace

from bench.contestants import (
    DCMQRSCP,
    ORTHANC,
    ORTHANC_NOT_SYNCED,
    ORTHANC_POSTGRESQL,
    PYNETDICOM,
    STECKEL,
    STECKEL_POSTGRESQL,
    STORESCP,
    Contestant,
)
from bench.dcmtk_clients import send_at_once
from bench.inputs import ct_series
from bench.result import Result, TimesFaster, Unit
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
)


def measure(stage: Stage) -> Iterator[Result]:
    """Measure until the last association is at its end, and how unevenly they ended."""
    size = stage.size
    folders = [
        ct_series(stage.folder, size.per_association, number).folder
        for number in range(1, size.associations + 1)
    ]
    spreads: dict[str, list[float]] = {}

    def stored(contestant: Contestant) -> list[float]:
        with stage.server(contestant) as server:
            seconds = send_at_once(server, folders)
        spreads.setdefault(contestant.name, []).append(max(seconds) / min(seconds))
        return [max(seconds)]

    rows = stage.take_turns(_EVERYONE, stored)
    yield Result(
        title=f"C-STORE, {size.associations} associations at once, "
        f"{size.per_association} CT slices each",
        unit=Unit.SECONDS,
        rows=tuple(replace(row, note=row.note or _uneven(spreads[row.name])) for row in rows),
        marks=(
            TimesFaster(than=ORTHANC.name, times=4),
            TimesFaster(than=STORESCP.name, times=1),
        ),
    )


def _uneven(spreads: list[float]) -> str:
    return f"slowest association {statistics.median(spreads):.2f} x the fastest"
