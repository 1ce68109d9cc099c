"""Who sees what in the workstation: a referring physician, on a whole server, in a real browser."""

from collections.abc import Iterator

import pydicom
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e import ct_phantom
from tests.e2e.browsing import Desk, archive, desk_in, needs_chromium, needs_workstation
from tests.steckel_server import PASSWORD, SteckelServer, running_server

pytestmark = [pytest.mark.e2e, needs_chromium, needs_workstation]

_OTHERS = f"{ct_phantom.STUDY}.99"


def _image(study: str, patient: tuple[str, str, str], referring: str) -> pydicom.Dataset:
    image = ct_phantom.ct_slice(1, ct_phantom.volume()[20])
    image.PatientID, image.PatientName, image.PatientBirthDate = patient
    image.ReferringPhysicianName = referring
    image.StudyInstanceUID = study
    image.SeriesInstanceUID = f"{study}.1"
    image.SOPInstanceUID = f"{study}.1.1"
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    return image


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteckelServer]:
    folder = tmp_path_factory.mktemp("access")
    own = _image(ct_phantom.STUDY, ("OWN-1", "Petit^Jules", "19700102"), "KELLER^Nina")
    others = _image(_OTHERS, ("OTHER-1", "Moreau^Anne", "19810304"), "Faure^Denis")
    with running_server(folder / "home") as running:
        archive(running, folder / "files", [own, others])
        with running.client() as client:
            made = client.post(
                "/api/users",
                json={
                    "name": "keller",
                    "password": PASSWORD,
                    "role": "referring",
                    "person": "Keller^Nina",
                },
            )
            assert made.status_code == 201, made.text
        yield running


@pytest.fixture
def referring(browser: Browser, server: SteckelServer) -> Iterator[Desk]:
    """The page of somebody who sees their own patients."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    answer = context.request.post(
        f"{server.url}/api/login", data={"name": "keller", "password": PASSWORD}
    )
    assert answer.ok, answer.text()
    with desk_in(context, server) as desk:
        yield desk
    context.close()


def _open_in_emergency(page: Page) -> None:
    page.get_by_role("button", name="Open a patient in an emergency…").click()
    dialog = page.get_by_role("dialog", name="Open in an emergency")
    dialog.get_by_label("Patient ID, whole").fill("OTHER-1")
    dialog.get_by_role("spinbutton").first.click()
    page.keyboard.type("04031981")
    dialog.get_by_label("Reason").fill("stroke in the emergency room")
    dialog.get_by_role("button", name="Open, and record it").click()


def test_a_referring_physician_sees_own_patients_and_opens_another_in_an_emergency(
    referring: Desk, server: SteckelServer
) -> None:
    page = referring.page
    referring.go("/patients")
    rows = page.locator("[role=row][aria-selected]")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("PETIT Jules")
    for hidden in ("Inbox", "Admin"):
        expect(page.get_by_role("link", name=hidden)).to_have_count(0)

    referring.tolerate("404")
    referring.go(f"/view/{_OTHERS}")
    expect(page.get_by_text("This is not here, or no longer")).to_be_visible()
    _open_in_emergency(page)

    banner = page.get_by_role("region", name="Patient")
    expect(banner).to_contain_text("MOREAU Anne")
    expect(banner).to_contain_text("Opened in an emergency, for you, until")
    referring.go("/studies")
    expect(rows).to_have_count(2)
    with server.client() as client:
        found = client.get("/api/patients", params={"search": "OTHER-1"}).json()["items"]
        care = client.get(f"/api/patients/{found[0]['key']}/care").json()["items"]
    assert [(one["account"], one["kind"], one["reason"]) for one in care] == [
        ("keller", "emergency", "stroke in the emergency room")
    ]
    referring.assert_well_behaved()
