"""WADO-RS of a whole series, beside a file of the same size from the same HTTP server."""

from collections.abc import Iterator

from bench.asking import INSTANCES, latencies
from bench.contestants import ORTHANC, STATIC_FILE, STECKEL, Contestant
from bench.inputs import Series, ct_series
from bench.result import Result, TimesFaster, Unit
from bench.stage import Stage


def measure(stage: Stage) -> Iterator[Result]:
    """Measure on one connection."""
    series = ct_series(stage.folder, stage.size.ct)
    stage.fill((STECKEL, ORTHANC), [series])
    _give(stage, series)

    def fetched(contestant: Contestant) -> list[float]:
        server = stage.kept(contestant)
        path = "/file" if contestant is STATIC_FILE else series.path()
        return latencies(server, [path], INSTANCES, least=series.size)

    yield Result(
        title=f"WADO-RS, series of {series.count} CT slices ({series.size / 1e6:.0f} MB)",
        unit=Unit.MILLISECONDS,
        rows=stage.take_turns((STECKEL, ORTHANC, STATIC_FILE), fetched),
        marks=(
            TimesFaster(than=ORTHANC.name, times=2),
            TimesFaster(than=STATIC_FILE.name, times=0.7),
        ),
    )


def _give(stage: Stage, series: Series) -> None:
    """Make the file that the yardstick gives."""
    with (stage.kept(STATIC_FILE).home / "file").open("wb") as file:
        for source in series.files:
            file.write(source.read_bytes())
