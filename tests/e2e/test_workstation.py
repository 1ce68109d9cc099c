"""The workstation as a doctor uses it: a whole server, a real browser, computed images."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pydicom
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)
from pydicom.data import get_testdata_file
from tests.e2e import ct_phantom
from tests.e2e.test_ohif import ALL_LIT, CHROMIUM, FLAGS, PATIENCE, VIEWER, WATCH_POLICY
from tests.steckel_server import PASSWORD, SteckelServer, running_server

WORKSTATION = VIEWER.parent / "workstation"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="/usr/bin/chromium is missing"),
    pytest.mark.skipif(
        not (WORKSTATION / "index.html").exists(), reason="the workstation is not built"
    ),
    pytest.mark.skipif(not (VIEWER / "index.html").exists(), reason="OHIF is not vendored"),
]

#: A patient with two studies, years apart.
EARLIER = "2.25.172399001.2"


def _localizer() -> pydicom.Dataset:
    """Return a single image that comes before the volume, and is none."""
    image = ct_phantom.ct_slice(1, ct_phantom.volume()[20])
    image.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    image.SeriesInstanceUID = f"{ct_phantom.STUDY}.7"
    image.SOPInstanceUID = f"{ct_phantom.STUDY}.7.1"
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    image.SeriesNumber = 0
    image.SeriesDescription = "Localizer"
    return image


def _earlier() -> pydicom.Dataset:
    image = ct_phantom.ct_slice(1, ct_phantom.volume()[20])
    image.StudyInstanceUID = EARLIER
    image.SeriesInstanceUID = f"{EARLIER}.1"
    image.SOPInstanceUID = f"{EARLIER}.1.1"
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    image.StudyDate = "20190304"
    image.AccessionNumber = "A0"
    image.StudyDescription = "Earlier chest"
    return image


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteckelServer]:
    folder = tmp_path_factory.mktemp("workstation")
    files = folder / "files"
    files.mkdir()
    images = [_localizer(), _earlier(), *ct_phantom.series()]
    for number, image in enumerate(images):
        image.save_as(files / f"{number}.dcm", enforce_file_format=True)
    with running_server(folder / "home") as running:
        imported = running.cli("import", files)
        assert imported.returncode == 0, imported.stdout + imported.stderr
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@dataclass(kw_only=True)
class Desk:
    """A page, and what it did which it should not."""

    page: Page
    origin: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.add_init_script(WATCH_POLICY)
        self.page.on("request", self._on_request)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def assert_well_behaved(self) -> None:
        assert self.page.evaluate("window.policyViolations") == []
        assert self.foreign == []
        assert self.complaints == []

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "blob:", "data:")):
            self.foreign.append(request.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "401" not in message.text:  # asked before the login
            self.complaints.append(message.text)


@contextmanager
def _desk(context: BrowserContext, server: SteckelServer) -> Iterator[Desk]:
    page = context.new_page()
    page.set_default_timeout(20_000)
    desk = Desk(page=page, origin=server.url)
    desk.watch()
    yield desk
    page.close()


@pytest.fixture
def stranger(browser: Browser, server: SteckelServer) -> Iterator[Desk]:
    """Somebody who is not logged in."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    with _desk(context, server) as desk:
        yield desk
    context.close()


@pytest.fixture
def doctor(stranger: Desk) -> Desk:
    """Somebody who is."""
    stranger.go("/")
    _log_in(stranger.page, PASSWORD)
    stranger.page.wait_for_url("**/studies")
    return stranger


def _log_in(page: Page, password: str) -> None:
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def test_a_wrong_password_is_told_and_the_right_one_leads_to_the_list(stranger: Desk) -> None:
    stranger.go("/studies")
    stranger.page.wait_for_url("**/login*")
    _log_in(stranger.page, "wrong")
    expect(stranger.page.get_by_role("alert")).to_contain_text("password is wrong")
    _log_in(stranger.page, PASSWORD)
    stranger.page.wait_for_url("**/studies")
    expect(stranger.page.get_by_text("Computed chest")).to_be_visible()
    stranger.assert_well_behaved()


