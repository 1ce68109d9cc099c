"""The server as peers see it: who gets in, what is negotiated, how it ends."""

import contextlib
import itertools
import socket
import threading
from struct import pack

import pytest
from tests.unit.dimse.fakes import CT
from tests.unit.dimse.running import EXPLICIT, IMPLICIT, TESTER, TIMEOUTS, eventually, running

from steckel.dicom.encode import encode_dataset
from steckel.dimse.channel import AssociationEnded
from steckel.dimse.scu.association import Caller, CannotAssociate, open_association
from steckel.dimse.scu.echo import echo
from steckel.dimse.settings import DimseSettings, Timeouts
from steckel.dimse.status import Status
from steckel.dimse.wire.command import RESPONSE, Command, Operation
from steckel.upperlayer import pdu
from steckel.upperlayer.encode import encode_pdu

VERIFICATION, FIND = "1.2.840.10008.1.1", "1.2.840.10008.5.1.4.1.2.2.1"
FAST = Timeouts(artim=0.3, idle=20.0, network=20.0, connect=5.0, response=20.0)


def request(**changes: object) -> bytes:
    values = {
        "called_aet": "STECKEL",
        "calling_aet": "RAW",
        "contexts": (
            pdu.ProposedContext(id=1, abstract_syntax=VERIFICATION, transfer_syntaxes=(IMPLICIT,)),
        ),
        "user": pdu.UserInformation(max_length=16384),
    }
    return encode_pdu(pdu.AssociateRq(**(values | changes)))


def raw_connection(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.settimeout(20.0)
    return connection


def read_until_closed(connection: socket.socket) -> bytes:
    read = b""
    while piece := connection.recv(65536):
        read += piece
    return read


def abort_bytes(source: int, reason: int) -> bytes:
    return pack(">BxIxxBB", 7, 4, source, reason)


def reject_bytes(result: int, source: int, reason: int) -> bytes:
    return pack(">BxIxBBB", 3, 4, result, source, reason)


def test_an_echo_is_answered() -> None:
    with running() as house:
        assert echo(house.remote, TESTER) == Status.SUCCESS


def test_an_echo_to_nobody_says_so() -> None:
    with running() as house:
        remote = house.remote
    with pytest.raises(CannotAssociate, match="cannot be reached"):
        echo(remote, TESTER)


def test_a_barred_title_is_rejected_for_good() -> None:
    with running() as house:
        house.gate.barred = frozenset({"EVIL"})
        with pytest.raises(CannotAssociate, match="source 1, reason 3"):
            echo(house.remote, Caller(aet="EVIL", timeouts=TIMEOUTS))


def test_another_called_title_is_rejected_only_on_request() -> None:
    with (
        running(check_called_aet=True, aet="OTHER") as house,
        pytest.raises(CannotAssociate, match="source 1, reason 7"),
    ):
        echo(house.remote, TESTER)
    with running(aet="OTHER") as house:
        assert echo(house.remote, TESTER) == Status.SUCCESS


def test_another_application_context_is_rejected() -> None:
    with running() as house, raw_connection(house.server.port) as connection:
        connection.sendall(request(application_context="1.2.3"))
        assert connection.recv(100) == reject_bytes(1, 1, 2)


def test_over_the_limit_is_rejected_for_now_and_slots_are_free_at_once() -> None:
    contexts = [(VERIFICATION, (EXPLICIT,))]
    with running(max_associations=2) as house:
        for _ in range(5):
            with (
                house.association(contexts),
                house.association(contexts),
                raw_connection(house.server.port) as connection,
            ):
                connection.sendall(request())
                assert connection.recv(100) == reject_bytes(2, 3, 2)


def test_a_slot_is_free_before_the_peer_has_closed() -> None:
    with running(max_associations=1) as house, raw_connection(house.server.port) as connection:
        connection.sendall(request())
        assert connection.recv(1)[0] == pdu.PduType.A_ASSOCIATE_AC
        connection.sendall(encode_pdu(pdu.ReleaseRq()))
        while not connection.recv(65536).endswith(encode_pdu(pdu.ReleaseRp())):
            pass
        assert eventually(lambda: _echoes(house))  # the raw connection is still open


def _echoes(house: object) -> bool:
    try:
        return echo(house.remote, TESTER) == Status.SUCCESS  # type: ignore[attr-defined]
    except CannotAssociate:
        return False


def test_half_open_connections_take_no_slot_and_are_cut() -> None:
    settings = DimseSettings(port=0, timeouts=FAST, max_associations=1)
    with running(settings) as house:
        silent = [raw_connection(house.server.port) for _ in range(200)]
        assert echo(house.remote, TESTER) == Status.SUCCESS
        for connection in silent:
            assert connection.recv(1) == b""
            connection.close()


def test_a_request_that_drips_in_is_cut() -> None:
    settings = DimseSettings(port=0, timeouts=FAST)
    with running(settings) as house, raw_connection(house.server.port) as connection:
        pause, closed = threading.Event(), False
        for one in request():
            try:
                connection.sendall(bytes((one,)))
            except OSError:
                closed = True
                break
            pause.wait(0.02)
        assert closed


def test_connections_over_their_limit_are_closed() -> None:
    with running(max_connections=2) as house:
        kept = [raw_connection(house.server.port) for _ in range(2)]
        assert eventually(lambda: len(house.server._connections) == 2)
        with raw_connection(house.server.port) as surplus:
            assert surplus.recv(1) == b""
        for connection in kept:
            connection.close()
        assert eventually(lambda: _echoes(house))


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        pack(">BxI", 4, 0xFFFFFFFF) + bytes(100),
        pack(">BxI", 1, 0xFFFFFFFF) + bytes(100),
        bytes(range(256)),
        encode_pdu(pdu.ReleaseRq()),
    ],
)
def test_nonsense_in_place_of_a_request_is_aborted_and_harms_nobody(data: bytes) -> None:
    settings = DimseSettings(port=0, timeouts=FAST)
    with running(settings) as house:
        with raw_connection(house.server.port) as connection:
            connection.sendall(data)
            assert read_until_closed(connection) == abort_bytes(0, 0)
        assert echo(house.remote, TESTER) == Status.SUCCESS


