"""C-STORE as peers see it."""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from struct import pack

import pydicom
import pytest
import structlog
from tests.unit.dimse.fakes import CT, make_part10
from tests.unit.dimse.running import EXPLICIT, IMPLICIT, House, eventually, running

from steckel.dicom.part10 import read_start
from steckel.dimse.channel import AssociationEnded, Channel
from steckel.dimse.scu.store import MoveOriginator, StoreScu
from steckel.dimse.status import Status
from steckel.dimse.wire.command import Command, Operation, encode_command
from steckel.errors import (
    IdentityMismatch,
    MissingIdentity,
    OutOfSpace,
    SteckelError,
    StorageFailure,
)
from steckel.ingest.model import Way

UID = "1.2.3.4.5.6"
PRIVATE = "1.3.12.2.1107.5.9.1"


def dataset_of(part10: bytes) -> bytes:
    return part10[read_start(part10).dataset_offset :]


def store(channel: Channel, dataset: bytes, uid: str = UID, size: int = 1000) -> int:
    [context] = channel.association.contexts.values()
    pieces = [dataset[start : start + size] for start in range(0, len(dataset), size)]
    scu = StoreScu(channel, response_timeout=20.0)
    return scu.store(context, context.abstract_syntax, uid, pieces)


@contextmanager
def storing(house: House, sop_class: str = CT, syntax: str = EXPLICIT) -> Iterator[Channel]:
    with house.association([(sop_class, (syntax,))]) as channel:
        yield channel


@pytest.mark.parametrize("pixels", [256, 300_000, 3_000_000])
@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
def test_a_data_set_arrives_byte_for_byte_as_a_part_10_file(pixels: int, syntax: str) -> None:
    dataset = dataset_of(make_part10(UID, pixels=pixels, transfer_syntax=syntax))
    with running() as house, storing(house, syntax=syntax) as channel:
        assert store(channel, dataset, size=70_001) == Status.SUCCESS
        [arrival] = house.receiver.arrivals
    got = bytes(arrival.draft.read(0, arrival.draft.size))
    start = read_start(got)
    assert start.complete
    assert got[start.dataset_offset :] == dataset
    meta = pydicom.dcmread(io.BytesIO(got), stop_before_pixels=True).file_meta
    assert meta.TransferSyntaxUID == syntax
    assert meta.MediaStorageSOPInstanceUID == UID
    assert meta.SourceApplicationEntityTitle == "TESTER"
    assert arrival.expected.sop_class_uid == CT
    assert arrival.expected.sop_instance_uid == UID
    assert (arrival.source.way, arrival.source.name) == (Way.DIMSE, "TESTER")
    assert arrival.source.address == "127.0.0.1"


def test_many_instances_on_one_association_stay_apart() -> None:
    with running() as house, storing(house) as channel:
        sent = [dataset_of(make_part10(f"{UID}.{n}", pixels=256 * n)) for n in range(1, 30)]
        for number, dataset in enumerate(sent, start=1):
            assert store(channel, dataset, f"{UID}.{number}") == Status.SUCCESS
        got = [bytes(a.draft.read(0, a.draft.size)) for a in house.receiver.arrivals]
        assert [dataset_of(one) for one in got] == sent


def test_a_private_sop_class_is_taken_by_policy() -> None:
    dataset = dataset_of(make_part10(UID, sop_class=PRIVATE))
    with running() as house, storing(house, PRIVATE) as channel:
        assert store(channel, dataset) == Status.SUCCESS
    with running(accept_unknown_storage=False) as house, storing(house, PRIVATE) as channel:
        assert not channel.association.contexts


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OutOfSpace("the store is full"), 0xA700),
        (IdentityMismatch("another instance"), 0xA900),
        (MissingIdentity("no study"), 0xC001),
    ],
)
def test_a_refusal_becomes_a_status_with_a_comment(error: SteckelError, status: int) -> None:
    with running() as house, storing(house) as channel:
        house.receiver.error = error
        request = Command(
            field=Operation.C_STORE,
            message_id=4,
            affected_sop_class_uid=CT,
            affected_sop_instance_uid=UID,
        )
        channel.send_message(1, request, [dataset_of(make_part10(UID))])
        response = channel.read_response(4, patience=20.0)
        assert response.status == status
        assert response.error_comment == str(error)
        assert response.affected_sop_instance_uid == UID
        house.receiver.error = None
        assert store(channel, dataset_of(make_part10(UID))) == Status.SUCCESS


def test_a_full_spool_is_answered_after_the_rest_was_read_over() -> None:
    with running() as house, storing(house) as channel:
        house.receiver.capacity = 100_000
        assert store(channel, dataset_of(make_part10(UID, pixels=2_000_128))) == 0xA700
        house.receiver.capacity = None
        assert store(channel, dataset_of(make_part10(UID))) == Status.SUCCESS
        assert house.receiver.drafts[0].discarded.is_set()
        assert len(house.receiver.arrivals) == 1


@pytest.mark.parametrize("uid", ["", "../../etc/passwd", "1.2.x", "1" * 70])
def test_what_is_no_uid_is_refused_before_anything_is_kept(uid: str) -> None:
    with running() as house, storing(house) as channel:
        assert store(channel, dataset_of(make_part10(UID)), uid) == 0x0117
        assert not house.receiver.drafts
        assert store(channel, dataset_of(make_part10(UID))) == Status.SUCCESS


