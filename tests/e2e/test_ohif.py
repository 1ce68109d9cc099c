"""OHIF shows a CT series in 2D, MPR and 3D, and talks to nobody but our server."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import uvicorn
from numpy.typing import NDArray
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, sync_playwright
from pydicom.dataset import Dataset
from pydicom.uid import UID, BasicTextSRStorage, EncapsulatedPDFStorage
from starlette.applications import Starlette
from tests.e2e import ct_phantom
from tests.e2e.ohif_backend import Backend

from steckel.web.ohif import OhifConfiguration, ohif_routes

pytestmark = pytest.mark.e2e

CHECKOUT = Path(__file__).parents[2]
VIEWER = CHECKOUT / "src" / "steckel" / "web" / "static" / "ohif"
DEMO = CHECKOUT.parent / "shared" / "data" / "dicom" / "demo"
CHROMIUM = Path("/usr/bin/chromium")
SCREENSHOTS = CHECKOUT / "test-results" / "ohif"
#: Chromium without a graphics card (WebGL by SwiftShader), and without calls home.
FLAGS = (
    "--no-sandbox --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader "
    "--ignore-gpu-blocklist --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PATIENCE = 60_000  # ms: software rendering on a busy machine

needs_viewer = pytest.mark.skipif(
    not (VIEWER / "index.html").exists(),
    reason="OHIF is not vendored: run python tools/vendor_ohif.py",
)
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="/usr/bin/chromium is missing")
needs_demo = pytest.mark.skipif(not DEMO.exists(), reason="no demo series beside the checkout")

#: For each viewport of the page, the part of its pixels that is neither black nor almost so.
LIT = """() => [...document.querySelectorAll('canvas.cornerstone-canvas')].map(canvas => {
  if (!canvas.width || !canvas.height) return 0;
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let lit = 0;
  for (let i = 0; i < data.length; i += 4) lit += data[i] + data[i + 1] + data[i + 2] > 60;
  return lit / (data.length / 4);
})"""
ALL_LIT = f"""([count, part]) => {{
  const lit = ({LIT})();
  return lit.length === count && lit.every(share => share > part);
}}"""
WATCH_POLICY = """
window.policyViolations = [];
document.addEventListener('securitypolicyviolation', e => {
  window.policyViolations.push(`${e.violatedDirective} ${e.blockedURI}`);
});
"""


@dataclass(kw_only=True)
class Viewer:
    """A page with OHIF in it, and everything that it did which it should not."""

    page: Page
    origin: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    tolerated: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.add_init_script(WATCH_POLICY)
        self.page.on("request", self._on_request)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", self._on_error)

    def tolerate(self, text: str) -> None:
        """Expect messages that contain a text."""
        self.tolerated.append(text)

    def open(self, query: str) -> None:
        self.page.goto(f"{self.origin}/ohif/viewer?{query}")

    def wait_for_images(self, count: int, *, part: float = 0.02) -> None:
        """Wait until there are `count` viewports and a picture in each."""
        self.page.wait_for_function(ALL_LIT, arg=[count, part], timeout=PATIENCE)

    def lit(self) -> list[float]:
        found: list[float] = self.page.evaluate(LIT)
        return found

    def keep_screenshot(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def assert_well_behaved(self) -> None:
        assert self.page.evaluate("window.policyViolations") == []
        assert self.foreign == []
        assert self.complaints == []

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "blob:", "data:")):
            self.foreign.append(request.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in self.tolerated):
            self.complaints.append(message.text)

    def _on_error(self, error: Error) -> None:
        self.complaints.append(str(error))


@contextmanager
def served(backend: Backend) -> Iterator[str]:
    """Serve OHIF and the archive on a free port; give the origin."""
    routes = [*backend.routes(), *ohif_routes(VIEWER, OhifConfiguration())]
    config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    started = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    started.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        started.join()
        listener.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@contextmanager
def viewer_on(browser: Browser, backend: Backend) -> Iterator[Viewer]:
    with served(backend) as origin:
        # Small, because volume rendering without a graphics card takes seconds for each picture.
        page = browser.new_page(viewport={"width": 960, "height": 600})
        viewer = Viewer(page=page, origin=origin)
        viewer.watch()
        yield viewer
        page.close()


@pytest.fixture
def phantom() -> Backend:
    backend = Backend()
    for dataset in ct_phantom.series():
        backend.add(dataset)
    return backend


@needs_viewer
@needs_chromium
@pytest.mark.parametrize(
    ("protocol", "viewports"),
    [("default", 1), ("mpr", 3), ("mprAnd3DVolumeViewport", 4)],
)
def test_a_ct_series_is_shown(
    browser: Browser, phantom: Backend, protocol: str, viewports: int
) -> None:
    with viewer_on(browser, phantom) as viewer:
        viewer.open(f"StudyInstanceUIDs={ct_phantom.STUDY}&hangingProtocolId={protocol}")
        viewer.wait_for_images(viewports)
        viewer.keep_screenshot(f"phantom-{protocol}")
        viewer.assert_well_behaved()


#: One of each codec that OHIF brings; it runs in a worker and builds functions from text.
ENCODERS = {
    "1.2.840.10008.1.2.4.70": lambda pixels: imagecodecs.ljpeg_encode(unsigned(pixels)),
    "1.2.840.10008.1.2.4.80": lambda pixels: imagecodecs.jpegls_encode(unsigned(pixels)),
    "1.2.840.10008.1.2.4.90": lambda pixels: imagecodecs.jpeg2k_encode(
        unsigned(pixels), codecformat="j2k", reversible=True
    ),
    "1.2.840.10008.1.2.4.202": lambda pixels: imagecodecs.htj2k_encode(unsigned(pixels)),
}


def unsigned(pixels: NDArray[np.int16]) -> NDArray[np.uint16]:
    return (pixels + 1024).astype(np.uint16)


@needs_viewer
@needs_chromium
@pytest.mark.parametrize("syntax", ENCODERS)
def test_a_slice_is_decoded_in_the_syntax_it_is_stored_in(browser: Browser, syntax: str) -> None:
    backend = Backend()
    dataset = ct_phantom.middle_slice_in(UID(syntax), ENCODERS[syntax])
    dataset.PixelRepresentation = 0
    dataset.RescaleIntercept = -1024
    backend.add(dataset)
    with viewer_on(browser, backend) as viewer:
        viewer.tolerate("404")  # the backend draws no thumbnail of compressed pixels
        viewer.open(f"StudyInstanceUIDs={ct_phantom.STUDY}")
        viewer.wait_for_images(1)
        # Soft tissue, heart, bone and ribs are lit, air and lungs are not.
        assert viewer.lit() == [pytest.approx(0.27, abs=0.1)]
        viewer.assert_well_behaved()


@needs_viewer
@needs_chromium
def test_a_bulk_value_given_by_an_absolute_path_is_fetched_from_our_origin(
    browser: Browser,
) -> None:
    backend = Backend()
    dataset = ct_phantom.ct_slice(1, ct_phantom.volume()[0])
    for keyword in ("PixelData", "Rows", "Columns"):
        del dataset[keyword]
    dataset.SOPClassUID = EncapsulatedPDFStorage
    dataset.Modality = "DOC"
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"
    dataset.EncapsulatedDocument = b"%PDF-1.4\n" + b"% a page would follow\n" * 100
    backend.add(dataset)
    with (
        viewer_on(browser, backend) as viewer,
        viewer.page.expect_response(
            lambda response: "/bulkdata/00420011" in response.url, timeout=PATIENCE
        ) as fetched,
    ):
        viewer.open(f"StudyInstanceUIDs={ct_phantom.STUDY}")
    assert fetched.value.status == 200
    assert fetched.value.url.startswith(viewer.origin)


@needs_viewer
@needs_chromium
def test_the_viewer_works_in_a_frame_of_our_own_page(browser: Browser, phantom: Backend) -> None:
    with viewer_on(browser, phantom) as viewer:
        viewer.page.goto(f"{viewer.origin}/ohif/THIRD-PARTY-NOTICES.txt")
        address = f"/ohif/viewer?StudyInstanceUIDs={ct_phantom.STUDY}"
        viewer.page.set_content(f'<iframe src="{address}" width="900" height="500"></iframe>')
        frame = viewer.page.frames[-1]
        frame.wait_for_function(ALL_LIT, arg=[1, 0.02], timeout=PATIENCE)
        assert frame.evaluate("typeof window.services.measurementService") == "object"
        assert frame.evaluate("window.policyViolations") == []
        assert viewer.foreign == []


@needs_viewer
@needs_chromium
@needs_demo
@pytest.mark.filterwarnings("ignore:The value length:UserWarning")
@pytest.mark.parametrize(
    "series",
    ["history_A002304", "us_echo_color_doppler", "xa_cerebral_cine", "dx_cat_veterinary"],
)
def test_real_series_are_shown(browser: Browser, series: str) -> None:
    backend = Backend()
    backend.add_folder(DEMO / series)
    study = next(iter(backend.instances.values())).StudyInstanceUID
    with viewer_on(browser, backend) as viewer:
        viewer.tolerate("404")
        viewer.open(f"StudyInstanceUIDs={study}")
        viewer.wait_for_images(1)
        viewer.keep_screenshot(f"demo-{series}")
        viewer.assert_well_behaved()


@needs_viewer
@needs_chromium
@needs_demo
@pytest.mark.filterwarnings("ignore:The value length:UserWarning")
def test_a_real_head_ct_is_shown_in_mpr(browser: Browser) -> None:
    """Its study holds a scout, contours, a dose and a segmentation too."""
    backend = Backend()
    backend.add_folder(DEMO / "ct_head_phantom")
    study = next(iter(backend.instances.values())).StudyInstanceUID
    with viewer_on(browser, backend) as viewer:
        viewer.tolerate("404")
        viewer.open(f"StudyInstanceUIDs={study}&hangingProtocolId=mpr")
        viewer.wait_for_images(3)
        viewer.keep_screenshot("demo-ct-mpr")
        viewer.assert_well_behaved()


@needs_viewer
@needs_chromium
def test_a_report_whose_items_have_no_names_does_not_blank_the_page(browser: Browser) -> None:
    """Images and coordinates in a report need no concept name (PS3.3 C.17.3)."""
    backend = Backend()
    report = ct_phantom.ct_slice(1, ct_phantom.volume()[0])
    for keyword in ("PixelData", "Rows", "Columns"):
        del report[keyword]
    report.SOPClassUID = BasicTextSRStorage
    report.Modality = "SR"
    report.ValueType = "CONTAINER"
    report.ContinuityOfContent = "SEPARATE"
    report.ConceptNameCodeSequence = [code("18748-4", "LN", "Diagnostic imaging report")]
    text, unnamed = Dataset(), Dataset()
    text.RelationshipType = unnamed.RelationshipType = "CONTAINS"
    text.ValueType = "TEXT"
    text.ConceptNameCodeSequence = [code("121071", "DCM", "Finding")]
    text.TextValue = "Nothing remarkable"
    unnamed.ValueType = "IMAGE"
    report.ContentSequence = [text, unnamed]
    backend.add(report)
    with viewer_on(browser, backend) as viewer:
        viewer.tolerate("404")
        viewer.open(f"StudyInstanceUIDs={ct_phantom.STUDY}")
        viewer.page.get_by_text("Nothing remarkable").wait_for(timeout=PATIENCE)
        viewer.keep_screenshot("report")
        viewer.assert_well_behaved()


def code(value: str, scheme: str, meaning: str) -> Dataset:
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = value, scheme, meaning
    return made
