"""The archive of one process: where members go, and when containers are closed.

Each series being received has one open container in this process. A container
that has been quiet for a while, or is full, is sealed: its central directory
is written and it moves to the sealed ones.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from steckel.archive.container import OpenContainer
from steckel.archive.draft import Buffer
from steckel.archive.drafts import RESERVED, SpooledDraft
from steckel.archive.layout import Layout
from steckel.archive.location import Location
from steckel.archive.ports import SealedContainers
from steckel.archive.sums import crc32
from steckel.archive.zip_format import Member, Provenance
from steckel.errors import SteckelError

#: A container beyond this is sealed, however busy its series is.
FULL = 512 << 20
#: Containers kept open at once; beyond, the one quiet for longest is closed.
MAX_OPEN = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Appended:
    """A member that was written, and whose durability can be awaited."""

    location: Location
    container: OpenContainer

    def sync(self) -> None:
        """Return when it is durable; raises `OutOfSpace` or `StorageFailure`."""
        self.container.sync(self.location.offset + self.location.length)

    def settle(self) -> None:
        """Say that the index has it, or never will."""
        self.container.settle()


class Archive:
    """Writes to the store. Thread-safe; one per process."""

    def __init__(
        self,
        layout: Layout,
        sealed: SealedContainers,
        *,
        make_index_durable: Callable[[], None],
        full: int = FULL,
        max_open: int = MAX_OPEN,
    ) -> None:
        self._layout = layout
        self._sealed = sealed
        self._make_index_durable = make_index_durable
        self._full = full
        self._max_open = max_open
        self._lock = threading.Lock()
        self._sealing = threading.Lock()
        self._open: OrderedDict[tuple[str, str], OpenContainer] = OrderedDict()
        self._closing: list[OpenContainer] = []

    def draft(self) -> SpooledDraft:
        """Open a buffer for one object that is about to arrive."""
        return SpooledDraft(self._layout.open)

    def append(
        self,
        series: tuple[str, str],
        pieces: Sequence[Buffer],
        provenance: Provenance,
        crc: int | None = None,
    ) -> Appended:
        """Write a Part 10 file, given in pieces, to the container of its series.

        A series is named by Study and Series Instance UID; `crc` is the CRC-32
        of the pieces, where it is known already.

        Raises
        ------
        OutOfSpace, StorageFailure
            It is not in the archive.
        """
        with self._lock:
            container = self._container_for(series)
            container.expect()
        try:
            location = container.append(pieces, provenance, crc)
        except BaseException:
            container.settle()
            raise
        return Appended(location=location, container=container)

    def append_spooled(
        self, series: tuple[str, str], draft: SpooledDraft, provenance: Provenance
    ) -> Appended:
        """Make the file of a large draft a container of its own, without copying it."""
        view = draft.view()
        member = Member(
            number=1,
            start=0,
            offset=RESERVED,
            length=len(view),
            crc=crc32(view) if draft.tally is None else draft.tally.crc,
            provenance=provenance,
        )
        view.release()
        spool = draft.take_file()
        if spool is None:
            raise ValueError("the draft is not in a file")
        try:
            container = OpenContainer.adopt(self._layout, series, spool, member)
        except SteckelError:
            spool.delete()
            raise
        with self._lock:
            self._closing.append(container)
        return Appended(
            location=Location(container.name, RESERVED, member.length), container=container
        )

    def _container_for(self, key: tuple[str, str]) -> OpenContainer:
        container = self._open.get(key)
        if container is not None:
            if not container.closed_to_more and container.size < self._full:
                self._open.move_to_end(key)
                return container
            self._retire(key)
        while len(self._open) >= self._max_open:
            self._retire(next(iter(self._open)))
        container = OpenContainer.create(self._layout, key)
        self._open[key] = container
        return container

    def _retire(self, key: tuple[str, str]) -> None:
        container = self._open.pop(key)
        container.close_to_more()
        self._closing.append(container)

    def seal_quiet(self, quiet_seconds: float) -> list[str]:
        """Seal the containers that nothing was added to for a while; return their names.

        Called every few seconds. One that cannot be sealed now is tried again.
        """
        now = monotonic()
        with self._lock:
            for key, container in list(self._open.items()):
                if now - container.touched >= quiet_seconds:
                    self._retire(key)
        with self._sealing:
            return self._seal_closing()

    def seal_all(self) -> list[str]:
        """Seal everything, at a clean stop."""
        return self.seal_quiet(0)

    def _seal_closing(self) -> list[str]:
        with self._lock:
            ready = [container for container in self._closing if container.idle]
        if not ready:
            return []
        # Recovery after a crash looks at open containers only, so what the index
        # says of a container must be durable before the container is sealed.
        self._make_index_durable()
        sealed: list[str] = []
        for container in ready:
            if not container.failed:
                self._seal(container)
                sealed.append(container.name)
            with self._lock:
                self._closing.remove(container)
            container.release()
        return sealed

    def _seal(self, container: OpenContainer) -> None:
        if container.empty:
            self._layout.open_path(container.name).unlink(missing_ok=True)
            return
        self._sealed.put(container.name, container.seal())