def test_a_length_of_4_gib_in_an_association_is_aborted_by_the_provider() -> None:
    settings = DimseSettings(port=0, timeouts=FAST)
    with running(settings) as house, raw_connection(house.server.port) as connection:
        connection.sendall(request() + pack(">BxI", 4, 0xFFFFFFFF))
        assert read_until_closed(connection).endswith((abort_bytes(2, 6), abort_bytes(2, 2)))


def test_data_without_a_command_is_aborted() -> None:
    with running() as house, house.association([(VERIFICATION, (EXPLICIT,))]) as channel:
        channel.association.send(1, b"data", is_command=False, is_last=True)
        channel.flush()
        with pytest.raises(AssociationEnded, match="aborted_by_peer"):
            channel.next_event(10.0)


def test_an_operation_that_is_none_of_the_service_is_not_recognized() -> None:
    with running() as house, house.association([(VERIFICATION, (EXPLICIT,))]) as channel:
        command = Command(field=Operation.C_FIND, message_id=9, affected_sop_class_uid="1.2")
        channel.send_message(1, command, [b"\0" * 100])
        response = channel.read_response(9, patience=10.0)
        assert response.field == Operation.C_FIND | RESPONSE
        assert response.status == Status.UNRECOGNIZED_OPERATION
        channel.send_message(1, Command(field=Operation.C_ECHO, message_id=10))
        assert channel.read_response(10, patience=10.0).status == Status.SUCCESS


def test_an_idle_association_is_aborted() -> None:
    timeouts = Timeouts(artim=20.0, idle=0.2, network=20.0)
    with running(DimseSettings(port=0, timeouts=timeouts)) as house:
        contexts = [(VERIFICATION, (EXPLICIT,))]
        with house.association(contexts) as channel, pytest.raises(AssociationEnded):
            channel.next_event(10.0)


