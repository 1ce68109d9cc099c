"""Ports for those that have to be told one before they listen.

Who can take port 0 takes it. For others a port is chosen here, from below those that
the system gives to whoever names none: so nothing takes it between its choice and its
use. Each process of a run has a range of its own, so two of them never choose the same.
"""

import os
import random
import socket
from collections.abc import Iterator
from itertools import chain

_FIRST, _EACH, _RANGES = 20_000, 1_000, 12


def _range() -> range:
    """Return the ports of this process; pytest-xdist calls its workers gw0, gw1 and so on."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = _FIRST + worker % _RANGES * _EACH
    return range(first, first + _EACH)


def _in_turn() -> Iterator[int]:
    """Yield them round and round, from anywhere: a run beside this one begins elsewhere."""
    ports = _range()
    start = random.choice(ports)
    while True:
        yield from chain(range(start, ports.stop), range(ports.start, start))


_ports = _in_turn()


def free_port() -> int:
    """Return a port at which nobody listens, and that is not chosen again soon."""
    for port in _ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError  # it has no end
