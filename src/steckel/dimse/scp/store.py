"""The door of C-STORE (PS3.4 B): bytes go from the connection straight into a draft."""

import structlog

from steckel.dicom.part10 import make_start
from steckel.dicom.uids import SopClassUid, SopInstanceUid, is_tolerable_uid
from steckel.dimse.scp.request import Request
from steckel.dimse.status import Status, comment_of, status_of
from steckel.dimse.wire.command import Operation
from steckel.errors import NotDicom
from steckel.ingest.model import Arrival, Expected, Receipt, Receiver, Refusal, Source, Way

log = structlog.get_logger(__name__)


class StoreScp:
    """Storage Service Class as SCP: success means that the instance is safe."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def __call__(self, request: Request) -> None:
        """Take one instance."""
        uid = request.command.affected_sop_instance_uid
        if not is_tolerable_uid(uid):
            request.channel.skip_dataset()
            request.respond(Status.INVALID_SOP_INSTANCE, comment="this is no SOP Instance UID")
        elif not request.command.has_dataset:
            raise NotDicom("the request has no data set")
        else:
            answer = self._receive(request)
            if isinstance(answer, Receipt):
                request.respond(Status.SUCCESS)
            else:
                _refuse(request, answer)

    def _receive(self, request: Request) -> Receipt | Refusal:
        command, peer = request.command, request.peer
        # Some senders leave the SOP Class to the presentation context.
        sop_class_uid = command.affected_sop_class_uid or request.context.abstract_syntax
        draft = self._receiver.draft()
        try:
            head, start = make_start(
                sop_class_uid=sop_class_uid,
                sop_instance_uid=command.affected_sop_instance_uid,
                transfer_syntax=request.context.transfer_syntax,
                source_aet=peer.calling_aet,
                receiving_aet=peer.called_aet,
            )
            draft.write(head)
            request.channel.read_dataset(draft.write)
            arrival = Arrival(
                draft=draft,
                source=Source(way=Way.DIMSE, name=peer.calling_aet, address=peer.address),
                expected=Expected(
                    sop_class_uid=SopClassUid(sop_class_uid),
                    sop_instance_uid=SopInstanceUid(command.affected_sop_instance_uid),
                ),
                start=start,
            )
            [answer] = self._receiver.receive([arrival])
        except BaseException:
            draft.discard()
            raise
        return answer


def _refuse(request: Request, refusal: Refusal) -> None:
    status = status_of(refusal.error, Operation.C_STORE)
    log.warning(
        "instance_refused",
        calling_aet=request.peer.calling_aet,
        sop_instance_uid=request.command.affected_sop_instance_uid,
        status=f"{status:04X}",
        quarantined=refusal.quarantined,
    )
    request.respond(status, comment=comment_of(refusal.error))
