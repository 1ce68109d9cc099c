"""C-STORE as SCU: on an association of its own, or on that of a C-GET."""

from collections.abc import Iterable
from dataclasses import dataclass

from steckel.dimse.channel import Buffer, Channel
from steckel.dimse.wire.command import MEDIUM, Command, Operation
from steckel.upperlayer.negotiation import Context

_MOST_MESSAGE_IDS = 0xFFFF


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveOriginator:
    """The C-MOVE that a C-STORE is a sub-operation of (PS3.7 9.1.1.1)."""

    aet: str
    message_id: int


class StoreScu:
    """Stores instances on an association, one after the other."""

    def __init__(
        self,
        channel: Channel,
        *,
        response_timeout: float,
        originator: MoveOriginator | None = None,
    ) -> None:
        self._channel = channel
        self._response_timeout = response_timeout
        self._originator = originator
        self._message_id = 0

    def store(
        self,
        context: Context,
        sop_class_uid: str,
        sop_instance_uid: str,
        dataset: Iterable[Buffer],
    ) -> int:
        """Send one instance and return the status that the peer answers.

        Raises
        ------
        AssociationEnded
            The association did not last until the answer.
        """
        self._message_id = self._message_id % _MOST_MESSAGE_IDS + 1
        originator = self._originator
        request = Command(
            field=Operation.C_STORE,
            affected_sop_class_uid=sop_class_uid,
            affected_sop_instance_uid=sop_instance_uid,
            message_id=self._message_id,
            priority=MEDIUM,
            move_originator_aet=originator.aet if originator else "",
            move_originator_message_id=originator.message_id if originator else None,
        )
        self._channel.send_message(context.id, request, dataset)
        response = self._channel.read_response(self._message_id, patience=self._response_timeout)
        self._channel.skip_dataset()
        # A response without a status would be no answer; take it for a failure.
        return 0x0110 if response.status is None else response.status
