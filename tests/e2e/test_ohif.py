"""OHIF shows what the server gives it in 2D, MPR and 3D, and talks to nobody else."""

from collections.abc import Iterator

import httpx
import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import UID, BasicTextSRStorage, EncapsulatedPDFStorage
from tests.e2e import ct_phantom
from tests.e2e.browsing import (
    CHECKOUT,
    PATIENCE,
    Desk,
    archive,
    archive_folder,
    desk_in,
    lit,
    log_in,
    needs_chromium,
    needs_viewer,
    violations,
    wait_for_images,
)
from tests.steckel_server import SteckelServer, running_server

pytestmark = [pytest.mark.e2e, needs_chromium, needs_viewer]

DEMO = CHECKOUT.parent / "shared" / "data" / "dicom" / "demo"
SCREENSHOTS = CHECKOUT / "test-results" / "ohif"
needs_demo = pytest.mark.skipif(not DEMO.exists(), reason="no demo series beside the checkout")

#: How stored values become grey (PS3.3 C.11.2.1.2.1).
VOI_LUT_FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")

VOLUMES = f"{ct_phantom.ROOT}.7"
MAMMOGRAMS = f"{ct_phantom.ROOT}.8"
REPORT = f"{ct_phantom.ROOT}.50"
DOCUMENT = f"{ct_phantom.ROOT}.51"


def unsigned(pixels: NDArray[np.int16]) -> NDArray[np.uint16]:
    return (pixels + 1024).astype(np.uint16)


#: One of each codec that OHIF brings; it runs in a worker and builds functions from text.
ENCODERS = {
    "1.2.840.10008.1.2.4.70": lambda pixels: imagecodecs.ljpeg_encode(unsigned(pixels)),
    "1.2.840.10008.1.2.4.80": lambda pixels: imagecodecs.jpegls_encode(unsigned(pixels)),
    "1.2.840.10008.1.2.4.90": lambda pixels: imagecodecs.jpeg2k_encode(
        unsigned(pixels), codecformat="j2k", reversible=True
    ),
    "1.2.840.10008.1.2.4.202": lambda pixels: imagecodecs.htj2k_encode(unsigned(pixels)),
}


def _moved(dataset: Dataset, study: str) -> Dataset:
    dataset.StudyInstanceUID = study
    dataset.SeriesInstanceUID = f"{study}.1"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"{study}.1.1"
    return dataset


def _study_in(syntax: str) -> str:
    return f"{ct_phantom.ROOT}.4.{syntax.rpartition('.')[2]}"


def _slice_in(syntax: str) -> Dataset:
    dataset = ct_phantom.middle_slice_in(UID(syntax), ENCODERS[syntax])
    dataset.PixelRepresentation = 0
    dataset.RescaleIntercept = -1024
    return _moved(dataset, _study_in(syntax))


def _study_with(voi_lut_function: str) -> str:
    return f"{ct_phantom.ROOT}.6.{VOI_LUT_FUNCTIONS.index(voi_lut_function)}"


