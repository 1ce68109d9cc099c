"""Recorded conversations with damage in them: the server answers, aborts or closes, and lives."""

import contextlib
import random
import socket

import pytest
import structlog
from tests.unit.dimse.fakes import CT, make_part10
from tests.unit.dimse.running import EXPLICIT, TESTER, eventually, running

from steckel.dicom.encode import encode_dataset
from steckel.dicom.part10 import read_start
from steckel.dimse.scu.echo import echo
from steckel.dimse.services import STUDY_ROOT_FIND, STUDY_ROOT_GET, STUDY_ROOT_MOVE
from steckel.dimse.settings import DimseSettings, Timeouts
from steckel.dimse.status import Status
from steckel.dimse.wire.command import Command, Operation, encode_command
from steckel.upperlayer import pdu
from steckel.upperlayer.encode import encode_pdu, fragment_header

CLASSES = (CT, STUDY_ROOT_FIND, STUDY_ROOT_MOVE, STUDY_ROOT_GET)
OPERATIONS = (Operation.C_STORE, Operation.C_FIND, Operation.C_MOVE, Operation.C_GET)
FAST = Timeouts(artim=0.2, idle=0.2, network=0.2, connect=1.0, response=0.2)


def conversation() -> tuple[bytes, bytes]:
    """Return what a requestor says who uses all services: the request, and all the rest."""
    part10 = make_part10("1.2.3.4.5", pixels=512)
    image = part10[read_start(part10).dataset_offset :]
    asked = encode_dataset(
        {
            "00080052": {"vr": "CS", "Value": ["STUDY"]},
            "0020000D": {"vr": "UI", "Value": ["1.2.3"]},
        },
        EXPLICIT,
    )
    contexts = tuple(
        pdu.ProposedContext(id=2 * n + 1, abstract_syntax=uid, transfer_syntaxes=(EXPLICIT,))
        for n, uid in enumerate(CLASSES)
    )
    user = pdu.UserInformation(
        max_length=16384,
        roles=(pdu.RoleSelection(sop_class_uid=CT, scu=True, scp=True),),
        asynchronous=(1, 1),
    )
    said = b""
    request = encode_pdu(
        pdu.AssociateRq(called_aet="A", calling_aet="B", contexts=contexts, user=user)
    )
    for number, (uid, operation) in enumerate(zip(CLASSES, OPERATIONS, strict=True)):
        command = Command(
            field=operation,
            message_id=number + 1,
            affected_sop_class_uid=uid,
            affected_sop_instance_uid="1.2.3.4.5",
            move_destination="NOBODY",
            has_dataset=True,
        )
        for data, is_command in ((encode_command(command), True), (image, False)):
            sent = data if is_command or operation is Operation.C_STORE else asked
            header = fragment_header(2 * number + 1, len(sent), is_command=is_command, is_last=True)
            said += header + sent
    return request, said + encode_pdu(pdu.ReleaseRq())


def damaged(said: bytes, seed: int) -> bytes:
    """Return the conversation with bytes changed, cut out, doubled or cut off."""
    chance = random.Random(seed)
    data = bytearray(said)
    for _ in range(chance.randint(1, 6)):
        position = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[position] = chance.randrange(256)
            case 1:
                del data[position : position + chance.randrange(1, 40)]
            case 2:
                data[position:position] = data[position : position + chance.randrange(1, 40)]
            case 3:
                data = data[: max(position, 10)]
    return bytes(data)


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_damaged_conversations_harm_nobody(start: int) -> None:
    request, said = conversation()
    settings = DimseSettings(port=0, timeouts=FAST, max_associations=8)
    with structlog.testing.capture_logs() as logs, running(settings) as house:
        house.retriever.add(make_part10("1.2.3.4.5", pixels=512))
        house.finder.matches = [{"0020000D": {"vr": "UI", "Value": ["1.2.3"]}}]
        for seed in range(start, start + 50):
            with socket.create_connection(("127.0.0.1", house.server.port)) as connection:
                connection.settimeout(20.0)
                connection.sendall(damaged(request, seed) if seed % 5 == 0 else request)
                answer = connection.recv(65536)
                with contextlib.suppress(OSError):  # it may have been cut already
                    connection.sendall(damaged(said, seed))
                    connection.shutdown(socket.SHUT_WR)
                    while answer:
                        answer = connection.recv(65536)
        assert echo(house.remote, TESTER) == Status.SUCCESS
        assert eventually(lambda: not house.server._connections)
        assert all(draft.discarded.is_set() for draft in unfinished(house.receiver))
    assert [one for one in logs if one["event"] == "association_failed"] == []


def unfinished(receiver: object) -> list:  # type: ignore[type-arg]
    """Return the drafts that never became an arrival."""
    arrived = {id(one.draft) for one in receiver.arrivals}  # type: ignore[attr-defined]
    return [one for one in receiver.drafts if id(one) not in arrived]  # type: ignore[attr-defined]


def test_the_conversation_without_damage_is_answered_to_the_end() -> None:
    request, said = conversation()
    with running() as house:
        house.retriever.add(make_part10("1.2.3.4.5", pixels=512))
        with socket.create_connection(("127.0.0.1", house.server.port)) as connection:
            connection.settimeout(20.0)
            connection.sendall(request)
            assert connection.recv(65536)[0] == pdu.PduType.A_ASSOCIATE_AC
            connection.sendall(said)
            assert connection.recv(1)[0] == pdu.PduType.P_DATA_TF
            assert eventually(lambda: len(house.retriever.selections) == 1)
        assert eventually(lambda: len(house.receiver.arrivals) == 1)
        assert eventually(lambda: len(house.finder.queries) == 1)
