"""A modality's day at a whole server: it takes its worklist, says what it does, and makes sure."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pynetdicom import AE, evt, sop_class
from pynetdicom.association import Association
from tests.ports import free_port
from tests.steckel_server import SteckelServer, running_server
from tests.unit.ris.said import order, patient

from steckel.dicom import dictionary
from steckel.index.engine import open_engine, writing
from steckel.ris.department import Department

pytestmark = pytest.mark.interop

MPPS = sop_class.ModalityPerformedProcedureStep
WORKLIST = sop_class.ModalityWorklistInformationFind
COMMITMENT = sop_class.StorageCommitmentPushModel
COMMITMENT_INSTANCE = sop_class.StorageCommitmentPushModelInstance
SECONDARY_CAPTURE = sop_class.SecondaryCaptureImageStorage

#: PS3.4 table K.6-1, but for sequences that hold more.
K_6_1 = (
    "AccessionNumber ReferringPhysicianName PatientName PatientID IssuerOfPatientID "
    "PatientBirthDate PatientSex PatientWeight PregnancyStatus MedicalAlerts Allergies "
    "StudyInstanceUID RequestingPhysician RequestedProcedureDescription "
    "RequestedProcedureCodeSequence ReferencedStudySequence ReferencedPatientSequence "
    "AdmissionID SpecialNeeds CurrentPatientLocation PatientState RequestedProcedureID "
    "RequestedProcedurePriority PatientTransportArrangements "
    "ConfidentialityConstraintOnPatientDataDescription"
).split()
#: Type 1 return keys of the step.
STEP_TYPE_1 = (
    "ScheduledStationAETitle ScheduledProcedureStepStartDate ScheduledProcedureStepStartTime "
    "Modality ScheduledProcedureStepID"
).split()


@contextmanager
def associated(server: SteckelServer, *classes: str, **options: Any) -> Iterator[Association]:
    ae = AE("CT1")
    for one in classes:
        ae.add_requested_context(one, "1.2.840.10008.1.2.1")
    association = ae.associate("127.0.0.1", server.dicom_port, **options)
    assert association.is_established
    try:
        yield association
    finally:
        if association.is_established:
            association.release()


def _schedule(server: SteckelServer, number: str, patient_id: str) -> None:
    engine = open_engine(f"sqlite:///{server.home / 'index.sqlite3'}")
    with writing(engine) as connection:
        department = Department(engine)
        department.say_patient(
            connection, patient(patient_id, "LEFÈVRE^ZOË", 1, born="19700101", sex="F")
        )
        department.say_order(connection, order(number, patient_id, 2))
    engine.dispose()


def _worklist(server: SteckelServer, patient_id: str) -> list[Dataset]:
    asked = Dataset()
    for keyword in K_6_1:
        setattr(asked, keyword, [] if keyword.endswith("Sequence") else None)
    asked.PatientID = patient_id
    asked.ScheduledProcedureStepSequence = []
    with associated(server, WORKLIST) as association:
        answers = list(association.send_c_find(asked, WORKLIST))
    assert answers[-1][0].Status == 0x0000
    return [found for status, found in answers if status.Status == 0xFF00]


def _validate(dataset: Dataset) -> None:
    """Have pydicom check each value, as strictly as it can, and the VR."""
    for element in dataset:
        if isinstance(element.value, Sequence):
            for item in element.value:
                _validate(item)
            continue
        DataElement(element.tag, element.VR, element.value, validation_mode=2)
        assert dictionary.vr_of(int(element.tag)) == element.VR


def test_an_order_is_found_done_and_gone(server: SteckelServer) -> None:
    _schedule(server, "71", "W71")
    [item] = _worklist(server, "W71")
    _validate(item)
    assert {element.keyword for element in item} == {
        *K_6_1, "SpecificCharacterSet", "ScheduledProcedureStepSequence",
    }  # fmt: skip
    assert (str(item.PatientName), item.StudyInstanceUID) == ("LEFÈVRE^ZOË", "1.2.71")
    [step] = item.ScheduledProcedureStepSequence
    assert all(getattr(step, keyword) for keyword in STEP_TYPE_1)
    with associated(server, MPPS) as association:
        status, _ = association.send_n_create(_begun(item), MPPS, "1.9.71")
        assert status.Status == 0x0000
        assert _worklist(server, "W71") == []
        status, _ = association.send_n_create(_begun(item), MPPS, "1.9.71")
        assert status.Status == 0x0111
        status, _ = association.send_n_set(_ended(), MPPS, "1.9.71")
        assert status.Status == 0x0000
        status, _ = association.send_n_set(_ended(), MPPS, "1.9.71")
        assert (status.Status, status.ErrorID) == (0x0110, 0xA710)
        status, _ = association.send_n_set(_ended(), MPPS, "1.9.72")
        assert status.Status == 0x0112
    asked = Dataset()
    asked.PatientID = "W71"
    asked.ScheduledProcedureStepSequence = [Dataset()]
    asked.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStatus = "COMPLETED"
    with associated(server, WORKLIST) as association:
        assert len(list(association.send_c_find(asked, WORKLIST))) == 2


def test_what_a_step_lacks_is_told(server: SteckelServer) -> None:
    _schedule(server, "73", "W73")
    [item] = _worklist(server, "W73")
    missing, empty, done = _begun(item), _begun(item), _begun(item)
    del missing.PerformedProcedureStepID
    empty.PerformedStationAETitle = ""
    done.PerformedProcedureStepStatus = "COMPLETED"
    with associated(server, MPPS) as association:
        for values, expected in ((missing, 0x0120), (empty, 0x0121), (done, 0x0106)):
            status, _ = association.send_n_create(values, MPPS, "1.9.73")
            assert status.Status == expected
            assert status.ErrorComment.startswith("(0040,")
    assert len(_worklist(server, "W73")) == 1


def _begun(item: Dataset) -> Dataset:
    values, about = Dataset(), Dataset()
    step = item.ScheduledProcedureStepSequence[0]
    about.StudyInstanceUID, about.AccessionNumber = item.StudyInstanceUID, item.AccessionNumber
    about.ScheduledProcedureStepID = step.ScheduledProcedureStepID
    values.SpecificCharacterSet = "ISO_IR 192"
    values.ScheduledStepAttributesSequence = [about]
    values.PatientName, values.PatientID = item.PatientName, item.PatientID
    values.PerformedProcedureStepID = "PPS1"
    values.PerformedStationAETitle = "CT1"
    values.PerformedProcedureStepStartDate = "20261124"
    values.PerformedProcedureStepStartTime = "083500"
    values.PerformedProcedureStepStatus = "IN PROGRESS"
    values.Modality = "CT"
    return values


def _ended() -> Dataset:
    values, series = Dataset(), Dataset()
    series.SeriesInstanceUID, series.ProtocolName = "1.2.71.1", "THORAX"
    values.PerformedProcedureStepStatus = "COMPLETED"
    values.PerformedProcedureStepEndDate = "20261124"
    values.PerformedProcedureStepEndTime = "085000"
    values.PerformedSeriesSequence = [series]
    return values


# ---- storage commitment


class Device:
    """A modality that listens for the answers."""

    def __init__(self) -> None:
        self.reports: list[tuple[int, Dataset]] = []
        self.came = threading.Event()

    def __call__(self, event: Any) -> tuple[int, None]:
        self.reports.append((event.event_type, event.event_information))
        self.came.set()
        return 0x0000, None

    @property
    def handlers(self) -> list[tuple[Any, Any]]:
        return [(evt.EVT_N_EVENT_REPORT, self)]

    @contextmanager
    def listening(self, port: int) -> Iterator[None]:
        ae = AE("CT1")
        ae.add_supported_context(COMMITMENT, scu_role=False, scp_role=True)
        server = ae.start_server(("127.0.0.1", port), block=False, evt_handlers=self.handlers)
        try:
            yield
        finally:
            server.shutdown()


def _commitment(transaction: str, *uids: str) -> Dataset:
    values = Dataset()
    values.TransactionUID, values.ReferencedSOPSequence = transaction, []
    for uid in uids:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = SECONDARY_CAPTURE, uid
        values.ReferencedSOPSequence.append(item)
    return values


def _ask(association: Association, values: Dataset) -> int:
    answer, _ = association.send_n_action(values, 1, COMMITMENT, COMMITMENT_INSTANCE)
    return int(answer.Status)


def test_what_was_just_stored_is_committed_on_the_same_association(
    server: SteckelServer, make_object: Callable[..., Dataset]
) -> None:
    device, made = Device(), make_object()
    with associated(
        server, SECONDARY_CAPTURE, COMMITMENT, evt_handlers=device.handlers
    ) as association:
        assert association.send_c_store(made).Status == 0x0000
        assert _ask(association, _commitment("2.25.71", made.SOPInstanceUID, "1.2.3.4")) == 0x0000
        assert device.came.wait(20)
    [(event_type, report)] = device.reports
    assert event_type == 2
    assert report.RetrieveAETitle == "STECKEL"
    [kept] = report.ReferencedSOPSequence
    [failed] = report.FailedSOPSequence
    assert kept.ReferencedSOPInstanceUID == made.SOPInstanceUID
    assert (failed.ReferencedSOPInstanceUID, failed.FailureReason) == ("1.2.3.4", 0x0112)


@pytest.mark.timeout(300)
def test_the_answer_survives_a_power_cut_and_comes_once(
    tmp_path: Path, make_object: Callable[..., Dataset]
) -> None:
    port, device, made = free_port(), Device(), make_object()
    with running_server(tmp_path / "home") as server:
        assert server.cli("ae", "add", "CT1", "127.0.0.1", port).returncode == 0
        with associated(server, SECONDARY_CAPTURE, COMMITMENT) as association:
            assert association.send_c_store(made).Status == 0x0000
            assert _ask(association, _commitment("2.25.72", made.SOPInstanceUID)) == 0x0000
            association.abort()
        server.kill()
        assert _waiting(server) == 1
        with device.listening(port):
            server.start()
            assert device.came.wait(60)
            server.stop()
            assert _waiting(server) == 0
            server.start()
            with associated(server, COMMITMENT) as association:
                again = _ask(association, _commitment("2.25.72", made.SOPInstanceUID))
            assert again == 0x0131
            device.came.clear()
            with associated(server, COMMITMENT) as association:
                assert _ask(association, _commitment("2.25.73", made.SOPInstanceUID)) == 0x0000
            assert device.came.wait(60)
    assert [(kind, r.TransactionUID) for kind, r in device.reports] == [
        (1, "2.25.72"), (1, "2.25.73"),
    ]  # fmt: skip


def _waiting(server: SteckelServer) -> int:
    told = json.loads(server.cli("status", "--json").stdout)
    return int(told["queues"]["commitments"])
