"""Which messages may be processed next: in order for a patient, free between patients.

Sans-IO: it is told of messages and of their ends, and given the time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from steckel.exchange.model import Received

#: Seconds after which a message is tried again that the database failed at, by attempt.
_PAUSES = (0.1, 0.5, 2.0, 10.0, 30.0)


@dataclass(slots=True)
class _Entry:
    received: Received
    keys: frozenset[str] | None = None  #: found out when it is asked for
    running: bool = False
    failures: int = 0
    not_before: float = 0.0


class Line:
    """Messages that are waiting or being processed, by number."""

    def __init__(self, keys: Callable[[Received], frozenset[str]]) -> None:
        self._keys = keys
        self._entries: dict[int, _Entry] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def numbers(self) -> frozenset[int]:
        """Return the numbers in the line."""
        return frozenset(self._entries)

    @property
    def last(self) -> int:
        """The highest number in the line; zero when it is empty."""
        return max(self._entries, default=0)

    @property
    def size(self) -> int:
        """Bytes of the messages in the line."""
        return sum(len(entry.received.raw) for entry in self._entries.values())

    def free(self, now: float) -> int:
        """Return how many do not wait for one that is tried again later."""
        held: set[str] = set()
        count = 0
        for entry in self._entries.values():
            is_postponed = not entry.running and entry.not_before > now
            if is_postponed or (held and not held.isdisjoint(self._keys_of(entry))):
                held |= self._keys_of(entry)
            else:
                count += 1
        return count

    def add(self, received: Iterable[Received]) -> None:
        """Queue messages; those that are here already are not."""
        for one in received:
            if one.pk not in self._entries:
                self._entries[one.pk] = _Entry(one)
        self._entries = dict(sorted(self._entries.items()))

    def take(self, most: int, now: float, *, one_by_one: bool) -> list[Received]:
        """Return messages that may be processed now, and take them for running.

        Where they are processed one by one, those of one patient may be among them together.
        """
        held: set[str] = set()
        taken: list[Received] = []
        for entry in self._entries.values():
            if len(taken) >= most:
                break
            may = not entry.running and entry.not_before <= now
            if may and (not held or held.isdisjoint(self._keys_of(entry))):
                entry.running = True
                taken.append(entry.received)
                if one_by_one:
                    continue
            held |= self._keys_of(entry)
        return taken

    def _keys_of(self, entry: _Entry) -> frozenset[str]:
        if entry.keys is None:
            entry.keys = self._keys(entry.received)
        return entry.keys

    def done(self, pk: int) -> None:
        """Forget a message."""
        self._entries.pop(pk, None)

    def failed(self, pk: int, now: float) -> None:
        """Let a message be taken again after a pause that grows; its patients' others wait."""
        entry = self._entries[pk]
        entry.running = False
        entry.not_before = now + _PAUSES[min(entry.failures, len(_PAUSES) - 1)]
        entry.failures += 1

    def put_back(self, pk: int) -> None:
        """Let a message be taken again at once."""
        self._entries[pk].running = False
