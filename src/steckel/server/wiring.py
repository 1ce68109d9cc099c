"""How the rooms are put together: the one module that knows them all."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine

from steckel.archive.layout import Layout
from steckel.archive.reader import Reader
from steckel.archive.sealed import SealedFiles
from steckel.archive.store import Archive
from steckel.care.deletion import Deletion
from steckel.care.erasure import Erasure
from steckel.care.housekeeping import Housekeeping
from steckel.care.recovering import Recovery
from steckel.care.reindexing import Reindexing
from steckel.care.verifying import Verification
from steckel.dimse.server import DimseServer
from steckel.dimse.settings import DimseSettings
from steckel.imaging.service import ImagingService
from steckel.index.engine import open_engine
from steckel.index.lookups import Lookups
from steckel.index.writer import IndexWriter
from steckel.ingest.conflicts import ConflictStore
from steckel.ingest.policy import IngestPolicy
from steckel.ingest.quarantine import QuarantineStore
from steckel.ingest.service import IngestService
from steckel.ingest.versions import Versions
from steckel.query.catalogue import Catalogue
from steckel.query.changes import Changes
from steckel.query.engine import QueryEngine
from steckel.retrieve.engine import RetrieveEngine
from steckel.security.site import Security, open_security
from steckel.server.desks import PeerDesk
from steckel.server.settings import Settings

STATIC = Path(__file__).parent.parent / "web" / "static"


@dataclass(frozen=True)
class House:
    """The rooms of one process, made when they are first entered."""

    settings: Settings

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
            self.archive, self.reader, self.engine, self.conflicts, self.settings.on_conflict
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
            Lookups(self.engine),
            self.quarantine,
            self.versions,
            policy,
        )

    @cached_property
    def finder(self) -> QueryEngine:
        """Answers queries."""
        return QueryEngine(self.engine, aet=self.settings.aet)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The lists of the workstation."""
        return Catalogue(self.engine)

    @cached_property
    def changes(self) -> Changes:
        """What happened, in order."""
        return Changes(self.engine)

    @cached_property
    def retriever(self) -> RetrieveEngine:
        """Reads what is archived."""
        return RetrieveEngine(self.engine, self.reader)

    @cached_property
    def imaging(self) -> ImagingService:
        """Decodes and renders."""
        return ImagingService(self.retriever, processes=self.settings.imaging_processes)

    @cached_property
    def deletion(self) -> Deletion:
        """Deletes."""
        return Deletion(self.engine)

    @cached_property
    def erasure(self) -> Erasure:
        """Removes the bytes of what was deleted."""
        return Erasure(self.layout, self.sealed, self.reader, self.engine)

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
    def security(self) -> Security:
        """Accounts, sessions, tokens, known application entities."""
        return open_security(self.engine)

    @cached_property
    def client_tls(self) -> ssl.SSLContext | None:
        """For application entities that are reached by TLS."""
        settings = self.settings
        context = ssl.create_default_context(cafile=settings.dicom_tls_ca)
        if settings.dicom_tls_cert and settings.dicom_tls_key:
            context.load_cert_chain(settings.dicom_tls_cert, settings.dicom_tls_key)
        return context

    def dimse_server(self) -> DimseServer:
        """Return the DIMSE door, not started."""
        return DimseServer(
            self._dimse_settings(),
            receiver=self.ingest,
            finder=self.finder,
            retriever=self.retriever,
            transcoder=self.imaging.blocking,
            peers=PeerDesk(self.security.peers),
        )

    def _dimse_settings(self) -> DimseSettings:
        settings = self.settings
        tls = settings.dicom_tls
        return DimseSettings(
            aet=settings.aet,
            host=settings.dicom.host,
            port=settings.dicom.port,
            tls_host=tls.host if tls else "127.0.0.1",
            tls_port=tls.port if tls else None,
            tls_context=self._server_tls() if tls else None,
            client_tls_context=self.client_tls,
            max_associations=settings.max_associations,
            max_connections=settings.max_connections,
            timeouts=settings.timeouts,
            accept_unknown_storage=settings.accept_unknown_storage,
            check_called_aet=settings.check_called_aet,
            relational_by_default=not settings.strict_query,
        )

    def _server_tls(self) -> ssl.SSLContext:
        settings = self.settings
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        assert settings.dicom_tls_cert is not None
        context.load_cert_chain(settings.dicom_tls_cert, settings.dicom_tls_key)
        if settings.dicom_tls_ca is not None:
            # With an authority given, a caller must show a certificate of it (PS3.15 B.9).
            context.load_verify_locations(settings.dicom_tls_ca)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def close(self) -> None:
        """Leave the rooms that were entered, in order."""
        entered = self.__dict__
        if "archive" in entered:
            self.archive.seal_all()
        if "imaging" in entered:
            self.imaging.stop()
        if "writer" in entered:
            self.writer.stop()
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
