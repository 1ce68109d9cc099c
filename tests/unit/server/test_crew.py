"""Who gets a connection, and what is counted."""

import socket

from steckel.server.crew import Distribution, OnEnd, Share, split


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


def test_a_limit_is_divided_without_a_rest() -> None:
    assert split(64, 4) == [16, 16, 16, 16]
    assert split(7, 3) == [3, 2, 2]
    assert split(1, 1) == [1]


def test_connections_are_spread_by_the_room_that_there_is() -> None:
    takers = [Taking(), Taking(), Taking()]
    distribution = Distribution(
        [Share(t, limit) for t, limit in zip(takers, (3, 2, 2), strict=True)]
    )
    _give(distribution, 1)
    assert [len(taker.taken) for taker in takers] == [1, 0, 0]
    _give(distribution, 6)
    assert [len(taker.taken) for taker in takers] == [3, 2, 2]


def test_what_ended_makes_room_where_it_was() -> None:
    takers = [Taking(), Taking()]
    distribution = Distribution([Share(taker, 2) for taker in takers])
    _give(distribution, 4)
    takers[1].taken[0]()
    _give(distribution, 1)
    assert [len(taker.taken) for taker in takers] == [2, 3]


def test_beyond_the_limits_connections_are_still_given_to_be_refused_politely() -> None:
    takers = [Taking(), Taking()]
    distribution = Distribution([Share(taker, 1) for taker in takers])
    _give(distribution, 6)
    assert [len(taker.taken) for taker in takers] == [3, 3]
