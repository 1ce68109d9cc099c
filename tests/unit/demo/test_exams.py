"""What single exams promise: geometry, calibration, references, content."""

from collections import defaultdict

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from tests.unit.demo.conftest import TODAY, Department

from steckel.demo import agenda
from steckel.demo.acquisition import Acquisition
from steckel.demo.department import DemoSummary
from steckel.demo.files import Folder


@pytest.fixture(scope="module")
def chest(tmp_path_factory: pytest.TempPathFactory) -> Department:
    """Scan the newest chest fine enough to meet the nodule."""
    root = tmp_path_factory.mktemp("chest")
    appointment = agenda.appointments(TODAY)["ct-chest-3"]
    acq = Acquisition(visit=appointment.visit, today=TODAY, folder=Folder(root=root), scale=0.4)
    for exam in appointment.exams:
        exam(acq)
    summary = DemoSummary(patients=1, studies=1, series=0, instances=0, size=0)
    return Department(root=root, summary=summary, calls=())


def test_cross_sectional_series_are_evenly_spaced_stacks(department: Department) -> None:
    stacks = defaultdict(list)
    for ds in department.objects():
        if ds.Modality in ("CT", "MR") and "LOCALIZER" not in ds.ImageType:
            stacks[ds.SeriesInstanceUID].append(ds)

    assert len(stacks) >= 12
    for slices in stacks.values():
        _assert_stack(slices)


def _assert_stack(slices: list[Dataset]) -> None:
    orientations = {tuple(ds.ImageOrientationPatient) for ds in slices}
    assert len(orientations) == 1
    row, column = np.array(orientations.pop(), dtype=float).reshape(2, 3)
    normal = np.cross(row, column)
    places = np.array([ds.ImagePositionPatient for ds in slices], dtype=float)
    gaps = np.diff(np.sort(places @ normal))
    assert np.ptp(gaps) < 0.01
    assert abs(gaps[0] - float(slices[0].SpacingBetweenSlices)) < 0.01
    across = places - np.outer(places @ normal, normal)
    assert np.ptp(across, axis=0).max() < 0.01
    assert len({ds.FrameOfReferenceUID for ds in slices}) == 1


def test_ct_values_are_hounsfield_units(chest: Department) -> None:
    slices = chest.of(SeriesDescription="Thorax 2.5 B31f")
    values = np.stack([ds.pixel_array * ds.RescaleSlope + ds.RescaleIntercept for ds in slices])

    assert np.percentile(values, 1) < -900  # air and lung
    soft = values[(values > -200) & (values < 300)]
    assert -60 < np.median(soft) < 120
    assert values.max() > 500  # bone


def test_the_nodule_grows_from_study_to_study(department: Department) -> None:
    reports = department.of(SeriesDescription="Compte rendu", PatientID="CIL-100012")
    texts = [
        " ".join(str(item.get("TextValue", "")) for item in _items(ds))
        for ds in sorted(reports, key=lambda ds: ds.StudyDate)
    ]

    assert len(texts) == 3
    for text, size in zip(texts, ("de 5 mm", "à 8 mm", "à 14 mm"), strict=True):
        assert size in text


def test_the_measured_line_lies_on_the_nodule(chest: Department) -> None:
    report = chest.of(SeriesDescription="Mesures")[0]
    line = next(item for item in _items(report) if item.get("ValueType") == "SCOORD")
    target = line.ContentSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
    image = chest.of(SOPInstanceUID=target)[0]
    column, row = (np.mean(line.GraphicData[k::2]) for k in (0, 1))
    values = image.pixel_array * image.RescaleSlope + image.RescaleIntercept

    r, c = round(row), round(column)
    assert values[r, c] > -250
    assert np.median(values[r - 14 : r + 15, c - 14 : c + 15]) < -700


def test_documents_refer_to_objects_that_exist(department: Department) -> None:
    known = {str(ds.SOPInstanceUID) for ds in department.objects()}
    cited = {
        str(item.ReferencedSOPInstanceUID)
        for ds in department.objects()
        if ds.Modality in ("SR", "KO", "PR")
        for item in _items(ds)
        if "ReferencedSOPInstanceUID" in item
    }

    assert cited
    assert cited <= known


def test_the_key_object_selection_has_two_images(department: Department) -> None:
    (selection,) = department.of(Modality="KO")

    images = [item for item in _items(selection) if item.get("ValueType") == "IMAGE"]
    assert len(images) == 2
    assert len(selection.CurrentRequestedProcedureEvidenceSequence) == 1


def test_mammographies_have_four_views_each(department: Department) -> None:
    views = defaultdict(set)
    for ds in department.of(Modality="MG"):
        views[ds.StudyInstanceUID].add((ds.ImageLaterality, ds.ViewPosition))

    assert len(views) == 3
    assert all(len(found) == 4 for found in views.values())


def test_the_chest_wall_lies_at_the_side_that_the_orientation_says(department: Department) -> None:
    for ds in department.of(ViewPosition="CC"):
        left_edge, right_edge = _column(ds, 0), _column(ds, -1)
        if ds.PatientOrientation[0] == "A":
            assert left_edge > right_edge
        else:
            assert right_edge > left_edge


def _column(ds: Dataset, index: int) -> float:
    pixels = imagecodecs.jpegls_decode(next(generate_frames(ds.PixelData, number_of_frames=1)))
    return float(pixels[:, index].mean())


def test_ultrasound_loops_are_calibrated_and_move(department: Department) -> None:
    loops = department.of(Modality="US")

    assert len(loops) == 4
    for ds in loops:
        assert ds.SequenceOfUltrasoundRegions[0].PhysicalUnitsXDirection == 3
        assert ds.PhotometricInterpretation == "YBR_FULL_422"
        frames = ds.pixel_array.astype(int)
        assert len(frames) == ds.NumberOfFrames
        assert np.abs(frames[0] - frames[1]).mean() > 0.5


def test_the_letter_is_a_pdf_of_the_stated_length(department: Department) -> None:
    letters = department.of(Modality="DOC")

    assert len(letters) == 2
    for ds in letters:
        content = ds.EncapsulatedDocument[: ds.EncapsulatedDocumentLength]
        assert content.startswith(b"%PDF-1.4")
        assert content.endswith(b"%%EOF\n")
        start = int(content.split(b"startxref\n")[1].split(b"\n")[0])
        assert content[start:].startswith(b"xref")


def test_the_baby_has_a_birth_date_and_an_age_in_days(department: Department) -> None:
    (baby,) = department.of(PatientID="CIL-100077")

    assert baby.PatientAge == "017D"
    assert "PatientBirthTime" not in baby


def _items(ds: Dataset) -> list[Dataset]:
    """Return all sequence items, at every depth."""
    found = []
    for element in ds:
        if element.VR == "SQ":
            for item in element.value:
                found += [item, *_items(item)]
    return found
