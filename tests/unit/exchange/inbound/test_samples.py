"""Published messages of other systems, where they lie beside the repository."""

import hashlib
from pathlib import Path

import pytest
from tests.unit.exchange.inbound.spoken import made_up, orders_of, the, value

from steckel.errors import NotHl7
from steckel.exchange.inbound.reading import Reading
from steckel.exchange.inbound.translation import Translation, translate
from steckel.exchange.model import MessageFault
from steckel.exchange.profile import Profile, TooLong
from steckel.hl7.batch import split
from steckel.hl7.message import Message
from steckel.ris.model import (
    AppointmentStatement,
    MergeStatement,
    OrderStatement,
    OrderStatus,
    PatientKey,
    PatientStatement,
    ReportStatement,
)

SAMPLES = Path("../shared/data/hl7")
FILES = sorted(path for path in SAMPLES.glob("*/*") if path.suffix != ".dcm")
pytestmark = pytest.mark.skipif(not FILES, reason="no messages lie in ../shared/data/hl7")
RECEIVED = 1_795_000_000_000
INS = PatientKey(patient_id="279035121518989", issuer="ASIP-SANTE-INS-NIR")
PID_1 = PatientKey(patient_id="PID_1", issuer="ADT1")


def told(raw: bytes, *, too_long: TooLong = TooLong.MAP) -> Translation:
    return translate(
        Reading(
            message=Message.parse(raw),
            profile=Profile(name="sample", too_long=too_long),
            received=RECEIVED,
            digest=hashlib.sha256(raw).hexdigest(),
        )
    )


def sample(name: str) -> Translation:
    return told((SAMPLES / name).read_bytes())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
@pytest.mark.parametrize("too_long", list(TooLong))
def test_every_message_gives_statements_or_a_fault(path: Path, too_long: TooLong) -> None:
    try:
        parts = split(path.read_bytes())
    except NotHl7:
        return
    for part in parts:
        try:
            found = told(part, too_long=too_long)
        except NotHl7:
            continue
        except MessageFault:
            continue
        assert found.statements or found.unused


@pytest.mark.parametrize(
    ("name", "study"),
    [
        ("OMI^O23-ImagingOrder.hl7", "1.2.392.200036.9125.0.198811291108.7"),
        ("ORM^O01-GeneralOrder.hl7", "1.2.392.200036.9125.0.198811291108.7"),
        ("OMG^O19-GeneralClinicalOrder-Eyecare.hl7", "1.2.392.200036.9125.0.198811291108.7"),
    ],
)
def test_the_orders_of_dcm4che(name: str, study: str) -> None:
    found = sample(f"dcm4che/{name}")
    assert the(found, PatientStatement).patient == PID_1
    (order,) = orders_of(found)
    assert (order.accession, order.procedure_id) == ("AccessionNumber", "RequestedProcID")
    assert order.study_uid == study
    assert order.placer == "PlacerOrderNumberImagingServiceRequest"
    assert order.filler == "FillerOrderNumberImagingServiceRequest"
    assert order.status is OrderStatus.SCHEDULED
    assert order.visit == "AdmissionIDFromVisitNo"
    texts = {
        "00321060": "Microscopic Observation", "00102000": "MedicalAlerts",
        "00380500": "PatientState", "00401004": "PatientTransportArrangements",
        "00401400": "RequestedProcedureComments", "00101030": 65, "00101020": 1.65,
        "001021C0": 3, "00081040": None, "00080081": "InstitutionAddress",
    }  # fmt: skip
    assert {t: value(order.values, t) for t in texts if t in order.values} == {
        t: text for t, text in texts.items() if text is not None
    }
    (step,) = order.steps
    assert value(step.values, "step_id_as_sent") == "ScheduledProcStepID"
    assert value(step.values, "00080060") == "CT"
    assert value(step.values, "00400002") == "20000816"
    assert value(step.values, "00400003") == "1510"
    assert value(step.values, "00400007") == "Microscopic Observation"
    # The dash in the reason says that the bytes are UTF-8, whatever MSH-18 declares.
    assert "\N{EN DASH}" in value(order.values, "00401002")
    assert not made_up(found)


def test_the_identifiers_of_dcm4che_are_too_long_for_dicom() -> None:
    raw = (SAMPLES / "dcm4che/OMI^O23-ImagingOrder.hl7").read_bytes()
    with pytest.raises(MessageFault) as caught:
        told(raw, too_long=TooLong.REJECT)
    assert caught.value.fault.location == "IPC-4"


