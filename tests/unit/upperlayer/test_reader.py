"""The reader: every PDU, cut in every way, and everything that is none."""

import tracemalloc
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.upperlayer.delivery import CUTS, Cut, whole
from tests.unit.upperlayer.strategies import pdus

from steckel.upperlayer import pdu
from steckel.upperlayer.encode import encode_pdu, fragment_header
from steckel.upperlayer.errors import AbortReason, RemoteProtocolError
from steckel.upperlayer.reader import PduReader

MAX = 16384


def read_all(data: bytes, cut: Cut) -> list[pdu.Pdu | pdu.Fragment]:
    """Read everything; fragments are joined, as their pieces depend on the cut."""
    reader, found = PduReader(MAX), []
    open_pdv: pdu.Fragment | None = None
    for piece in cut(data):
        reader.feed(piece)
        while (item := reader.next_event()) is not None:
            if isinstance(item, pdu.Fragment):
                before = b"" if open_pdv is None else open_pdv.data
                item = item._replace(data=bytes(before) + bytes(item.data))
                open_pdv = item
                if not item.is_last:
                    continue
                open_pdv = None
            found.append(item)
    assert open_pdv is None
    return found


def p_data(*pdvs: tuple[int, int, bytes]) -> bytes:
    items = b"".join(pack(">IBB", len(d) + 2, c, flags) + d for c, flags, d in pdvs)
    return pack(">BxI", 4, len(items)) + items


@pytest.mark.parametrize("cut", CUTS)
@given(sent=st.lists(pdus, min_size=1, max_size=3))
def test_what_is_encoded_is_read_again_however_it_is_cut(cut: Cut, sent: list[pdu.Pdu]) -> None:
    data = b"".join(map(encode_pdu, sent))
    assert read_all(data, cut) == sent


@pytest.mark.parametrize("cut", CUTS)
def test_fragments_come_whole_between_other_pdus(cut: Cut) -> None:
    data = (
        encode_pdu(pdu.ReleaseRp())
        + p_data((1, 3, b"command"), (1, 2, b"x" * 300))
        + p_data((5, 2, b""))
        + encode_pdu(pdu.ReleaseRq())
    )
    assert read_all(data, cut) == [
        pdu.ReleaseRp(),
        pdu.Fragment(1, True, True, b"command"),
        pdu.Fragment(1, False, True, b"x" * 300),
        pdu.Fragment(5, False, True, b""),
        pdu.ReleaseRq(),
    ]


def test_a_tail_of_the_next_pdu_is_kept() -> None:
    reader = PduReader(MAX)
    data = encode_pdu(pdu.ReleaseRq())
    reader.feed(data + data[:5])
    assert reader.next_event() == pdu.ReleaseRq()
    assert reader.next_event() is None
    assert not reader.between_pdus
    reader.feed(data[5:])
    assert reader.next_event() == pdu.ReleaseRq()
    assert reader.between_pdus


def test_only_the_last_piece_of_a_last_fragment_says_last() -> None:
    reader = PduReader(MAX)
    data = fragment_header(3, 10, is_command=False, is_last=True) + b"0123456789"
    reader.feed(data[:16])
    first = reader.next_event()
    assert isinstance(first, pdu.Fragment)
    assert (bytes(first.data), first.is_last) == (b"0123", False)
    assert reader.next_event() is None
    reader.feed(data[16:])
    second = reader.next_event()
    assert isinstance(second, pdu.Fragment)
    assert (bytes(second.data), second.is_last) == (b"456789", True)


