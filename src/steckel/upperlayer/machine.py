"""What the actions of the state machine do (PS3.8 tables 9-6 to 9-9).

A method per action, by the standard's number. They put PDUs into `output` and
indications into `events`, set `deadline` (ARTIM) and `closing`; which of them
runs is `state`'s to say.
"""

from collections.abc import Callable
from typing import Any

from steckel.upperlayer import events, pdu
from steckel.upperlayer.encode import encode_pdu
from steckel.upperlayer.errors import (
    AbortReason,
    AbortSource,
    LocalProtocolError,
    RemoteProtocolError,
)
from steckel.upperlayer.events import AssociationEvent
from steckel.upperlayer.negotiation import Context, agreed_contexts, agreed_extended
from steckel.upperlayer.state import NEXT_STATES, TRANSITIONS, Action, Event, State

Buffer = bytes | bytearray | memoryview


class Machine:
    """The state of one side of one association."""

    def __init__(self, *, requestor: bool, artim: float) -> None:
        self.state = State.STA1
        self.now = 0.0
        self.deadline: float | None = None
        self.closing = False
        self.output: list[Buffer] = []
        self.events: list[AssociationEvent] = []
        self.request: pdu.AssociateRq | None = None
        self.contexts: dict[int, Context] = {}
        self.extended: dict[str, bytes] = {}
        self.peer_max_length = 0
        self._requestor = requestor
        self._artim = artim

    def fire(self, event: Event, payload: Any = None) -> None:
        """Do what the table says.

        Raises
        ------
        LocalProtocolError
            The local user asked for what is not possible in this state.
        """
        action = TRANSITIONS[self.state, event]
        if action is None:
            raise LocalProtocolError(f"{event.name} is not possible in {self.state.name}")
        decided = _METHODS[action](self, payload)
        self.state = NEXT_STATES[action][0] if decided is None else decided

    def check_context(self, fragment: pdu.Fragment) -> None:
        """Refuse presentation data in a context that was never agreed on."""
        if fragment.context_id not in self.contexts:
            raise RemoteProtocolError("data in a presentation context that was not accepted")

    def close(self) -> None:
        """Have the transport connection closed."""
        self.deadline = None
        self.closing = True

    def _send(self, one: pdu.Pdu) -> None:
        self.output.append(encode_pdu(one))

    def _start_artim(self) -> None:
        self.deadline = self.now + self._artim

    def _agree(self, answer: pdu.AssociateAc, peer: pdu.UserInformation) -> None:
        self.peer_max_length = peer.max_length
        if self.request is not None:
            self.contexts = agreed_contexts(self.request, answer)
            self.extended = agreed_extended(answer)

    # ---- association establishment (PS3.8 table 9-6)

    def ae_1(self, request: pdu.AssociateRq) -> None:
        """Issue a transport connect request: the caller opens the connection."""
        self.request = request

    def ae_2(self, _: None) -> None:
        """Send A-ASSOCIATE-RQ."""
        if self.request is not None:
            self._send(self.request)

    def ae_3(self, answer: pdu.AssociateAc) -> None:
        """Confirm the association."""
        self._agree(answer, answer.user)
        self.events.append(events.AssociationAccepted(answer))

    def ae_4(self, answer: pdu.AssociateRj) -> None:
        """Tell of the rejection and close."""
        self.events.append(events.AssociationRejected(answer))
        self.close()

    def ae_5(self, _: None) -> None:
        """Start ARTIM."""
        self._start_artim()

    def ae_6(self, request: pdu.AssociateRq) -> State:
        """Stop ARTIM; indicate the request, or reject it for its protocol version."""
        self.deadline = None
        self.request = request
        if request.protocol_version & 1:
            self.events.append(events.AssociationRequested(request))
            return State.STA3
        reason = pdu.PROTOCOL_VERSION_NOT_SUPPORTED
        self.ae_8(pdu.AssociateRj(result=pdu.RejectResult.PERMANENT, reason=reason))
        return State.STA13

    def ae_7(self, answer: pdu.AssociateAc) -> None:
        """Send A-ASSOCIATE-AC."""
        if self.request is not None:
            self._agree(answer, self.request.user)
        self._send(answer)

    def ae_8(self, answer: pdu.AssociateRj) -> None:
        """Send A-ASSOCIATE-RJ and wait for the peer to close."""
        self._send(answer)
        self._start_artim()

    # ---- data transfer and release (PS3.8 tables 9-7 and 9-8)

    def nothing(self, _: Any) -> None:
        """DT-1 and AR-7: the caller makes the PDUs. AA-6: ignore."""

    def deliver(self, fragment: pdu.Fragment) -> None:
        """DT-2 and AR-6: indicate data."""
        self.check_context(fragment)
        self.events.append(fragment)

    def ar_1(self, _: None) -> None:
        """Send A-RELEASE-RQ."""
        self._send(pdu.ReleaseRq())

    def ar_2(self, _: pdu.ReleaseRq) -> None:
        """Indicate the wish for release."""
        self.events.append(events.ReleaseRequested())

    def ar_3(self, _: pdu.ReleaseRp) -> None:
        """Confirm the release and close."""
        self.events.append(events.Released())
        self.close()

    def ar_4(self, _: None) -> None:
        """Send A-RELEASE-RP and wait for the peer to close."""
        self._send(pdu.ReleaseRp())
        self._start_artim()

    def stop_artim(self, _: None) -> None:
        """AR-5 and AA-5: the transport connection is closed already."""
        self.close()

    def ar_8(self, _: pdu.ReleaseRq) -> State:
        """Indicate a release that collides with our own."""
        self.events.append(events.ReleaseRequested())
        return State.STA9 if self._requestor else State.STA10

    def ar_9(self, _: None) -> None:
        """Send A-RELEASE-RP."""
        self._send(pdu.ReleaseRp())

    def ar_10(self, _: pdu.ReleaseRp) -> None:
        """Confirm the release; the peer still awaits our answer to its own."""
        self.events.append(events.Released())

    # ---- abort (PS3.8 table 9-9)

    def aa_1(self, cause: Any) -> None:
        """Send A-ABORT as service user, and wait for the peer to close."""
        self._send(pdu.Abort())
        if cause is not None:
            self.events.append(events.Aborted(by_peer=False, detail=_detail(cause)))
        self._start_artim()

    def aa_2(self, _: Any) -> None:
        """Close."""
        self.close()

    def aa_3(self, abort: pdu.Abort) -> None:
        """Indicate the peer's abort and close."""
        self.events.append(events.Aborted(by_peer=True, source=abort.source, reason=abort.reason))
        self.close()

    def aa_4(self, _: None) -> None:
        """Indicate the loss of the connection."""
        self.events.append(events.Aborted(by_peer=False, detail="the connection was closed"))
        self.close()

    def aa_7(self, _: Any) -> None:
        """Send A-ABORT once more."""
        self._send(pdu.Abort())

    def aa_8(self, cause: Any) -> None:
        """Send A-ABORT as service provider, indicate it, and wait for the peer to close."""
        invalid = isinstance(cause, RemoteProtocolError)
        reason = cause.reason if invalid else AbortReason.UNEXPECTED_PDU
        source = AbortSource.SERVICE_PROVIDER
        self._send(pdu.Abort(source=source, reason=reason))
        self.events.append(
            events.Aborted(by_peer=False, source=source, reason=reason, detail=_detail(cause))
        )
        self._start_artim()


