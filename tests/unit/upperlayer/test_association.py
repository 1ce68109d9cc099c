"""Two associations that talk to each other, and one that is talked to badly."""

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.upperlayer.delivery import CUTS, Cut

from steckel.upperlayer import events, pdu
from steckel.upperlayer.association import Association
from steckel.upperlayer.encode import encode_pdu, fragment_header
from steckel.upperlayer.errors import LocalProtocolError
from steckel.upperlayer.negotiation import Support, answer
from steckel.upperlayer.state import State

CT, EXPLICIT = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1"
ARTIM = 30.0
REQUEST = pdu.AssociateRq(
    called_aet="SCP",
    calling_aet="SCU",
    contexts=(pdu.ProposedContext(id=1, abstract_syntax=CT, transfer_syntaxes=(EXPLICIT,)),),
    user=pdu.UserInformation(max_length=100),
)


def supports(_: str) -> Support:
    return Support(transfer_syntaxes=frozenset({EXPLICIT}))


def new(*, requestor: bool) -> Association:
    return Association(requestor=requestor, max_length=4096, artim=ARTIM)


def sent(association: Association) -> bytes:
    return b"".join(association.output())


def acceptor_in_sta2() -> Association:
    association = new(requestor=False)
    association.transport_opened(0.0)
    return association


def pair() -> tuple[Association, Association]:
    """Return requestor and acceptor with an association established."""
    scu, scp = new(requestor=True), acceptor_in_sta2()
    scu.request_association(REQUEST)
    scu.transport_opened(0.0)
    [asked] = scp.receive(sent(scu), 1.0)
    assert isinstance(asked, events.AssociationRequested)
    scp.accept(answer(asked.request, supports, max_length=4096))
    [confirmed] = scu.receive(sent(scp), 2.0)
    assert isinstance(confirmed, events.AssociationAccepted)
    return scu, scp


def test_an_association_is_established_used_and_released() -> None:
    scu, scp = pair()
    assert scu.state is scp.state is State.STA6
    assert scu.contexts == scp.contexts
    scu.send(1, b"hello", is_command=True, is_last=True)
    assert scp.receive(sent(scu), 3.0) == [pdu.Fragment(1, True, True, b"hello")]
    scu.release()
    assert scp.receive(sent(scu), 4.0) == [events.ReleaseRequested()]
    scp.respond_release(4.0)
    assert scp.state is State.STA13
    assert scu.receive(sent(scp), 5.0) == [events.Released()]
    assert scu.closing
    assert scp.transport_closed() == []
    assert scp.closing


@pytest.mark.parametrize("cut", CUTS)
def test_all_that_an_acceptor_hears_may_come_in_any_pieces(cut: Cut) -> None:
    scp, heard, joined = acceptor_in_sta2(), [], b""
    stream = encode_pdu(REQUEST)
    for piece in cut(stream):
        heard += scp.receive(piece, 0.0)
    assert heard == [events.AssociationRequested(REQUEST)]
    scp.accept(answer(REQUEST, supports, max_length=4096))
    stream = fragment_header(1, 4, is_command=False, is_last=True) + b"data"
    stream += encode_pdu(pdu.ReleaseRq())
    heard = []
    for piece in cut(stream):
        for event in scp.receive(piece, 0.0):
            if isinstance(event, pdu.Fragment):
                joined += bytes(event.data)
            else:
                heard.append(event)
    assert (joined, heard) == (b"data", [events.ReleaseRequested()])


@given(size=st.integers(0, 700), last=st.booleans())
def test_data_is_cut_to_the_peers_maximum_length(size: int, last: bool) -> None:
    scu, scp = pair()
    data = bytes(range(256)) * 3
    scp.send(1, data[:size], is_command=False, is_last=last)
    stream = sent(scp)
    position = 0
    while position < len(stream):
        length = int.from_bytes(stream[position + 2 : position + 6], "big")
        assert length <= REQUEST.user.max_length
        position += 6 + length
        if position < len(stream):
            assert length % 2 == 0
    pieces = scu.receive(stream, 0.0)
    assert b"".join(bytes(p.data) for p in pieces) == data[:size]
    assert [p.is_last for p in pieces] == [False] * (len(pieces) - 1) + [last]


def test_a_rejection_reaches_the_requestor() -> None:
    scu, scp = new(requestor=True), acceptor_in_sta2()
    scu.request_association(REQUEST)
    scu.transport_opened(0.0)
    scp.receive(sent(scu), 0.0)
    rejection = pdu.AssociateRj(result=pdu.RejectResult.TRANSIENT, reason=pdu.LOCAL_LIMIT_EXCEEDED)
    scp.reject(rejection, 0.0)
    assert scu.receive(sent(scp), 0.0) == [events.AssociationRejected(rejection)]
    assert scu.closing
    assert scp.state is State.STA13


def test_another_protocol_version_is_rejected_by_the_provider() -> None:
    scp = acceptor_in_sta2()
    request = bytearray(encode_pdu(REQUEST))
    request[7] = 2
    assert scp.receive(request, 0.0) == []
    assert sent(scp) == bytes.fromhex("03000000 0004 00010202".replace(" ", ""))


