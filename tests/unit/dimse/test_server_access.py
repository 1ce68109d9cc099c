"""The DIMSE half of the access matrix: every service, with and without each right."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from tests.unit.dimse.fakes import CT
from tests.unit.dimse.running import EXPLICIT, TIMEOUTS, House, running

from steckel.dicom.encode import encode_dataset
from steckel.dicom.json_model import JsonDataset
from steckel.dicom.uids import VERIFICATION
from steckel.dimse import services
from steckel.dimse.access import RIGHTS
from steckel.dimse.scu.association import Caller, CannotAssociate, open_association
from steckel.dimse.services import ServiceClass
from steckel.dimse.status import Status
from steckel.dimse.wire.command import Command, Operation
from steckel.errors import NotAllowed
from steckel.index.view import Criteria, View
from steckel.security.refusals import NotAuthenticated, NotRecognized, Throttled
from steckel.security.rights import ALL_RIGHTS, Right

_FIND: JsonDataset = {"00080052": {"vr": "CS", "Value": ["STUDY"]}, "0020000D": {"vr": "UI"}}
_ONE: JsonDataset = {**_FIND, "0020000D": {"vr": "UI", "Value": ["1.2.3"]}}
_VIEW = View(any_of=(Criteria(modalities=("CT",)),))


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request of a service; `right` is what it needs, `looks` whether a view counts."""

    sop_class: str
    command: Command
    dataset: JsonDataset | None = None
    right: Right | None
    looks: bool = False


def _command(operation: Operation, **more: object) -> Command:
    return Command(field=operation, message_id=1)._replace(**more)


_ASKS: dict[tuple[ServiceClass, Operation], Ask] = {
    (ServiceClass.VERIFICATION, Operation.C_ECHO): Ask(
        sop_class=VERIFICATION, command=_command(Operation.C_ECHO), right=None
    ),
    (ServiceClass.STORAGE, Operation.C_STORE): Ask(
        sop_class=CT,
        command=_command(Operation.C_STORE, affected_sop_instance_uid="1.2.3.4"),
        dataset=_ONE,
        right=Right.STORE,
    ),
    (ServiceClass.QUERY_RETRIEVE, Operation.C_FIND): Ask(
        sop_class=services.STUDY_ROOT_FIND,
        command=_command(Operation.C_FIND),
        dataset=_FIND,
        right=Right.QUERY,
        looks=True,
    ),
    (ServiceClass.QUERY_RETRIEVE, Operation.C_MOVE): Ask(
        sop_class=services.STUDY_ROOT_MOVE,
        command=_command(Operation.C_MOVE, move_destination="THERE"),
        dataset=_ONE,
        right=Right.RETRIEVE,
        looks=True,
    ),
    (ServiceClass.QUERY_RETRIEVE, Operation.C_GET): Ask(
        sop_class=services.STUDY_ROOT_GET,
        command=_command(Operation.C_GET),
        dataset=_ONE,
        right=Right.RETRIEVE,
        looks=True,
    ),
    (ServiceClass.WORKLIST, Operation.C_FIND): Ask(
        sop_class=services.MODALITY_WORKLIST_FIND,
        command=_command(Operation.C_FIND),
        dataset={"00100010": {"vr": "PN"}},
        right=Right.QUERY,
        looks=True,
    ),
    (ServiceClass.PROCEDURE_STEP, Operation.N_CREATE): Ask(
        sop_class=services.PERFORMED_PROCEDURE_STEP,
        command=_command(Operation.N_CREATE, affected_sop_instance_uid="1.2.9"),
        dataset={"00400252": {"vr": "CS", "Value": ["IN PROGRESS"]}},
        right=Right.STORE,
        looks=True,
    ),
    (ServiceClass.PROCEDURE_STEP, Operation.N_SET): Ask(
        sop_class=services.PERFORMED_PROCEDURE_STEP,
        command=_command(Operation.N_SET, requested_sop_instance_uid="1.2.8"),
        dataset={"00400252": {"vr": "CS", "Value": ["COMPLETED"]}},
        right=Right.STORE,
        looks=True,
    ),
    (ServiceClass.PROCEDURE_STEP, Operation.N_GET): Ask(
        sop_class=services.PERFORMED_PROCEDURE_STEP_RETRIEVE,
        command=_command(Operation.N_GET, requested_sop_instance_uid="1.2.8"),
        right=Right.QUERY,
        looks=True,
    ),
    (ServiceClass.STORAGE_COMMITMENT, Operation.N_ACTION): Ask(
        sop_class=services.STORAGE_COMMITMENT,
        command=_command(
            Operation.N_ACTION,
            requested_sop_instance_uid=services.STORAGE_COMMITMENT_INSTANCE,
            action_type_id=1,
        ),
        dataset={
            "00081195": {"vr": "UI", "Value": ["1.2.7"]},
            "00081199": {
                "vr": "SQ",
                "Value": [
                    {
                        "00081150": {"vr": "UI", "Value": [CT]},
                        "00081155": {"vr": "UI", "Value": ["1.2.3.4"]},
                    }
                ],
            },
        },
        right=Right.STORE,
    ),
}


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with running() as found:
        found.performed.steps["1.2.8"] = {}
        found.peers.remotes["THERE"] = found.remote
        yield found


