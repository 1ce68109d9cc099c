"""Reports become documents of their studies, once, whenever the study comes."""

import pytest
from tests.unit.reporting.department import PDF, Ward

from steckel.errors import OutOfSpace
from steckel.ingest.model import Refusal
from steckel.ris.model import ReportStatus
from steckel.ris.report_documents import ReportDocuments
from steckel.ris.report_shelf import ReportShelf


def test_a_report_waits_for_its_study_and_is_put_into_it(ward: Ward) -> None:
    ward.report(text="Normal.")
    assert ward.archiving.run() == 0
    assert ward.noted() == [""]
    ward.images("1.2.3")
    assert ward.archiving.run() == 1
    (found,) = ward.reports_in("1.2.3")
    assert found.SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.11"
    assert str(found.PatientName) == "Müller^Zoé"
    assert (found.PatientID, found.AccessionNumber) == ("P1", "A1")
    assert found.StudyInstanceUID == "1.2.3"
    assert ward.noted() == [found.SOPInstanceUID]
    assert ward.archiving.run() == 0


def test_text_and_pdf_of_a_report_become_an_instance_each(ward: Ward) -> None:
    ward.images("1.2.3")
    ward.report(text="Normal.", media_type="application/pdf", body=PDF)
    assert ward.archiving.run() == 2
    pdf, text = ward.reports_in("1.2.3")
    assert pdf.SOPClassUID == "1.2.840.10008.5.1.4.1.1.104.1"
    assert pdf.EncapsulatedDocument[: pdf.EncapsulatedDocumentLength] == PDF
    assert pdf.SeriesInstanceUID != text.SeriesInstanceUID
    assert ward.noted() == [pdf.SOPInstanceUID]


def test_a_version_follows_the_one_before_in_the_same_series(ward: Ward) -> None:
    ward.images("1.2.3")
    ward.report(ReportStatus.PRELIMINARY, text="It seems normal.")
    ward.archiving.run()
    ward.report(ReportStatus.FINAL, at=1_795_000_060_000, text="Normal.", author="Keller^Nina")
    ward.archiving.run()
    first, second = ward.reports_in("1.2.3")
    assert first.SeriesInstanceUID == second.SeriesInstanceUID
    assert (first.CompletionFlag, first.VerificationFlag) == ("PARTIAL", "UNVERIFIED")
    assert (second.CompletionFlag, second.VerificationFlag) == ("COMPLETE", "VERIFIED")
    (before,) = second.PredecessorDocumentsSequence
    reference = before.ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
    assert reference.ReferencedSOPInstanceUID == first.SOPInstanceUID
    assert "PredecessorDocumentsSequence" not in first


def test_each_study_of_an_accession_number_gets_the_report_when_it_comes(ward: Ward) -> None:
    ward.report(text="Normal.")
    ward.images("1.2.3")
    ward.images("1.2.4")
    assert ward.archiving.run() == 2
    ward.images("1.2.5")
    ward.restart()
    assert ward.archiving.run() == 1
    assert [len(ward.reports_in(study)) for study in ("1.2.3", "1.2.4", "1.2.5")] == [1, 1, 1]


@pytest.mark.parametrize("number", ["filler", "placer"])
def test_a_report_that_names_an_order_alone_is_put_into_the_study_of_the_order(
    ward: Ward, number: str
) -> None:
    ward.order("1.2.3", **{number: "N7"})
    ward.images("1.2.3")
    ward.report(text="Normal.", accession="", **{number: "N7"})
    ward.report(text="Of another.", key="R2", accession="", **{number: "N8"})
    assert ward.archiving.run() == 1
    assert len(ward.reports_in("1.2.3")) == 1


def test_a_report_of_another_patient_stays_out_of_the_study(ward: Ward) -> None:
    ward.images("1.2.3")
    ward.report(text="Not hers.", patient_id="P2")
    ward.report(text="Nor this.", patient_id="P2", key="R2", study_uids=("1.2.3",))
    assert ward.archiving.run() == 0
    assert ward.reports_in("1.2.3") == []


def test_a_number_without_its_issuer_is_that_of_the_images(ward: Ward) -> None:
    ward.images("1.2.3")
    ward.report(text="Hers.", issuer="HOSP")
    assert ward.archiving.run() == 1


def test_what_was_archived_before_a_process_was_killed_is_only_noted(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward.images("1.2.3")
    ward.report(text="Normal.")
    with monkeypatch.context() as patch:
        patch.setattr(ward.archiving._documents, "note", lambda *_, **__: None)
        assert ward.archiving.run() == 1
    assert ward.noted() == [""]
    ward.restart()
    assert ward.archiving.run() == 0
    (found,) = ward.reports_in("1.2.3")
    assert ward.noted() == [found.SOPInstanceUID]


def test_a_full_disk_is_tried_again(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    ward.images("1.2.3")
    ward.report(text="Normal.")
    full = [Refusal(error=OutOfSpace("the disk is full"))]
    with monkeypatch.context() as patch:
        patch.setattr(ward.house.ingest, "receive", lambda _arrivals: full)
        with pytest.raises(OutOfSpace):
            ward.archiving.run()
    assert ward.archiving.run() == 1


def test_a_study_that_refuses_a_report_waits_although_another_took_it(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward.images("1.2.3")
    ward.images("1.2.4")
    ward.report(text="Normal.")
    archive = ward.archiving._archive
    with monkeypatch.context() as patch:
        patch.setattr(
            ward.archiving,
            "_archive",
            lambda made, placing, report: (
                placing.study_uid != "1.2.4" and archive(made, placing, report)
            ),
        )
        assert ward.archiving.run() == 1
        assert ward.archiving.run() == 0
    ward.restart()
    assert ward.archiving.run() == 1
    shelf = ReportShelf(ward.house.engine)
    for study in ("1.2.3", "1.2.4"):
        (document,) = ward.reports_in(study)
        (report,) = shelf.of_study(study)
        assert [one.sop_instance_uid for one in report.versions] == [document.SOPInstanceUID]
    assert ReportDocuments(ward.house.engine).waiting() == ([], None)


def test_a_cancelled_report_says_so_in_its_content(ward: Ward) -> None:
    ward.images("1.2.3")
    ward.report(text="Normal.")
    ward.report(ReportStatus.CANCELLED, at=1_795_000_060_000)
    assert ward.archiving.run() == 2
    _, cancelled = ward.reports_in("1.2.3")
    texts = [
        item.ContentSequence[0].TextValue
        for item in cancelled.ContentSequence
        if item.ValueType == "CONTAINER"
    ]
    assert texts == ["This report is cancelled."]
    assert cancelled.VerificationFlag == "UNVERIFIED"
