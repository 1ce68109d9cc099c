"""C-GET and C-MOVE when the store itself fails under way."""

import contextlib

from tests.unit.dimse.fakes import make_part10
from tests.unit.dimse.running import EXPLICIT, House, eventually, running

from steckel.dicom.encode import encode_dataset
from steckel.dimse.channel import AssociationEnded, Channel
from steckel.dimse.services import STUDY_ROOT_MOVE
from steckel.dimse.status import Status
from steckel.dimse.wire.command import Command, Operation
from steckel.errors import StorageFailure
from steckel.retrieve.model import StoredInstance


def move(channel: Channel) -> Command:
    """Ask for the study to be moved and return the final response."""
    identifier = {
        "00080052": {"vr": "CS", "Value": ["STUDY"]},
        "0020000D": {"vr": "UI", "Value": ["1.2.3"]},
    }
    request = Command(
        field=Operation.C_MOVE,
        message_id=1,
        affected_sop_class_uid=STUDY_ROOT_MOVE,
        move_destination="DEST",
    )
    channel.send_message(1, request, [encode_dataset(identifier, EXPLICIT)])
    response = channel.read_response(1, patience=20.0)
    while response.status == Status.PENDING:
        response = channel.read_response(1, patience=20.0)
    channel.skip_dataset()
    return response


def fill(house: House) -> None:
    house.retriever.chunk = 1000
    for number in range(3):
        house.retriever.add(make_part10(f"1.2.3.4.{number}", pixels=4096))


class FailsOnce:
    """Fails when an instance is read for the `at`-th time."""

    def __init__(self, at: int) -> None:
        self._at, self._reads = at, 0

    def __call__(self, instance: StoredInstance) -> None:
        if instance.sop_instance_uid == "1.2.3.4.1":
            self._reads += 1
            if self._reads == self._at:
                raise StorageFailure("the disk does not answer")


def test_an_instance_that_cannot_be_read_fails_alone() -> None:
    for first_or_later in (1, 3):
        with running(aet="DEST") as destination, running() as house:
            fill(house)
            house.retriever.before_chunk = FailsOnce(first_or_later)
            house.peers.remotes["DEST"] = destination.remote
            with house.association([(STUDY_ROOT_MOVE, (EXPLICIT,))]) as channel:
                response = move(channel)
            assert response.status == Status.SUBOPERATIONS_WITH_FAILURES
            assert (response.completed, response.failed, response.remaining) == (2, 1, None)
            stored = [one.SOPInstanceUID for one in destination.receiver.datasets()]
            assert stored == ["1.2.3.4.0", "1.2.3.4.2"]
            assert eventually(lambda: len(destination.receiver.arrivals) == 2)


def test_a_peer_that_aborts_its_move_ends_the_delivery() -> None:
    with running(aet="DEST") as destination, running() as house:
        fill(house)
        house.peers.remotes["DEST"] = destination.remote

        def abort(instance: StoredInstance) -> None:
            if instance.sop_instance_uid == "1.2.3.4.1":
                caller.abort()
                assert eventually(house.server._open_channels()[0]._transport.readable)

        house.retriever.before_chunk = abort
        with (
            contextlib.suppress(AssociationEnded),
            house.association([(STUDY_ROOT_MOVE, (EXPLICIT,))]) as caller,
        ):
            move(caller)
        assert eventually(lambda: not house.server._connections)
        assert eventually(lambda: not destination.server._connections)
        assert len(destination.receiver.arrivals) < 3


def test_a_destination_that_takes_nothing_fails_all() -> None:
    with running(aet="DEST", accept_unknown_storage=False) as destination, running() as house:
        house.retriever.add(make_part10("1.2.3.4.1", sop_class="1.2.826.0.1.3680043.8.498.9"))
        house.peers.remotes["DEST"] = destination.remote
        with house.association([(STUDY_ROOT_MOVE, (EXPLICIT,))]) as channel:
            response = move(channel)
        assert response.status == Status.UNABLE_TO_PERFORM_SUBOPERATIONS
        assert response.error_comment == "the receiver does not take this SOP class"
