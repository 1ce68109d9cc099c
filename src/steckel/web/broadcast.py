"""What happens in the archive, told to everybody who listens, as `hearing` says.

One task asks the change feed and the marks twice a second while somebody listens, and hands
what is new to all. Its rule: who cannot follow is let go; who comes back says what was heard
last and gets what was missed, or is told to look at everything again. That something changed
about a subject has no number: who comes back looks at all subjects again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache

import structlog
from anyio.to_thread import run_sync

from steckel.errors import places_of
from steckel.index.view import View
from steckel.query.catalogue_model import Change, Subject
from steckel.web.hearing import Hearing, StudySight, SubjectChange, Told, studies_in
from steckel.web.ports.live import ChangeFeed, SubjectMarks

_log = structlog.get_logger(__name__)

_INTERVAL = 0.5
_MOST_WAITING = 1000
#: More than this is no longer told one by one.
_MOST_MISSED = 1000


class Listener:
    """One who listens."""

    def __init__(self, hearing: Hearing) -> None:
        self.hearing = hearing
        self.position = 0  #: number of the last change that was told
        self._queue: asyncio.Queue[Told | None] = asyncio.Queue()

    def tell(self, changes: Sequence[Told]) -> None:
        """Hand over changes; who has too many waiting is let go."""
        if self._queue.qsize() + len(changes) > _MOST_WAITING:
            self.end()
            return
        for change in changes:
            self._queue.put_nowait(change)

    def end(self) -> None:
        """Let go."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def next(self, patience: float) -> Told | None:
        """Return the next change, or ``None`` when it is over.

        Raises
        ------
        TimeoutError
            Nothing happened for so many seconds.
        """
        while True:
            async with asyncio.timeout(patience):
                change = await self._queue.get()
            if change is None or isinstance(change, SubjectChange):
                return change
            if change.sequence > self.position:
                self.position = change.sequence
                return change


class Broadcast:
    """Tells changes. Lives in one event loop."""

    def __init__(
        self,
        feed: ChangeFeed,
        marks: SubjectMarks,
        sight: StudySight,
        interval: float = _INTERVAL,
    ) -> None:
        self._feed = feed
        self._marks = marks
        self._sight = sight
        self._interval = interval
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def latest(self) -> int:
        """Return the number of the last change."""
        return await run_sync(self._feed.latest)

    async def missed(self, since: int, latest: int, hearing: Hearing) -> list[Told] | None:
        """Return the changes after a number; ``None`` if there are too many, or it is none."""
        if since > latest:
            return None
        changes: list[Change] = []
        while more := await run_sync(self._feed.changes_since, since):
            changes.extend(more)
            since = more[-1].sequence
            if len(changes) > _MOST_MISSED:
                return None
            if since >= latest:
                break
        return await run_sync(lambda: hearing.of(changes, self._seen_of(changes)))

    @asynccontextmanager
    async def listening(self, hearing: Hearing) -> AsyncIterator[Listener]:
        """Listen for as long as the block lasts."""
        listener = Listener(hearing)
        # Before the number is read: what comes in between is told, not missed.
        self._listeners.add(listener)
        try:
            listener.position = await self.latest()
            if self._closed or not self._is_running:
                self._start(listener.position, await run_sync(self._marks.read))
            yield listener
        finally:
            self._listeners.discard(listener)

    def close(self) -> None:
        """Let everybody go, for good."""
        self._closed = True
        self._let_go()
        if self._task is not None:
            self._task.cancel()

    @property
    def _is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    def _start(self, position: int, marks: Mapping[Subject, Hashable]) -> None:
        if self._closed:
            self._let_go()
        elif not self._is_running:
            self._task = asyncio.create_task(self._run(position, marks))

    def _let_go(self) -> None:
        for listener in self._listeners:
            listener.end()

    async def _run(self, position: int, marks: Mapping[Subject, Hashable]) -> None:
        try:
            while self._listeners:
                changes = await run_sync(self._feed.changes_since, position)
                if changes:
                    position = changes[-1].sequence
                    await self._tell(changes)
                before, marks = marks, await run_sync(self._marks.read)
                await self._tell(
                    [
                        SubjectChange(subject=subject)
                        for subject, mark in marks.items()
                        if mark != before.get(subject)
                    ]
                )
                await asyncio.sleep(self._interval)
        except Exception as error:  # noqa: BLE001  the job ends here; a new listener starts the next
            _log.error("change_feed_failed", error=type(error).__name__, where=places_of(error))
            self._let_go()

    async def _tell(self, changes: Sequence[Told]) -> None:
        seen = self._seen_of(changes)
        for listener in tuple(self._listeners):
            if listener.hearing.view.is_everything:  # nothing is asked of the database
                listener.tell(listener.hearing.of(changes, seen))
            else:
                listener.tell(await run_sync(listener.hearing.of, changes, seen))

    def _seen_of(self, changes: Sequence[Told]) -> Callable[[View], frozenset[str]]:
        """Return what says which of the studies a view shows, and asks once for each view."""
        uids = studies_in(changes)
        return cache(lambda view: self._sight.seen(view, uids))
