"""Reports are read newest first, with and without their study."""

import pytest
from tests.unit.reporting.department import PDF, Ward

from steckel.errors import NotFound
from steckel.reporting.reading import ReportReading
from steckel.ris.model import ReportStatus
from steckel.ris.report_shelf import ReportShelf

_CDA = (
    b'<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section>'
    b"<text>Normal.</text></section></component></structuredBody></component></ClinicalDocument>"
)


@pytest.fixture
def reading(ward: Ward) -> ReportReading:
    return ReportReading(ReportShelf(ward.house.engine))


def test_the_version_that_counts_comes_first(ward: Ward, reading: ReportReading) -> None:
    ward.images("1.2.3")
    ward.report(ReportStatus.FINAL, at=2000, text="Normal.", author="Keller^Nina")
    ward.report(ReportStatus.PRELIMINARY, at=1000, text="It seems so.")
    (report,) = reading.of_study("1.2.3")
    assert [(one.number, one.status) for one in report.versions] == [
        (1, "final"),
        (2, "preliminary"),
    ]
    assert reading.report(report.id) == report


def test_a_report_is_read_though_its_study_never_came(ward: Ward, reading: ReportReading) -> None:
    ward.report(text="Normal.", study_uids=("1.2.9",))
    (report,) = reading.of_study("1.2.9")
    assert report.versions[0].text == "Normal."
    assert reading.of_study("1.2.3") == []


def test_a_report_of_another_patient_is_not_shown(ward: Ward, reading: ReportReading) -> None:
    ward.images("1.2.3")
    ward.report(text="Not hers.", patient_id="P2")
    assert reading.of_study("1.2.3") == []


def test_a_clinical_document_is_read_as_text(ward: Ward, reading: ReportReading) -> None:
    ward.report(media_type="text/xml", body=_CDA, study_uids=("1.2.9",))
    (report,) = reading.of_study("1.2.9")
    assert report.versions[0].text == "Normal."
    body = reading.body(report.id, 1)
    assert (body.data, body.media_type, body.inline) == (_CDA, "application/xml", False)


def test_only_what_is_a_pdf_is_shown_as_one(ward: Ward, reading: ReportReading) -> None:
    ward.report(media_type="application/pdf", body=PDF, study_uids=("1.2.8",))
    ward.report(key="R2", media_type="application/pdf", body=b"<html>", study_uids=("1.2.9",))
    (good,), (bad,) = reading.of_study("1.2.8"), reading.of_study("1.2.9")
    assert reading.body(good.id, 1).inline
    assert reading.body(bad.id, 1).media_type == "application/octet-stream"
    with pytest.raises(NotFound):
        reading.body(bad.id, 2)
