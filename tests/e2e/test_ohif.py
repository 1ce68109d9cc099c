"""OHIF shows a CT series in 2D, MPR and 3D, and talks to nobody but our server."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, sync_playwright
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

    def watch(self) -> None:
        self.page.add_init_script(WATCH_POLICY)
        self.page.on("request", self._on_request)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", self._on_error)

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
        if message.type == "error":
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
