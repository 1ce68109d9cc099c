"""How the rooms are put together that answer others: queries, retrieval, DIMSE.

Beside `wiring.py`, which has the archive itself.
"""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from steckel.dimse.ports import Rooms, Slots
from steckel.dimse.server import DimseServer
from steckel.dimse.settings import DimseSettings
from steckel.imaging.service import ImagingService
from steckel.query.catalogue import Catalogue
from steckel.query.changes import Changes
from steckel.query.engine import QueryEngine
from steckel.retrieve.engine import RetrieveEngine
from steckel.retrieve.second import SecondFrames
from steckel.ris.orders import refresh_order
from steckel.ris.performed import PerformedProcedureSteps
from steckel.ris.reconciliation import Reconciliation
from steckel.ris.rehearsal import Rehearsals
from steckel.ris.worklist import Worklist
from steckel.security.admission import Admission
from steckel.server.dialling import dialler_of
from steckel.server.peer_desk import PeerDesk
from steckel.server.study_sources import StudySources
from steckel.server.tls import dicom_client_tls, dicom_server_tls
from steckel.server.wiring import House

if TYPE_CHECKING:
    from steckel.server.messages import MessageRooms

STATIC = Path(__file__).parent.parent / "web" / "static"


class ServingHouse(House):
    """The rooms of a process with a listener."""

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
    def reconciliation(self) -> Reconciliation:
        """What does not fit what was ordered."""
        return Reconciliation(self.engine, StudySources(self.retriever))

    @cached_property
    def rehearsals(self) -> Rehearsals:
        """What decisions about studies would change."""
        return Rehearsals(self.engine, StudySources(self.retriever))

    @cached_property
    def second_frames(self) -> SecondFrames:
        """Reads the second representation of frames."""
        return SecondFrames(self.engine, self.second_files, self.settings.second_modalities)

    @cached_property
    def imaging(self) -> ImagingService:
        """Decodes and renders."""
        return ImagingService(self.retriever, processes=self.settings.imaging_processes)

    @cached_property
    def messages(self) -> "MessageRooms":
        """Keeps messages of other systems; the role `hl7` makes something of them."""
        from steckel.server.messages import MessageRooms  # noqa: PLC0415 - for the web only

        return MessageRooms(self.settings, self.engine)

    @cached_property
    def admission(self) -> Admission:
        """Decides about associations."""
        security = self.security
        return Admission(
            security.peers,
            security.accounts,
            security.authenticator,
            require_user=self.settings.require_user_identity,
        )

    def dimse_server(self, slots: Slots | None = None) -> DimseServer:
        """Return the DIMSE door, not started; with `slots` it shares the limit of associations."""
        return DimseServer(
            replace(self.dimse_settings(), slots=slots),
            rooms=Rooms(
                gate=self.admission,
                recorder=self.recorder,
                senders=self.transfers,
                receiver=self.receiver,
                finder=self.finder,
                retriever=self.retriever,
                transcoder=self.imaging.blocking,
                peers=PeerDesk(self.security.peers),
                worklist=Worklist(self.engine),
                performed=PerformedProcedureSteps(self.engine, refresh_order),
                commitments=self.commitments,
            ),
        )

    def dimse_settings(self) -> DimseSettings:
        """Return how this application entity behaves."""
        settings = self.settings
        tls = settings.dicom_tls
        return DimseSettings(
            aet=settings.aet,
            host=settings.dicom.host,
            port=settings.dicom.port,
            tls_host=tls.host if tls else "127.0.0.1",
            tls_port=tls.port if tls else None,
            tls_context=dicom_server_tls(settings) if tls else None,
            client_tls_context=dicom_client_tls(settings),
            dialler=dialler_of(settings),
            max_associations=settings.max_associations,
            max_connections=settings.max_connections,
            timeouts=settings.timeouts,
            accept_unknown_storage=settings.accept_unknown_storage,
            check_called_aet=settings.check_called_aet,
            relational_by_default=not settings.strict_query,
        )

    def close(self) -> None:
        """Leave the rooms that were entered."""
        if "messages" in self.__dict__:
            self.messages.close()
        if "imaging" in self.__dict__:
            self.imaging.stop()
        if "second_frames" in self.__dict__:
            self.second_frames.close()
        if "retriever" in self.__dict__:
            self.retriever.close()
        super().close()
