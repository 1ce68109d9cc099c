"""The door of Storage Commitment Push Model (PS3.4 J.3).

The request is kept before it is answered. What became of it is said on the same
association, if the peer leaves it open and is silent for a moment; else another process
says it on a new one.
"""

from functools import partial

import structlog

from steckel.dicom import tags
from steckel.dicom.encode import decode_dataset
from steckel.dicom.json_model import JsonDataset, values_in
from steckel.dicom.uids import is_tolerable_uid
from steckel.dimse.ports import CommitmentDesk
from steckel.dimse.scp.request import Request
from steckel.dimse.scu.commitment import is_taken, send_report
from steckel.dimse.services import STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE
from steckel.dimse.status import Status
from steckel.errors import InvalidAttribute, MissingAttribute, SteckelError
from steckel.ris.commitment_model import CommitmentRequest, EventReport, Reference, Turn

log = structlog.get_logger(__name__)

#: Action Type ID: Request Storage Commitment (PS3.4 table J.3-1).
_REQUEST = 1
#: A hundred thousand references.
_MOST = 32 << 20


class CommitmentScp:
    """Storage Commitment Push Model as SCP."""

    def __init__(self, commitments: CommitmentDesk) -> None:
        self._commitments = commitments

    def __call__(self, request: Request) -> None:
        """Take one request, and have it answered."""
        raw = request.read_identifier(_MOST)
        refusal = _refusal(request)
        if refusal is not None:
            request.respond(refusal)
            return
        dataset = decode_dataset(raw, request.context.transfer_syntax)
        asked = read_request(dataset, request.peer.calling_aet)
        turn = self._commitments.take(asked)
        log.info(
            "commitment_requested",
            calling_aet=asked.aet,
            transaction_uid=asked.transaction_uid,
            instances=len(asked.references),
        )
        request.respond(Status.SUCCESS)
        request.channel.asides.add(partial(self._answer, request, turn))

    def _answer(self, request: Request, turn: Turn) -> None:
        try:
            report = self._commitments.report(turn)
        except SteckelError as problem:  # it is tried again, by whoever has the next turn
            log.warning("commitment_not_answered", error=type(problem).__name__)
            return
        if report is not None:
            heard = partial(self._heard, report)
            send_report(request.channel, request.context, report, heard)

    def _heard(self, report: EventReport, status: int | None) -> None:
        try:
            if is_taken(status):
                self._commitments.delivered(report)
            else:
                answer = "nothing" if status is None else f"{status:04X}H"
                reason = f"on the association of the request it answered {answer}"
                self._commitments.undelivered(report, reason)
        except SteckelError as problem:
            log.warning("commitment_not_noted", error=type(problem).__name__)


def _refusal(request: Request) -> Status | None:
    """Say what is wrong with the command (PS3.7 10.1.4.1.10)."""
    command = request.command
    if command.sop_class_uid not in ("", STORAGE_COMMITMENT):
        return Status.NO_SUCH_SOP_CLASS
    if command.sop_instance_uid != STORAGE_COMMITMENT_INSTANCE:
        return Status.NO_SUCH_SOP_INSTANCE
    return None if command.action_type_id == _REQUEST else Status.NO_SUCH_ACTION


def read_request(dataset: JsonDataset, aet: str) -> CommitmentRequest:
    """Read the data set of an N-ACTION (PS3.4 table J.3-1).

    Raises
    ------
    MissingAttribute, InvalidAttribute
        It names no transaction, or no instances.
    """
    references = tuple(map(_reference, values_in(dataset, tags.REFERENCED_SOP_SEQUENCE)))
    if not references:
        raise MissingAttribute("Referenced SOP Sequence (0008,1199) has no items")
    transaction = _uid(dataset, tags.TRANSACTION_UID)
    return CommitmentRequest(aet=aet, transaction_uid=transaction, references=references)


def _reference(item: JsonDataset) -> Reference:
    return Reference(
        sop_class_uid=_uid(item, tags.REFERENCED_SOP_CLASS_UID),
        sop_instance_uid=_uid(item, tags.REFERENCED_SOP_INSTANCE_UID),
    )


def _uid(dataset: JsonDataset, tag: int) -> str:
    values = values_in(dataset, tag)
    if not values:
        raise MissingAttribute(f"{tags.show(tag)} is missing")
    if not is_tolerable_uid(str(values[0])):
        raise InvalidAttribute(f"{tags.show(tag)} is no UID")
    return str(values[0])
