"""Slows down whoever guesses passwords: per account and per address, doubling each time.

The rule: an attempt counts as wrong from its start, so that a thousand at once
are no way round; a right one is taken back. What is counted is in memory: each
web process counts for itself, and a restart forgets.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from steckel.security.accounts import Clock
from steckel.security.refusals import Throttled


@dataclass(frozen=True, kw_only=True)
class Leniency:
    """How many wrong attempts are free, and the longest wait in seconds after them."""

    free: int
    longest: float


#: Somebody else's guessing must not lock a person out for long.
PER_ACCOUNT = Leniency(free=5, longest=300.0)
#: Behind one address there may be a whole department.
PER_ADDRESS = Leniency(free=20, longest=900.0)

_FORGET_AFTER = 3600.0
_MOST_KEYS = 10_000


@dataclass
class _Strikes:
    count: int
    last: float


class LoginThrottle:
    """Counts wrong attempts. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._strikes: OrderedDict[tuple[str, str], _Strikes] = OrderedDict()

    def admit(self, account: str, address: str) -> None:
        """Count an attempt, or raise `Throttled` when it comes too early."""
        now = self._clock()
        with self._lock:
            wait = max(
                self._wait(("account", account), PER_ACCOUNT, now),
                self._wait(("address", address), PER_ADDRESS, now),
            )
            if wait > 0:
                raise Throttled(wait)
            self._count(("account", account), now)
            self._count(("address", address), now)

    def succeeded(self, account: str, address: str) -> None:
        """Take back an attempt whose password was right, and forget the account's others.

        The address keeps its others: its owner may be guessing other accounts.
        """
        with self._lock:
            self._strikes.pop(("account", account), None)
            strikes = self._strikes.get(("address", address))
            if strikes is not None:
                strikes.count = max(0, strikes.count - 1)

    def _wait(self, key: tuple[str, str], leniency: Leniency, now: float) -> float:
        strikes = self._strikes.get(key)
        if strikes is None or strikes.count < leniency.free:
            return 0.0
        if now - strikes.last > _FORGET_AFTER:
            del self._strikes[key]
            return 0.0
        doublings = min(strikes.count - leniency.free, 30)
        return strikes.last + min(2.0**doublings, leniency.longest) - now

    def _count(self, key: tuple[str, str], now: float) -> None:
        strikes = self._strikes.setdefault(key, _Strikes(count=0, last=now))
        strikes.count += 1
        strikes.last = now
        self._strikes.move_to_end(key)
        while len(self._strikes) > _MOST_KEYS:
            self._strikes.popitem(last=False)
