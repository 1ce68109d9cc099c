"""What we say unasked comes between a peer's own operations, and never in their way."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.unit.dimse.fakes import CT, make_part10
from tests.unit.dimse.running import EXPLICIT, House, eventually, running

from steckel.dicom.encode import decode_dataset, encode_dataset
from steckel.dicom.part10 import read_start
from steckel.dimse.channel import Channel
from steckel.dimse.services import STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE
from steckel.dimse.wire.command import RESPONSE, Command, Operation
from steckel.dimse.wire.message import Message

CONTEXTS = [(STORAGE_COMMITMENT, (EXPLICIT,)), (CT, (EXPLICIT,))]
REQUEST: Any = {
    "00081195": {"vr": "UI", "Value": ["2.25.1"]},
    "00081199": {
        "vr": "SQ",
        "Value": [
            {
                "00081150": {"vr": "UI", "Value": [CT]},
                "00081155": {"vr": "UI", "Value": ["1.2.3.9"]},
            }
        ],
    },
}


@pytest.fixture
def house() -> Iterator[House]:
    with running() as made:
        yield made


def _context(channel: Channel, sop_class: str) -> int:
    contexts = channel.association.contexts.values()
    return next(one.id for one in contexts if one.abstract_syntax == sop_class)


def _request(channel: Channel, number: int = 1) -> None:
    command = Command(
        field=Operation.N_ACTION,
        requested_sop_class_uid=STORAGE_COMMITMENT,
        requested_sop_instance_uid=STORAGE_COMMITMENT_INSTANCE,
        message_id=number,
        action_type_id=1,
    )
    dataset = encode_dataset(REQUEST, EXPLICIT)
    channel.send_message(_context(channel, STORAGE_COMMITMENT), command, (dataset,))


def _store(channel: Channel, number: int) -> None:
    part10 = make_part10("1.2.3.9")
    command = Command(
        field=Operation.C_STORE,
        affected_sop_class_uid=CT,
        affected_sop_instance_uid="1.2.3.9",
        message_id=number,
        priority=0,
    )
    dataset = part10[read_start(part10).dataset_offset :]
    channel.send_message(_context(channel, CT), command, (dataset,))


def _hear(channel: Channel) -> tuple[Message, dict[str, Any]]:
    """Read the report that the server sends of its own accord."""
    message = channel.next_message()
    assert message is not None
    gathered = io.BytesIO()
    channel.read_dataset(gathered.write)
    return message, decode_dataset(gathered.getvalue(), EXPLICIT)


def _respond(channel: Channel, message: Message, *, reply: bool = False) -> None:
    response = Command(
        field=Operation.N_EVENT_REPORT | RESPONSE,
        affected_sop_class_uid=STORAGE_COMMITMENT,
        affected_sop_instance_uid=STORAGE_COMMITMENT_INSTANCE,
        responded_to=message.command.message_id,
        event_type_id=message.command.event_type_id,
        status=0,
    )
    dataset = (encode_dataset(REQUEST, EXPLICIT),) if reply else None
    channel.send_message(message.context_id, response, dataset)


@contextmanager
def _asked(house: House) -> Iterator[Channel]:
    with house.association(CONTEXTS) as channel:
        _request(channel)
        response = channel.read_response(1, patience=20)
        assert (response.status, response.action_type_id) == (0, 1)
        assert response.affected_sop_instance_uid == STORAGE_COMMITMENT_INSTANCE
        yield channel


@pytest.mark.parametrize("reply", [False, True], ids=["without a reply", "with a reply"])
def test_the_report_is_an_event_of_the_well_known_instance(house: House, reply: bool) -> None:
    with _asked(house) as channel:
        message, report = _hear(channel)
        command = message.command
        assert command.field == Operation.N_EVENT_REPORT
        assert command.affected_sop_class_uid == STORAGE_COMMITMENT
        assert command.affected_sop_instance_uid == STORAGE_COMMITMENT_INSTANCE
        assert command.event_type_id == 1
        assert report["00081195"]["Value"] == ["2.25.1"]
        _respond(channel, message, reply=reply)
        assert house.commitments.settled.wait(20)
    assert house.commitments.delivered_keys == [0]


def test_a_request_that_crosses_the_report_is_served(house: House) -> None:
    with _asked(house) as channel:
        message, _ = _hear(channel)
        _store(channel, 2)
        assert channel.read_response(2, patience=20).status == 0
        assert house.commitments.delivered_keys == []
        _respond(channel, message)
        assert house.commitments.settled.wait(20)
    assert len(house.receiver.arrivals) == 1


def test_a_busy_peer_is_not_interrupted(house: House) -> None:
    with _asked(house) as channel:
        for number in range(2, 20):
            _store(channel, number)
            assert channel.read_response(number, patience=20).status == 0
        assert house.commitments.reported == 0
        message, _ = _hear(channel)
        _respond(channel, message)
        assert house.commitments.settled.wait(20)


@pytest.mark.parametrize("how", ["release", "abort"])
def test_who_leaves_without_an_answer_has_not_heard(house: House, how: str) -> None:
    with _asked(house) as channel:
        _hear(channel)
        if how == "abort":
            channel.abort()
    assert eventually(lambda: bool(house.commitments.reasons))
    assert "nothing" in house.commitments.reasons[0]
    assert house.commitments.delivered_keys == []


def test_a_response_that_nobody_awaits_is_ignored(house: House) -> None:
    with house.association(CONTEXTS) as channel:
        context = _context(channel, STORAGE_COMMITMENT)
        stray = Command(field=Operation.N_EVENT_REPORT | RESPONSE, responded_to=7, status=0)
        channel.send_message(context, stray)
        _store(channel, 1)
        assert channel.read_response(1, patience=20).status == 0
