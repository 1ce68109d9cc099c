"""C-ECHO as SCU: whether another application entity is there, and talks to us."""

from steckel.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from steckel.dicom.uids import VERIFICATION
from steckel.dimse.channel import AssociationEnded
from steckel.dimse.ports import RemoteEntity
from steckel.dimse.scu.association import Caller, CannotAssociate, association_with
from steckel.dimse.wire.command import Command, Operation

_SYNTAXES = (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)


def echo(remote: RemoteEntity, caller: Caller) -> int:
    """Verify that a remote AE answers; return the status of its response.

    Raises
    ------
    CannotAssociate
        There is no connection, no association, or no answer.
    """
    try:
        with association_with(caller, remote, [(VERIFICATION, _SYNTAXES)]) as channel:
            context = next(iter(channel.association.contexts.values()), None)
            if context is None:
                raise CannotAssociate(f"{remote.aet} does not take Verification")
            request = Command(
                field=Operation.C_ECHO, affected_sop_class_uid=VERIFICATION, message_id=1
            )
            channel.send_message(context.id, request)
            status = channel.read_response(1, patience=caller.timeouts.response).status
            return 0x0110 if status is None else status
    except AssociationEnded as error:
        raise CannotAssociate(f"{remote.aet}: association {error.how}") from error
