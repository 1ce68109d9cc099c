"""A storage SCU that sends what it is given, untouched: broken files included.

Made from the protocol codec alone, on a blocking socket. Other senders read a
file before they send it, and make of it what they can write.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pydicom

from steckel.dicom.uids import IMPLEMENTATION_CLASS_UID
from steckel.dimse.wire.command import Command, Operation, decode_command, encode_command
from steckel.upperlayer.decode import decode_body
from steckel.upperlayer.encode import encode_pdu, fragment_header
from steckel.upperlayer.pdu import (
    Abort,
    AssociateAc,
    AssociateRq,
    Fragment,
    Pdu,
    PduType,
    ProposedContext,
    ReleaseRq,
    UserInformation,
)

VERIFICATION = "1.2.840.10008.1.1"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
_PATIENCE = 60.0
_FRAGMENT = 16 << 10


class NotAssociated(Exception):
    """The peer did not accept; `answer` is what it said."""

    def __init__(self, answer: Pdu) -> None:
        super().__init__(repr(answer))
        self.answer = answer


class NotAccepted(Exception):
    """The peer does not take what is in this presentation context."""


class AbortedByPeer(Exception):
    """The peer ended the association without an answer."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One instance as it is announced, and the bytes that follow."""

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax: str
    dataset: bytes


def offer_of(file: bytes, *, otherwise: str) -> Offer:
    """Announce a file as its meta information says, or `otherwise` as a sender might guess."""
    start, meta = _split(file)
    guess = _first_elements(file)
    return Offer(
        sop_class_uid=meta.get("MediaStorageSOPClassUID")
        or guess.get("SOPClassUID")
        or SECONDARY_CAPTURE,
        sop_instance_uid=meta.get("MediaStorageSOPInstanceUID")
        or guess.get("SOPInstanceUID")
        or otherwise,
        transfer_syntax=meta.get("TransferSyntaxUID") or EXPLICIT_LITTLE,
        dataset=file[start:],
    )


def _split(file: bytes) -> tuple[int, Any]:
    if file[128:132] != b"DICM":
        return 0, {}
    stream = BytesIO(file)
    stream.seek(132)
    try:
        meta = pydicom.filereader._read_file_meta_info(stream)
    except Exception:  # noqa: BLE001 - the files are broken in every way
        return 132, {}
    return stream.tell(), meta


def _first_elements(file: bytes) -> Any:
    try:
        return pydicom.dcmread(BytesIO(file), force=True, stop_before_pixels=True)
    except Exception:  # noqa: BLE001 - the files are broken in every way
        return {}


