"""Makes the whole demo department: the entry of this package.

Studies are independent of each other, so two processes make them side by
side; which one makes what changes nothing in the files.
"""

import os
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import structlog

from steckel.demo import agenda
from steckel.demo.acquisition import Acquisition
from steckel.demo.files import Folder
from steckel.demo.phantom import brain

_LOG = structlog.get_logger(__name__)

#: Called with what was just finished, how many studies are done, and how many there are.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class DemoSummary:
    """What was made."""

    patients: int
    studies: int
    series: int
    instances: int
    size: int  #: bytes
    notes: tuple[str, ...] = ()  #: what a person should know, such as a missing template


@dataclass(frozen=True, kw_only=True)
class _Order:
    """One study to make, by its key."""

    key: str
    target: Path
    today: date
    scale: float


@dataclass(frozen=True, kw_only=True)
class _Made:
    key: str
    series: int
    instances: int
    size: int


def generate(
    target: Path,
    *,
    progress: Progress,
    today: date,
    scale: float = 1.0,
    only: Collection[str] | None = None,
    workers: int = 2,
) -> DemoSummary:
    """Write the demo studies into a folder as DICOM files.

    `scale` shrinks matrices and slice counts; `only` names the patients to
    take (`people.patients`); one worker makes everything in this process.
    """
    diary = agenda.appointments(today)
    chosen = [key for key, a in diary.items() if only is None or a.visit.patient.key in only]
    orders = [_Order(key=key, target=target, today=today, scale=scale) for key in chosen]
    made: list[_Made] = []
    for result in _run(orders, workers):
        made.append(result)
        visit = diary[result.key].visit
        progress(f"{visit.modality} {visit.description}", len(made), len(orders))
    summary = DemoSummary(
        patients=len({diary[key].visit.patient.key for key in chosen}),
        studies=len(made),
        series=sum(item.series for item in made),
        instances=sum(item.instances for item in made),
        size=sum(item.size for item in made),
        notes=_notes(),
    )
    _LOG.info("demo_generated", studies=summary.studies, instances=summary.instances)
    return summary


def _run(orders: list[_Order], workers: int) -> Iterator[_Made]:
    if workers < 2 or len(orders) < 2:
        yield from map(_make, orders)
        return
    # fork would copy the locks of a server that is already running threads
    with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn")) as pool:
        with _one_thread_for_blas():
            futures = [pool.submit(_make, order) for order in orders]
        for future in as_completed(futures):
            yield future.result()


@contextmanager
def _one_thread_for_blas() -> Iterator[None]:
    """Keep the processes started here from fighting over the cores.

    Each would start a thread per core for matrices that are far too small for
    it, and take twice as long. The library reads this when it is loaded.
    """
    name = "OPENBLAS_NUM_THREADS"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _make(order: _Order) -> _Made:
    """Make one study."""
    appointment = agenda.appointments(order.today)[order.key]
    folder = Folder(root=order.target)
    acq = Acquisition(visit=appointment.visit, today=order.today, folder=folder, scale=order.scale)
    for exam in appointment.exams:
        exam(acq)
    return _Made(key=order.key, series=len(folder.series), instances=folder.files, size=folder.size)


def _notes() -> tuple[str, ...]:
    if brain.has_template():
        return ()
    advice = "pip install --no-deps --require-hashes -r requirements/demo-data.lock"
    return (f"The ICBM 152 template is not installed: the brains are computed ({advice})",)
