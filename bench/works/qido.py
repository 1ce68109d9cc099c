"""QIDO-RS and C-FIND on a small archive; `bench.study_list` asks a large one."""

from collections.abc import Iterator, Sequence

from bench.asking import METADATA, latencies
from bench.contestants import (
    DCMQRSCP,
    ORTHANC,
    ORTHANC_POSTGRESQL,
    STECKEL,
    STECKEL_POSTGRESQL,
    Contestant,
)
from bench.dcmtk_clients import find
from bench.inputs import Series, ct_series, small_series
from bench.result import Mark, Result, TimesFaster, Unit
from bench.stage import Stage

_EVERYONE = (STECKEL, STECKEL_POSTGRESQL, ORTHANC, ORTHANC_POSTGRESQL)
_IN_A_SERIES = 5
_SLICES = 150


def measure(stage: Stage) -> Iterator[Result]:
    """Measure each level over HTTP, then studies over DICOM."""
    size, folder = stage.size, stage.folder
    large = ct_series(folder, min(size.ct, _SLICES), 1)
    studies = [small_series(folder, _IN_A_SERIES, 100 + number) for number in range(size.studies)]
    stage.fill((*_EVERYONE, DCMQRSCP), [*studies, large])
    for title, path, mark in _questions(studies, large):
        yield _by_http(stage, title, path, mark)
    everything = ["StudyInstanceUID", "PatientName", "PatientID", "StudyDate"]
    yield _by_dicom(stage, f"C-FIND, all {len(studies) + 1} studies", everything)
    one = [*everything[:2], "PatientID=BENCH-CR-100", "StudyDate"]
    yield _by_dicom(stage, "C-FIND, studies by patient ID", one)


def _questions(
    studies: Sequence[Series], large: Series
) -> list[tuple[str, str, tuple[TimesFaster, ...]]]:
    def times(number: float) -> tuple[TimesFaster, ...]:
        return (TimesFaster(than=ORTHANC.name, times=number),)

    return [
        (f"studies, up to 100 of {len(studies) + 1}", "/studies?limit=100", times(5)),
        ("studies by patient ID", "/studies?PatientID=BENCH-CR-100", times(5)),
        ("series of a study", f"{large.of_study()}/series", times(4)),
        (f"instances of a series of {large.count}", f"{large.path()}/instances", times(40)),
    ]


def _by_http(stage: Stage, title: str, path: str, marks: Sequence[Mark]) -> Result:
    def asked(contestant: Contestant) -> list[float]:
        return latencies(stage.kept(contestant), [path] * stage.size.repeats, METADATA, least=50)

    return Result(
        title=f"QIDO-RS, {title}",
        unit=Unit.MILLISECONDS,
        rows=stage.take_turns(_EVERYONE, asked),
        marks=tuple(marks),
    )


def _by_dicom(stage: Stage, title: str, keys: Sequence[str]) -> Result:
    def asked(contestant: Contestant) -> list[float]:
        return [find(stage.kept(contestant), keys, stage.size.repeats) * 1000]

    return Result(
        title=f"{title}; findscu, {stage.size.repeats} times on one association",
        unit=Unit.MILLISECONDS,
        rows=stage.take_turns((*_EVERYONE, DCMQRSCP), asked),
    )
