"""Memory of all processes of a server: idle, at work, and with one very large object.

The resident sets are added up; what processes share counts in each of them. What
PostgreSQL takes itself is left out.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from bench.contestants import ORTHANC, STECKEL, STECKEL_POSTGRESQL, Contestant, Running
from bench.dcmtk_clients import send, send_at_once
from bench.inputs import Series, ct_series, multiframe
from bench.processes import peak_of, proportional, resident
from bench.requests import INSTANCES, latencies
from bench.result import AtMost, Result, Row, Unit
from bench.stage import Stage

_EVERYONE = (STECKEL, STECKEL_POSTGRESQL, ORTHANC)
_CLIENTS = 8


def measure(stage: Stage) -> Iterator[Result]:
    """Measure each once: in a new server, idle first."""
    yield _idle(stage)
    yield _at_work(stage)
    yield _large(stage)


def _idle(stage: Stage) -> Result:
    rows = []
    for contestant in stage.present(_EVERYONE):
        server = stage.kept(contestant)
        stage.settle(server)
        shared_once = f"{proportional(server.pids):.0f} MiB with what is shared counted once"
        rows.append(Row(name=contestant.name, note=shared_once, values=(resident(server.pids),)))
    return Result(
        title="Memory, idle",
        unit=Unit.MEBIBYTES,
        rows=tuple(rows),
        marks=(AtMost(value=300),),
    )


def _at_work(stage: Stage) -> Result:
    size = stage.size
    there = ct_series(stage.folder, size.per_association, 10)
    sent = [
        ct_series(stage.folder, size.per_association, number).folder
        for number in range(11, 11 + size.associations)
    ]
    rows = []
    for contestant in stage.present(_EVERYONE):
        server = stage.filled(contestant, [there])
        with peak_of(server.process.pid) as peak, _retrieving(server, there):
            send_at_once(server, sent)
        rows.append(Row(name=contestant.name, values=(peak.resident,)))
    return Result(
        title=f"Memory, at most, while {size.associations} associations store "
        f"and {_CLIENTS} clients retrieve",
        unit=Unit.MEBIBYTES,
        rows=tuple(rows),
        marks=(AtMost(value=600),),
    )


@contextmanager
def _retrieving(server: Running, series: Series) -> Iterator[None]:
    """Have clients retrieve a series again and again."""
    over = threading.Event()

    def retrieve() -> None:
        while not over.is_set():
            latencies(server, [series.path()], INSTANCES, least=series.size)

    with ThreadPoolExecutor(_CLIENTS) as clients:
        running = [clients.submit(retrieve) for _ in range(_CLIENTS)]
        try:
            yield
        finally:
            over.set()
    for one in running:
        one.result()


def _large(stage: Stage) -> Result:
    large = multiframe(stage.folder, stage.size.multiframe_mib)
    rows = [_growth(stage, contestant, large) for contestant in stage.present(_EVERYONE)]
    return Result(
        title=f"Memory, growth while an object of {stage.size.multiframe_mib} MiB "
        "comes by C-STORE and goes by WADO-RS",
        unit=Unit.MEBIBYTES,
        rows=tuple(rows),
        marks=(AtMost(value=100),),
    )


def _growth(stage: Stage, contestant: Contestant, large: Series) -> Row:
    server = stage.kept(contestant)
    stage.settle(server)
    before = resident(server.pids)
    row = Row(name=contestant.name, values=(0.0,))
    with peak_of(server.process.pid) as peak:
        seconds = send(server, large.folder)
        try:
            [back] = latencies(server, [large.path(1)], INSTANCES, least=large.size)
        except (OSError, RuntimeError) as problem:
            return replace(row, note=f"not retrieved: {str(problem)[-80:]}")
    note = f"in after {seconds:.1f} s, out after {back / 1000:.1f} s"
    return replace(row, note=note, values=(max(0.0, peak.resident - before),))
