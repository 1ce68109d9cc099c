"""How the rooms of the archive are put together, for every process of a node.

What only the processes need that speak with others is in `serving.py`: the
rule is that a process loads what it uses.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Engine

from steckel.archive.layout import Layout
from steckel.archive.reader import Reader
from steckel.archive.sealed import SealedFiles
from steckel.archive.second import SecondFiles
from steckel.archive.store import Archive
from steckel.audit.journal import Journal
from steckel.care.deletion import Deletion
from steckel.care.erasure import Erasure
from steckel.care.housekeeping import Housekeeping
from steckel.care.recovering import Recovery
from steckel.care.reindexing import Reindexing
from steckel.care.verifying import Verification
from steckel.index.engine import open_engine
from steckel.index.lookups import Lookups
from steckel.index.writer import IndexWriter
from steckel.ingest.audited import AuditedReceiver, Transfers
from steckel.ingest.conflicts import ConflictStore
from steckel.ingest.policy import IngestPolicy
from steckel.ingest.quarantine import QuarantineStore
from steckel.ingest.service import IngestService
from steckel.ingest.versions import Versions
from steckel.ris.commitments import Commitments
from steckel.ris.stored import StoredInstances
from steckel.security.site import Security, open_security
from steckel.server.journals import open_journal
from steckel.server.settings import Settings


@dataclass(frozen=True)
class House:
    """The rooms of one process, made when they are first entered."""

    settings: Settings
    role: str = "command"  #: which part of a node this process is

    @cached_property
    def engine(self) -> Engine:
        """The database."""
        return open_engine(self.settings.database)

    @cached_property
    def layout(self) -> Layout:
        """The folders of the store."""
        return Layout(self.settings.store)

    @cached_property
    def sealed(self) -> SealedFiles:
        """The sealed containers."""
        return SealedFiles(self.layout)

    @cached_property
    def reader(self) -> Reader:
        """Reads from containers."""
        return Reader(self.layout, self.sealed)

    @cached_property
    def writer(self) -> IndexWriter:
        """Writes instances into the index."""
        return IndexWriter(self.engine)

    @cached_property
    def lookups(self) -> Lookups:
        """Asks the index single questions."""
        return Lookups(self.engine)

    @cached_property
    def archive(self) -> Archive:
        """Writes to containers."""
        return Archive(self.layout, self.sealed, make_index_durable=self.writer.make_durable)

    @cached_property
    def quarantine(self) -> QuarantineStore:
        """What could not be taken."""
        return QuarantineStore(self.layout, self.engine)

    @cached_property
    def conflicts(self) -> ConflictStore:
        """Second versions."""
        return ConflictStore(self.layout, self.engine)

    @cached_property
    def versions(self) -> Versions:
        """Decides between versions."""
        return Versions(
            self.archive,
            self.reader,
            self.engine,
            self.lookups,
            self.conflicts,
            self.settings.on_conflict,
        )

    @cached_property
    def ingest(self) -> IngestService:
        """The one way into the archive."""
        policy = IngestPolicy(
            on_conflict=self.settings.on_conflict,
            max_object_bytes=int(self.settings.max_object_gib * (1 << 30)),
        )
        return IngestService(
            self.archive,
            self.writer,
            self.lookups,
            self.quarantine,
            self.versions,
            policy,
        )

    @cached_property
    def transfers(self) -> Transfers:
        """What is being sent to us."""
        transfers = Transfers(self.recorder, self.settings.aet)
        self.recorder.watch(transfers.under_way)
        return transfers

    @cached_property
    def receiver(self) -> AuditedReceiver:
        """The one way into the archive, for who brings something."""
        return AuditedReceiver(self.ingest, self.recorder, self.transfers)

    @cached_property
    def deletion(self) -> Deletion:
        """Deletes."""
        return Deletion(self.engine)

    @cached_property
    def erasure(self) -> Erasure:
        """Removes the bytes of what was deleted."""
        return Erasure(self.layout, self.sealed, self.reader, self.engine)

    @cached_property
    def second_files(self) -> SecondFiles:
        """The second representation of frames."""
        return SecondFiles(self.layout)

    @cached_property
    def recovery(self) -> Recovery:
        """Brings store and index together after a crash."""
        return Recovery(self.layout, self.sealed, self.engine, self.writer)

    @cached_property
    def verification(self) -> Verification:
        """Reads everything again."""
        return Verification(self.sealed, self.reader, self.engine)

    @cached_property
    def reindexing(self) -> Reindexing:
        """Makes a new index."""
        return Reindexing(self.sealed, self.engine, self.writer, self.quarantine, self.conflicts)

    @cached_property
    def commitments(self) -> Commitments:
        """Requests for storage commitment."""
        stored = StoredInstances(self.engine, self.reader.size)
        return Commitments(self.engine, stored, aet=self.settings.aet)

    @cached_property
    def recorder(self) -> Journal:
        """Takes note of what happens."""
        return open_journal(self.engine, self.settings, self.role)

    @cached_property
    def security(self) -> Security:
        """Accounts, sessions, tokens, known application entities."""
        return open_security(self.engine, rules=self.settings.access_rules)

    def close(self) -> None:
        """Leave the rooms that were entered, in order."""
        entered = self.__dict__
        if "transfers" in entered:
            self.transfers.finish()
        if "recorder" in entered:
            self.recorder.stop()
        if "archive" in entered:
            self.archive.seal_all()
        if "writer" in entered:
            self.writer.stop()
        if "lookups" in entered:
            self.lookups.close()
        if "second_files" in entered:
            self.second_files.close()
        if "reader" in entered:
            self.reader.close()
        if "sealed" in entered:
            self.sealed.close()
        if "engine" in entered:
            self.engine.dispose()


@contextmanager
def archiving(house: House) -> Iterator[None]:
    """Keep containers being sealed while a process archives."""
    housekeeping = Housekeeping(house.archive, quiet_seconds=house.settings.seal_seconds)
    housekeeping.start()
    try:
        yield
    finally:
        housekeeping.stop()
