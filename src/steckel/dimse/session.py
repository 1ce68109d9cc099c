"""One connection, from its first byte to its last: the acceptor's side.

Decides whether the association is accepted, gives each request to its door,
and is where every error of an association ends.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import structlog

from steckel.dicom.uids import APPLICATION_CONTEXT
from steckel.dimse.channel import AssociationEnded, Channel
from steckel.dimse.ports import PeerDirectory, Slots
from steckel.dimse.scp.request import Peer, Request
from steckel.dimse.services import STORAGE, ServiceClass, service_of, support_of
from steckel.dimse.settings import DimseSettings
from steckel.dimse.status import Status
from steckel.dimse.wire.command import Operation
from steckel.dimse.wire.message import Message
from steckel.errors import SteckelError, places_of
from steckel.upperlayer import negotiation, pdu
from steckel.upperlayer.events import AssociationRequested
from steckel.upperlayer.state import State

log = structlog.get_logger(__name__)

Door = Callable[[Request], None]
Doors = Mapping[tuple[ServiceClass, Operation], Door]

#: Seconds to wait for a slot: a peer that ended its last association a moment ago
#: may call again before the thread of that one has come to its end.
_TURN = 0.5

_PERMANENT, _TRANSIENT = pdu.RejectResult.PERMANENT, pdu.RejectResult.TRANSIENT


@dataclass(frozen=True, kw_only=True)
class LocalEntity:
    """What all sessions of a server share."""

    settings: DimseSettings
    doors: Doors
    peers: PeerDirectory
    slots: Slots  #: one per association that may be open


class Session:
    """One connection of a peer."""

    def __init__(self, channel: Channel, entity: LocalEntity, address: str) -> None:
        self._channel = channel
        self._entity = entity
        self._peer = Peer(calling_aet="", called_aet="", address=address)

    def run(self) -> None:
        """Serve the peer until one side ends it."""
        try:
            request = self._await_request()
            rejection = self._rejection(request)
            if rejection is not None:
                self._reject(rejection)
            elif not self._entity.slots.acquire(timeout=_TURN):
                reason = pdu.LOCAL_LIMIT_EXCEEDED
                self._reject(pdu.AssociateRj(result=_TRANSIENT, reason=reason))
            else:
                try:
                    self._serve(request)
                finally:
                    # Free before the peer has closed: that can take until ARTIM expires.
                    self._entity.slots.release()
        except AssociationEnded as end:
            self._log("association_ended", how=end.how, detail=end.detail)
        except Exception as error:  # noqa: BLE001  (the connection ends here; others go on)
            log.error(  # noqa: TRY400  (neither message nor variables: they may be a patient's)
                "association_failed",
                calling_aet=self._peer.calling_aet,
                error=type(error).__name__,
                where=places_of(error),
            )
            self._channel.abort()
        self._channel.finish()

    def _log(self, event: str, **more: object) -> None:
        log.info(
            event,
            calling_aet=self._peer.calling_aet,
            called_aet=self._peer.called_aet,
            address=self._peer.address,
            **more,
        )

    # ---- the beginning

    def _await_request(self) -> pdu.AssociateRq:
        association, timeouts = self._channel.association, self._entity.settings.timeouts
        association.transport_opened(time.monotonic())
        event = self._channel.next_event(timeouts.artim)
        if not isinstance(event, AssociationRequested):
            raise AssociationEnded("protocol_error", "no A-ASSOCIATE-RQ")
        if association.state is not State.STA3:
            raise AssociationEnded("protocol_error", "more than an A-ASSOCIATE-RQ")
        request = event.request
        self._peer = Peer(
            calling_aet=request.calling_aet,
            called_aet=request.called_aet,
            address=self._peer.address,
        )
        return request

    def _rejection(self, request: pdu.AssociateRq) -> pdu.AssociateRj | None:
        """Say why the association cannot be accepted (PS3.8 table 9-21)."""
        settings = self._entity.settings
        if request.application_context != APPLICATION_CONTEXT:
            reason = pdu.APPLICATION_CONTEXT_NOT_SUPPORTED
        elif settings.check_called_aet and request.called_aet != settings.aet:
            reason = pdu.CALLED_AET_NOT_RECOGNIZED
        elif not self._entity.peers.is_allowed(request.calling_aet, self._peer.address):
            reason = pdu.CALLING_AET_NOT_RECOGNIZED
        else:
            return None
        return pdu.AssociateRj(result=_PERMANENT, reason=reason)

    def _reject(self, rejection: pdu.AssociateRj) -> None:
        source, reason = rejection.reason
        self._log("association_rejected", source=source, reason=reason)
        self._channel.association.reject(rejection, time.monotonic())
        self._channel.flush()

    def _serve(self, request: pdu.AssociateRq) -> None:
        settings = self._entity.settings
        supports = partial(support_of, accept_unknown_storage=settings.accept_unknown_storage)
        answer = negotiation.answer(request, supports, max_length=settings.max_pdu_length)
        self._channel.association.accept(answer)
        self._channel.flush()
        self._log(
            "association_accepted",
            contexts=len(self._channel.association.contexts),
            proposed=len(request.contexts),
        )
        while (message := self._channel.next_message()) is not None:
            self._answer(message)
        self._log("association_released")

    # ---- requests

    def _answer(self, message: Message) -> None:
        context = self._channel.association.contexts[message.context_id]
        service = service_of(context.abstract_syntax, accept_unknown_storage=True) or STORAGE
        request = Request(self._channel, message, service, self._peer)
        door, operation = None, message.command.field
        if operation in service.operations:
            door = self._entity.doors.get((service.kind, Operation(operation)))
        if door is None:
            self._channel.skip_dataset()
            request.respond(Status.UNRECOGNIZED_OPERATION)
            return
        try:
            door(request)
        except SteckelError as error:
            self._channel.skip_dataset()
            status = request.fail(error)
            self._log("request_failed", operation=Operation(operation).name, status=f"{status:04X}")
