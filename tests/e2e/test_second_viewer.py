"""OHIF shows the second representation, and its values are those that were received."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Response
from pydicom.dataset import Dataset
from tests.e2e import ct_phantom
from tests.e2e.browsing import (
    PATIENCE,
    Desk,
    archive,
    desk_in,
    log_in,
    needs_chromium,
    needs_viewer,
    wait_for_images,
)
from tests.steckel_server import SteckelServer, running_server

pytestmark = [pytest.mark.e2e, needs_chromium, needs_viewer]

HTJ2K = 'type="image/jphc"'
AS_STORED = 'type="application/octet-stream"'
SLICES = range(14, 24)
COLOUR = f"{ct_phantom.ROOT}.70"
RADIOGRAPH = f"{ct_phantom.ROOT}.71"

#: The values of the volume that is shown, once it has arrived.
_VOLUME = """() => {
  const [volume] = window.cornerstone?.cache.getVolumes() ?? [];
  if (!volume || !volume.loadStatus.loaded) return null;
  return [...volume.voxelManager.getCompleteScalarDataArray()];
}"""
#: The values of the one image that is shown.
_IMAGE = """() => {
  const [viewport] = window.cornerstone.getRenderingEngines()[0].getViewports();
  return [viewport.getCurrentImageIdIndex(), [...viewport.getImageData().scalarData]];
}"""

#: Bytes of frames that came over the network.
_TRANSFERRED = """() => performance.getEntriesByType('resource')
  .filter(entry => entry.name.includes('/frames/'))
  .reduce((sum, entry) => sum + entry.transferSize, 0)"""


def _pixels() -> NDArray[np.int16]:
    """Slices large enough to be worth a second representation."""
    return np.kron(ct_phantom.volume()[SLICES.start : SLICES.stop], np.ones((1, 2, 2), np.int16))


def _slices() -> Iterator[Dataset]:
    for number, pixels in enumerate(_pixels(), start=1):
        dataset = ct_phantom.ct_slice(number, pixels)
        dataset.Rows, dataset.Columns = pixels.shape
        dataset.PixelData = pixels.tobytes()
        yield dataset


def _one(study: str, modality: str, pixels: NDArray[np.generic]) -> Dataset:
    dataset = ct_phantom.ct_slice(1, ct_phantom.volume()[0])
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study, f"{study}.1"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"{study}.1.1"
    dataset.Modality = modality
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.PixelData = pixels.tobytes()
    return dataset


def _colour() -> Dataset:
    y, x = np.mgrid[:256, :256].astype(np.uint8)
    dataset = _one(COLOUR, "US", np.stack([x, y, x ^ y], axis=-1))
    dataset.SamplesPerPixel, dataset.PlanarConfiguration = 3, 0
    dataset.PhotometricInterpretation = "RGB"
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    for keyword in ("RescaleIntercept", "RescaleSlope", "WindowCenter", "WindowWidth"):
        delattr(dataset, keyword)
    return dataset


def _radiograph() -> Dataset:
    y, x = np.mgrid[:700, :900]
    pixels = (np.hypot(y - 350, x - 450) * 5 % 4096).astype(np.uint16)
    dataset = _one(RADIOGRAPH, "DX", pixels)
    dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 12, 11, 0
    dataset.RescaleIntercept, dataset.WindowCenter, dataset.WindowWidth = 0, 2048, 4096
    return dataset


@pytest.fixture(scope="module", params=["CT,DX", "off"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SteckelServer]:
    folder: Path = tmp_path_factory.mktemp("second")
    setting = {"STECKEL_SECOND_REPRESENTATION": str(request.param)}
    with running_server(folder / "home", **setting) as running:
        archive(running, folder / "files", [*_slices(), _colour(), _radiograph()])
        yield running


@pytest.fixture
def frames() -> list[str]:
    """The media types of the frames that came."""
    return []


@pytest.fixture
def viewer(browser: Browser, server: SteckelServer, frames: list[str]) -> Iterator[Desk]:
    context = browser.new_context(viewport={"width": 960, "height": 600})
    log_in(context, server)

    def note(response: Response) -> None:
        if "/frames/" in response.url:
            frames.append(response.headers["content-type"])

    with desk_in(context, server) as desk:
        desk.page.on("response", note)
        yield desk
    context.close()


def _form(server: SteckelServer) -> str:
    off = server.settings["STECKEL_SECOND_REPRESENTATION"] == "off"
    return AS_STORED if off else HTJ2K


def test_a_volume_has_the_values_that_were_received(
    viewer: Desk, server: SteckelServer, frames: list[str]
) -> None:
    viewer.go(f"/ohif/viewer?StudyInstanceUIDs={ct_phantom.STUDY}&hangingProtocolId=mpr")
    wait_for_images(viewer.page, 3)
    viewer.page.wait_for_function(_VOLUME, timeout=PATIENCE)
    shown = np.array(viewer.page.evaluate(_VOLUME)).reshape(_pixels().shape)
    # From foot to head, or the other way.
    assert any(np.array_equal(shown, wanted) for wanted in (_pixels(), _pixels()[::-1]))
    assert len(frames) >= len(SLICES)
    assert all(_form(server) in media_type for media_type in frames)
    viewer.assert_well_behaved()


def test_a_slice_has_the_values_that_were_received(
    viewer: Desk, server: SteckelServer, frames: list[str]
) -> None:
    viewer.go(f"/ohif/viewer?StudyInstanceUIDs={ct_phantom.STUDY}")
    wait_for_images(viewer.page, 1)
    index, values = viewer.page.evaluate(_IMAGE)
    wanted = _pixels().reshape(len(SLICES), -1)
    assert any(np.array_equal(values, wanted[i]) for i in (index, len(SLICES) - 1 - index))
    assert all(_form(server) in media_type for media_type in frames)
    viewer.assert_well_behaved()


def test_a_second_look_costs_no_request(viewer: Desk) -> None:
    came: list[int] = []
    for _ in range(2):
        viewer.go(f"/ohif/viewer?StudyInstanceUIDs={ct_phantom.STUDY}&hangingProtocolId=mpr")
        viewer.page.wait_for_function(_VOLUME, timeout=PATIENCE)
        came.append(viewer.page.evaluate(_TRANSFERRED))
    assert came[0] > 0
    assert came[1] == 0


def test_a_radiograph_is_shown(viewer: Desk, server: SteckelServer, frames: list[str]) -> None:
    viewer.go(f"/ohif/viewer?StudyInstanceUIDs={RADIOGRAPH}")
    wait_for_images(viewer.page, 1)
    viewer.page.wait_for_function(f"() => ({_IMAGE})()[1].length === 630000", timeout=PATIENCE)
    _, values = viewer.page.evaluate(_IMAGE)
    y, x = np.mgrid[:700, :900]
    wanted = (np.hypot(y - 350, x - 450) * 5 % 4096).astype(np.uint16)
    assert np.array_equal(values, wanted.reshape(-1))
    assert all(_form(server) in media_type for media_type in frames)
    viewer.assert_well_behaved()


def test_colour_is_shown_as_it_is_stored(viewer: Desk, frames: list[str]) -> None:
    viewer.go(f"/ohif/viewer?StudyInstanceUIDs={COLOUR}")
    wait_for_images(viewer.page, 1)
    assert all(AS_STORED in media_type for media_type in frames)
    viewer.assert_well_behaved()