class PlainSender:
    """One association with a peer."""

    def __init__(
        self, port: int, contexts: list[tuple[str, str]], *, calling: str = "SENDER"
    ) -> None:
        self.contexts = {pair: 2 * number + 1 for number, pair in enumerate(contexts)}
        self._messages = 0
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.socket.sendall(encode_pdu(association_request(contexts, calling=calling)))
            self._accepted = self._associate()
        except BaseException:
            self.cut()
            raise

    def _associate(self) -> AssociateAc:
        answer = self.read_pdu()
        if not isinstance(answer, AssociateAc):
            raise NotAssociated(answer)
        return answer

    @property
    def accepted(self) -> set[int]:
        """The presentation contexts that the peer accepted."""
        return {one.id for one in self._accepted.contexts if one.result == 0}

    def store(self, offer: Offer) -> Command:
        """Send one instance, and return the response.

        Raises
        ------
        NotAccepted
            Its presentation context was not accepted.
        """
        context = self.contexts[offer.sop_class_uid, offer.transfer_syntax]
        if context not in self.accepted:
            raise NotAccepted(f"{offer.sop_class_uid} in {offer.transfer_syntax}")
        self.send_command(context, self.store_request(offer))
        self.send_dataset(context, offer.dataset)
        return self.read_response()

    def store_request(self, offer: Offer) -> Command:
        """Return the command set that announces an instance."""
        self._messages += 1
        return Command(
            field=Operation.C_STORE,
            affected_sop_class_uid=offer.sop_class_uid,
            affected_sop_instance_uid=offer.sop_instance_uid,
            message_id=self._messages,
            priority=0,
            has_dataset=True,
        )

    def echo(self) -> Command:
        """Ask whether the peer is there."""
        self._messages += 1
        context = next(number for pair, number in self.contexts.items() if pair[0] == VERIFICATION)
        request = Command(
            field=Operation.C_ECHO, affected_sop_class_uid=VERIFICATION, message_id=self._messages
        )
        self.send_command(context, request)
        return self.read_response()

    def send_command(self, context: int, command: Command) -> None:
        """Send a command set."""
        raw = encode_command(command)
        self.socket.sendall(fragment_header(context, len(raw), is_command=True, is_last=True) + raw)

    def send_dataset(self, context: int, dataset: bytes) -> None:
        """Send a data set in fragments; an empty one as one empty fragment."""
        for start in range(0, len(dataset) or 1, _FRAGMENT):
            piece = dataset[start : start + _FRAGMENT]
            last = start + _FRAGMENT >= len(dataset)
            header = fragment_header(context, len(piece), is_command=False, is_last=last)
            self.socket.sendall(header + piece)

    def read_response(self) -> Command:
        """Wait for the response to the last request."""
        answer = self.read_pdu()
        if isinstance(answer, Abort):
            raise AbortedByPeer(repr(answer))
        assert isinstance(answer, Fragment)
        assert answer.is_command
        return decode_command(answer.data)

    def read_pdu(self) -> Pdu | Fragment:
        """Wait for a whole PDU; one with a fragment is expected to have one only."""
        header = self._read(6)
        kind, length = header[0], int.from_bytes(header[2:], "big")
        body = self._read(length)
        if kind == PduType.P_DATA_TF:
            return Fragment(body[4], bool(body[5] & 1), bool(body[5] & 2), body[6:])
        return decode_body(kind, body)

    def _read(self, length: int) -> bytes:
        read = b""
        while len(read) < length:
            piece = self.socket.recv(length - len(read))
            if not piece:
                raise AbortedByPeer("the connection was closed")
            read += piece
        return read

    def release(self) -> None:
        """Release the association in order."""
        self.socket.sendall(encode_pdu(ReleaseRq()))
        self.read_pdu()
        self.cut()

    def abort(self) -> None:
        """Abort it."""
        self.socket.sendall(bytes.fromhex("0700 00000004 0000 0000"))
        self.cut()

    def cut(self) -> None:
        """Close the connection without a word."""
        self.socket.close()


def association_request(
    contexts: list[tuple[str, str]], *, calling: str = "SENDER", called: str = "STECKEL"
) -> AssociateRq:
    """Return a request that proposes pairs of abstract and transfer syntax."""
    return AssociateRq(
        called_aet=called,
        calling_aet=calling,
        contexts=tuple(
            ProposedContext(
                id=2 * number + 1, abstract_syntax=abstract, transfer_syntaxes=(transfer,)
            )
            for number, (abstract, transfer) in enumerate(contexts)
        ),
        user=UserInformation(max_length=0, implementation_class_uid=IMPLEMENTATION_CLASS_UID),
    )


@contextmanager
def associated(port: int, contexts: list[tuple[str, str]], **more: Any) -> Iterator[PlainSender]:
    """Open an association, and release it at the end; abort it on an error."""
    sender = PlainSender(port, contexts, **more)
    try:
        yield sender
    except BaseException:
        sender.cut()
        raise
    sender.release()


def send(port: int, offer: Offer) -> Command:
    """Send one instance on an association of its own."""
    with associated(port, [(offer.sop_class_uid, offer.transfer_syntax)]) as sender:
        return sender.store(offer)
