"""A request of a peer, and the means to answer it."""

from collections import Counter
from dataclasses import dataclass

from steckel.dicom.encode import encode_dataset
from steckel.dicom.json_model import JsonDataset
from steckel.dimse.channel import Buffer, Channel
from steckel.dimse.services import Service
from steckel.dimse.status import Status, comment_of, error_id_of, status_of
from steckel.dimse.wire.command import RESPONSE, Command
from steckel.dimse.wire.message import Message
from steckel.errors import SteckelError, TooLarge
from steckel.index.view import View
from steckel.upperlayer.negotiation import Context

#: Enough for a list of 60,000 UIDs.
MAX_IDENTIFIER_LENGTH = 4 << 20
#: Counts of sub-operations are US (PS3.7 table E.1-1).
_MAX_COUNT = 0xFFFF


@dataclass(frozen=True, kw_only=True)
class Peer:
    """Who is at the other end."""

    calling_aet: str
    called_aet: str
    address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SubOperations:
    """Counts of C-STORE sub-operations (PS3.7 9.1.3, 9.1.4)."""

    remaining: int | None
    completed: int
    failed: int
    warning: int


class Request:
    """One request: its command, where it came from, how to answer."""

    def __init__(
        self, channel: Channel, message: Message, service: Service, peer: Peer, view: View
    ) -> None:
        self.command: Command = message.command
        #: affected or requested; set by who makes an instance that the peer did not name
        self.sop_instance_uid = message.command.sop_instance_uid
        self.context: Context = channel.association.contexts[message.context_id]
        self.service = service
        self.peer = peer
        self.view = view  #: what its caller sees
        self.identifier = b""  #: as it came, once it was read
        #: studies and SOP classes of what was sent, and of what could not be (C-MOVE, C-GET)
        self.sent: Counter[tuple[str, str]] = Counter()
        self.unsent: Counter[tuple[str, str]] = Counter()
        self.channel = channel
        self._message_id = message.command.message_id or 0

    @property
    def extended(self) -> bytes:
        """What extended negotiation came to for this SOP class."""
        return self.channel.association.extended.get(self.context.abstract_syntax, b"")

    def read_identifier(self, most: int = MAX_IDENTIFIER_LENGTH) -> bytes:
        """Read a small data set.

        Raises
        ------
        TooLarge
            It is not small.
        """
        read = bytearray()

        def gather(piece: Buffer) -> None:
            if len(read) + len(piece) > most:
                raise TooLarge("the identifier is too long")
            read.extend(piece)

        self.channel.read_dataset(gather)
        self.identifier = bytes(read)
        return self.identifier

    def cancelled(self) -> bool:
        """Whether the peer has cancelled this operation."""
        return self.channel.cancelled(self._message_id)

    def respond(
        self,
        status: int,
        *,
        comment: str = "",
        identifier: JsonDataset | None = None,
        counts: SubOperations | None = None,
        error_id: int | None = None,
    ) -> None:
        """Send a response, pending or final."""
        command = self.command
        dataset = None
        if identifier is not None:
            dataset = (encode_dataset(identifier, self.context.transfer_syntax),)
        response = Command(
            field=command.field | RESPONSE,
            responded_to=self._message_id,
            affected_sop_class_uid=command.sop_class_uid,
            affected_sop_instance_uid=self.sop_instance_uid,
            action_type_id=command.action_type_id,
            status=status,
            error_comment=comment,
            error_id=error_id,
            remaining=_count(counts.remaining) if counts else None,
            completed=_count(counts.completed) if counts else None,
            failed=_count(counts.failed) if counts else None,
            warning=_count(counts.warning) if counts else None,
        )
        self.channel.send_message(self.context.id, response, dataset)

    def fail(self, error: SteckelError) -> Status:
        """Answer with the failure that an error amounts to."""
        status = status_of(error, self.command.field)
        self.respond(status, comment=comment_of(error), error_id=error_id_of(error))
        return status


def _count(number: int | None) -> int | None:
    return None if number is None else min(number, _MAX_COUNT)
