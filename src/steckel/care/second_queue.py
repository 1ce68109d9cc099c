"""Which study's second representation is made next.

What arrives comes first, once it is quiet. Beside it a walk through all changes, oldest
first, finds what was there before, or was not finished when a process ended; its place
is in the index. The rule: the walk never passes a study that is still waiting.
"""

from collections import OrderedDict, deque

from sqlalchemy import Engine

from steckel.index.engine import writing
from steckel.index.second import progress, set_progress
from steckel.query.catalogue_model import ChangeKind, StudyChange
from steckel.query.changes import Changes

#: Studies remembered at once; what is forgotten is found by the walk.
_MOST = 10_000
#: How often the walk's place is written down.
_NOTE_SECONDS = 5.0


class SecondQueue:
    """Called by one thread; `now` are seconds of a clock that never goes back."""

    def __init__(
        self, engine: Engine, changes: Changes, policy: str, *, quiet_seconds: float
    ) -> None:
        self._engine = engine
        self._changes = changes
        self._policy = policy
        self._quiet = quiet_seconds
        self._latest = changes.latest()
        #: what arrives: the number of its last change, and when that was seen
        self._waiting: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._page: deque[tuple[int, str]] = deque()
        with engine.connect() as connection:
            self._written, before = progress(connection)
        self._place = max(self._written, 0)
        if before != policy:
            self._begin_again()  # what was passed over may be wanted now
        self._noted_at: float | None = None

    def next(self, now: float) -> str | None:
        """Return a study that is to be looked at; the same one until it is `done`."""
        self._look(now)
        if self._noted_at is None or now - self._noted_at >= _NOTE_SECONDS:
            self._note()
            self._noted_at = now
        first = next(iter(self._waiting), None)
        if first is not None and now - self._waiting[first][1] >= self._quiet:
            return first
        return self._walk()

    def done(self, study: str) -> None:
        """Say that a study lacks nothing."""
        if self._page and self._page[0][1] == study:
            self._pass()
        self._waiting.pop(study, None)

    def _look(self, now: float) -> None:
        for change in self._changes.changes_since(self._latest):
            self._latest = change.sequence
            if isinstance(change, StudyChange):
                self._waiting.pop(change.uid, None)
                if change.kind is not ChangeKind.DELETED:
                    self._waiting[change.uid] = (change.sequence, now)
        while len(self._waiting) > _MOST:
            self._waiting.popitem(last=False)

    def _walk(self) -> str | None:
        """Return the next study of the walk."""
        first = next(iter(self._waiting.values()), None)
        end = self._latest if first is None else first[0] - 1
        while self._page and self._page[0][1] in self._waiting:
            self._pass()  # it has changed since, and is found behind
        if not self._page and self._place < end:
            self._load(end)
        if self._page and self._page[0][0] <= end:
            return self._page[0][1]
        return None

    def _load(self, end: int) -> None:
        found = self._changes.changes_since(self._place)
        self._page.extend(
            (change.sequence, change.uid)
            for change in found
            if isinstance(change, StudyChange)
            and change.kind is not ChangeKind.DELETED
            and change.sequence <= end
        )
        if not self._page:
            self._place = min(found[-1].sequence, end) if found else end

    def _pass(self) -> None:
        number, _ = self._page.popleft()
        # All of one commit have one number.
        self._place = self._page[0][0] - 1 if self._page else number

    def _begin_again(self) -> None:
        self._place = 0
        self._page.clear()
        self._write()

    def _note(self) -> None:
        """Write the place down; begin again where somebody has put it back."""
        with self._engine.connect() as connection:
            written, _ = progress(connection)
        if written < self._written:
            self._begin_again()
        elif self._place != written:
            self._write()

    def _write(self) -> None:
        with writing(self._engine) as connection:
            set_progress(connection, self._place, self._policy)
        self._written = self._place
