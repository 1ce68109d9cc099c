"""HL7 orders over MLLP, each acknowledged when it is on stable storage, as the sender counts.

The time of a message is divided among all: seconds for so many. The sender is one thread; each
of its connections waits for the acknowledgement and then sends the next.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import count

from bench.contestants import STECKEL, STECKEL_POSTGRESQL, Contestant
from bench.mllp_client import imaging_orders, send_messages
from bench.result import AtMost, Result, Row, Unit
from bench.stage import Stage

_US = (STECKEL, STECKEL_POSTGRESQL)
_CONNECTIONS = (1, 8, 32)
#: A thousand a second.
_PER_SECOND = 1000
_P99 = AtMost(value=20)


def measure(stage: Stage) -> Iterator[Result]:
    """Measure with one sender and with many: how many, and how long each waited."""
    numbers = count(1, stage.size.messages)
    for connections in _CONNECTIONS:
        waited: dict[str, list[float]] = {}
        rows = stage.take_turns(_US, _sending(stage, numbers, connections, waited))
        many = f"{stage.size.messages:,} OMI^O23 kept and acknowledged, {connections} at once"
        yield Result(
            title=many,
            unit=Unit.SECONDS,
            rows=rows,
            marks=(AtMost(value=stage.size.messages / _PER_SECOND),),
        )
        yield Result(
            title=f"{many}: 99 % waited no longer",
            unit=Unit.MILLISECONDS,
            rows=tuple(Row(name=n, values=tuple(values)) for n, values in waited.items()),
            marks=(_P99,),
        )


def _sending(
    stage: Stage, numbers: Iterator[int], connections: int, waited: dict[str, list[float]]
) -> Callable[[Contestant], Sequence[float]]:
    """Return what sends, and notes in `waited` how long in milliseconds 99 % waited at most."""

    def send(contestant: Contestant) -> Sequence[float]:
        messages = imaging_orders(stage.size.messages, first=next(numbers))
        with stage.server(contestant) as server:
            found = send_messages(server.hl7_port, messages, connections)
        waited.setdefault(contestant.name, []).append(1000 * found.percentile(0.99))
        return [found.seconds]

    return send
