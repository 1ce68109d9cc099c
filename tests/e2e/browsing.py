"""A real browser on a whole server, and what its pages do which they should not."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Page,
    Request,
    expect,
    sync_playwright,
)
from pydicom.dataset import Dataset
from tests.steckel_server import PASSWORD, SteckelServer

CHECKOUT = Path(__file__).parents[2]
STATIC = CHECKOUT / "src" / "steckel" / "web" / "static"
CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 60_000  # ms: software rendering on a busy machine
_STEP = 20_000  # ms: for what takes a moment when nothing else runs
#: Chromium without a graphics card (WebGL by SwiftShader), and without calls home.
_FLAGS = (
    "--no-sandbox --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader "
    "--ignore-gpu-blocklist --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="/usr/bin/chromium is missing")
needs_viewer = pytest.mark.skipif(
    not (STATIC / "ohif" / "index.html").exists(),
    reason="OHIF is not vendored: run python tools/vendor_ohif.py",
)
needs_workstation = pytest.mark.skipif(
    not (STATIC / "workstation" / "index.html").exists(),
    reason="the workstation is not built: run make setup",
)

#: For each viewport of the page, the part of its pixels that is neither black nor almost so.
_LIT = """() => [...document.querySelectorAll('canvas.cornerstone-canvas')].map(canvas => {
  if (!canvas.width || !canvas.height) return 0;
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let lit = 0;
  for (let i = 0; i < data.length; i += 4) lit += data[i] + data[i + 1] + data[i + 2] > 60;
  return lit / (data.length / 4);
})"""
_ALL_LIT = f"""([count, part]) => {{
  const lit = ({_LIT})();
  return lit.length === count && lit.every(share => share > part);
}}"""
_WATCH_POLICY = """
window.policyViolations = [];
document.addEventListener('securitypolicyviolation', e => {
  window.policyViolations.push(`${e.violatedDirective} ${e.blockedURI}`);
});
"""


def wait_for_images(where: Page | Frame, count: int, *, part: float = 0.02) -> None:
    """Wait until there are `count` viewports and a picture in each."""
    where.wait_for_function(_ALL_LIT, arg=[count, part], timeout=PATIENCE)


def lit(where: Page | Frame) -> list[float]:
    """Return the part of each viewport that is not black."""
    found: list[float] = where.evaluate(_LIT)
    return found


def violations(where: Page | Frame) -> list[str]:
    """Return what the policy forbade."""
    found: list[str] = where.evaluate("window.policyViolations")
    return found


@dataclass(kw_only=True)
class Desk:
    """A page in a browser, and everything that it did which it should not."""

    page: Page
    origin: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    tolerated: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.add_init_script(_WATCH_POLICY)
        self.page.on("request", self._on_request)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def tolerate(self, text: str) -> None:
        """Expect messages that contain a text."""
        self.tolerated.append(text)

    def go(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def assert_well_behaved(self) -> None:
        assert violations(self.page) == []
        assert self.foreign == []
        assert self.complaints == []

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "blob:", "data:")):
            self.foreign.append(request.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in self.tolerated):
            self.complaints.append(message.text)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the browser."""
    expect.set_options(timeout=_STEP)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield launched
        launched.close()


@contextmanager
def desk_in(context: BrowserContext, server: SteckelServer) -> Iterator[Desk]:
    """Open a page that is watched."""
    page = context.new_page()
    page.set_default_timeout(_STEP)
    desk = Desk(page=page, origin=server.url)
    desk.watch()
    yield desk
    page.close()


def log_in(context: BrowserContext, server: SteckelServer) -> None:
    """Give a browser the session that the login page would."""
    answer = context.request.post(
        f"{server.url}/api/login", data={"name": "admin", "password": PASSWORD}
    )
    assert answer.ok


def archive(server: SteckelServer, folder: Path, datasets: Iterable[Dataset]) -> None:
    """Put data sets into a server's archive by way of files in a new folder."""
    folder.mkdir()
    for number, dataset in enumerate(datasets):
        dataset.save_as(folder / f"{number}.dcm", enforce_file_format=True)
    archive_folder(server, folder)


def archive_folder(server: SteckelServer, folder: Path) -> None:
    """Put a folder of files into a server's archive."""
    imported = server.cli("import", folder)
    assert imported.returncode == 0, imported.stdout + imported.stderr
