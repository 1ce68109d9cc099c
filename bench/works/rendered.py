"""Rendered images and thumbnails."""

from collections.abc import Iterator
from itertools import count

from bench.asking import JPEG, latencies
from bench.contestants import ORTHANC, STECKEL, Contestant
from bench.inputs import ct_series
from bench.result import Result, TimesFaster, Unit
from bench.stage import Stage

_EVERYONE = (STECKEL, ORTHANC)
_MARK = TimesFaster(than=ORTHANC.name, times=2)
_IN_A_SERIES = 5
_MANY = 40


def measure(stage: Stage) -> Iterator[Result]:
    """Measure images that nobody asked for before, then thumbnails of series."""
    yield _of_images(stage)
    yield _of_series(stage)


def _of_images(stage: Stage) -> Result:
    series = ct_series(stage.folder, stage.size.ct)
    images = range(1, min(stage.size.repeats, series.count) + 1)
    widths = {contestant.name: count(400) for contestant in _EVERYONE}
    stage.fill(_EVERYONE, [series])

    def rendered(contestant: Contestant) -> list[float]:
        # Another window in each round, so that nothing comes from a cache.
        window = f"window=40,{next(widths[contestant.name])},linear"
        paths = [f"{series.path(number)}/rendered?{window}" for number in images]
        return latencies(stage.kept(contestant), paths, JPEG)

    return Result(
        title="WADO-RS, rendered CT slices (JPEG)",
        unit=Unit.MILLISECONDS,
        rows=stage.take_turns(_EVERYONE, rendered),
        marks=(_MARK,),
    )


def _of_series(stage: Stage) -> Result:
    count = min(stage.size.studies, _MANY)
    made = [ct_series(stage.folder, _IN_A_SERIES, 200 + number) for number in range(count)]
    stage.fill(_EVERYONE, made)

    def thumbnails(contestant: Contestant) -> list[float]:
        own = [f"{series.path()}/thumbnail" for series in made]
        # Orthanc has no thumbnails: a rendered image that is as small.
        others = [f"{series.path(3)}/rendered?viewport=128,128" for series in made]
        paths = own if contestant is STECKEL else others
        return latencies(stage.kept(contestant), paths, JPEG)

    return Result(
        title="Thumbnails of CT series (Orthanc: a rendered image of 128 x 128)",
        unit=Unit.MILLISECONDS,
        rows=stage.take_turns(_EVERYONE, thumbnails),
        marks=(_MARK,),
    )
