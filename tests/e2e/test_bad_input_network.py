"""Peers that misbehave on the wire: each loses its connection, and nobody else notices."""

import contextlib
import random
import socket
import time
from collections.abc import Iterator

import pytest
from tests.e2e.made_instances import CONTEXT, listed, make_instance, multipart, single
from tests.e2e.plain_sender import (
    EXPLICIT_LITTLE,
    VERIFICATION,
    AbortedByPeer,
    NotAssociated,
    PlainSender,
    associated,
    association_request,
)
from tests.e2e.resident import resident_bytes
from tests.steckel_server import SteckelServer, running_server

from steckel.upperlayer.encode import encode_pdu
from steckel.upperlayer.pdu import LOCAL_LIMIT_EXCEEDED, AssociateRj, RejectResult

_ECHO = (VERIFICATION, EXPLICIT_LITTLE)
_LIMIT = 5
#: What hostile input may cost in memory, all processes together.
_GROWTH = 96 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteckelServer]:
    """A server that is impatient, so that the tests need not be patient."""
    with running_server(
        tmp_path_factory.mktemp("network") / "home",
        STECKEL_ARTIM_SECONDS="2",
        STECKEL_NETWORK_SECONDS="2",
        STECKEL_MAX_ASSOCIATIONS=str(_LIMIT),
    ) as running:
        yield running


@pytest.fixture(autouse=True)
def unharmed(server: SteckelServer) -> Iterator[None]:
    """After each test: everybody else is served, memory is as it was, nothing went wrong."""
    before = resident_bytes(server)
    processes = server.pids()
    yield
    _require_served(server)
    assert server.pids() == processes
    assert resident_bytes(server) - before < _GROWTH
    for sign in ("Traceback", "level=error"):
        assert sign not in server.log


def _require_served(server: SteckelServer) -> None:
    with associated(server.dicom_port, [_ECHO]) as sender:
        assert sender.echo().status == 0
    with server.client() as client:
        assert client.get("/dicomweb/studies").status_code in (200, 204)


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def _require_ended(connection: socket.socket) -> None:
    """Read once: A-ABORT, or the end of the connection."""
    with contextlib.suppress(ConnectionResetError):
        assert connection.recv(1 << 16)[:1] in (b"", b"\x07")


def _require_cut(connection: socket.socket) -> bytes:
    """Read until the peer closes; what it said."""
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(1 << 16):
            said += piece
    return said


# ---- DIMSE


@pytest.mark.parametrize("kind", [0x01, 0x04, 0x07, 0xFE])
def test_a_pdu_of_four_gibibytes_costs_nothing(server: SteckelServer, kind: int) -> None:
    with _connect(server.dicom_port) as connection:
        connection.sendall(bytes((kind, 0)) + b"\xff\xff\xff\xff" + bytes(1000))
        _require_ended(connection)


def test_a_fragment_longer_than_its_pdu_ends_the_association(server: SteckelServer) -> None:
    sender = PlainSender(server.dicom_port, [CONTEXT])
    sender.socket.sendall(b"\x04\x00\x00\x00\x00\x06" + b"\xff\xff\xff\xff\x01\x00")
    _require_ended(sender.socket)
    sender.cut()


def test_random_bytes_are_cut_off(server: SteckelServer) -> None:
    for seed in range(50):
        with _connect(server.dicom_port) as connection:
            # A peer that was cut already does not take more.
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                connection.sendall(random.Random(seed).randbytes(4096))
            _require_ended(connection)


def test_a_request_for_an_association_that_never_ends_is_cut(server: SteckelServer) -> None:
    request = encode_pdu(association_request([CONTEXT]))
    with _connect(server.dicom_port) as connection:
        connection.settimeout(0.1)
        for byte in request[:-1]:
            connection.sendall(bytes((byte,)))
            with contextlib.suppress(TimeoutError):
                if not connection.recv(1 << 16):
                    return
    pytest.fail("the request went on for longer than ARTIM allows")


def test_two_hundred_half_open_connections_keep_nobody_waiting(server: SteckelServer) -> None:
    with contextlib.ExitStack() as opened:
        for _ in range(200):
            opened.enter_context(_connect(server.dicom_port))
        for _ in range(3):
            _require_served(server)


def test_a_fragment_that_trickles_in_is_not_waited_for(server: SteckelServer) -> None:
    made = make_instance(1)
    sender = PlainSender(server.dicom_port, [CONTEXT])
    sender.send_command(1, sender.store_request(made.offer))
    sender.socket.sendall(bytes.fromhex("0400 00004002 00003ffe 01 02"))
    sender.socket.settimeout(0.05)
    for byte in made.offer.dataset:
        try:
            sender.socket.sendall(bytes((byte,)))
            sender.socket.recv(100)
        except TimeoutError:
            continue
        except OSError:
            pass
        break
    else:
        pytest.fail("the fragment was waited for")
    sender.cut()


