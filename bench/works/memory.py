"""Memory of all processes of a server: idle, at work, and with one very large object.

The resident sets are added up; what processes share counts in each of them. What
PostgreSQL takes itself is left out.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from bench.asking import INSTANCES, latencies
from bench.contestants import ORTHANC, STECKEL, STECKEL_POSTGRESQL, Contestant, Running
from bench.dcmtk_clients import send, send_at_once
from bench.inputs import Series, ct_series, multiframe
from bench.processes import peak_of, proportional, resident
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
    rows: list[Row] = []

    def look(contestant: Contestant) -> None:
        server = stage.kept(contestant)
        stage.settle(server)
        shared_once = f"{proportional(server.pids):.0f} MiB with what is shared counted once"
        rows.append(Row(name=contestant.name, note=shared_once, values=(resident(server.pids),)))

    stage.prepare(_EVERYONE, look)
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
    rows: list[Row] = []

    def work(contestant: Contestant) -> None:
        server = stage.kept(contestant)
        with peak_of(server.process.pid) as peak, _retrieving(server, there):
            send_at_once(server, sent)
        rows.append(Row(name=contestant.name, values=(peak.resident,)))

    stage.fill(_EVERYONE, [there])
    stage.prepare(_EVERYONE, work)
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
    with peak_of(server.process.pid) as peak:
        note = _in_and_out(server, large)
    growth = max(0.0, peak.resident - before)
    return Row(name=contestant.name, note=note, values=(growth,))


def _in_and_out(server: Running, large: Series) -> str:
    """Store an object and retrieve it; say how long it took, or what was not possible."""
    done = "not stored"
    try:
        done = f"in after {send(server, large.folder):.1f} s"
        [back] = latencies(server, [large.path(1)], INSTANCES, least=large.size)
    except (OSError, RuntimeError) as problem:
        return f"{done}, then: {str(problem)[-80:]}"
    return f"{done}, out after {back / 1000:.1f} s"
