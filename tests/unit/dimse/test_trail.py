"""What associations leave in the audit trail, over real connections."""

import pytest
from tests.unit.dimse.fakes import CT, make_part10
from tests.unit.dimse.running import EXPLICIT, House, eventually, running

from steckel.audit.event import Part
from steckel.audit.kinds import Kind, Outcome
from steckel.dicom.encode import encode_dataset
from steckel.dicom.json_model import JsonDataset
from steckel.dimse.channel import Channel
from steckel.dimse.scu.association import CannotAssociate
from steckel.dimse.services import STUDY_ROOT_FIND, STUDY_ROOT_MOVE
from steckel.dimse.status import Status
from steckel.dimse.wire.command import Command, Operation
from steckel.errors import NotAllowed

_STUDY: JsonDataset = {
    "00080052": {"vr": "CS", "Value": ["STUDY"]},
    "0020000D": {"vr": "UI", "Value": ["1.2.3"]},
}


def ask(channel: Channel, command: Command) -> Command:
    channel.send_message(1, command, [encode_dataset(_STUDY, EXPLICIT)])
    response = channel.read_response(1, patience=20.0)
    while response.status in (Status.PENDING, Status.PENDING_WITHOUT_OPTIONAL_KEYS):
        channel.skip_dataset()
        response = channel.read_response(1, patience=20.0)
    channel.skip_dataset()
    return response


def find(house: House, times: int = 1) -> None:
    command = Command(field=Operation.C_FIND, message_id=1, affected_sop_class_uid=STUDY_ROOT_FIND)
    with house.association([(STUDY_ROOT_FIND, (EXPLICIT,))]) as channel:
        for _ in range(times):
            ask(channel, command)


def test_a_question_is_kept_as_it_came_and_once_in_a_while() -> None:
    with running() as house:
        find(house, times=3)
        find(house)
        assert eventually(lambda: len(house.recorder.done) == 2)
    (event,) = house.recorder.events
    assert (event.kind, event.account, event.address) == (Kind.QUERY, "TESTER", "127.0.0.1")
    assert event.query is not None
    assert event.query.about == STUDY_ROOT_FIND
    assert b"1.2.3" in event.query.text


def test_what_was_moved_is_one_event_for_each_study_with_who_has_it_now() -> None:
    with running(aet="DEST") as destination, running() as house:
        for number in range(3):
            house.retriever.add(make_part10(f"1.2.3.4.{number}"))
        house.peers.remotes["DEST"] = destination.remote
        command = Command(
            field=Operation.C_MOVE,
            message_id=1,
            affected_sop_class_uid=STUDY_ROOT_MOVE,
            move_destination="DEST",
        )
        with house.association([(STUDY_ROOT_MOVE, (EXPLICIT,))]) as channel:
            assert ask(channel, command).status == Status.SUCCESS
        assert eventually(lambda: len(house.recorder.events) == 1)
        assert eventually(lambda: [one.name for one in destination.recorder.done] == ["STECKEL"])
    (event,) = house.recorder.events
    assert (event.kind, event.outcome) == (Kind.INSTANCES_TRANSFERRED, Outcome.SUCCESS)
    assert event.study is not None
    assert (event.study.uid, event.study.classes) == ("1.2.3", ((CT, 3),))
    assert [(one.name, one.part) for one in event.actors] == [
        ("TESTER", Part.REQUESTOR),
        ("STECKEL", Part.SOURCE),
        ("DEST", Part.DESTINATION),
    ]


def test_a_sender_is_done_when_its_association_ends() -> None:
    with running() as house:
        with house.association([(CT, (EXPLICIT,))], aet="CT1"):
            assert house.recorder.done == []
        assert eventually(lambda: [one.name for one in house.recorder.done] == ["CT1"])


def test_who_is_rejected_is_an_alert() -> None:
    with running() as house:
        house.gate.error = NotAllowed("no")
        with pytest.raises(CannotAssociate), house.association([(CT, (EXPLICIT,))], aet="EVIL"):
            pass
        assert eventually(lambda: bool(house.recorder.events))
    (event,) = house.recorder.events
    assert (event.kind, event.outcome, event.account) == (
        Kind.NODE_REFUSED,
        Outcome.SERIOUS_FAILURE,
        "EVIL",
    )
