"""DCMTK reads the reports that are made here."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.unit.reporting.department import PDF, Ward, image

from steckel.dicom.encode import encode_dataset
from steckel.dicom.part10 import encode_meta
from steckel.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN
from steckel.reporting.documents import documents_of
from steckel.reporting.model import Target
from steckel.ris.model import ReportStatus
from steckel.ris.report_documents import ReportVersion

pytestmark = pytest.mark.interop

assert Ward  # the double is shared with the unit tests


def _files(folder: Path, version: ReportVersion) -> list[Path]:
    target = Target(study_uid="1.2.3", dataset=image("1.2.3"), organization="Ward")
    files = []
    for made in documents_of(version, target):
        head = encode_meta(
            sop_class_uid=made.sop_class_uid,
            sop_instance_uid=made.sop_instance_uid,
            transfer_syntax=EXPLICIT_VR_LITTLE_ENDIAN,
        )
        files.append(folder / f"{made.sop_instance_uid}.dcm")
        files[-1].write_bytes(head + encode_dataset(made.dataset, EXPLICIT_VR_LITTLE_ENDIAN))
    return files


def _version(status: ReportStatus, **said: object) -> ReportVersion:
    return ReportVersion(
        pk=1, report_id="r1", digest="d2", number=2, status=status, at=1_795_000_000_000,
        before={"text": "d1"}, **said,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize("status", list(ReportStatus))
def test_dsrdump_reads_a_report_without_a_complaint(tmp_path: Path, status: ReportStatus) -> None:
    if not shutil.which("dsrdump"):
        pytest.skip("DCMTK (dsrdump) is not installed")
    said = {"text": "Indication: toux\nRésultat: rien\n", "title": "CT", "author": "Keller^Nina"}
    (file,) = _files(tmp_path, _version(status, **said))
    done = subprocess.run(
        ["dsrdump", "-Er", "-v", "+U8", str(file)], capture_output=True, check=True, text=True
    )
    complaints = [line for line in done.stderr.splitlines() if line.startswith(("E:", "W:"))]
    # What it says of every file in UTF-8.
    assert [line for line in complaints if "Specific Character Set" not in line] == []
    assert "Basic Text SR Document" in done.stdout
    assert "rien" in done.stdout


def test_dcm2pdf_gives_the_pdf_back(tmp_path: Path) -> None:
    if not shutil.which("dcm2pdf"):
        pytest.skip("DCMTK (dcm2pdf) is not installed")
    version = _version(ReportStatus.FINAL, media_type="application/pdf", body=PDF)
    (file,) = _files(tmp_path, version)
    subprocess.run(["dcm2pdf", str(file), str(tmp_path / "out.pdf")], check=True)
    assert (tmp_path / "out.pdf").read_bytes() == PDF
