"""From the command to ready: on an empty archive, on a large one, and after a kill.

Ready is who answers at both doors. After a kill, what was not yet in order is
brought into order first: ours must not take longer for what the archive holds.
"""

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from bench.contestants import ORTHANC, STECKEL, STECKEL_POSTGRESQL, Contestant, Running
from bench.dcmtk_clients import send
from bench.inputs import ct_series
from bench.large_index import large_index
from bench.result import OURS, AtMost, Result, Row, Unit
from bench.stage import Stage

_EVERYONE = (STECKEL, STECKEL_POSTGRESQL, ORTHANC)
_KILLED = (STECKEL, ORTHANC)
_MARK = AtMost(value=2)


def measure(stage: Stage) -> Iterator[Result]:
    """Measure the three."""

    def empty(contestant: Contestant) -> list[float]:
        with stage.server(contestant) as server:
            return [server.ready_seconds]

    def killed(contestant: Contestant) -> list[float]:
        return [_after_kill(stage, contestant)]

    yield Result(
        title="Start to ready, an empty archive",
        unit=Unit.SECONDS,
        rows=stage.take_turns(_EVERYONE, empty),
        marks=(_MARK,),
    )
    yield _large(stage)
    yield Result(
        title=f"Start to ready after a kill while {stage.size.associations} associations stored",
        unit=Unit.SECONDS,
        rows=stage.take_turns(_KILLED, killed),
        marks=(_MARK,),
    )


def _large(stage: Stage) -> Result:
    home, count = large_index(stage.folder, stage.size.indexed_studies)
    seconds = []
    for _ in range(stage.size.rounds):
        with STECKEL.running(home, empty=False) as server:
            seconds.append(server.ready_seconds)
    return Result(
        title=f"Start to ready, {count:,} instances (an index without images)",
        unit=Unit.SECONDS,
        rows=(Row(name=OURS, values=tuple(seconds)),),
        marks=(_MARK,),
    )


def _after_kill(stage: Stage, contestant: Contestant) -> float:
    home = stage.folder / "killed"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    with stage.database(contestant) as database:
        with contestant.running(home, empty=False, database=database) as server:
            _kill_in_between(stage, server)
        with contestant.running(home, empty=False, database=database) as server:
            ready = server.ready_seconds
    shutil.rmtree(home)
    return ready


def _kill_in_between(stage: Stage, server: Running) -> None:
    """Kill a server when the first of several associations is at its end."""
    size = stage.size
    folders = [
        ct_series(stage.folder, size.per_association, number).folder
        for number in range(1, size.associations + 1)
    ]
    first = threading.Event()

    def store(folder: Path) -> None:
        with suppress(RuntimeError):  # those that the kill cuts off
            send(server, folder)
        first.set()

    with ThreadPoolExecutor(size.associations) as senders:
        for folder in folders:
            senders.submit(store, folder)
        first.wait()
        server.kill()
