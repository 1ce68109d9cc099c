"""Which abstract syntaxes are taken, and for what."""

import pytest
from pynetdicom import presentation, sop_class

from steckel.dimse.services import (
    PATIENT_ROOT_FIND,
    SERVICES,
    STORAGE_SOP_CLASSES,
    STUDY_ROOT_GET,
    service_of,
    support_of,
)
from steckel.dimse.wire.command import Operation

CT, PRIVATE = "1.2.840.10008.5.1.4.1.1.2", "1.3.12.2.1107.5.9.1"
AVAILABILITY, MPPS_NOTIFICATION = "1.2.840.10008.5.1.4.33", "1.2.840.10008.3.1.2.3.5"


def test_every_storage_sop_class_that_another_implementation_knows_is_one() -> None:
    theirs = {
        str(context.abstract_syntax)
        for context in presentation.AllStoragePresentationContexts
        if str(context.abstract_syntax).startswith("1.2.840.10008.")
    }
    assert len(theirs) > 150
    assert theirs <= STORAGE_SOP_CLASSES


@pytest.mark.parametrize("uid", [AVAILABILITY, MPPS_NOTIFICATION, "1.2.840.10008.1.3.10", ""])
def test_services_we_lack_are_not_taken_for_storage(uid: str) -> None:
    assert service_of(uid, accept_unknown_storage=True) is None


def test_unknown_sop_classes_are_storage_if_the_policy_says_so() -> None:
    taken = service_of(PRIVATE, accept_unknown_storage=True)
    assert taken is not None
    assert taken.operations == (Operation.C_STORE,)
    assert service_of(PRIVATE, accept_unknown_storage=False) is None
    assert service_of(CT, accept_unknown_storage=False) is taken


def test_our_services_are_the_standards() -> None:
    names = {
        sop_class.PatientRootQueryRetrieveInformationModelFind,
        sop_class.PatientRootQueryRetrieveInformationModelMove,
        sop_class.PatientRootQueryRetrieveInformationModelGet,
        sop_class.StudyRootQueryRetrieveInformationModelFind,
        sop_class.StudyRootQueryRetrieveInformationModelMove,
        sop_class.StudyRootQueryRetrieveInformationModelGet,
        sop_class.PatientStudyOnlyQueryRetrieveInformationModelFind,
        sop_class.PatientStudyOnlyQueryRetrieveInformationModelMove,
        sop_class.PatientStudyOnlyQueryRetrieveInformationModelGet,
        sop_class.Verification,
        sop_class.ModalityWorklistInformationFind,
        sop_class.ModalityPerformedProcedureStep,
        sop_class.ModalityPerformedProcedureStepRetrieve,
        sop_class.StorageCommitmentPushModel,
    }
    assert set(SERVICES) == {str(name) for name in names}


def test_only_storage_lets_the_peer_be_scp() -> None:
    storage = support_of(CT, accept_unknown_storage=False)
    get = support_of(STUDY_ROOT_GET, accept_unknown_storage=False)
    assert storage is not None
    assert storage.peer_may_be_scp
    assert get is not None
    assert not get.peer_may_be_scp


def test_nothing_but_a_stream_is_made_of_a_video() -> None:
    video = support_of("1.2.840.10008.5.1.4.1.1.77.1.1.1", accept_unknown_storage=False)
    image = support_of(CT, accept_unknown_storage=False)
    assert video is not None
    assert image is not None
    assert not video.makes
    assert image.makes[0] == "1.2.840.10008.1.2.1"


@pytest.mark.parametrize(
    ("wished", "granted"), [(b"\1\1\1\1", b"\1\1\1\0"), (b"\0\0\1", b"\0\0\1"), (b"", b"")]
)
def test_find_grants_all_but_the_adjustment_of_timezones(wished: bytes, granted: bytes) -> None:
    support = support_of(PATIENT_ROOT_FIND, accept_unknown_storage=False)
    assert support is not None
    assert support.extended is not None
    assert support.extended(wished) == granted
