"""C-MOVE and C-GET of a CT series, to receivers that keep nothing."""

from collections.abc import Callable, Iterator

from bench.contestants import (
    DCMQRSCP,
    ORTHANC,
    ORTHANC_POSTGRESQL,
    STECKEL,
    STECKEL_POSTGRESQL,
    Contestant,
    Running,
)
from bench.dcmtk_clients import get, move, require_fetching
from bench.inputs import Series, ct_series
from bench.result import Result, TimesFaster, Unit
from bench.stage import Stage

_EVERYONE = (STECKEL, STECKEL_POSTGRESQL, ORTHANC, ORTHANC_POSTGRESQL, DCMQRSCP)


def measure(stage: Stage) -> Iterator[Result]:
    """Measure both; the receiver of the C-MOVE runs all the time."""
    series = ct_series(stage.folder, stage.size.ct)
    with stage.destination():
        stage.fill(_EVERYONE, [series])
        stage.prepare(_EVERYONE, lambda one: require_fetching(stage.kept(one), series))
        yield _measured(stage, "C-MOVE", move, series)
        yield _measured(stage, "C-GET", get, series)


def _measured(
    stage: Stage, what: str, fetch: Callable[[Running, Series], float], series: Series
) -> Result:
    def fetched(contestant: Contestant) -> list[float]:
        return [fetch(stage.kept(contestant), series)]

    return Result(
        title=f"{what} of {series.count} CT slices",
        unit=Unit.SECONDS,
        rows=stage.take_turns(_EVERYONE, fetched),
        marks=(TimesFaster(than=ORTHANC.name, times=3),),
    )
