"""C-FIND of the Modality Worklist among many open steps, as modalities ask.

The client reads each answer to its end and does not decode it: what is measured is the server.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.contestants import STECKEL, STECKEL_POSTGRESQL, Contestant, Running
from bench.generate_worklist import STATIONS, days, fill_worklist, station
from bench.result import AtMost, Result, Unit
from bench.stage import Stage
from steckel.dicom import dictionary
from steckel.dicom.encode import encode_dataset
from steckel.dicom.json_model import JsonDataset
from steckel.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN
from steckel.dimse.channel import Channel
from steckel.dimse.ports import RemoteEntity
from steckel.dimse.scu.association import Caller, association_with
from steckel.dimse.services import MODALITY_WORKLIST_FIND
from steckel.dimse.wire.command import MEDIUM, Command, Operation
from steckel.index.engine import open_engine
from steckel.upperlayer.negotiation import Context

_US = (STECKEL, STECKEL_POSTGRESQL)
_CONTEXT = ((MODALITY_WORKLIST_FIND, (EXPLICIT_VR_LITTLE_ENDIAN,)),)
_MARK = (AtMost(value=15, p95=True),)
_PATIENCE = 60.0
_PENDING = 0xFF00
#: What modalities want back.
_OF_ITEM = (
    *("00080050", "00080090", "00100010", "00100020", "00100021", "00100030", "00100040"),
    *("0020000D", "00321032", "00321060", "00380010", "00401001", "00401003"),
)
_OF_STEP = (
    *("00080060", "00400001", "00400002", "00400003", "00400006", "00400007", "00400009"),
    *("00400010", "00400011"),
)

Values = dict[str, Any]
Make = Callable[[random.Random], tuple[Values, Values]]


def measure(stage: Stage) -> Iterator[Result]:
    """Measure each kind of question."""
    count = stage.size.scheduled
    stage.prepare(_US, lambda one: _fill(stage, stage.kept(one), count))
    for title, make in _questions(count):
        yield Result(
            title=f"C-FIND worklist of {count:,} open steps, {title}",
            unit=Unit.MILLISECONDS,
            rows=stage.take_turns(_US, _asking(stage, make)),
            marks=_MARK,
        )


def _fill(stage: Stage, server: Running, count: int) -> None:
    home = server.home / "index.sqlite3"
    engine = open_engine(server.environment.get("STECKEL_DATABASE_URL") or f"sqlite:///{home}")
    fill_worklist(engine, count)
    engine.dispose()
    stage.settle(server)


def _questions(count: int) -> Iterator[tuple[str, Make]]:
    every_day = list(days())

    def title(rng: random.Random) -> tuple[Values, Values]:
        return {}, {"00400001": _one("AE", station(rng.randrange(STATIONS))[0]), **day(rng)}

    def modality(rng: random.Random) -> tuple[Values, Values]:
        return {}, {"00080060": _one("CS", station(rng.randrange(STATIONS))[1]), **day(rng)}

    def day(rng: random.Random) -> Values:
        return {"00400002": _one("DA", rng.choice(every_day))}

    def patient(rng: random.Random) -> tuple[Values, Values]:
        return {"00100020": _one("LO", f"PID{rng.randrange(1, count // 2):07d}")}, {}

    def accession(rng: random.Random) -> tuple[Values, Values]:
        return {"00080050": _one("SH", f"W{rng.randrange(1, count):08d}")}, {}

    def name(rng: random.Random) -> tuple[Values, Values]:
        family = rng.choice(("DUPONT-MART", "Lefevre-Gar", "nguyen-nguy", "MÜLLER-ROSS"))
        return {"00100010": _one("PN", {"Alphabetic": f"{family}*"})}, {}

    yield "AE title and date", title
    yield "modality and date", modality
    yield "patient ID", patient
    yield "accession number", accession
    yield "name with wildcard", name


def _one(vr: str, value: Any) -> Any:
    return {"vr": vr, "Value": [value]}


def _asking(stage: Stage, make: Make) -> Callable[[Contestant], list[float]]:
    def asked(contestant: Contestant) -> list[float]:
        rng = random.Random(contestant.name)
        with _associated(stage.kept(contestant)) as (channel, context):
            _ask(channel, context, 1, *make(rng))  # what the first question prepares
            return [
                _ask(channel, context, number, *make(rng))
                for number in range(2, stage.size.repeats + 2)
            ]

    return asked


@contextmanager
def _associated(server: Running) -> Iterator[tuple[Channel, Context]]:
    remote = RemoteEntity(aet=server.aet, host="127.0.0.1", port=server.dicom_port)
    with association_with(Caller(aet="BENCH"), remote, _CONTEXT) as channel:
        yield channel, next(iter(channel.association.contexts.values()))


def _ask(
    channel: Channel, context: Context, number: int, of_item: Values, of_step: Values
) -> float:
    """Return the milliseconds from the question to the end of the last answer."""
    step = _empty(_OF_STEP) | of_step
    asked: JsonDataset = {
        **_empty(_OF_ITEM),
        **of_item,
        "00400100": {"vr": "SQ", "Value": [step]},
    }
    command = Command(
        field=Operation.C_FIND,
        affected_sop_class_uid=MODALITY_WORKLIST_FIND,
        message_id=number,
        priority=MEDIUM,
    )
    dataset = encode_dataset(asked, context.transfer_syntax)
    started = time.perf_counter()
    channel.send_message(context.id, command, (dataset,))
    status: int | None = _PENDING
    while status == _PENDING:
        status = channel.read_response(number, patience=_PATIENCE).status
        channel.skip_dataset()
    if status != 0:
        raise RuntimeError(f"the worklist answers {status}")
    return (time.perf_counter() - started) * 1000


def _empty(keys: Iterable[str]) -> Values:
    return {key: {"vr": dictionary.vr_of(int(key, 16))} for key in keys}
