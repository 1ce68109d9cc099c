"""Two threads must not archive the same instance at once."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Claims:
    """SOP Instance UIDs being archived now by this process."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._changed = threading.Condition()

    @contextmanager
    def hold(self, uids: Iterable[str]) -> Iterator[None]:
        """Wait until nobody holds any of `uids`, and hold them all."""
        wanted = set(uids)
        with self._changed:
            while not self._held.isdisjoint(wanted):
                self._changed.wait()
            self._held |= wanted
        try:
            yield
        finally:
            with self._changed:
                self._held -= wanted
                self._changed.notify_all()
