"""Nobody keeps the server busy for himself: an account at an address has a number of requests.

The rule: generous for people and for programs that behave, and images are not counted at
all: a viewer asks for hundreds of frames in a second, and what bounds them is what they are read
from. Passwords have a throttle of their own (`security.throttle`), which is stricter.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from math import ceil
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from steckel.web.authentication import address_of, first_segment
from steckel.web.problems import problem

#: First segments of the paths that are counted.
COUNTED: Final = frozenset({"api", "fhir"})
#: What an engine brings as fast as it can: its pace is that of the disk, not of a number.
_UNCOUNTED: Final = frozenset({"/api/hl7", "/api/uploads"})
_MOST_CALLERS = 10_000


class Allowance:
    """How much each caller has left: a minute's worth, which comes back evenly. For one thread."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._clock = clock
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, caller: tuple[str, str]) -> float:
        """Count a request; return the seconds to wait for the next, 0 if this one may pass."""
        now = self._clock()
        left, since = self._left.get(caller, (self._most, now))
        left = min(self._most, left + (now - since) * self._most / 60)
        wait = 0.0 if left >= 1 else (1 - left) * 60 / self._most
        self._left[caller] = (left if wait else left - 1, now)
        self._left.move_to_end(caller)
        while len(self._left) > _MOST_CALLERS:
            self._left.popitem(last=False)
        return wait


class RateLimit:
    """Answers 429 to who asks too much (RFC 6585 4); behind authentication."""

    def __init__(
        self, app: ASGIApp, per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._allowance = Allowance(per_minute, clock) if per_minute else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        wait = self._wait(scope)
        if not wait:
            await self._app(scope, receive, send)
            return
        detail = "too many requests: wait a moment, and ask less often"
        headers = {"Retry-After": str(ceil(wait))}
        await problem(scope, HTTPStatus.TOO_MANY_REQUESTS, detail, headers)(scope, receive, send)

    def _wait(self, scope: Scope) -> float:
        if self._allowance is None or scope["type"] != "http":
            return 0.0
        if first_segment(scope["path"]) not in COUNTED or scope["path"] in _UNCOUNTED:
            return 0.0
        principal = scope.get("state", {}).get("principal")
        return self._allowance.take((principal.name if principal else "", address_of(scope)))
