"""Bytes of a connection to PDUs, with a fast path for P-DATA-TF.

`next_event` has three outcomes: an event; ``None``, which means that all input
is used up; or a `RemoteProtocolError`, after which the reader is of no more use.

The rule: presentation data is never gathered. What has arrived of a fragment
is handed out at once as a view of the caller's buffer, so that neither the
claimed length of a PDU nor that of a fragment costs memory, and the buffer may
be used again when ``None`` comes. Only headers and the small PDUs are kept.
"""

from struct import Struct

from steckel.upperlayer.decode import decode_body
from steckel.upperlayer.errors import AbortReason, RemoteProtocolError
from steckel.upperlayer.pdu import Fragment, Pdu, PduType

_HEADER = Struct(">BxI").unpack
_PDV_HEADER = Struct(">IBB").unpack

#: 128 contexts with every transfer syntax there is are below a quarter of it.
MAX_ASSOCIATE_LENGTH = 1 << 20
#: Peers differ in whether the maximum length includes the headers (PS3.8 D.1.1).
_SLACK = 1024


class PduReader:
    """Reads one direction of one connection."""

    def __init__(self, max_length: int) -> None:
        self._max_length = max_length + _SLACK
        self._input = memoryview(b"")
        self._position = 0
        self._kept = bytearray()  # the beginning of what is not complete yet
        self._kind = 0  # type of the PDU we are in; 0 between PDUs
        self._pdu_left = 0
        self._in_pdv = False
        self._pdv_left = 0
        self._context_id = 0
        self._control = 0

    @property
    def between_pdus(self) -> bool:
        """Whether the peer stands between two PDUs."""
        return not self._kind and not self._kept

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Give the next bytes; only after `next_event` returned ``None``."""
        self._input = memoryview(data)
        self._position = 0

    def next_event(self) -> Pdu | Fragment | None:
        """Return the next PDU or piece of presentation data, or ``None`` for want of bytes.

        Raises
        ------
        RemoteProtocolError
            The bytes are no PDU that PS3.8 knows.
        """
        while True:
            if self._in_pdv:
                return self._take_fragment()
            if self._kind == PduType.P_DATA_TF:
                header = self._take(6)
                if header is None:
                    return None
                self._start_pdv(header)
                if not self._pdv_left:
                    return self._end_pdv(b"")
            elif self._kind:
                return self._take_body()
            else:
                header = self._take(6)
                if header is None:
                    return None
                self._start_pdu(header)

    def _take(self, count: int) -> bytes | memoryview | None:
        """Return exactly `count` bytes, or keep what there is."""
        start = self._position
        end = start + count - len(self._kept)
        self._position = min(end, len(self._input))
        if not self._kept and end <= len(self._input):
            return self._input[start:end]
        self._kept += self._input[start:end]
        if len(self._kept) < count:
            return None
        taken = bytes(self._kept)
        self._kept.clear()
        return taken

    def _start_pdu(self, header: bytes | memoryview) -> None:
        kind, length = _HEADER(header)
        if kind == PduType.P_DATA_TF:
            if not 6 <= length <= self._max_length:
                raise RemoteProtocolError(f"a P-DATA-TF claims {length} bytes")
        elif kind in (PduType.A_ASSOCIATE_RQ, PduType.A_ASSOCIATE_AC):
            if length > MAX_ASSOCIATE_LENGTH:
                raise RemoteProtocolError(f"an A-ASSOCIATE PDU claims {length} bytes")
        elif not PduType.A_ASSOCIATE_RQ <= kind <= PduType.A_ABORT:
            raise RemoteProtocolError(
                f"there is no PDU of type {kind:#04x}", AbortReason.UNRECOGNIZED_PDU
            )
        elif length != 4:
            raise RemoteProtocolError(f"a PDU of type {kind} claims {length} bytes")
        self._kind, self._pdu_left = kind, length

    def _take_body(self) -> Pdu | None:
        body = self._take(self._pdu_left)
        if body is None:
            return None
        kind, self._kind = self._kind, 0
        return decode_body(kind, bytes(body))

    def _start_pdv(self, header: bytes | memoryview) -> None:
        length, self._context_id, self._control = _PDV_HEADER(header)
        # The length counts the context ID and the control header (PS3.8 9.3.5.1).
        if not 2 <= length <= self._pdu_left - 4:
            raise RemoteProtocolError("a PDV item is longer than its PDU")
        self._pdv_left = length - 2
        self._pdu_left -= length + 4
        if 0 < self._pdu_left < 6:
            raise RemoteProtocolError("a P-DATA-TF has bytes left that are no PDV item")
        self._in_pdv = True

    def _take_fragment(self) -> Fragment | None:
        start = self._position
        end = min(start + self._pdv_left, len(self._input))
        if start == end:
            return None
        self._position = end
        self._pdv_left -= end - start
        data = self._input[start:end]
        if self._pdv_left:
            return Fragment(self._context_id, bool(self._control & 1), False, data)
        return self._end_pdv(data)

    def _end_pdv(self, data: bytes | memoryview) -> Fragment:
        self._in_pdv = False
        if not self._pdu_left:
            self._kind = 0
        control = self._control
        return Fragment(self._context_id, bool(control & 1), bool(control & 2), data)
