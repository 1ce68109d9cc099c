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
from steckel.dimse.access import RIGHTS
from steckel.dimse.channel import AssociationEnded, Channel
from steckel.dimse.identity import user_of
from steckel.dimse.ports import Gate, Slots
from steckel.dimse.scp.request import Peer, Request
from steckel.dimse.services import STORAGE, ServiceClass, service_of, support_of
from steckel.dimse.settings import DimseSettings
from steckel.dimse.status import Status
from steckel.dimse.trail import Trail
from steckel.dimse.wire.command import Operation
from steckel.dimse.wire.message import Message
from steckel.errors import NotAllowed, SteckelError, places_of
from steckel.security.admission import Admitted, Call
from steckel.security.certificates import Certificate
from steckel.security.refusals import NotRecognized, Throttled
from steckel.security.rights import Right
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
    gate: Gate
    trail: Trail
    slots: Slots  #: one per association that may be open


class Session:
    """One connection of a peer."""

    def __init__(
        self,
        channel: Channel,
        entity: LocalEntity,
        address: str,
        certificate: Certificate | None = None,
    ) -> None:
        self._channel = channel
        self._entity = entity
        self._certificate = certificate
        self._peer = Peer(calling_aet="", called_aet="", address=address)

    def run(self) -> None:
        """Serve the peer until one side ends it."""
        try:
            request = self._await_request()
            admitted = self._admit(request)
            if isinstance(admitted, pdu.AssociateRj):
                self._reject(admitted)
            elif not self._entity.slots.acquire(timeout=_TURN):
                reason = pdu.LOCAL_LIMIT_EXCEEDED
                self._reject(pdu.AssociateRj(result=_TRANSIENT, reason=reason))
            else:
                try:
                    self._serve(request, admitted)
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
        self._entity.trail.ended(self._peer)
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

    def _admit(self, request: pdu.AssociateRq) -> Admitted | pdu.AssociateRj:
        """Say what the association is good for, or why it is rejected (PS3.8 table 9-21)."""
        settings = self._entity.settings
        if request.application_context != APPLICATION_CONTEXT:
            reason = pdu.APPLICATION_CONTEXT_NOT_SUPPORTED
        elif settings.check_called_aet and request.called_aet != settings.aet:
            reason = pdu.CALLED_AET_NOT_RECOGNIZED
        else:
            return self._ask_gate(request)
        return pdu.AssociateRj(result=_PERMANENT, reason=reason)

    def _ask_gate(self, request: pdu.AssociateRq) -> Admitted | pdu.AssociateRj:
        reason = pdu.NO_REASON_GIVEN_BY_ACSE
        try:
            call = Call(
                aet=request.calling_aet,
                address=self._peer.address,
                certificate=self._certificate,
                user=user_of(request.user.identity),
            )
            return self._entity.gate.admit(call)
        except NotAllowed as refusal:
            result = _TRANSIENT if isinstance(refusal, Throttled) else _PERMANENT
            if isinstance(refusal, NotRecognized):
                reason = pdu.CALLING_AET_NOT_RECOGNIZED
            self._log("association_refused", reason=str(refusal))
        return pdu.AssociateRj(result=result, reason=reason)

    def _reject(self, rejection: pdu.AssociateRj) -> None:
        source, reason = rejection.reason
        self._entity.trail.refused(self._peer, f"rejected: source {source}, reason {reason}")
        self._log("association_rejected", source=source, reason=reason)
        self._channel.association.reject(rejection, time.monotonic())
        self._channel.flush()

    def _serve(self, request: pdu.AssociateRq, admitted: Admitted) -> None:
        settings = self._entity.settings
        supports = partial(support_of, accept_unknown_storage=settings.accept_unknown_storage)
        answer = negotiation.answer(request, supports, max_length=settings.max_pdu_length)
        self._channel.association.accept(answer)
        self._channel.flush()
        self._log(
            "association_accepted",
            contexts=len(self._channel.association.contexts),
            proposed=len(request.contexts),
            account=admitted.account,
        )
        while (message := self._channel.next_message()) is not None:
            self._answer(message, admitted)
        self._log("association_released")

    # ---- requests

    def _answer(self, message: Message, admitted: Admitted) -> None:
        context = self._channel.association.contexts[message.context_id]
        service = service_of(context.abstract_syntax, accept_unknown_storage=True) or STORAGE
        request = Request(self._channel, message, service, self._peer, admitted.view)
        operation = message.command.field
        asked = (service.kind, Operation(operation)) if operation in service.operations else None
        door = self._entity.doors.get(asked) if asked else None
        if asked is None or door is None:
            self._channel.skip_dataset()
            request.respond(Status.UNRECOGNIZED_OPERATION)
            return
        try:
            _require_right(admitted, RIGHTS[asked])
            self._entity.trail.require(asked[1])
            door(request)
            self._entity.trail.answered(request, admitted.account)
        except SteckelError as error:
            self._entity.trail.answered(request, admitted.account, failed=True)
            self._channel.skip_dataset()
            status = request.fail(error)
            self._log("request_failed", operation=Operation(operation).name, status=f"{status:04X}")


def _require_right(admitted: Admitted, right: Right | None) -> None:
    if right is not None and right not in admitted.rights:
        raise NotAllowed(f"no right to {right} here")
