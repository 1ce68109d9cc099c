"""Metadata of a series: right after its last instance came, and later."""

from collections.abc import Iterator

from bench.asking import METADATA, latencies
from bench.contestants import ORTHANC, STECKEL, Contestant
from bench.dcmtk_clients import send
from bench.inputs import ct_series
from bench.result import AtMost, Result, TimesFaster, Unit
from bench.stage import Stage

_EVERYONE = (STECKEL, ORTHANC)
#: Bytes that no instance has fewer of.
_PLAIN = 300
_COMPRESSED = 5
_MARK = TimesFaster(than=ORTHANC.name, times=15)


def measure(stage: Stage) -> Iterator[Result]:
    """Measure one series; Orthanc reads each file, since its index has not what is asked for."""
    yield _later(stage, gzip=False)
    yield _later(stage, gzip=True)
    yield _at_once(stage)


def _later(stage: Stage, *, gzip: bool) -> Result:
    series = ct_series(stage.folder, stage.size.slices)
    least = series.count * (_COMPRESSED if gzip else _PLAIN)
    stage.fill(_EVERYONE, [series])

    def again(contestant: Contestant) -> list[float]:
        repeats = stage.size.repeats // (1 if contestant is STECKEL else 10) + 1
        paths = [f"{series.path()}/metadata"] * repeats
        return latencies(stage.kept(contestant), paths, METADATA, least=least, gzip=gzip)

    how = "gzip, as browsers ask" if gzip else "not compressed"
    return Result(
        title=f"Metadata of {series.count} CT slices, asked for again; {how}",
        unit=Unit.MILLISECONDS,
        rows=stage.take_turns(_EVERYONE, again),
        marks=(_MARK, AtMost(value=30, p95=True)),
    )


def _at_once(stage: Stage) -> Result:
    newest = ct_series(stage.folder, stage.size.slices, 30)
    path, least = f"{newest.path()}/metadata", newest.count * _PLAIN

    def first(contestant: Contestant) -> list[float]:
        with stage.server(contestant) as server:
            latencies(server, [], METADATA)
            send(server, newest.folder)
            return latencies(server, [path], METADATA, least=least)

    return Result(
        title=f"Metadata of {newest.count} CT slices, right after ingest; not compressed",
        unit=Unit.MILLISECONDS,
        rows=stage.take_turns(_EVERYONE, first),
        marks=(_MARK,),
    )
