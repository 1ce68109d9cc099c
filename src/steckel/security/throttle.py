"""Slows down whoever guesses passwords: per account and per address, doubling each time.

The rule: an attempt counts as wrong from its start, so that a thousand at once
are no way round; a right one is taken back. What is counted is in memory: each
web process counts for itself, and a restart forgets.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

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


class Held(StrEnum):
    """What attempts are counted for."""

    ACCOUNT = "account"
    ADDRESS = "address"


@dataclass(frozen=True, kw_only=True, slots=True)
class Strikes:
    """Wrong attempts as an administrator sees them."""

    held: Held
    name: str
    attempts: int
    last: float  #: seconds since 1970
    wait: float  #: seconds until the next attempt is taken; 0: it is taken


_LENIENCY: Final = {Held.ACCOUNT: PER_ACCOUNT, Held.ADDRESS: PER_ADDRESS}
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

    def counted(self) -> list[Strikes]:
        """Return what is remembered, the latest attempt first.

        A name may be anything that somebody typed: who shows it asks whether there is such an
        account.
        """
        now = self._clock()
        with self._lock:
            return [
                Strikes(
                    held=Held(kind),
                    name=name,
                    attempts=strikes.count,
                    last=strikes.last,
                    wait=max(0.0, self._remaining(strikes, _LENIENCY[Held(kind)], now)),
                )
                for (kind, name), strikes in reversed(self._strikes.items())
                if strikes.count and now - strikes.last <= _FORGET_AFTER
            ]

    def release(self, held: Held, name: str) -> bool:
        """Forget what was counted for an account or an address; return whether there was any."""
        with self._lock:
            return self._strikes.pop((held.value, name), None) is not None

    def _wait(self, key: tuple[str, str], leniency: Leniency, now: float) -> float:
        strikes = self._strikes.get(key)
        if strikes is None or strikes.count < leniency.free:
            return 0.0
        if now - strikes.last > _FORGET_AFTER:
            del self._strikes[key]
            return 0.0
        return self._remaining(strikes, leniency, now)

    def _remaining(self, strikes: _Strikes, leniency: Leniency, now: float) -> float:
        if strikes.count < leniency.free:
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
