"""``steckel status``: what runs, what waits for somebody, and what is wrong.

The rule: it reads, and changes nothing.
"""

import sys
from dataclasses import dataclass

import orjson
from sqlalchemy import func, select

from steckel.archive.layout import CONTAINER_SUFFIX
from steckel.exchange.desk import MessageDesk
from steckel.exchange.model import State
from steckel.exchange.outbound.desk import DestinationDesk
from steckel.index.schema import erasures
from steckel.index.second import backlog
from steckel.index.upgrade import require_current
from steckel.ris.commitments import GIVEN_UP, WAITING, count_commitments
from steckel.server.preparing import require_index
from steckel.server.settings import Settings
from steckel.server.status_desk import StatusDesk
from steckel.server.wiring import House
from steckel.web.ports.system import StoreSpace, SystemReport

#: Exit statuses: of the LSB for services where there is one.
WELL, WRONG, NOT_RUNNING = 0, 1, 3

#: Less room than this on the disk of the store is said.
_LOW_SPACE = 5 << 30


@dataclass(frozen=True, kw_only=True)
class _Queues:
    """What is still to be done without anybody."""

    open_containers: int
    erasures: int
    second_studies: int  #: that may lack frames in the second representation
    commitments: int  #: answers to storage commitment that wait
    commitments_given_up: int  #: that the peer never took
    messages: int  #: received, and not processed; counted up to 10,000
    message_errors: int  #: that wait for a person; likewise
    outbound: int  #: messages for other systems that wait; likewise for each destination
    outbound_parked: int  #: that were put aside for a person; likewise
    failing: tuple[str, ...]  #: destinations that cannot be reached, with the reason


def run_status(settings: Settings, *, as_json: bool) -> int:
    """Print the state of the node; return the exit status.

    Raises
    ------
    SteckelError
        The database or the store does not answer, or the database is of another version.
    """
    if not settings.home.is_dir():
        print(f"nothing is at {settings.home} yet: `steckel serve` makes it")  # noqa: T201
        return NOT_RUNNING
    house = House(settings)
    try:
        require_current(house.engine)
        require_index(house)
        report = StatusDesk(house).report()
        queues = _queues(house, settings)
    finally:
        house.close()
    wrong = [*_wrong(report), *(f"destination {failing}" for failing in queues.failing)]
    if as_json:
        sys.stdout.write(_json(report, queues, wrong) + "\n")
    else:
        sys.stdout.write("".join(f"{name:<16}{value}\n" for name, value in _lines(report, queues)))
        sys.stdout.writelines(f"wrong: {what}\n" for what in wrong)
    if wrong:
        return WRONG
    return WELL if report.processes else NOT_RUNNING


def _queues(house: House, settings: Settings) -> _Queues:
    with house.engine.connect() as connection:
        second = backlog(connection) if settings.second_modalities else 0
        count = connection.execute(select(func.count()).select_from(erasures)).scalar_one()
    still_open = sum(1 for _ in house.layout.open.glob(f"*{CONTAINER_SUFFIX}"))
    answers = count_commitments(house.engine)
    messages = {one.state: one.count for one in MessageDesk(house.engine).counts()}
    outbound = DestinationDesk(house.engine).list()
    return _Queues(
        messages=messages[State.RECEIVED],
        message_errors=messages[State.ERROR],
        outbound=sum(length.waiting for _, length in outbound),
        outbound_parked=sum(length.parked for _, length in outbound),
        failing=tuple(f"{one.name}: {one.problem}" for one, _ in outbound if one.failing_since),
        open_containers=still_open,
        erasures=count,
        second_studies=second,
        commitments=answers[WAITING],
        commitments_given_up=answers[GIVEN_UP],
    )


def _wrong(report: SystemReport) -> list[str]:
    wrong = []
    if report.store.free_bytes is not None and report.store.free_bytes < _LOW_SPACE:
        wrong.append("the disk of the store is nearly full")
    return wrong


def _lines(report: SystemReport, queues: _Queues) -> list[tuple[str, object]]:
    running = [f"{p.role} ({p.pid}, {p.rss_bytes >> 20} MiB)" for p in report.processes]
    counts = report.counts
    return [
        ("version", report.version),
        ("running", ", ".join(running) or "nothing"),
        ("database", report.database),
        ("patients", counts.patients),
        ("studies", counts.studies),
        ("series", counts.series),
        ("instances", counts.instances),
        ("stored", _room(report.store)),
        ("quarantine", report.quarantine),
        ("conflicts", report.conflicts),
        ("to be sealed", queues.open_containers),
        ("to be erased", queues.erasures),
        ("to be encoded", f"{queues.second_studies} studies"),
        ("commitments", f"{queues.commitments} waiting, {queues.commitments_given_up} given up"),
        ("messages", f"{queues.messages} waiting, {queues.message_errors} errors"),
        ("to be sent", f"{queues.outbound} messages, {queues.outbound_parked} parked"),
    ]


def _room(store: StoreSpace) -> str:
    used = "not added up yet"
    if store.used_bytes is not None:
        used = f"{store.used_bytes / (1 << 30):.1f} GiB"
    return f"{used}, {(store.free_bytes or 0) >> 30} GiB free"


def _json(report: SystemReport, queues: _Queues, wrong: list[str]) -> str:
    facts = {"report": report, "queues": queues, "wrong": wrong}
    return orjson.dumps(facts, option=orjson.OPT_INDENT_2).decode()
