"""Remembers what was recorded a while ago.

So looking at a study for a quarter of an hour is one event and not thousands: PS3.15 A.5.3.6
leaves to the application how often it tells.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

#: Seconds.
WINDOW: Final = 900.0
_MOST: Final = 20_000


class Window:
    """Thread-safe."""

    def __init__(
        self, seconds: float = WINDOW, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._seen: OrderedDict[Hashable, float] = OrderedDict()
        self._lock = threading.Lock()

    def holds(self, key: Hashable) -> bool:
        """Whether this was recorded in the time before now."""
        until = self._seen.get(key)
        return until is not None and until > self._clock()

    def enter(self, key: Hashable) -> bool:
        """Take note of something; return whether it is new, and to be recorded."""
        now = self._clock()
        with self._lock:
            until = self._seen.get(key)
            if until is not None and until > now:
                return False
            self._seen[key] = now + self._seconds
            self._seen.move_to_end(key)
            while len(self._seen) > _MOST:
                self._seen.popitem(last=False)
            return True