@pytest.mark.parametrize("end", ["abort", "cut"])
def test_a_store_that_is_broken_off_leaves_nothing_behind(server: SteckelServer, end: str) -> None:
    made = make_instance(2, kilobytes=12 << 10)
    for _ in range(_LIMIT * 2):
        sender = _associate_when_free(server.dicom_port)
        sender.send_command(1, sender.store_request(made.offer))
        half = made.offer.dataset[: len(made.offer.dataset) * 9 // 10]
        for start in range(0, len(half), 16 << 10):
            piece = half[start : start + (16 << 10)]
            length = len(piece) + 2
            header = b"\x04\0" + (length + 4).to_bytes(4, "big") + length.to_bytes(4, "big")
            sender.socket.sendall(header + b"\x01\x00" + piece)
        getattr(sender, end)()
    _associate_when_free(server.dicom_port).release()
    with server.client() as client:
        assert made.uid not in listed(client, made)
    _await(lambda: not list((server.home / "store" / "open").glob("*.spool")))


def _associate_when_free(port: int) -> PlainSender:
    """Associate; the server hears of a connection that was cut only when it reads next."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return PlainSender(port, [CONTEXT, _ECHO])
        except NotAssociated:
            assert time.monotonic() < deadline


def _await(condition: object) -> None:
    deadline = time.monotonic() + 60
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_one_association_too_many_is_refused_for_now(server: SteckelServer) -> None:
    senders = [PlainSender(server.dicom_port, [_ECHO]) for _ in range(_LIMIT)]
    with pytest.raises(NotAssociated) as refused:
        PlainSender(server.dicom_port, [_ECHO])
    assert refused.value.answer == AssociateRj(
        result=RejectResult.TRANSIENT, reason=LOCAL_LIMIT_EXCEEDED
    )
    for sender in senders:
        assert sender.echo().status == 0
        sender.release()


@pytest.mark.parametrize("end", ["release", "abort", "cut"])
def test_a_slot_is_free_as_soon_as_its_association_ends(server: SteckelServer, end: str) -> None:
    senders = [PlainSender(server.dicom_port, [_ECHO]) for _ in range(_LIMIT)]
    for _ in range(_LIMIT * 4):
        getattr(senders.pop(0), end)()
        senders.append(PlainSender(server.dicom_port, [_ECHO]))  # not refused
    for sender in senders:
        sender.release()


# ---- HTTP


def _authorization(server: SteckelServer) -> bytes:
    with server.client() as client:
        request = client.build_request("GET", "/")
        flow = client.auth.sync_auth_flow(request)  # type: ignore[union-attr]
        return next(flow).headers["Authorization"].encode()


def _post(server: SteckelServer, *headers: bytes) -> bytes:
    lines = (
        b"POST /dicomweb/studies HTTP/1.1",
        b"Host: test",
        b"Authorization: " + _authorization(server),
        *headers,
    )
    return b"\r\n".join(lines) + b"\r\n\r\n"


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("goodbye", [True, False])
def test_a_body_that_stops_in_the_middle_stores_nothing_that_was_not_whole(
    server: SteckelServer, chunked: bool, goodbye: bool
) -> None:
    number = 10 + 2 * chunked + goodbye
    made = make_instance(number)
    request = multipart(made.file)
    content, headers = request["content"], request["headers"]
    assert isinstance(content, bytes)
    assert isinstance(headers, dict)
    half = content[: len(content) // 2]
    kind = b"Content-Type: " + headers["Content-Type"].encode()
    if chunked:
        head = _post(server, kind, b"Transfer-Encoding: chunked")
        half = b"%x\r\n" % len(content) + half
    else:
        head = _post(server, kind, b"Content-Length: %d" % len(content))
    with _connect(server.http_port) as connection:
        connection.sendall(head + half)
        if not goodbye:
            _require_cut(connection)  # who says nothing more is not waited for
    with server.client() as client:
        assert made.uid not in listed(client, made)


def test_a_boundary_that_is_not_in_the_body_is_said(server: SteckelServer) -> None:
    request = multipart(make_instance(20).file)
    wrong = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=other'}
    with server.client() as client:
        answer = client.post("/dicomweb/studies", content=request["content"], headers=wrong)
    assert answer.status_code == 400
    assert "boundary" in answer.json()["detail"]


def test_a_body_that_claims_four_gibibytes_is_read_no_further_than_it_goes(
    server: SteckelServer,
) -> None:
    with _connect(server.http_port) as connection:
        kind = b"Content-Type: application/dicom"
        connection.sendall(_post(server, kind, b"Content-Length: 4294967295") + bytes(100))
        _require_cut(connection)


@pytest.mark.parametrize("size", [1 << 20, 32 << 20])
def test_a_header_line_without_end_is_refused(server: SteckelServer, size: int) -> None:
    with _connect(server.http_port) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: test\r\nX-Long: ")
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            for _ in range(size >> 16):
                connection.sendall(b"x" * (1 << 16))
        said = _require_cut(connection)
    assert said in (b"", *[said] * said.startswith(b"HTTP/1.1 431 "))


def test_a_request_that_trickles_in_is_not_waited_for(server: SteckelServer) -> None:
    with _connect(server.http_port) as connection:
        connection.settimeout(0.1)
        connection.sendall(b"GET / HTTP/1.1\r\n")
        for _ in range(600):
            try:
                connection.sendall(b"X: y\r\n")
                if not connection.recv(100):
                    return
            except TimeoutError:
                continue
            except OSError:
                return
    pytest.fail("the request was waited for")


def test_two_hundred_silent_http_connections_are_let_go(server: SteckelServer) -> None:
    with contextlib.ExitStack() as opened:
        silent = [opened.enter_context(_connect(server.http_port)) for _ in range(200)]
        _require_served(server)
        for connection in silent:
            assert _require_cut(connection) == b""


def test_a_whole_instance_is_stored_after_all_that(server: SteckelServer) -> None:
    made = make_instance(30)
    with server.client() as client:
        assert client.post("/dicomweb/studies", **single(made.file)).status_code == 200
    with associated(server.dicom_port, [CONTEXT]) as sender:
        assert sender.store(made.offer).status == 0


def test_who_stops_in_the_middle_of_a_pdu_header_is_not_waited_for(
    server: SteckelServer,
) -> None:
    sender = PlainSender(server.dicom_port, [_ECHO])
    sender.socket.sendall(b"\x04\x00")  # the beginning of a PDU
    with pytest.raises(AbortedByPeer):
        sender.read_response()
    sender.cut()
