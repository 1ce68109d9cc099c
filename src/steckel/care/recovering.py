"""At the start: what the last process archived but did not get into the index."""

from collections.abc import Sequence

import structlog
from sqlalchemy import Engine

from steckel.archive.layout import Layout
from steckel.archive.location import Location
from steckel.archive.ports import SealedContainers
from steckel.archive.recovery import recover
from steckel.archive.scan import ReadAt
from steckel.archive.sums import digest_of
from steckel.archive.zip_format import Member
from steckel.errors import InputError
from steckel.index.engine import writing
from steckel.index.lookups import Lookups
from steckel.index.members import erased_offsets, indexed_end, indexed_offsets
from steckel.index.model import InstanceEntry
from steckel.index.replace import add_erasures
from steckel.index.writer import IndexWriter, Ticket
from steckel.ingest.entry import index_entry
from steckel.ingest.examine import examine

_log = structlog.get_logger(__name__)


class Recovery:
    """Brings store and index together after a crash."""

    def __init__(
        self, layout: Layout, sealed: SealedContainers, engine: Engine, writer: IndexWriter
    ) -> None:
        self._layout = layout
        self._sealed = sealed
        self._engine = engine
        self._writer = writer

    def run(self) -> int:
        """Recover; return how many containers were sealed.

        Raises
        ------
        OutOfSpace, StorageFailure
            Some are left for the next start.
        """
        sealed = recover(
            self._layout,
            self._sealed,
            unknown=self._unknown,
            index=self._index,
            known_end=self._known_end,
        )
        if sealed:
            _log.info("containers_recovered", count=len(sealed))
        return len(sealed)

    def _unknown(self, container: str, members: Sequence[Member]) -> Sequence[Member]:
        known = known_offsets(self._engine, container)
        return [member for member in members if member.offset not in known]

    def _known_end(self, container: str) -> int:
        with self._engine.connect() as connection:
            return indexed_end(connection, container)

    def _index(self, container: str, members: Sequence[Member], read_at: ReadAt) -> None:
        index_members(self._engine, self._writer, container, members, read_at)
        self._writer.make_durable()


def known_offsets(engine: Engine, container: str) -> set[int]:
    """Return where the members lie that the index knows, or knows to be deleted."""
    with engine.connect() as connection:
        return indexed_offsets(connection, container) | erased_offsets(connection, container)


def index_members(
    engine: Engine,
    writer: IndexWriter,
    container: str,
    members: Sequence[Member],
    read_at: ReadAt,
) -> int:
    """Put members into the index that are on stable storage; return how many were new.

    A member whose data set is not the one that was archived is left out. One that is
    the same as what the index has elsewhere is noted as to be erased: its sender sent
    it again before the crash was recovered from.

    Raises
    ------
    StorageFailure
        The index failed.
    """
    tickets = []
    for member in members:
        ticket = _ticket(container, member, read_at)
        if ticket is not None:
            tickets.append(ticket)
    if tickets:
        writer.write(tickets)
    added = 0
    again: list[InstanceEntry] = []
    for ticket in tickets:
        try:
            if ticket.result():
                added += 1
            else:
                again.append(ticket.entry)
        except InputError as refusal:
            _log.warning("member_not_indexed", container=container, reason=str(refusal))
    _erase_copies(engine, again)
    return added


def _erase_copies(engine: Engine, entries: Sequence[InstanceEntry]) -> None:
    if not entries:
        return
    lookups = Lookups(engine)
    try:
        copies = [entry.location for entry in entries if _is_copy(lookups, entry)]
    finally:
        lookups.close()
    with writing(engine) as connection:
        add_erasures(connection, copies)


def _is_copy(lookups: Lookups, entry: InstanceEntry) -> bool:
    known = lookups.known(entry.sop_instance_uid)
    return known is not None and known.digest == entry.digest and known.location != entry.location


def _ticket(container: str, member: Member, read_at: ReadAt) -> Ticket | None:
    part10 = _read_all(read_at, member)
    data = memoryview(part10)[member.provenance.dataset_offset :]
    if digest_of(data) != member.provenance.digest:
        _log.error("member_damaged", container=container, member=member.number)
        return None
    try:
        examined = examine(memoryview(part10))
    except InputError as problem:
        _log.warning("member_not_indexed", container=container, reason=str(problem))
        return None
    location = Location(container, member.offset, member.length)
    return Ticket(index_entry(examined, location, member.provenance.received))


def _read_all(read_at: ReadAt, member: Member) -> bytes:
    parts: list[bytes] = []
    position = member.offset
    while position < member.end:
        piece = read_at(position, member.end - position)
        if not piece:
            break
        parts.append(piece)
        position += len(piece)
    return parts[0] if len(parts) == 1 else b"".join(parts)
