"""Who gets a connection, and what is counted."""

import socket

from steckel.server.crew import Distribution, OnEnd, Share


class Taking:
    """Takes connections and remembers how to end them."""

    def __init__(self) -> None:
        self.taken: list[OnEnd] = []

    def take(
        self,
        connection: socket.socket,
        address: str,  # noqa: ARG002
        tls: bool,  # noqa: ARG002
        on_end: OnEnd,
    ) -> None:
        connection.close()
        self.taken.append(on_end)


def _give(distribution: Distribution, count: int) -> None:
    for _ in range(count):
        distribution.take(socket.socket(), "127.0.0.1", False)


def test_connections_are_spread_evenly() -> None:
    takers = [Taking(), Taking(), Taking()]
    distribution = Distribution([Share(taker) for taker in takers])
    _give(distribution, 1)
    assert [len(taker.taken) for taker in takers] == [1, 0, 0]
    _give(distribution, 6)
    assert [len(taker.taken) for taker in takers] == [3, 2, 2]


def test_who_has_lost_one_gets_the_next() -> None:
    takers = [Taking(), Taking()]
    distribution = Distribution([Share(taker) for taker in takers])
    _give(distribution, 4)
    takers[1].taken[0]()
    _give(distribution, 1)
    assert [len(taker.taken) for taker in takers] == [2, 3]
