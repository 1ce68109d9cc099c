"""The workstation as a doctor uses it: a whole server, a real browser, computed images."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pydicom
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pydicom.data import get_testdata_file
from tests.e2e import ct_phantom
from tests.e2e.browsing import (
    PATIENCE,
    Desk,
    archive,
    desk_in,
    needs_chromium,
    needs_viewer,
    needs_workstation,
    violations,
    wait_for_images,
)
from tests.e2e.plain_sender import offer_of, send
from tests.steckel_server import PASSWORD, SteckelServer, running_server

pytestmark = [pytest.mark.e2e, needs_chromium, needs_viewer, needs_workstation]

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
    with running_server(folder / "home") as running:
        archive(running, folder / "files", [_localizer(), _earlier(), *ct_phantom.series()])
        yield running


@pytest.fixture
def stranger(browser: Browser, server: SteckelServer) -> Iterator[Desk]:
    """Somebody who is not logged in."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    with desk_in(context, server) as desk:
        desk.tolerate("401")  # the page asks whether there is a session
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


def test_the_list_is_worked_by_keys_alone(doctor: Desk) -> None:
    page = doctor.page
    rows = page.get_by_role("grid").get_by_role("row")
    expect(rows.filter(has_text="Computed chest")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(rows.filter(has_text="Earlier chest")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/view/{EARLIER}")
    page.get_by_role("button", name="Back").click()
    page.wait_for_url("**/studies")
    doctor.assert_well_behaved()


def test_a_study_that_a_modality_sends_is_there_without_a_reload(
    doctor: Desk, server: SteckelServer
) -> None:
    path = Path(str(get_testdata_file("MR_small.dcm")))
    expect(doctor.page.get_by_text("Computed chest")).to_be_visible()
    answer = send(server.dicom_port, offer_of(path.read_bytes(), otherwise=""))
    assert answer.status == 0
    patient = str(pydicom.dcmread(path).PatientID)
    expect(doctor.page.get_by_text(patient, exact=True)).to_be_visible()
    doctor.assert_well_behaved()


def test_a_patients_studies_are_in_order_of_time(doctor: Desk) -> None:
    page = doctor.page
    page.get_by_text("Computed chest").click()
    page.keyboard.press("p")
    page.wait_for_url("**/patients/*")
    in_order = re.compile("2025.*Computed chest.*2019.*Earlier chest", re.DOTALL)
    expect(page.get_by_role("main")).to_have_text(in_order, use_inner_text=True)
    doctor.assert_well_behaved()


_DROP = """files => {
  const carried = new DataTransfer();
  for (const [name, bytes] of files) carried.items.add(new File([Uint8Array.from(bytes)], name));
  for (const kind of ['dragenter', 'dragover', 'drop'])
    document.body.dispatchEvent(
      new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: carried}));
}"""


def _result(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name="Results").get_by_role("listitem").filter(has_text=name)


def test_dropped_files_and_zips_are_archived_and_what_is_broken_is_told(doctor: Desk) -> None:
    page = doctor.page
    sound = Path(str(get_testdata_file("CT_small.dcm"))).read_bytes()
    packed = BytesIO()
    with ZipFile(packed, "w") as medium:
        medium.writestr("DICOM/IM1", Path(str(get_testdata_file("rtplan.dcm"))).read_bytes())
        medium.writestr("README.TXT", "Read me")
    broken = bytes(range(256)) * 20
    files = [("good.dcm", sound), ("broken.dcm", broken), ("cd.zip", packed.getvalue())]
    page.evaluate(_DROP, [[name, list(content)] for name, content in files])
    page.get_by_text("Uploaded, 1 needs attention").click()
    page.wait_for_url("**/inbox/uploads")
    expect(_result(page, "good.dcm")).to_contain_text("stored")
    expect(_result(page, "cd.zip/DICOM/IM1")).to_contain_text("stored")
    expect(_result(page, "cd.zip/README.TXT")).to_contain_text("a text file")
    expect(_result(page, "broken.dcm")).to_contain_text("this is no DICOM file")
    doctor.assert_well_behaved()


def test_what_is_in_quarantine_can_be_tried_again_and_thrown_away(
    doctor: Desk, server: SteckelServer
) -> None:
    page = doctor.page
    with server.client() as client:
        for name, content in (("odd.dcm", b"DICM" * 50), ("other.dcm", b"DICM" * 60)):
            client.post("/api/uploads", content=content, headers={"X-Steckel-Filename": name})
    doctor.go("/inbox/quarantine")
    row = page.get_by_role("row").filter(has_text="odd.dcm")
    row.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Tried again: quarantine")).to_be_visible()
    with page.expect_download() as download:
        row.get_by_role("link", name="Download").click()
    assert Path(download.value.path()).read_bytes() == b"DICM" * 50
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as deleted:
        row.get_by_role("button", name="Delete").click()  # done when nobody takes it back
    assert deleted.value.status == 204
    page.reload()
    expect(page.get_by_role("row").filter(has_text="other.dcm")).to_be_visible()
    expect(row).to_have_count(0)
    doctor.assert_well_behaved()


def test_of_two_versions_one_is_kept(doctor: Desk, server: SteckelServer) -> None:
    page = doctor.page
    image = ct_phantom.ct_slice(1, ct_phantom.volume()[3])
    image.SeriesDescription = "Otherwise"
    file = BytesIO()
    image.save_as(file, enforce_file_format=True)
    with server.client() as client:
        client.post("/api/uploads", content=file.getvalue()).raise_for_status()
    doctor.go("/inbox/conflicts")
    conflict = page.get_by_role("article")
    expect(conflict).to_contain_text("PHANTOM Computed")
    expect(conflict).to_contain_text("Series Description")
    conflict.get_by_role("button", name="Keep the first").click()
    expect(page.get_by_text("No conflicts")).to_be_visible()
    doctor.assert_well_behaved()


def _dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def _add_a_remote_ae(page: Page, server: SteckelServer) -> None:
    page.get_by_role("button", name="Add a remote AE").click()
    _dialog(page).get_by_label("AE title").fill("OURSELVES")
    _dialog(page).get_by_label("Host").fill("127.0.0.1")
    _dialog(page).get_by_label("Port").fill(str(server.dicom_port))
    _dialog(page).get_by_role("button", name="Echo").click()
    expect(_dialog(page).get_by_text("Answered in")).to_be_visible()
    _dialog(page).get_by_role("button", name="Save").click()
    expect(page.get_by_role("row").filter(has_text="OURSELVES")).to_be_visible()


def _add_a_user(page: Page, server: SteckelServer) -> None:
    del server
    page.get_by_role("button", name="Add a user").click()
    _dialog(page).get_by_label("User name").fill("marie")
    _dialog(page).get_by_label("Password").fill("a-good-long-password")
    _dialog(page).get_by_role("button", name="Save").click()
    row = page.get_by_role("row").filter(has_text="marie")
    row.get_by_role("button", name="Disable").click()
    expect(row.get_by_text("disabled")).to_be_visible()


def _make_a_token(page: Page, server: SteckelServer) -> None:
    page.get_by_role("button", name="New token").click()
    _dialog(page).get_by_label("Name").fill("router")
    _dialog(page).get_by_role("button", name="Create").click()
    token = _dialog(page).locator("code").inner_text()
    with server.client() as client:
        client.auth = None
        answer = client.get("/api/session", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["user"]["name"] == "admin"
    _dialog(page).get_by_role("button", name="I have copied it").click()
    expect(page.get_by_role("row").filter(has_text="router")).to_be_visible()


@pytest.mark.parametrize(
    ("screen", "work"),
    [("ae", _add_a_remote_ae), ("users", _add_a_user), ("tokens", _make_a_token)],
)
def test_an_administrator_can_do_it_here(
    doctor: Desk, server: SteckelServer, screen: str, work: Callable[[Page, SteckelServer], None]
) -> None:
    doctor.go(f"/admin/{screen}")
    work(doctor.page, server)
    doctor.assert_well_behaved()


def test_everything_can_be_read_in_french(doctor: Desk) -> None:
    page = doctor.page
    page.get_by_text("Administrator").click()
    page.get_by_text("Français").click()
    expect(page.get_by_role("link", name="Examens")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Examens")).to_be_visible()
    doctor.tolerate("404")
    doctor.go("/view/1.2.3")
    expect(page.get_by_text("cet examen n\u2019existe pas")).to_be_visible()
    doctor.go("/studies")
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
    wait_for_images(frame, 1)
    page.get_by_text("MPR", exact=True).click()
    wait_for_images(frame, 3)
    page.get_by_text("3D", exact=True).click()
    wait_for_images(frame, 4)
    assert violations(frame) == []
    doctor.assert_well_behaved()


def test_what_is_no_volume_is_shown_flat_and_said(doctor: Desk) -> None:
    page = doctor.page
    doctor.go(f"/view/{EARLIER}?layout=mpr")
    told = page.get_by_text("Nothing in this study makes a volume")
    expect(told).to_be_visible(timeout=PATIENCE)
    wait_for_images(page.frames[-1], 1)
    doctor.assert_well_behaved()


def test_a_wrong_address_is_told_in_the_workstation(doctor: Desk) -> None:
    doctor.tolerate("404")
    doctor.go("/no/such/screen")
    expect(doctor.page.get_by_text("There is nothing at this address")).to_be_visible()
    doctor.assert_well_behaved()


def test_a_log_out_ends_the_session(doctor: Desk) -> None:
    page = doctor.page
    page.get_by_text("Administrator").click()
    page.get_by_text("Log out").click()
    page.wait_for_url("**/login*")
    doctor.go("/studies")
    page.wait_for_url("**/login*")


def test_who_guesses_passwords_has_to_wait(stranger: Desk) -> None:
    """The last test: it is the account of all the others that has to wait."""
    stranger.tolerate("429")
    stranger.go("/login")
    button = stranger.page.get_by_role("button", name="Log in")
    alert = stranger.page.get_by_role("alert")
    for _ in range(30):
        _log_in(stranger.page, "guessed")
        expect(alert.or_(button)).to_have_count(2)
        if "Too many attempts" in alert.inner_text():
            break
    expect(alert).to_contain_text("Too many attempts")
    expect(button).to_be_disabled()
    stranger.assert_well_behaved()
