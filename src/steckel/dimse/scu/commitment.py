"""The answers of Storage Commitment: N-EVENT-REPORT as SCP (PS3.4 J.3.3).

On the association of the request, or on one that we open for them; there we propose
the role of the SCP (PS3.7 D.3.3.4).
"""

from collections.abc import Iterable, Iterator

from steckel.dicom.encode import encode_dataset
from steckel.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from steckel.dimse.asides import Heard
from steckel.dimse.channel import AssociationEnded, Channel
from steckel.dimse.ports import RemoteEntity
from steckel.dimse.scu.association import Caller, CannotAssociate, association_with
from steckel.dimse.services import STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE
from steckel.dimse.wire.command import Command, Operation
from steckel.ris.commitment_model import EventReport
from steckel.upperlayer.negotiation import Context
from steckel.upperlayer.pdu import RoleSelection

_CONTEXTS = ((STORAGE_COMMITMENT, (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)),)
_ROLE = RoleSelection(sop_class_uid=STORAGE_COMMITMENT, scu=False, scp=True)

#: Warnings of PS3.7 C.4 that come with what was done all the same.
_WARNINGS = frozenset({0x0001, 0x0107, 0x0116})


def is_taken(status: int | None) -> bool:
    """Whether a status says that the peer has the report."""
    return status == 0 or status in _WARNINGS or (status is not None and status >> 12 == 0xB)


def send_report(channel: Channel, context: Context, report: EventReport, heard: Heard) -> None:
    """Send a report without waiting for its answer.

    Raises
    ------
    AssociationEnded
        It could not be sent; `heard` is told as well.
    """
    message_id = channel.asides.expect(heard)
    dataset = encode_dataset(report.dataset, context.transfer_syntax)
    channel.send_message(context.id, _command(report, message_id), (dataset,))


def deliver(
    caller: Caller, remote: RemoteEntity, reports: Iterable[EventReport]
) -> Iterator[tuple[EventReport, int]]:
    """Deliver reports on a new association; yield each with the status of its answer.

    Raises
    ------
    CannotAssociate
        There is no association, it does not take Storage Commitment, or it ended too soon.
    """
    try:
        with association_with(caller, remote, _CONTEXTS, (_ROLE,)) as channel:
            context = next(iter(channel.association.contexts.values()), None)
            if context is None:
                raise CannotAssociate(f"{remote.aet} does not take Storage Commitment")
            for number, report in enumerate(reports, 1):
                dataset = encode_dataset(report.dataset, context.transfer_syntax)
                channel.send_message(context.id, _command(report, number), (dataset,))
                answer = channel.read_response(number, patience=caller.timeouts.response)
                channel.skip_dataset()
                yield report, 0x0110 if answer.status is None else answer.status
    except AssociationEnded as error:
        raise CannotAssociate(f"{remote.aet}: association {error.how}") from error


def _command(report: EventReport, message_id: int) -> Command:
    return Command(
        field=Operation.N_EVENT_REPORT,
        affected_sop_class_uid=STORAGE_COMMITMENT,
        affected_sop_instance_uid=STORAGE_COMMITMENT_INSTANCE,
        message_id=message_id,
        event_type_id=report.event_type,
    )