def test_the_request_of_teleradiology_has_neither_accession_nor_study() -> None:
    found = sample("ansforge_teleradiologie/flux1_ORM_O01_NW.hl7")
    patient = the(found, PatientStatement)
    assert patient.patient == INS
    assert value(patient.values, "identity_state") == "VALI"
    assert value(patient.values, "birth_place") == "63220"
    (order,) = orders_of(found)
    assert (order.accession, order.study_uid) == ("", "")
    assert made_up(found)[0].study_uid.startswith("2.25.")
    assert value(order.values, "00101020") == 1.7
    assert value(order.values, "00101030") == 68
    assert value(order.values, "001021C0") == 1
    assert value(order.steps[0].values, "00080060") == "MR"


def test_its_cancellation_and_its_complement_are_of_the_same_order() -> None:
    flows = ("flux1_ORM_O01_NW", "flux2_ORM_O01_CA", "flux4_OMI_O23_SR")
    new, gone, more = (
        orders_of(sample(f"ansforge_teleradiologie/{name}.hl7"))[0] for name in flows
    )
    assert new.key == gone.key == more.key
    assert gone.status is OrderStatus.CANCELLED
    assert (more.accession, more.study_uid) == ("ACN101", "1.2.250.1.213.4.5.2.1.101")
    assert new.moment < gone.moment < more.moment


def test_the_demographics_of_dcm4che() -> None:
    statement = the(sample("dcm4che/ADT^A31-UpdatePersonInfo.hl7"), PatientStatement)
    assert statement.patient == PID_1
    assert value(statement.values, "00100010") == {"Alphabetic": "Smith^Lucy^Mark"}
    assert value(statement.values, "00100030") == "20141014"
    assert value(statement.values, "00100040") == "F"
    animal = the(sample("dcm4che/ADT^A31-UpdatePersonInfo-Veterinary.hl7"), PatientStatement)
    assert value(animal.values, "00102201") == "Canis"
    assert {one.value for one in animal.identifiers} == {"CHIP_ID_1", "TATTOO_ID_1"}


@pytest.mark.parametrize("name", ["ADT^A40-PatientMerge.hl7", "ADT^A47-ChangePatientID.hl7"])
def test_the_merges_of_dcm4che(name: str) -> None:
    merge = the(sample(f"dcm4che/{name}"), MergeStatement)
    assert merge.prior == PatientKey(patient_id="OLD_PID_1", issuer="ADT1")
    assert merge.survivor == PatientKey(patient_id="NEW_PID_1", issuer="ADT1")


def test_a_link_with_other_separators() -> None:
    merge = the(sample("hapi/segmentfinder_a24.hl7"), MergeStatement)
    assert (merge.prior.patient_id, merge.survivor.patient_id) == ("22222", "11111")


def test_the_reports_of_dcm4che_are_versions_of_one() -> None:
    names = ("ORU^R01-SR.hl7", "ORU^R01-PDF.hl7", "ORU^R01-CDA.hl7")
    text, pdf, cda = (the(sample(f"dcm4che/{name}"), ReportStatement) for name in names)
    assert text.key == pdf.key == cda.key
    assert "There is a small mass in the left lung" in text.text
    assert pdf.media_type == "application/pdf"
    assert pdf.body.startswith(b"%PDF-1.3")
    assert pdf.body.rstrip().endswith(b"%%EOF")
    assert cda.media_type == "text/xml"
    assert cda.title == "Chest X-Ray, PA and LAT View"
    assert len(cda.study_uids) == 2
    assert text.study_uids == pdf.study_uids == ("1.2.392.200036.9125.0.198811291108.7",)


def test_the_report_of_the_drimbox_names_its_patient_in_the_document() -> None:
    found = sample("drimbox/ORU_R01_CDA_patient1.hl7")
    report = the(found, ReportStatement)
    assert report.patient.issuer == "ASIP-SANTE-INS-NIR"
    assert report.accession == "0901160050"
    assert report.media_type == "text/xml"


def test_an_appointment_without_sch_is_known_by_patient_and_start() -> None:
    found = the(sample("dcm4che/SIU^S12-NewAppointmentBooking.hl7"), AppointmentStatement)
    assert found.start == "20201023083000"
    assert found.key.startswith("S")


def test_a_document_of_the_hl7_organisation() -> None:
    report = the(sample("hl7_v2_to_fhir/MDM_T02.hl7"), ReportStatement)
    assert report.key == "D3738931392^REDDING HOSPITAL&1.1.1.1&GUID".partition("&")[0]
    assert "Critical Lab Values" in report.text
    assert "\n" in report.text
    assert not [one for one in sample("hl7_v2_to_fhir/MDM_T02.hl7").statements
                if isinstance(one, OrderStatement)]  # fmt: skip
