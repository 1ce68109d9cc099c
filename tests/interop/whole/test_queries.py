"""What can be asked of a whole server, by C-FIND and by QIDO-RS, and what comes back."""

from collections.abc import Callable

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pynetdicom import AE
from pynetdicom.pdu_primitives import SOPClassExtendedNegotiation
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind
from tests.steckel_server import SteckelServer

pytestmark = pytest.mark.interop

Maker = Callable[..., Dataset]
Store = Callable[[Dataset], None]


def requested(procedure: str, step: str) -> Dataset:
    item = Dataset()
    item.RequestedProcedureID, item.ScheduledProcedureStepID = procedure, step
    return item


@pytest.fixture
def ordered(make_object: Maker, store: Store) -> Dataset:
    """Return an object whose series fulfils two requests."""
    made = make_object(TimezoneOffsetFromUTC="+0130")
    made.RequestAttributesSequence = Sequence([requested("RP1", "ST1"), requested("RP2", "ST2")])
    store(made)
    return made


def find(
    server: SteckelServer, level: str, wishes: bytes = b"", **keys: object
) -> list[tuple[int, Dataset]]:
    wish = SOPClassExtendedNegotiation()
    wish.sop_class_uid = StudyRootQueryRetrieveInformationModelFind
    wish.service_class_application_information = wishes
    entity = AE("PYNET")
    entity.add_requested_context(StudyRootQueryRetrieveInformationModelFind)
    negotiated = [wish] if wishes else None
    association = entity.associate("127.0.0.1", server.dicom_port, ext_neg=negotiated)
    identifier = Dataset()
    identifier.QueryRetrieveLevel = level
    for keyword, value in keys.items():
        setattr(identifier, keyword, value)
    model = StudyRootQueryRetrieveInformationModelFind
    answers = [(one.Status, found) for one, found in association.send_c_find(identifier, model)]
    association.release()
    assert answers.pop()[0] == 0x0000
    return answers


@pytest.mark.parametrize(
    ("procedure", "step", "matches"),
    [("RP2", "", 1), ("RP*", "ST1", 1), ("RP1", "ST2", 0), ("RP3", "", 0)],
)
def test_one_item_of_a_sequence_has_all_keys(
    server: SteckelServer, ordered: Dataset, procedure: str, step: str, matches: int
) -> None:
    asked = Sequence([requested(procedure, step)])
    study = ordered.StudyInstanceUID
    found = find(
        server, "SERIES", StudyInstanceUID=study, SeriesInstanceUID="",
        RequestAttributesSequence=asked,
    )  # fmt: skip
    assert [status for status, _ in found] == [0xFF00] * matches
    parameters = {"RequestAttributesSequence.RequestedProcedureID": procedure}
    if step:
        parameters["00400275.00400009"] = step
    with server.client() as client:
        answer = client.get(f"/dicomweb/studies/{study}/series", params=parameters)
        below = client.get("/dicomweb/studies", params=parameters | {"StudyInstanceUID": study})
    assert len(answer.json()) == len(below.json()) == matches
    if matches:
        assert len(answer.json()[0]["00400275"]["Value"]) == 2


def test_character_set_timezone_and_counts_of_the_patient_come_when_asked_for(
    server: SteckelServer, ordered: Dataset
) -> None:
    [(status, found)] = find(
        server, "STUDY", StudyInstanceUID=ordered.StudyInstanceUID, SpecificCharacterSet="",
        TimezoneOffsetFromUTC="", NumberOfPatientRelatedStudies=None,
        NumberOfPatientRelatedSeries=None, NumberOfPatientRelatedInstances=None,
    )  # fmt: skip
    assert status == 0xFF00
    assert found.SpecificCharacterSet == "ISO_IR 192"
    assert found.TimezoneOffsetFromUTC == "+0130"
    assert found.NumberOfPatientRelatedStudies == 1
    assert found.NumberOfPatientRelatedSeries == 1
    assert found.NumberOfPatientRelatedInstances == 1


def test_what_cannot_be_matched_is_said(server: SteckelServer, ordered: Dataset) -> None:
    study = ordered.StudyInstanceUID
    [(status, found)] = find(server, "STUDY", StudyInstanceUID=study, ContrastBolusAgent="GAD")
    assert status == 0xFF01
    assert found.ContrastBolusAgent == ""
    with server.client() as client:
        parameters = {"StudyInstanceUID": study, "ContrastBolusAgent": "GAD"}
        answer = client.get("/dicomweb/studies", params=parameters)
    assert len(answer.json()) == 1
    assert "ContrastBolusAgent is not matched" in answer.headers["Warning"]


def test_what_qido_requires_is_there_even_without_a_value(
    server: SteckelServer, make_object: Maker, store: Store
) -> None:
    bare = make_object()
    del bare.Modality
    del bare.PatientName
    del bare.InstanceNumber
    store(bare)
    with server.client() as client:
        [found] = client.get(f"/dicomweb/studies/{bare.StudyInstanceUID}/instances").json()
    for key, vr in {"00080060": "CS", "00100010": "PN", "00080020": "DA", "00200013": "IS"}.items():
        assert found[key] == {"vr": vr}


def test_a_night_is_one_range_of_moments_where_that_was_agreed(
    server: SteckelServer, make_object: Maker, store: Store
) -> None:
    """C-FIND by extended negotiation, QIDO-RS always (PS3.4 C.2.2.2.5)."""
    moments = [("20240109", "2159"), ("20240109", "2300"), ("20240110", "0559"), ("20240110", "08")]
    for date, time in moments:
        store(make_object(StudyDate=date, StudyTime=time, StudyID="NIGHT"))
    keys = {"StudyID": "NIGHT", "StudyDate": "20240109-20240110", "StudyTime": "2200-0600"}
    agreed = find(server, "STUDY", b"\0\1\0", **keys)
    assert sorted(str(found.StudyTime) for _, found in agreed) == ["0559", "2300"]
    assert find(server, "STUDY", **keys) == []
    with server.client() as client:
        answer = client.get("/dicomweb/studies", params=keys)
    assert sorted(one["00080030"]["Value"][0] for one in answer.json()) == ["0559", "2300"]