def _slice_with(voi_lut_function: str) -> Dataset:
    dataset = ct_phantom.ct_slice(1, ct_phantom.volume()[ct_phantom.volume().shape[0] // 2])
    dataset.VOILUTFunction = voi_lut_function
    return _moved(dataset, _study_with(voi_lut_function))


def _volume_of(modality: str, number: int, slices: int, study: str = VOLUMES) -> Iterator[Dataset]:
    for dataset in [*ct_phantom.series()][:slices]:
        dataset.StudyInstanceUID = study
        dataset.SeriesInstanceUID = f"{study}.{number}"
        dataset.SOPInstanceUID = f"{study}.{number}.{dataset.InstanceNumber}"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.Modality, dataset.SeriesNumber = modality, number
        yield dataset


def _mammograms() -> Iterator[Dataset]:
    views = [("L", "MLO"), ("R", "CC"), ("L", "CC"), ("R", "MLO")]
    for number, (side, view) in enumerate(views, start=1):
        [dataset] = _volume_of("MG", number, 1, MAMMOGRAMS)
        dataset.ImageLaterality, dataset.ViewPosition = side, view
        dataset.SeriesDescription = f"{side} {view}"
        yield dataset


def _without_pixels(sop_class: UID, modality: str, study: str) -> Dataset:
    dataset = _moved(ct_phantom.ct_slice(1, ct_phantom.volume()[0]), study)
    for keyword in ("PixelData", "Rows", "Columns"):
        del dataset[keyword]
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.Modality = modality
    return dataset


def _document() -> Dataset:
    dataset = _without_pixels(EncapsulatedPDFStorage, "DOC", DOCUMENT)
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"
    dataset.EncapsulatedDocument = b"%PDF-1.4\n" + b"% a page would follow\n" * 100
    return dataset


def _report() -> Dataset:
    """Images and coordinates in a report need no concept name (PS3.3 C.17.3)."""
    report = _without_pixels(BasicTextSRStorage, "SR", REPORT)
    report.ValueType = "CONTAINER"
    report.ContinuityOfContent = "SEPARATE"
    report.ConceptNameCodeSequence = [_code("18748-4", "LN", "Diagnostic imaging report")]
    text, unnamed = Dataset(), Dataset()
    text.RelationshipType = unnamed.RelationshipType = "CONTAINS"
    text.ValueType = "TEXT"
    text.ConceptNameCodeSequence = [_code("121071", "DCM", "Finding")]
    text.TextValue = "Nothing remarkable"
    unnamed.ValueType = "IMAGE"
    report.ContentSequence = [text, unnamed]
    return report


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = value, scheme, meaning
    return made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteckelServer]:
    folder = tmp_path_factory.mktemp("ohif")
    with running_server(folder / "home") as running:
        slices = [*map(_slice_in, ENCODERS), *map(_slice_with, VOI_LUT_FUNCTIONS)]
        volumes = [*_volume_of("PT", 1, 12), *_volume_of("CT", 2, 10), *_volume_of("CT", 3, 4)]
        only_mr = _volume_of("MR", 1, 10, f"{VOLUMES}.9")
        made = [*slices, *volumes, *only_mr, *_mammograms(), _document(), _report()]
        archive(running, folder / "files", [*ct_phantom.series(), *made])
        yield running


@pytest.fixture
def viewer(browser: Browser, server: SteckelServer) -> Iterator[Desk]:
    # Small, because volume rendering without a graphics card takes seconds for each picture.
    context = browser.new_context(viewport={"width": 960, "height": 600})
    log_in(context, server)
    with desk_in(context, server) as desk:
        yield desk
    context.close()


def _keep_screenshot(viewer: Desk, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    viewer.page.screenshot(path=SCREENSHOTS / f"{name}.png", timeout=PATIENCE)


@pytest.mark.parametrize(
    ("protocol", "viewports"),
    [("default", 1), ("mpr", 3), ("mprAnd3DVolumeViewport", 4)],
)
def test_a_ct_series_is_shown(viewer: Desk, protocol: str, viewports: int) -> None:
    viewer.go(f"/ohif/viewer?StudyInstanceUIDs={ct_phantom.STUDY}&hangingProtocolId={protocol}")
    wait_for_images(viewer.page, viewports)
    _keep_screenshot(viewer, f"phantom-{protocol}")
    viewer.assert_well_behaved()


@pytest.mark.parametrize("syntax", ENCODERS)
def test_a_slice_is_decoded_in_the_syntax_it_is_stored_in(viewer: Desk, syntax: str) -> None:
    with viewer.page.expect_response("**/frames/1", timeout=PATIENCE) as frame:
        viewer.go(f"/ohif/viewer?StudyInstanceUIDs={_study_in(syntax)}")
    wait_for_images(viewer.page, 1)
    assert f"transfer-syntax={syntax}".encode() in frame.value.body().partition(b"\r\n\r\n")[0]
    # Soft tissue, heart, bone and ribs are lit, air and lungs are not.
    assert lit(viewer.page) == [pytest.approx(0.27, abs=0.1)]
    viewer.assert_well_behaved()


@pytest.mark.parametrize("voi_lut_function", VOI_LUT_FUNCTIONS)
def test_an_image_is_shown_whatever_its_voi_lut_function(
    viewer: Desk, voi_lut_function: str
) -> None:
    viewer.go(f"/ohif/viewer?StudyInstanceUIDs={_study_with(voi_lut_function)}")
    wait_for_images(viewer.page, 1)
    viewer.assert_well_behaved()


def test_a_layout_of_volumes_takes_the_largest_ct_and_not_the_first_series(viewer: Desk) -> None:
    viewer.go(f"/ohif/viewer?StudyInstanceUIDs={VOLUMES}&hangingProtocolId=mpr")
    wait_for_images(viewer.page, 3)
    assert _series_shown(viewer) == [f"{VOLUMES}.2"] * 3
    viewer.assert_well_behaved()


def test_a_study_without_ct_is_rendered_in_3d_too(viewer: Desk) -> None:
    viewer.go(
        f"/ohif/viewer?StudyInstanceUIDs={VOLUMES}.9&hangingProtocolId=mprAnd3DVolumeViewport"
    )
    wait_for_images(viewer.page, 4)
    viewer.assert_well_behaved()


def test_four_mammograms_are_hung_side_by_side(viewer: Desk) -> None:
    viewer.go(f"/ohif/viewer?StudyInstanceUIDs={MAMMOGRAMS}")
    wait_for_images(viewer.page, 4)
    in_order = [f"{MAMMOGRAMS}.{number}" for number in (2, 3, 4, 1)]
    assert _series_shown(viewer) == in_order
    viewer.assert_well_behaved()


def _series_shown(viewer: Desk) -> list[str]:
    shown: list[str] = viewer.page.evaluate(
        """() => [...window.services.viewportGridService.getState().viewports.values()]
          .sort((a, b) => a.y - b.y || a.x - b.x)
          .flatMap(viewport => viewport.displaySetInstanceUIDs)
          .map(uid => window.services.displaySetService.getDisplaySetByUID(uid))
          .map(set => set.SeriesInstanceUID)"""
    )
    return shown


def test_a_document_is_fetched_from_our_origin_as_a_bulk_value(viewer: Desk) -> None:
    with viewer.page.expect_response(
        lambda response: "/bulkdata/00420011" in response.url, timeout=PATIENCE
    ) as fetched:
        viewer.go(f"/ohif/viewer?StudyInstanceUIDs={DOCUMENT}")
    assert fetched.value.status == 200
    assert fetched.value.url.startswith(viewer.origin)
    assert viewer.foreign == []


def test_a_report_whose_items_have_no_names_does_not_blank_the_page(viewer: Desk) -> None:
    viewer.tolerate("404")  # nothing of a report can be drawn as a thumbnail
    viewer.go(f"/ohif/viewer?StudyInstanceUIDs={REPORT}")
    viewer.page.get_by_text("Nothing remarkable").wait_for(timeout=PATIENCE)
    _keep_screenshot(viewer, "report")
    viewer.assert_well_behaved()


def test_the_viewer_works_in_a_frame_of_our_own_page(viewer: Desk) -> None:
    viewer.go("/ohif/THIRD-PARTY-NOTICES.txt")
    address = f"/ohif/viewer?StudyInstanceUIDs={ct_phantom.STUDY}"
    viewer.page.set_content(f'<iframe src="{address}" width="900" height="500"></iframe>')
    frame = viewer.page.frames[-1]
    wait_for_images(frame, 1)
    assert frame.evaluate("typeof window.services.measurementService") == "object"
    assert violations(frame) == []
    assert viewer.foreign == []


def test_without_a_login_the_viewer_is_not_given_away(server: SteckelServer) -> None:
    with httpx.Client(base_url=server.url) as stranger:
        page = stranger.get("/ohif/viewer", headers={"Accept": "text/html"})
        script = stranger.get("/ohif/app-config.js")
    assert page.status_code == 303
    assert page.headers["location"] == "/login?next=%2Fohif%2Fviewer"
    assert script.status_code == 401


@needs_demo
@pytest.mark.parametrize(
    ("series", "layout", "viewports"),
    [
        ("history_A002304", "default", 1),
        ("us_echo_color_doppler", "default", 1),
        ("xa_cerebral_cine", "default", 1),
        ("dx_cat_veterinary", "default", 1),
        ("ct_head_phantom", "mpr", 3),  # with a scout, contours, a dose and a segmentation
    ],
)
def test_real_series_are_shown(
    viewer: Desk, server: SteckelServer, series: str, layout: str, viewports: int
) -> None:
    archive_folder(server, DEMO / series)
    study = dcmread(min((DEMO / series).rglob("*.dcm")), specific_tags=["StudyInstanceUID"])
    viewer.tolerate("404")  # contours and plans have no thumbnail
    viewer.go(f"/ohif/viewer?StudyInstanceUIDs={study.StudyInstanceUID}&hangingProtocolId={layout}")
    wait_for_images(viewer.page, viewports)
    _keep_screenshot(viewer, f"demo-{series}")
    viewer.assert_well_behaved()