def test_release_collision_ends_on_both_sides() -> None:
    scu, scp = pair()
    scu.release()
    scp.release()
    from_scu, from_scp = sent(scu), sent(scp)
    assert scu.receive(from_scp, 0.0) == [events.ReleaseRequested()]
    assert scp.receive(from_scu, 0.0) == [events.ReleaseRequested()]
    assert (scu.state, scp.state) == (State.STA9, State.STA10)
    scu.respond_release(0.0)
    assert scp.receive(sent(scu), 0.0) == [events.Released()]
    assert (scu.state, scp.state) == (State.STA11, State.STA12)
    scp.respond_release(0.0)
    assert scu.receive(sent(scp), 0.0) == [events.Released()]
    assert scu.closing
    assert scp.state is State.STA13


def test_data_may_still_come_while_we_wait_for_a_release() -> None:
    scu, scp = pair()
    scu.release()
    scp.send(1, b"late", is_command=False, is_last=True)
    assert scu.receive(sent(scp), 0.0) == [pdu.Fragment(1, False, True, b"late")]
    assert scu.state is State.STA7


def test_an_abort_reaches_the_peer() -> None:
    scu, scp = pair()
    scu.abort(0.0)
    assert scp.receive(sent(scu), 0.0) == [events.Aborted(by_peer=True)]
    assert scp.closing
    assert scu.state is State.STA13


def test_what_follows_an_abort_is_not_heard() -> None:
    _, scp = pair()
    scp.receive(encode_pdu(pdu.Abort()) + b"garbage" + encode_pdu(REQUEST), 0.0)
    assert scp.closing
    assert sent(scp) == b""


def abort_bytes(source: int, reason: int) -> bytes:
    return pack(">BxIxxBB", 7, 4, source, reason)


@pytest.mark.parametrize(
    "first", [b"GET / HTTP/1.1\r\n\r\n", pack(">BxI", 4, 0xFFFFFFFF), encode_pdu(pdu.ReleaseRq())]
)
def test_before_an_association_nonsense_is_answered_as_service_user(first: bytes) -> None:
    scp = acceptor_in_sta2()
    [aborted] = scp.receive(first, 0.0)
    assert isinstance(aborted, events.Aborted)
    assert sent(scp) == abort_bytes(0, 0)
    assert scp.state is State.STA13


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x42\0\0\0\0\0", 1),
        (encode_pdu(REQUEST), 2),
        (pack(">BxI", 4, 0xFFFFFFFF), 6),
        (pack(">BxIIBB", 4, 6, 2, 99, 3), 6),  # a context that was never agreed on
    ],
)
def test_in_an_association_nonsense_is_answered_as_service_provider(
    data: bytes, reason: int
) -> None:
    _, scp = pair()
    [aborted] = scp.receive(data, 0.0)
    assert isinstance(aborted, events.Aborted)
    assert not aborted.by_peer
    assert sent(scp).endswith(abort_bytes(2, reason))
    assert scp.state is State.STA13
    assert scp.receive(encode_pdu(REQUEST), 0.0) == []


def test_artim_cuts_who_never_asks() -> None:
    scp = acceptor_in_sta2()
    assert scp.deadline == ARTIM
    scp.tick(ARTIM - 1)
    assert not scp.closing
    scp.tick(ARTIM)
    assert scp.closing


def test_artim_is_not_put_off_by_single_bytes() -> None:
    scp = acceptor_in_sta2()
    for second, one in enumerate(encode_pdu(REQUEST)[:25]):
        scp.receive(bytes((one,)), float(second))
    assert scp.deadline == ARTIM


def test_artim_stops_when_the_request_is_there() -> None:
    scp = acceptor_in_sta2()
    scp.receive(encode_pdu(REQUEST), 1.0)
    assert scp.deadline is None


def test_artim_cuts_who_does_not_close_after_a_release() -> None:
    _, scp = pair()
    scp.receive(encode_pdu(pdu.ReleaseRq()), 9.0)
    scp.respond_release(9.0)
    scp.tick(9.0 + ARTIM)
    assert scp.closing


def test_a_lost_connection_is_an_abort_of_the_provider() -> None:
    _, scp = pair()
    [lost] = scp.transport_closed()
    assert isinstance(lost, events.Aborted)
    assert not lost.by_peer


def test_our_own_mistakes_never_reach_the_wire() -> None:
    scp = acceptor_in_sta2()
    with pytest.raises(LocalProtocolError):
        scp.send(1, b"", is_command=True, is_last=True)
    with pytest.raises(LocalProtocolError):
        scp.release()
    assert sent(scp) == b""


@given(data=st.binary(max_size=300), established=st.booleans())
def test_no_bytes_of_a_peer_raise(data: bytes, established: bool) -> None:
    scp = pair()[1] if established else acceptor_in_sta2()
    scp.receive(data, 0.0)
    scp.receive(data, 1.0)
    scp.transport_closed()