def test_a_fragment_is_a_view_of_what_was_fed() -> None:
    reader, data = PduReader(MAX), bytearray(p_data((1, 0, b"abcd")))
    reader.feed(data)
    item = reader.next_event()
    assert isinstance(item, pdu.Fragment)
    assert isinstance(item.data, memoryview)
    data[-4:] = b"wxyz"
    assert item.data == b"wxyz"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"GET / HTTP/1.1\r\n", AbortReason.UNRECOGNIZED_PDU),
        (b"\0" * 6, AbortReason.UNRECOGNIZED_PDU),
        (pack(">BxI", 8, 4), AbortReason.UNRECOGNIZED_PDU),
        (pack(">BxI", 4, 0xFFFFFFFF), AbortReason.INVALID_PDU_PARAMETER_VALUE),
        (pack(">BxI", 4, 0), AbortReason.INVALID_PDU_PARAMETER_VALUE),
        (pack(">BxI", 4, MAX + 4096), AbortReason.INVALID_PDU_PARAMETER_VALUE),
        (pack(">BxI", 1, 0xFFFFFFFF), AbortReason.INVALID_PDU_PARAMETER_VALUE),
        (pack(">BxI", 2, 1 << 21), AbortReason.INVALID_PDU_PARAMETER_VALUE),
        (pack(">BxI", 5, 5), AbortReason.INVALID_PDU_PARAMETER_VALUE),
        (pack(">BxI", 7, 0), AbortReason.INVALID_PDU_PARAMETER_VALUE),
        (pack(">BxIIBB", 4, 6, 1, 1, 0), AbortReason.INVALID_PDU_PARAMETER_VALUE),
        (pack(">BxIIBB", 4, 6, 3, 1, 0), AbortReason.INVALID_PDU_PARAMETER_VALUE),
        (pack(">BxIIBB", 4, 9, 2, 1, 0), AbortReason.INVALID_PDU_PARAMETER_VALUE),
        (pack(">BxI", 1, 4) + b"\0\1\0\0", AbortReason.INVALID_PDU_PARAMETER_VALUE),
    ],
)
@pytest.mark.parametrize("cut", CUTS)
def test_what_is_no_pdu_is_an_error_of_the_peer(cut: Cut, data: bytes, reason: AbortReason) -> None:
    with pytest.raises(RemoteProtocolError) as raised:
        read_all(data, cut)
    assert raised.value.reason == reason


def _request_with_items(items: bytes) -> bytes:
    body = pack(">Hxx16s16s32s", 1, b"A", b"B", b"") + items
    return pack(">BxI", 1, len(body)) + body


@pytest.mark.parametrize(
    "items",
    [
        b"\x10",  # cut off in an item header
        pack(">BxH", 0x10, 9) + b"1.2",  # longer than the PDU
        pack(">BxHBxxx", 0x20, 4, 2),  # an even presentation context ID
        pack(">BxHBxxx", 0x20, 4, 1) * 2,  # the same ID twice
        pack(">BxHB", 0x20, 1, 1),  # no room for the ID
        pack(">BxHBxH", 0x50, 4, 0x51, 4),  # a sub-item longer than its item
        pack(">BxHBxHH", 0x50, 6, 0x51, 2, 1),  # a maximum length of two bytes
        pack(">BxHBxHH", 0x50, 6, 0x54, 2, 9),  # a UID longer than its sub-item
        pack(">BxHBxHB", 0x50, 5, 0x54, 1, 9),  # no room for a UID length
        pack(">BxHBxHB", 0x50, 5, 0x58, 1, 1),  # a user identity cut off
    ],
)
def test_items_that_contradict_their_lengths_are_an_error_of_the_peer(items: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        read_all(_request_with_items(items), whole)


def test_unknown_items_are_skipped() -> None:
    unknown = pack(">BxH4s", 0x99, 4, b"what")
    user = pack(">BxH", 0x50, 16) + unknown + pack(">BxHI", 0x51, 4, 7)
    [request] = read_all(_request_with_items(unknown + user), whole)
    assert isinstance(request, pdu.AssociateRq)
    assert request.user.max_length == 7


@given(data=st.binary(max_size=600))
def test_random_bytes_give_pdus_or_an_error_and_nothing_else(data: bytes) -> None:
    reader = PduReader(MAX)
    reader.feed(data)
    try:
        while reader.next_event() is not None:
            pass
    except RemoteProtocolError:
        pass


@given(sent=pdus, position=st.integers(0, 400), value=st.integers(0, 255))
def test_a_flipped_byte_gives_pdus_or_an_error_and_nothing_else(
    sent: pdu.Pdu, position: int, value: int
) -> None:
    data = bytearray(encode_pdu(sent))
    data[position % len(data)] = value
    reader = PduReader(MAX)
    reader.feed(data)
    try:
        while reader.next_event() is not None:
            pass
    except RemoteProtocolError:
        pass


def test_a_claimed_length_reserves_no_memory() -> None:
    reader = PduReader(2**31)
    tracemalloc.start()
    reader.feed(pack(">BxIIBB", 4, 2**31, 2**31 - 4, 1, 0))
    assert reader.next_event() is None
    reader.feed(bytes(1000))
    assert reader.next_event() is not None
    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()