def test_a_peer_that_stops_in_a_message_is_aborted() -> None:
    timeouts = Timeouts(artim=20.0, idle=20.0, network=0.2)
    with (
        running(DimseSettings(port=0, timeouts=timeouts)) as house,
        house.association([(CT, (EXPLICIT,))]) as channel,
    ):
        channel.association.send(1, b"begun", is_command=True, is_last=False)
        channel.flush()
        with pytest.raises(AssociationEnded, match="aborted_by_peer"):
            channel.next_event(10.0)


def test_a_peer_that_drips_in_a_message_is_aborted() -> None:
    timeouts = Timeouts(artim=20.0, idle=20.0, network=0.3)
    with (
        running(DimseSettings(port=0, timeouts=timeouts)) as house,
        raw_connection(house.server.port) as connection,
    ):
        connection.sendall(request())
        assert connection.recv(1)[0] == pdu.PduType.A_ASSOCIATE_AC
        connection.sendall(pack(">BxIIBB", 4, 10000, 9996, 1, 1))
        connection.setblocking(False)
        heard: list[bytes] = []

        def drip() -> bool:
            connection.send(b"x")
            with contextlib.suppress(BlockingIOError):
                heard.append(connection.recv(65536))
            return b"".join(heard).endswith(abort_bytes(0, 0))

        assert eventually(drip)


def test_a_server_that_stops_aborts_idle_associations_and_closes_its_port() -> None:
    with running() as house:
        channel = open_association(
            Caller(aet="TESTER", timeouts=TIMEOUTS),
            house.remote,
            [(VERIFICATION, (EXPLICIT,))],
        )
        remote = house.remote
        house.server.stop(3600.0)
        with pytest.raises(AssociationEnded, match="aborted_by_peer"):
            channel.next_event(10.0)
        channel.finish()
        with pytest.raises(CannotAssociate):
            echo(remote, TESTER)


def test_stop_may_be_called_again() -> None:
    with running() as house:
        house.server.stop(1.0)


def test_many_associations_at_once_are_served() -> None:
    with running() as house:
        results: list[int] = []

        def call() -> None:
            results.append(echo(house.remote, TESTER))

        threads = [threading.Thread(target=call) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results == [Status.SUCCESS] * 40


def test_a_peer_that_stops_reading_is_dropped_and_frees_its_slot() -> None:
    timeouts = Timeouts(artim=20.0, idle=20.0, network=0.3)
    settings = DimseSettings(port=0, timeouts=timeouts, max_associations=1)
    with running(settings) as house, house.association([(FIND, (EXPLICIT,))]) as channel:
        house.finder.matches = itertools.repeat(  # type: ignore[assignment]
            {"00081030": {"vr": "LO", "Value": ["x" * 60_000]}}
        )
        identifier = {
            "00080052": {"vr": "CS", "Value": ["STUDY"]},
            "00081030": {"vr": "LO"},
        }
        command = Command(field=Operation.C_FIND, message_id=1, affected_sop_class_uid=FIND)
        channel.send_message(1, command, [encode_dataset(identifier, EXPLICIT)])
        assert eventually(lambda: _echoes(house))


def test_a_server_that_stops_lets_the_message_under_way_end() -> None:
    with running() as house, house.association([(CT, (EXPLICIT,))]) as channel:
        going_on, received = threading.Event(), threading.Event()
        receive = house.receiver.receive

        def slowly(arrivals: object) -> object:
            received.set()
            going_on.wait(20.0)
            return receive(arrivals)

        house.receiver.receive = slowly  # type: ignore[method-assign]
        command = Command(
            field=Operation.C_STORE,
            message_id=1,
            affected_sop_class_uid=CT,
            affected_sop_instance_uid="1.2.3",
        )
        channel.send_message(1, command, [bytes(100)])
        assert received.wait(20.0)
        stopping = threading.Thread(target=house.server.stop, args=(3600.0,))
        stopping.start()
        assert eventually(lambda: house.server._open_channels()[0]._stopping)
        going_on.set()
        assert channel.read_response(1, patience=20.0).status == Status.SUCCESS
        with pytest.raises(AssociationEnded, match="aborted_by_peer"):
            channel.next_event(20.0)
        stopping.join()
