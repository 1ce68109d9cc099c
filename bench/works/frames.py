"""WADO-RS of single frames, as a viewer asks for them."""

from collections.abc import Iterator

from bench.asking import FRAMES, latencies, seconds_of_all
from bench.contestants import ORTHANC, STECKEL, Contestant
from bench.inputs import ct_series
from bench.result import Result, TimesFaster, Unit
from bench.stage import Stage

_FRAME = 512 * 512 * 2
_EVERYONE = (STECKEL, ORTHANC)


def measure(stage: Stage) -> Iterator[Result]:
    """Measure one connection, which waits for each answer, then four."""
    series = ct_series(stage.folder, stage.size.ct)
    count = min(stage.size.frames, series.count)
    paths = [f"{series.path(number)}/frames/1" for number in range(1, count + 1)]
    stage.fill(_EVERYONE, [series])

    def one_by_one(contestant: Contestant) -> list[float]:
        return latencies(stage.kept(contestant), paths, FRAMES, least=_FRAME)

    def on_four(contestant: Contestant) -> list[float]:
        server = stage.kept(contestant)
        seconds = seconds_of_all(server, paths, FRAMES, connections=4, least=_FRAME)
        return [seconds * 1000 / count]

    yield Result(
        title=f"WADO-RS, single frames of 0.52 MB, 1 connection ({count} in a round)",
        unit=Unit.MILLISECONDS,
        rows=stage.take_turns(_EVERYONE, one_by_one),
        marks=(TimesFaster(than=ORTHANC.name, times=4),),
    )
    yield Result(
        title=f"WADO-RS, single frames of 0.52 MB, 4 connections: time of all / {count}",
        unit=Unit.MILLISECONDS,
        rows=stage.take_turns(_EVERYONE, on_four),
        marks=(TimesFaster(than=ORTHANC.name, times=4),),
    )