def test_a_request_without_a_data_set_is_refused() -> None:
    with running() as house, storing(house) as channel:
        request = Command(
            field=Operation.C_STORE,
            message_id=1,
            affected_sop_class_uid=CT,
            affected_sop_instance_uid=UID,
        )
        channel.send_message(1, request)
        assert channel.read_response(1, patience=20.0).status == 0xC000


def begin_store(channel: Channel) -> None:
    """Send a C-STORE-RQ and half of its data set."""
    request = Command(
        field=Operation.C_STORE,
        message_id=1,
        affected_sop_class_uid=CT,
        affected_sop_instance_uid=UID,
        has_dataset=True,
    )
    channel.association.send(1, encode_command(request), is_command=True, is_last=True)
    channel.association.send(1, bytes(50_000), is_command=False, is_last=False)
    channel.flush()


def test_an_abort_in_the_middle_leaves_nothing() -> None:
    with running() as house:
        with storing(house) as channel:
            begin_store(channel)
            assert eventually(lambda: bool(house.receiver.drafts))
            channel.abort()
        assert house.receiver.drafts[0].discarded.wait(20.0)
        assert not house.receiver.arrivals


def test_a_lost_connection_in_the_middle_leaves_nothing() -> None:
    with running() as house:
        with storing(house) as channel:
            begin_store(channel)
            assert eventually(lambda: bool(house.receiver.drafts))
            channel.kill()
        assert house.receiver.drafts[0].discarded.wait(20.0)
        assert not house.receiver.arrivals


@pytest.mark.parametrize(
    "garbage",
    [
        pack(">BxIIBB", 4, 8, 4, 1, 3) + b"xx",  # a command set in place of the data set
        pack(">BxIIBB", 4, 8, 4, 77, 2) + b"xx",  # another presentation context
        b"\x99garbage",
        bytes.fromhex("05000000000400000000"),  # A-RELEASE-RQ
    ],
)
def test_garbage_in_the_middle_is_aborted_and_leaves_nothing(garbage: bytes) -> None:
    with running() as house:
        with storing(house) as channel:
            begin_store(channel)
            channel._transport.send([garbage], 10.0)
            with pytest.raises(AssociationEnded, match="aborted_by_peer"):
                channel.next_event(20.0)
        assert eventually(lambda: not house.server._connections)
        assert all(draft.discarded.is_set() for draft in house.receiver.drafts)
        assert not house.receiver.arrivals


def test_a_fault_of_ours_ends_one_association_and_no_other() -> None:
    dataset = dataset_of(make_part10(UID))
    with running() as house, storing(house) as other:
        with storing(house) as channel:
            house.receiver.crash = RuntimeError("a bug")
            with pytest.raises(AssociationEnded, match="aborted_by_peer"):
                store(channel, dataset)
        house.receiver.crash = None
        assert store(other, dataset) == Status.SUCCESS


def test_the_originator_of_a_move_is_named() -> None:
    with running() as house, storing(house) as channel:
        [context] = channel.association.contexts.values()
        originator = MoveOriginator(aet="MOVER", message_id=7)
        scu = StoreScu(channel, response_timeout=20.0, originator=originator)
        assert scu.store(context, CT, UID, [dataset_of(make_part10(UID))]) == Status.SUCCESS


def test_nagle_is_off() -> None:
    with running() as house, storing(house) as channel:
        [ours] = house.server._open_channels()
        for end in (channel, ours):
            connection = end._transport._socket
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_sop_class_that_is_left_out_is_that_of_the_context() -> None:
    with running() as house, storing(house) as channel:
        [context] = channel.association.contexts.values()
        scu = StoreScu(channel, response_timeout=20.0)
        assert scu.store(context, "", UID, [dataset_of(make_part10(UID))]) == Status.SUCCESS
        assert house.receiver.arrivals[0].expected.sop_class_uid == CT


def test_an_error_of_the_receiver_is_answered_and_the_draft_dropped() -> None:
    with running() as house, storing(house) as channel:
        house.receiver.crash = StorageFailure("the index does not answer")
        assert store(channel, dataset_of(make_part10(UID))) == 0x0110
        assert house.receiver.drafts[0].discarded.is_set()


def test_logs_have_no_patient_in_them() -> None:
    dataset = dataset_of(make_part10(UID))  # of the patient TEST, Test^Case
    with structlog.testing.capture_logs() as logs, running() as house:
        with storing(house) as channel:
            assert store(channel, dataset) == Status.SUCCESS
            house.receiver.error = IdentityMismatch("another instance")
            assert store(channel, dataset) == 0xA900
            house.receiver.error = None
            house.receiver.crash = RuntimeError("Test^Case of TEST is too much")
            with pytest.raises(AssociationEnded):
                store(channel, dataset)
        assert eventually(lambda: not house.server._connections)
    events = {one["event"] for one in logs}
    assert {"association_accepted", "instance_refused", "association_failed"} <= events
    assert "Test^Case" not in str(logs)
    assert "store.py" in str(logs)