def _detail(cause: Any) -> str:
    if isinstance(cause, RemoteProtocolError):
        return str(cause)
    return f"an unexpected PDU: {type(cause).__name__}"


_METHODS: dict[Action, Callable[[Machine, Any], State | None]] = {
    Action.AE_1: Machine.ae_1,
    Action.AE_2: Machine.ae_2,
    Action.AE_3: Machine.ae_3,
    Action.AE_4: Machine.ae_4,
    Action.AE_5: Machine.ae_5,
    Action.AE_6: Machine.ae_6,
    Action.AE_7: Machine.ae_7,
    Action.AE_8: Machine.ae_8,
    Action.DT_1: Machine.nothing,
    Action.DT_2: Machine.deliver,
    Action.AR_1: Machine.ar_1,
    Action.AR_2: Machine.ar_2,
    Action.AR_3: Machine.ar_3,
    Action.AR_4: Machine.ar_4,
    Action.AR_5: Machine.stop_artim,
    Action.AR_6: Machine.deliver,
    Action.AR_7: Machine.nothing,
    Action.AR_8: Machine.ar_8,
    Action.AR_9: Machine.ar_9,
    Action.AR_10: Machine.ar_10,
    Action.AA_1: Machine.aa_1,
    Action.AA_2: Machine.aa_2,
    Action.AA_3: Machine.aa_3,
    Action.AA_4: Machine.aa_4,
    Action.AA_5: Machine.stop_artim,
    Action.AA_6: Machine.nothing,
    Action.AA_7: Machine.aa_7,
    Action.AA_8: Machine.aa_8,
}
