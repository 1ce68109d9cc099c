"""A modality's day with pynetdicom and DCMTK: worklist, performed steps, storage commitment."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, evt, sop_class
from pynetdicom.association import Association
from tests.unit.dimse.fakes import CT
from tests.unit.dimse.running import House

from steckel.dimse.ports import RemoteEntity
from steckel.dimse.scu.association import Caller, CannotAssociate
from steckel.dimse.scu.commitment import deliver
from steckel.errors import AlreadyThere, InvalidQuery, MissingAttribute, NotUpdatable
from steckel.query.model import Key
from steckel.ris.commitment_model import CommitmentRequest, Reference

pytestmark = pytest.mark.interop

MPPS = sop_class.ModalityPerformedProcedureStep
MPPS_RETRIEVE = sop_class.ModalityPerformedProcedureStepRetrieve
WORKLIST = sop_class.ModalityWorklistInformationFind
COMMITMENT = sop_class.StorageCommitmentPushModel
COMMITMENT_INSTANCE = sop_class.StorageCommitmentPushModelInstance
VERIFICATION = sop_class.Verification

Run = Callable[..., subprocess.CompletedProcess[str]]
STEP = (0x00400100,)
ITEM: dict[str, Any] = {
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "LEFÈVRE^ZOË"}]},
    "00100020": {"vr": "LO", "Value": ["P1"]},
    "0020000D": {"vr": "UI", "Value": ["1.2.7"]},
    "00400100": {
        "vr": "SQ",
        "Value": [
            {
                "00080060": {"vr": "CS", "Value": ["CT"]},
                "00400001": {"vr": "AE", "Value": ["CT1", "CT2"]},
                "00400002": {"vr": "DA", "Value": ["20261124"]},
                "00400008": {
                    "vr": "SQ",
                    "Value": [
                        {
                            "00080100": {"vr": "SH", "Value": ["THX"]},
                            "00080104": {"vr": "LO", "Value": ["Thorax"]},
                        }
                    ],
                },
            }
        ],
    },
}


@contextmanager
def associated(house: House, *classes: str, **options: Any) -> Iterator[Association]:
    ae = AE("CT1")
    for one in classes:
        ae.add_requested_context(one)
    association = ae.associate("127.0.0.1", house.server.port, **options)
    assert association.is_established
    try:
        yield association
    finally:
        if association.is_established:
            association.release()


# ---- worklist


def _asked(**of_step: Any) -> Dataset:
    step = Dataset()
    for keyword, value in of_step.items():
        setattr(step, keyword, value)
    asked = Dataset()
    asked.PatientName, asked.PatientWeight, asked.StudyInstanceUID = "LEF*", None, ""
    asked.ScheduledProcedureStepSequence = [step]
    return asked


def test_the_worklist_answers_what_was_asked_inside_the_sequence(house: House) -> None:
    house.worklist.items = [ITEM, ITEM]
    asked = _asked(ScheduledStationAETitle="CT1", ScheduledProcedureStepStartDate="20261124-")
    asked.ScheduledProcedureStepSequence[0].ScheduledProcedureStepLocation = ""
    code = Dataset()
    code.CodeMeaning = ""
    asked.ScheduledProcedureStepSequence[0].ScheduledProtocolCodeSequence = [code]
    with associated(house, WORKLIST) as association:
        answers = list(association.send_c_find(asked, WORKLIST))
    assert [status.Status for status, _ in answers] == [0xFF00, 0xFF00, 0x0000]
    found = answers[0][1]
    assert (str(found.PatientName), found.PatientWeight) == ("LEFÈVRE^ZOË", None)
    [step] = found.ScheduledProcedureStepSequence
    assert {element.keyword for element in step} == {
        "ScheduledStationAETitle", "ScheduledProcedureStepStartDate",
        "ScheduledProcedureStepLocation", "ScheduledProtocolCodeSequence",
    }  # fmt: skip
    assert list(step.ScheduledStationAETitle) == ["CT1", "CT2"]
    assert [e.keyword for e in step.ScheduledProtocolCodeSequence[0]] == ["CodeMeaning"]
    [query] = house.worklist.queries
    assert set(query.keys) == {
        Key(tag=0x00100010, value="LEF*"),
        Key(tag=0x00400001, value="CT1", within=STEP),
        Key(tag=0x00400002, value="20261124-", within=STEP),
    }


def test_many_items_are_all_sent_and_can_be_cancelled(house: House) -> None:
    house.worklist.items = [ITEM] * 100
    with associated(house, WORKLIST) as association:
        answers = list(association.send_c_find(_asked(Modality=""), WORKLIST))
        assert [status.Status for status, _ in answers] == [0xFF00] * 100 + [0x0000]
        house.worklist.items = [ITEM] * 20_000
        found = association.send_c_find(_asked(Modality=""), WORKLIST, msg_id=7)
        next(found)
        association.send_c_cancel(7, query_model=WORKLIST)
        statuses = [status.Status for status, _ in found]
    assert statuses[-1] == 0xFE00
    assert len(statuses) < 20_000


@pytest.mark.parametrize("empty", ["no item", "an empty item"])
def test_an_empty_sequence_asks_for_all_of_it(house: House, empty: str) -> None:
    house.worklist.items = [ITEM]
    asked = Dataset()
    asked.PatientID = ""
    asked.ScheduledProcedureStepSequence = [] if empty == "no item" else [Dataset()]
    with associated(house, WORKLIST) as association:
        [(_, found), _] = association.send_c_find(asked, WORKLIST)
    [step] = found.ScheduledProcedureStepSequence
    assert (step.Modality, step.ScheduledProtocolCodeSequence[0].CodeValue) == ("CT", "THX")
    assert found.PatientID == "P1"


def test_the_worklist_tells_of_keys_that_it_does_not_know(house: House) -> None:
    house.worklist.items, house.worklist.not_matched = [ITEM], frozenset({0x00180015})
    asked = _asked(Modality="")
    asked.BodyPartExamined = "CHEST"
    with associated(house, WORKLIST) as association:
        statuses = [status.Status for status, _ in association.send_c_find(asked, WORKLIST)]
    assert statuses == [0xFF01, 0x0000]


def test_a_wrong_worklist_query_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise InvalidQuery("(0040,0002) is not a date or a range of dates")

    monkeypatch.setattr(house.worklist, "find", refuse)
    with associated(house, WORKLIST) as association:
        [(status, _)] = association.send_c_find(_asked(Modality="CT"), WORKLIST)
        assert (status.Status, status.ErrorComment[:11]) == (0xA900, "(0040,0002)")
        assert association.is_established


QUERY_FILE = """
(0008,0005) CS [ISO_IR 100]
(0010,0010) PN [LEF*]
(0010,0020) LO []
(0020,000d) UI []
(0040,0100) SQ
(fffe,e000) na
(0008,0060) CS [CT]
(0040,0001) AE [CT1]
(0040,0002) DA [20261124]
(0040,0003) TM []
(fffe,e00d) na
(fffe,e0dd) na
"""


def test_findscu_asks_with_a_query_file(house: House, dcmtk: Run, tmp_path: Path) -> None:
    house.worklist.items = [ITEM]
    text, file = tmp_path / "query.dump", tmp_path / "query.wl"
    text.write_text(QUERY_FILE)
    made = dcmtk("dump2dcm", text, file)
    assert made.returncode == 0, made.stderr
    done = dcmtk("findscu", "-v", "-W", "-X", "-od", tmp_path, "127.0.0.1", house.server.port, file)
    assert done.returncode == 0, done.stderr
    shown = dcmtk("dcmdump", "-Un", tmp_path / "rsp0001.dcm").stdout
    assert "[CT1\\CT2]" in shown
    assert "ISO_IR 192" in shown
    assert "(0040,0003) TM (no value available)" in shown
    [query] = house.worklist.queries
    assert Key(tag=0x00400001, value="CT1", within=STEP) in query.keys


# ---- performed procedure steps


def _begun() -> Dataset:
    values = Dataset()
    values.PerformedProcedureStepStatus = "IN PROGRESS"
    values.PerformedProcedureStepID = "PPS1"
    return values


def test_a_performed_step_is_created_changed_and_read(house: House) -> None:
    with associated(house, MPPS, MPPS_RETRIEVE) as association:
        status, _ = association.send_n_create(_begun(), MPPS, "1.9.1")
        assert status.Status == 0x0000
        change = Dataset()
        change.PerformedProcedureStepStatus = "COMPLETED"
        status, _ = association.send_n_set(change, MPPS, "1.9.1")
        assert status.Status == 0x0000
        tags = [0x00400252, 0x00400253]
        status, read = association.send_n_get(tags, MPPS_RETRIEVE, "1.9.1")
        assert status.Status == 0x0000
        assert (read.PerformedProcedureStepStatus, read.PerformedProcedureStepID) == (
            "COMPLETED", "PPS1",
        )  # fmt: skip
        status, read = association.send_n_get([0x00400252, 0x00400254], MPPS_RETRIEVE, "1.9.1")
        assert (status.Status, len(read)) == (0x0001, 1)
        status, read = association.send_n_get([], MPPS_RETRIEVE, "1.9.1")
        assert (status.Status, len(read)) == (0x0000, 2)
        status, _ = association.send_n_get([], MPPS_RETRIEVE, "1.9.2")
        assert status.Status == 0x0112


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (AlreadyThere("there is one"), 0x0111),
        (MissingAttribute("(0040,0270) is missing"), 0x0120),
    ],
)
def test_a_refused_creation_says_why(house: House, error: Any, status: int) -> None:
    house.performed.error = error
    with associated(house, MPPS) as association:
        answer, _ = association.send_n_create(_begun(), MPPS, "1.9.1")
    assert (answer.Status, answer.ErrorComment) == (status, str(error))


def test_what_has_ended_says_that_it_may_no_longer_be_updated(house: House) -> None:
    comment = "Performed Procedure Step Object may no longer be updated"
    house.performed.error = NotUpdatable(comment)
    with associated(house, MPPS) as association:
        answer, _ = association.send_n_set(_begun(), MPPS, "1.9.1")
    assert (answer.Status, answer.ErrorID, answer.ErrorComment) == (0x0110, 0xA710, comment)


def test_what_may_not_be_changed_is_a_warning(house: House) -> None:
    house.performed.left = frozenset({0x00100010})
    with associated(house, MPPS) as association:
        association.send_n_create(_begun(), MPPS, "1.9.1")
        answer, _ = association.send_n_set(_begun(), MPPS, "1.9.1")
    assert (answer.Status, answer.ErrorComment) == (0x0107, "cannot be changed: (0010,0010)")


def test_an_instance_without_a_name_gets_one(house: House) -> None:
    with associated(house, MPPS) as association:
        answer, _ = association.send_n_create(_begun(), MPPS, None)
        assert answer.Status == 0x0000
        assert association.send_n_create(_begun(), MPPS, None)[0].Status == 0x0000
    assert len(house.performed.steps) == 2


def test_other_operations_are_not_recognised(house: House) -> None:
    with associated(house, MPPS, COMMITMENT) as association:
        answer, _ = association.send_n_action(_begun(), 1, MPPS, "1.9.1")
        assert answer.Status == 0x0211
        assert association.send_n_delete(MPPS, "1.9.1").Status == 0x0211
        answer, _ = association.send_n_get([], MPPS, "1.9.1")
        assert answer.Status == 0x0211
        answer, _ = association.send_n_create(_begun(), COMMITMENT, "1.9.1")
        assert answer.Status == 0x0211


# ---- storage commitment


def _commitment(transaction: str = "2.25.1", *uids: str) -> Dataset:
    values = Dataset()
    values.TransactionUID = transaction
    values.ReferencedSOPSequence = []
    for uid in uids or ("1.2.3.1",):
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = CT, uid
        values.ReferencedSOPSequence.append(item)
    return values


class Listener:
    """Takes event reports, with a status that can be set."""

    def __init__(self) -> None:
        self.status = 0x0000
        self.reports: list[tuple[int, Dataset]] = []
        self.came = threading.Event()

    def __call__(self, event: Any) -> tuple[int, None]:
        self.reports.append((event.event_type, event.event_information))
        self.came.set()
        return self.status, None

    @property
    def handlers(self) -> list[tuple[Any, Any]]:
        return [(evt.EVT_N_EVENT_REPORT, self)]


def _ask(association: Association, *arguments: Any) -> int:
    values = arguments[0] if arguments else _commitment()
    answer, _ = association.send_n_action(values, 1, COMMITMENT, COMMITMENT_INSTANCE)
    return int(answer.Status)


def test_the_answer_comes_on_the_association_that_stays_open(house: House) -> None:
    listener = Listener()
    with associated(house, COMMITMENT, VERIFICATION, evt_handlers=listener.handlers) as association:
        assert _ask(association, _commitment("2.25.1", "1.2.3.1", "1.2.3.2")) == 0x0000
        assert listener.came.wait(20)
        assert house.commitments.settled.wait(20)
        assert association.send_c_echo().Status == 0x0000  # and it goes on
    [(event_type, report)] = listener.reports
    assert (event_type, report.TransactionUID) == (1, "2.25.1")
    assert len(report.ReferencedSOPSequence) == 2
    assert house.commitments.delivered_keys == [0]
    [request] = house.commitments.requests
    assert request.aet == "CT1"


def test_several_requests_are_answered_each(house: House) -> None:
    listener = Listener()
    with associated(house, COMMITMENT, evt_handlers=listener.handlers) as association:
        for number in range(3):
            assert _ask(association, _commitment(f"2.25.{number}")) == 0x0000
        while len(house.commitments.delivered_keys) < 3:
            assert house.commitments.settled.wait(20)
            house.commitments.settled.clear()
    assert sorted(r.TransactionUID for _, r in listener.reports) == ["2.25.0", "2.25.1", "2.25.2"]


def test_who_releases_at_once_is_told_later(house: House) -> None:
    with associated(house, COMMITMENT) as association:
        assert _ask(association) == 0x0000
    assert len(house.commitments.requests) == 1
    with associated(house, VERIFICATION) as association:
        assert association.send_c_echo().Status == 0x0000
    assert house.commitments.delivered_keys == []


def test_an_answer_that_the_peer_refuses_is_noted(house: House) -> None:
    listener = Listener()
    listener.status = 0x0110
    with associated(house, COMMITMENT, evt_handlers=listener.handlers) as association:
        assert _ask(association) == 0x0000
        assert house.commitments.settled.wait(20)
    assert house.commitments.delivered_keys == []
    assert "0110H" in house.commitments.reasons[0]


def test_a_transaction_that_was_used_is_refused(house: House) -> None:
    with associated(house, COMMITMENT) as association:
        assert _ask(association) == 0x0000
        assert _ask(association) == 0x0131


def test_wrong_requests_for_commitment_say_what_is_wrong(house: House) -> None:
    nothing, nameless, no_uid = _commitment(), _commitment(), _commitment()
    nothing.ReferencedSOPSequence = []
    del nameless.TransactionUID
    no_uid.ReferencedSOPSequence[0].ReferencedSOPInstanceUID = ""
    with associated(house, COMMITMENT) as association:
        for values in (nothing, nameless, no_uid):
            assert _ask(association, values) == 0x0115
        action = association.send_n_action(_commitment(), 2, COMMITMENT, COMMITMENT_INSTANCE)
        assert action[0].Status == 0x0123
        other = association.send_n_action(_commitment(), 1, COMMITMENT, "1.2.3")
        assert other[0].Status == 0x0112
        assert _ask(association) == 0x0000


@contextmanager
def _receiving(listener: Listener, *, takes_role: bool = True) -> Iterator[RemoteEntity]:
    """Run a device that waits for the answer."""
    ae = AE("CT1")
    ae.require_called_aet = True
    if takes_role:
        ae.add_supported_context(COMMITMENT, scu_role=False, scp_role=True)
    else:
        ae.add_supported_context(VERIFICATION)
    server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=listener.handlers)
    try:
        yield RemoteEntity(aet="CT1", host="127.0.0.1", port=server.server_address[1])
    finally:
        server.shutdown()


def test_answers_are_delivered_on_an_association_of_our_own(house: House) -> None:
    listener = Listener()
    reports = []
    for number in range(3):
        reference = Reference(sop_class_uid=CT, sop_instance_uid=f"1.2.3.{number}")
        turn = house.commitments.take(
            CommitmentRequest(aet="CT1", transaction_uid=f"2.25.{number}", references=(reference,))
        )
        report = house.commitments.report(turn)
        assert report is not None
        reports.append(report)
    with _receiving(listener) as remote:
        told = list(deliver(Caller(aet="STECKEL"), remote, reports))
    assert [status for _, status in told] == [0, 0, 0]
    assert [r.TransactionUID for _, r in listener.reports] == ["2.25.0", "2.25.1", "2.25.2"]


def test_who_does_not_take_storage_commitment_cannot_be_told() -> None:
    with (
        _receiving(Listener(), takes_role=False) as remote,
        pytest.raises(CannotAssociate, match="Storage Commitment"),
    ):
        list(deliver(Caller(aet="STECKEL"), remote, []))
