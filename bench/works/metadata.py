"""Metadata of a series: right after its last instance came, and later."""

from collections.abc import Iterator

from bench.contestants import ORTHANC, STECKEL, Contestant
from bench.dcmtk_clients import send
from bench.inputs import ct_series
from bench.requests import METADATA, latencies
from bench.result import AtMost, Result, TimesFaster, Unit
from bench.stage import Stage

_EVERYONE = (STECKEL, ORTHANC)
_OF_AN_INSTANCE = 300  #: bytes of JSON that no instance has fewer of
_MARK = TimesFaster(than=ORTHANC.name, times=15)


def measure(stage: Stage) -> Iterator[Result]:
    """Measure one series, uncompressed; Orthanc reads each file, as the standard asks of it."""
    slices = stage.size.slices
    series, newest = ct_series(stage.folder, slices), ct_series(stage.folder, slices, 30)
    least = slices * _OF_AN_INSTANCE
    for contestant in stage.present(_EVERYONE):
        stage.filled(contestant, [series])

    def later(contestant: Contestant) -> list[float]:
        repeats = stage.size.repeats if contestant is STECKEL else stage.size.repeats // 10 + 1
        paths = [f"{series.path()}/metadata"] * repeats
        return latencies(stage.kept(contestant), paths, METADATA, least=least)

    def at_once(contestant: Contestant) -> list[float]:
        with stage.server(contestant) as server:
            latencies(server, [], METADATA)
            send(server, newest.folder)
            return latencies(server, [f"{newest.path()}/metadata"], METADATA, least=least)

    yield Result(
        title=f"Metadata of {slices} CT slices, asked for again",
        unit=Unit.MILLISECONDS,
        rows=stage.take_turns(_EVERYONE, later),
        marks=(_MARK, AtMost(value=30, p95=True)),
    )
    yield Result(
        title=f"Metadata of {slices} CT slices, right after ingest",
        unit=Unit.MILLISECONDS,
        rows=stage.take_turns(_EVERYONE, at_once),
        marks=(_MARK,),
    )
