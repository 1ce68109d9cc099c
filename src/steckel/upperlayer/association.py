"""One association, seen from one side: bytes to events, commands to bytes.

Joins the reader and the state machine. What is to be sent is taken from
`output` after every call; when `closing` is set, the transport connection is
to be closed after that. `deadline` is when ARTIM expires (PS3.8 9.1.5); at
that time the caller calls `tick`.
"""

from collections.abc import Mapping

from steckel.upperlayer import pdu
from steckel.upperlayer.encode import FRAGMENT_OVERHEAD, fragment_header
from steckel.upperlayer.errors import RemoteProtocolError
from steckel.upperlayer.events import AssociationEvent
from steckel.upperlayer.machine import Buffer, Machine
from steckel.upperlayer.negotiation import Context
from steckel.upperlayer.reader import PduReader
from steckel.upperlayer.state import TRANSITIONS, Event, State

#: The longest fragment we send, also to a peer that sets no limit.
_LONGEST_FRAGMENT = 1 << 18
#: A maximum length must leave room for a fragment (PS3.8 D.1).
_SHORTEST_MAXIMUM = FRAGMENT_OVERHEAD + 2

_EVENT_OF: dict[type, Event] = {
    pdu.AssociateRq: Event.ASSOCIATE_RQ,
    pdu.AssociateAc: Event.ASSOCIATE_AC,
    pdu.AssociateRj: Event.ASSOCIATE_RJ,
    pdu.Fragment: Event.P_DATA_TF,
    pdu.ReleaseRq: Event.RELEASE_RQ,
    pdu.ReleaseRp: Event.RELEASE_RP,
    pdu.Abort: Event.ABORT,
}


class Association:
    """One side of an association. Not thread-safe."""

    def __init__(self, *, requestor: bool, max_length: int, artim: float) -> None:
        self._requestor = requestor
        self._machine = Machine(requestor=requestor, artim=artim)
        self._reader = PduReader(max_length)
        self._deaf = False  # after a protocol error, framing is lost

    @property
    def state(self) -> State:
        """Where the association is."""
        return self._machine.state

    @property
    def closing(self) -> bool:
        """Whether the transport connection is to be closed."""
        return self._machine.closing

    @property
    def deadline(self) -> float | None:
        """When ARTIM expires, if it runs."""
        return self._machine.deadline

    @property
    def request(self) -> pdu.AssociateRq | None:
        """What was requested."""
        return self._machine.request

    @property
    def contexts(self) -> Mapping[int, Context]:
        """The presentation contexts that both sides agreed on, by ID."""
        return self._machine.contexts

    @property
    def extended(self) -> Mapping[str, bytes]:
        """What extended negotiation came to, by SOP class."""
        return self._machine.extended

    @property
    def between_pdus(self) -> bool:
        """Whether nothing of a PDU has come that is not complete."""
        return self._reader.between_pdus

    # ---- what comes in

    def receive(self, data: Buffer, now: float) -> list[AssociationEvent]:
        """Take bytes of the peer.

        Views in `Fragment` events point into `data`: use them before it changes.
        """
        machine, reader = self._machine, self._reader
        machine.now = now
        if self._deaf:
            return []
        reader.feed(data)
        try:
            while (item := reader.next_event()) is not None:
                if type(item) is pdu.Fragment and machine.state is State.STA6:
                    machine.check_context(item)
                    machine.events.append(item)
                else:
                    machine.fire(_EVENT_OF[type(item)], item)
                    if machine.closing:
                        self._deaf = True
                        break
        except RemoteProtocolError as error:
            self._deaf = True
            machine.fire(Event.INVALID_PDU, error)
        return self._take_events()

    def transport_opened(self, now: float) -> None:
        """Say that the transport connection is open."""
        self._machine.now = now
        self._machine.fire(
            Event.TRANSPORT_CONFIRMATION if self._requestor else Event.TRANSPORT_INDICATION
        )

    def transport_closed(self) -> list[AssociationEvent]:
        """Say that the transport connection is gone."""
        if self.state is not State.STA1:
            self._machine.fire(Event.TRANSPORT_CLOSED)
        return self._take_events()

    def tick(self, now: float) -> list[AssociationEvent]:
        """Say what time it is."""
        self._machine.now = now
        if self.deadline is not None and now >= self.deadline:
            self._machine.fire(Event.ARTIM_EXPIRED)
        return self._take_events()

    # ---- what goes out

    def output(self) -> list[Buffer]:
        """Take what is to be sent."""
        taken, self._machine.output = self._machine.output, []
        return taken

    def request_association(self, request: pdu.AssociateRq) -> None:
        """A-ASSOCIATE request, before the transport connection is open."""
        self._machine.fire(Event.ASSOCIATE_REQUEST, request)

    def accept(self, answer: pdu.AssociateAc) -> None:
        """A-ASSOCIATE response, positive."""
        self._machine.fire(Event.ASSOCIATE_ACCEPT, answer)

    def reject(self, answer: pdu.AssociateRj, now: float) -> None:
        """A-ASSOCIATE response, negative."""
        self._machine.now = now
        self._machine.fire(Event.ASSOCIATE_REJECT, answer)

    def send(self, context_id: int, data: Buffer, *, is_command: bool, is_last: bool) -> None:
        """P-DATA request: cut `data` into fragments of the size that the peer takes.

        The output refers to `data`: send it before `data` changes.
        """
        self._machine.fire(Event.P_DATA_REQUEST)
        output = self._machine.output
        size, total = self._fragment_size(), len(data)
        view = memoryview(data)
        for start in range(0, total or 1, size):
            piece = view[start : start + size]
            last = is_last and start + size >= total
            output.append(
                fragment_header(context_id, len(piece), is_command=is_command, is_last=last)
            )
            output.append(piece)

    def release(self) -> None:
        """A-RELEASE request."""
        self._machine.fire(Event.RELEASE_REQUEST)

    def respond_release(self, now: float) -> None:
        """A-RELEASE response."""
        self._machine.now = now
        self._machine.fire(Event.RELEASE_RESPONSE)

    def abort(self, now: float) -> None:
        """A-ABORT request; where there is nothing to abort, only the connection is closed."""
        self._machine.now = now
        if TRANSITIONS[self.state, Event.ABORT_REQUEST] is not None:
            self._machine.fire(Event.ABORT_REQUEST)
        elif self.state is not State.STA13:
            self._machine.close()

    def _fragment_size(self) -> int:
        """Bytes of a fragment: even, as PS3.8 E.1 wants, and within the peer's limit."""
        limit = self._machine.peer_max_length or _LONGEST_FRAGMENT
        limit = min(max(limit, _SHORTEST_MAXIMUM), _LONGEST_FRAGMENT)
        return (limit - FRAGMENT_OVERHEAD) & ~1

    def _take_events(self) -> list[AssociationEvent]:
        taken, self._machine.events = self._machine.events, []
        return taken