def test_the_list_narrows_while_one_types(doctor: Desk) -> None:
    page = doctor.page
    expect(page.get_by_text("Computed chest")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("earl")
    expect(page.get_by_text("Computed chest")).to_be_hidden()
    expect(page.get_by_text("Earlier chest")).to_be_visible()
    doctor.assert_well_behaved()


def test_a_study_that_arrives_is_there_without_a_reload(
    doctor: Desk, server: SteckelServer
) -> None:
    path = Path(str(get_testdata_file("MR_small.dcm")))
    expect(doctor.page.get_by_text("Computed chest")).to_be_visible()
    with server.client() as client:
        stored = client.post(
            "/dicomweb/studies",
            content=path.read_bytes(),
            headers={"Content-Type": "application/dicom"},
        )
    assert stored.status_code == 200
    patient = str(pydicom.dcmread(path).PatientID)
    expect(doctor.page.get_by_text(patient, exact=True)).to_be_visible()
    doctor.assert_well_behaved()


def test_a_patients_studies_are_in_order_of_time(doctor: Desk) -> None:
    page = doctor.page
    page.get_by_text("Computed chest").click()
    page.keyboard.press("p")
    page.wait_for_url("**/patients/*")
    expect(page.get_by_role("main").get_by_text("Earlier chest").last).to_be_visible()
    text = page.get_by_role("main").inner_text()
    assert text.index("2025") < text.index("Computed chest") < text.index("2019")
    assert text.index("2019") < text.index("Earlier chest")
    doctor.assert_well_behaved()


def test_uploads_are_archived_and_what_is_broken_is_told(doctor: Desk) -> None:
    page = doctor.page
    doctor.go("/inbox/uploads")
    sound = Path(str(get_testdata_file("CT_small.dcm")))
    page.get_by_test_id("upload-files").set_input_files(
        [
            {"name": "good.dcm", "mimeType": "", "buffer": sound.read_bytes()},
            {"name": "broken.dcm", "mimeType": "", "buffer": bytes(range(256)) * 20},
        ]
    )
    expect(page.get_by_text("stored", exact=True)).to_be_visible()
    expect(page.get_by_text("quarantine", exact=True)).to_be_visible()
    doctor.go("/inbox/quarantine")
    expect(page.get_by_text("broken.dcm").first).to_be_visible()
    doctor.assert_well_behaved()


def test_everything_can_be_read_in_french(doctor: Desk) -> None:
    page = doctor.page
    page.get_by_text("Administrator").click()
    page.get_by_text("Français").click()
    expect(page.get_by_role("link", name="Examens")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Examens")).to_be_visible()
    page.get_by_text("Administrator").click()
    page.get_by_text("English").click()  # it is the account's choice, and would stay
    expect(page.get_by_role("link", name="Studies")).to_be_visible()
    doctor.assert_well_behaved()


def test_a_study_opens_in_2d_mpr_and_3d(doctor: Desk) -> None:
    """The study begins with a localizer: its volume has to be found."""
    page = doctor.page
    page.set_viewport_size({"width": 960, "height": 640})  # rendering without a graphics card
    doctor.go(f"/view/{ct_phantom.STUDY}")
    frame = page.frame_locator("iframe").owner.element_handle().content_frame()
    assert frame is not None
    frame.wait_for_function(ALL_LIT, arg=[1, 0.02], timeout=PATIENCE)
    page.get_by_text("MPR", exact=True).click()
    frame.wait_for_function(ALL_LIT, arg=[3, 0.02], timeout=PATIENCE)
    page.get_by_text("3D", exact=True).click()
    frame.wait_for_function(ALL_LIT, arg=[4, 0.02], timeout=PATIENCE)
    assert frame.evaluate("window.policyViolations") == []
    doctor.assert_well_behaved()


def test_a_log_out_ends_the_session(doctor: Desk) -> None:
    page = doctor.page
    page.get_by_text("Administrator").click()
    page.get_by_text("Log out").click()
    page.wait_for_url("**/login*")
    doctor.go("/studies")
    page.wait_for_url("**/login*")
