"""C-STORE on several associations at once, each of a series of its own."""

import statistics
from collections.abc import Iterator

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
from bench.result import Result, Row, TimesFaster, Unit
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

    def stored(contestant: Contestant) -> float:
        with stage.server(contestant) as server:
            seconds = send_at_once(server, folders)
        spreads.setdefault(contestant.name, []).append(max(seconds) / min(seconds))
        return max(seconds)

    contestants = stage.present(_EVERYONE)
    taken = stage.take_turns(contestants, stored)
    yield Result(
        title=f"C-STORE, {size.associations} associations at once, "
        f"{size.per_association} CT slices each",
        unit=Unit.SECONDS,
        rows=tuple(
            Row(
                name=contestant.name,
                note=f"slowest association {statistics.median(spreads[contestant.name]):.2f} x "
                f"the fastest",
                values=tuple(taken[contestant.name]),
            )
            for contestant in contestants
        ),
        marks=(
            TimesFaster(than=ORTHANC.name, times=4),
            TimesFaster(than=STORESCP.name, times=1),
        ),
    )
