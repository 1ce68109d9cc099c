"""Recording what associations do: questions, what was sent to whom, steps, and who was refused.

What they bring is recorded by the ingest (`ingest.audited`), which is told here when a sender
is done.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from steckel.audit.event import Actor, Event, Part, Query, Study, Thing, ThingKind, now
from steckel.audit.kinds import Action, Kind, Outcome
from steckel.audit.ports import Recorder
from steckel.audit.refusals import NotRecorded
from steckel.audit.window import Window
from steckel.dimse.ports import Senders
from steckel.dimse.scp.request import Peer, Request
from steckel.dimse.wire.command import Operation
from steckel.ingest.model import Source, Way

_STEPS: Final = {Operation.N_CREATE: Action.CREATE, Operation.N_SET: Action.UPDATE}
_CHANGES: Final = frozenset({Operation.C_STORE, Operation.N_CREATE, Operation.N_SET})
_LONGEST_QUERY: Final = 16_384


@dataclass(frozen=True, kw_only=True)
class Trail:
    """The recorder as associations use it. Thread-safe; never waits."""

    recorder: Recorder
    senders: Senders
    aet: str
    #: a modality that asks for its worklist every minute asks the same question
    window: Window = field(default_factory=Window)

    def refused(self, peer: Peer, reason: str) -> None:
        """Record an association that was rejected."""
        if not self.window.enter(("refused", peer, reason)):
            return
        target = Thing(id=peer.called_aet or self.aet, kind=ThingKind.NODE)
        event = Event(
            kind=Kind.NODE_REFUSED,
            at=now(),
            outcome=Outcome.SERIOUS_FAILURE,
            reason=reason,
            actors=(_requestor(peer, ""), self._us(Part.DESTINATION)),
            things=(target,),
        )
        self.recorder.record(event)

    def require(self, operation: Operation) -> None:
        """Refuse what changes something while it cannot be recorded, or raise `NotRecorded`."""
        if operation in _CHANGES and self.recorder.is_failing:
            raise NotRecorded

    def answered(self, request: Request, account: str, *, failed: bool = False) -> None:
        """Record what a request was."""
        operation = Operation(request.command.field)
        if operation is Operation.C_FIND:
            self._asked(request, account, failed=failed)
        elif operation in (Operation.C_MOVE, Operation.C_GET):
            self._sent(request, account, failed=failed)
        elif operation in _STEPS:
            self._stepped(request, account, _STEPS[operation], failed=failed)

    def ended(self, peer: Peer) -> None:
        """Take note that an association is over."""
        self.senders.ended(Source(way=Way.DIMSE, name=peer.calling_aet, address=peer.address))

    def _asked(self, request: Request, account: str, *, failed: bool) -> None:
        query = Query(
            text=request.identifier[:_LONGEST_QUERY], about=request.command.sop_class_uid or ""
        )
        if not self.window.enter((request.peer, account, query, failed)):
            return
        event = Event(
            kind=Kind.QUERY,
            at=now(),
            outcome=_outcome(failed=failed),
            actors=(_requestor(request.peer, account), self._us(Part.DESTINATION)),
            query=query,
        )
        self.recorder.record(event)

    def _sent(self, request: Request, account: str, *, failed: bool) -> None:
        peer, target = request.peer, request.command.move_destination
        to = Actor(name=target, part=Part.DESTINATION, via="dicom") if target else None
        taker = to or Actor(name=peer.calling_aet, part=Part.DESTINATION, address=peer.address)
        actors = (_requestor(peer, account), self._us(Part.SOURCE), taker)
        studies = sorted({uid for uid, _ in (*request.sent, *request.unsent)})
        for study in studies or ([""] if failed else []):
            lost = sum(count for (uid, _), count in request.unsent.items() if uid == study)
            classes = tuple(sorted(_of(study, request.sent).items()))
            event = Event(
                kind=Kind.INSTANCES_TRANSFERRED,
                at=now(),
                action=Action.READ,
                outcome=_outcome(failed=failed or lost > 0),
                reason=f"{lost} not sent" if lost else "",
                actors=actors,
                study=Study(uid=study, classes=classes) if study else None,
            )
            self.recorder.record(event)

    def _stepped(self, request: Request, account: str, action: Action, *, failed: bool) -> None:
        event = Event(
            kind=Kind.PROCEDURE_RECORD,
            at=now(),
            action=action,
            outcome=_outcome(failed=failed),
            actors=(_requestor(request.peer, account), self._us(Part.DESTINATION)),
            things=(Thing(id=request.sop_instance_uid or "", kind=ThingKind.ORDER),),
        )
        self.recorder.record(event)

    def _us(self, part: Part) -> Actor:
        return Actor(name=self.aet, part=part)


def _requestor(peer: Peer, account: str) -> Actor:
    return Actor(
        name=account or peer.calling_aet,
        address=peer.address,
        alternative=peer.calling_aet if account else "",
        via="dicom",
    )


def _of(study: str, sent: Counter[tuple[str, str]]) -> dict[str, int]:
    return {sop_class: count for (uid, sop_class), count in sent.items() if uid == study}


def _outcome(*, failed: bool) -> Outcome:
    return Outcome.MINOR_FAILURE if failed else Outcome.SUCCESS
