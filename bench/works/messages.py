"""HL7 orders over MLLP, each acknowledged when it is on stable storage, as the sender counts.

The sender is one thread. First each of its connections waits for the acknowledgement and then
sends the next: the time of a message is divided among all, seconds for so many. Then it sends a
thousand a second whatever comes back: how long does each wait, of those that nobody held back?
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count

from bench.contestants import STECKEL, STECKEL_POSTGRESQL, Contestant
from bench.mllp_client import Sent, imaging_orders, send_messages, send_paced
from bench.result import AtMost, Result, Row, Unit
from bench.stage import Stage

_US = (STECKEL, STECKEL_POSTGRESQL)
_CONNECTIONS = (1, 8, 32)
#: A thousand a second.
_PER_SECOND = 1000
_P99 = AtMost(value=20)
_PACED_CONNECTIONS = (8, 32)


def measure(stage: Stage) -> Iterator[Result]:
    """Measure with one sender and with many: how many, and how long each waited."""
    numbers = count(1, stage.size.messages)
    for connections in _CONNECTIONS:
        waited: dict[str, list[Sent]] = {}
        send = partial(send_messages, connections=connections)
        rows = stage.take_turns(_US, _sending(stage, numbers, send, waited))
        many = f"{stage.size.messages:,} OMI^O23 kept and acknowledged, {connections} at once"
        yield Result(
            title=many,
            unit=Unit.SECONDS,
            rows=rows,
            marks=(AtMost(value=stage.size.messages / _PER_SECOND),),
        )
        yield _share(many, waited, 0.99)
    for connections in _PACED_CONNECTIONS:
        waited = {}
        send = partial(send_paced, connections=connections, per_second=_PER_SECOND)
        stage.take_turns(_US, _sending(stage, numbers, send, waited))
        paced = f"{_PER_SECOND:,} OMI^O23 a second over {connections} connections"
        yield _share(paced, waited, 0.5)
        yield _share(paced, waited, 0.99)


def _share(title: str, waited: dict[str, list[Sent]], share: float) -> Result:
    """Return how long so large a share waited at most, in each round."""
    rows = (
        Row(name=name, values=tuple(1000 * sent.percentile(share) for sent in rounds))
        for name, rounds in waited.items()
    )
    return Result(
        title=f"{title}: {100 * share:.0f} % waited no longer",
        unit=Unit.MILLISECONDS,
        rows=tuple(rows),
        marks=(_P99,) if share > 0.9 else (),
    )


def _sending(
    stage: Stage,
    numbers: Iterator[int],
    send: Callable[[int, Sequence[bytes]], Sent],
    waited: dict[str, list[Sent]],
) -> Callable[[Contestant], Sequence[float]]:
    """Return what sends, and notes in `waited` how it went."""

    def sending(contestant: Contestant) -> Sequence[float]:
        messages = imaging_orders(stage.size.messages, first=next(numbers))
        with stage.server(contestant) as server:
            found = send(server.hl7_port, messages)
        waited.setdefault(contestant.name, []).append(found)
        return [found.seconds]

    return sending