def _final_status(house: House, ask: Ask) -> int | None:
    with house.association([(ask.sop_class, (EXPLICIT,))]) as channel:
        [context] = channel.association.contexts.values()
        dataset = None if ask.dataset is None else (encode_dataset(ask.dataset, EXPLICIT),)
        uids = {"affected_sop_class_uid": ask.sop_class}
        if ask.command.requested_sop_instance_uid:
            uids = {"requested_sop_class_uid": ask.sop_class}
        channel.send_message(context.id, ask.command._replace(**uids), dataset)
        while (response := channel.read_response(1, patience=20.0)).status == Status.PENDING:
            channel.skip_dataset()
        channel.skip_dataset()
        return response.status


def test_every_service_that_is_served_is_in_the_matrix(house: House) -> None:
    doors = house.server._entity.doors
    assert doors.keys() == RIGHTS.keys() == _ASKS.keys()
    offered = {
        (service.kind, operation)
        for service in (*services.SERVICES.values(), services.STORAGE)
        for operation in service.operations
    }
    assert offered == doors.keys()


@pytest.mark.parametrize(
    ("service", "held"),
    [*product(_ASKS, [frozenset(), *(frozenset({right}) for right in Right), ALL_RIGHTS])],
    ids=lambda part: "-".join(sorted(getattr(one, "name", str(one)) for one in part)),
)
def test_a_service_needs_its_right(
    house: House, service: tuple[ServiceClass, Operation], held: frozenset[Right]
) -> None:
    ask = _ASKS[service]
    house.gate.rights, house.gate.view = held, _VIEW
    house.views.clear()
    status = _final_status(house, ask)
    may = ask.right is None or ask.right in held
    assert (status != Status.NOT_AUTHORIZED) == may
    if not may:
        assert status == 0x0124
    # What is refused looks at nothing; what looks, looks as its caller.
    assert set(house.views) == ({_VIEW} if may and ask.looks else set())


def test_what_is_refused_is_not_stored(house: House) -> None:
    house.gate.rights = ALL_RIGHTS - {Right.STORE}
    house.receiver.arrivals.clear()
    before = len(house.commitments.requests)
    for service in (
        (ServiceClass.STORAGE, Operation.C_STORE),
        (ServiceClass.STORAGE_COMMITMENT, Operation.N_ACTION),
    ):
        assert _final_status(house, _ASKS[service]) == 0x0124
    assert not house.receiver.arrivals
    assert len(house.commitments.requests) == before


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (NotRecognized("who"), "source 1, reason 3"),
        (NotAuthenticated("who"), "source 2, reason 1"),
        (Throttled(5.0), "source 2, reason 1"),
        (NotAllowed("no"), "source 2, reason 1"),
    ],
)
def test_who_is_not_admitted_is_rejected(error: NotAllowed, answer: str) -> None:
    with running() as house:
        house.gate.error = error
        with pytest.raises(CannotAssociate, match=answer):
            open_association(
                Caller(aet="TESTER", timeouts=TIMEOUTS), house.remote, [(VERIFICATION, (EXPLICIT,))]
            )
