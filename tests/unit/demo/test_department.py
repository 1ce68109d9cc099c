"""The demo department as a whole: who is in it, and that its files are sound."""

import hashlib
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
from pydicom.encaps import generate_frames
from pydicom.uid import UID
from tests.unit.demo.conftest import SCALE, TODAY, Department

from steckel.demo.department import generate

LOSSLESS = {
    "1.2.840.10008.1.2.4.80": "jpegls_decode",
    "1.2.840.10008.1.2.4.90": "jpeg2k_decode",
    "1.2.840.10008.1.2.4.202": "htj2k_decode",
}


def test_at_least_eight_patients_with_all_the_modalities(department: Department) -> None:
    names = {str(ds.PatientName) for ds in department.objects()}
    modalities = {ds.Modality for ds in department.objects()}

    assert department.summary.patients == len(names) >= 8
    assert modalities == {"CT", "MR", "US", "MG", "CR", "DX", "SR", "KO", "PR", "DOC"}


def test_the_summary_counts_what_was_written(department: Department) -> None:
    objects = list(department.objects())
    size = sum(path.stat().st_size for path in department.root.rglob("*.dcm"))

    assert department.summary.instances == len(objects)
    assert department.summary.series == len({ds.SeriesInstanceUID for ds in objects})
    assert department.summary.studies == len({ds.StudyInstanceUID for ds in objects})
    assert department.summary.size == size


def test_progress_ends_with_all_studies_done(department: Department) -> None:
    done = [call[1] for call in department.calls]

    assert done == list(range(1, department.summary.studies + 1))
    assert all(call[2] == department.summary.studies for call in department.calls)


def test_every_uid_is_used_once_and_derived(department: Department) -> None:
    uids = [str(ds.SOPInstanceUID) for ds in department.objects()]

    assert len(uids) == len(set(uids))
    assert all(UID(uid).is_valid and uid.startswith("2.25.") for uid in uids)


def test_every_study_and_series_belongs_to_one(department: Department) -> None:
    patient_of, study_of, accession_of = defaultdict(set), defaultdict(set), defaultdict(set)
    for ds in department.objects():
        patient_of[ds.StudyInstanceUID].add(ds.PatientID)
        study_of[ds.SeriesInstanceUID].add(ds.StudyInstanceUID)
        accession_of[ds.AccessionNumber].add(ds.StudyInstanceUID)

    assert all(len(found) == 1 for found in (*patient_of.values(), *study_of.values()))
    assert all(len(found) == 1 for found in accession_of.values())
    assert len(accession_of) == department.summary.studies


def test_studies_reach_from_seven_years_ago_to_today(department: Department) -> None:
    days = {date.fromisoformat(ds.StudyDate) for ds in department.objects()}

    assert min(days) <= TODAY - timedelta(days=7 * 365)
    assert max(days) == TODAY


def test_the_same_day_gives_the_same_bytes(department: Department, tmp_path: Path) -> None:
    generate(
        tmp_path,
        progress=lambda *_: None,
        today=TODAY,
        scale=SCALE,
        only=("hand", "heart", "breast"),
        workers=1,
    )

    again = {path.relative_to(tmp_path): _digest(path) for path in tmp_path.rglob("*.dcm")}
    assert len(again) > 12
    assert all(_digest(department.root / name) == digest for name, digest in again.items())


def test_another_day_gives_other_uids(department: Department, tmp_path: Path) -> None:
    later = TODAY + timedelta(days=1)
    generate(tmp_path, progress=lambda *_: None, today=later, scale=SCALE, only=("hand",))

    before = {str(ds.SOPInstanceUID) for ds in department.objects()}
    after = {str(pydicom.dcmread(path).SOPInstanceUID) for path in tmp_path.rglob("*.dcm")}
    assert after
    assert not before & after


def test_names_survive_in_every_character_set(department: Department) -> None:
    names = {ds.PatientID: ds.PatientName for ds in department.objects()}
    charsets = {str(ds.SpecificCharacterSet) for ds in department.objects()}

    assert str(names["CIL-100023"].ideographic) == "架空^花子"
    assert str(names["CIL-100023"].phonetic) == "かくう^はなこ"
    assert str(names["CIL-100031"].ideographic) == "مثال^سمير"
    assert str(names["CIL-100052"]) == "Выдумкина^Софья"
    assert str(names["CIL-100012"]).startswith("Chèvrefeuille")
    assert len(charsets) >= 5


def test_every_picture_decodes_to_its_own_shape(department: Department) -> None:
    seen = set()
    for ds in department.objects():
        if "PixelData" not in ds:
            continue
        syntax = str(ds.file_meta.TransferSyntaxUID)
        seen.add(syntax)
        pixels = _decode(ds, syntax)
        assert pixels.shape[:2] == (ds.Rows, ds.Columns)
        assert pixels.min() != pixels.max()
        assert int(pixels.max()) < 2**ds.BitsStored

    assert seen == {
        "1.2.840.10008.1.2",
        "1.2.840.10008.1.2.1",
        "1.2.840.10008.1.2.5",
        "1.2.840.10008.1.2.4.50",
        *LOSSLESS,
    }


def _decode(ds: pydicom.Dataset, syntax: str) -> np.ndarray:
    if syntax in LOSSLESS:
        frame = next(generate_frames(ds.PixelData, number_of_frames=1))
        return getattr(imagecodecs, LOSSLESS[syntax])(frame)
    pixels = ds.pixel_array
    return pixels[0] if "NumberOfFrames" in ds else pixels


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
