"""Another system's link to images (IHE RAD-106), in a browser that is not logged in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e import ct_phantom
from tests.e2e.browsing import (
    PATIENCE,
    archive,
    desk_in,
    needs_chromium,
    needs_viewer,
    needs_workstation,
    wait_for_images,
)
from tests.steckel_server import PASSWORD, SteckelServer, running_server

pytestmark = [pytest.mark.e2e, needs_chromium, needs_viewer, needs_workstation]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteckelServer]:
    folder: Path = tmp_path_factory.mktemp("image_display")
    with running_server(folder / "home") as running:
        archive(running, folder / "files", ct_phantom.series())
        yield running


def test_a_link_ends_at_the_images_after_the_login(browser: Browser, server: SteckelServer) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    image = ct_phantom.ct_slice(1, ct_phantom.volume()[20])
    link = f"/IHEInvokeImageDisplay?requestType=STUDY&accessionNumber={image.AccessionNumber}"
    with desk_in(context, server) as desk:
        desk.tolerate("401")  # the page asks whether there is a session
        desk.go(link)
        page = desk.page
        page.wait_for_url("**/login?next=*")
        page.get_by_label("User name").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/view/{ct_phantom.STUDY}", timeout=PATIENCE)
        viewer = page.wait_for_selector("iframe")
        frame = viewer.content_frame() if viewer else None
        assert frame is not None
        wait_for_images(frame, 1)

        desk.go(f"/IHEInvokeImageDisplay?requestType=PATIENT&patientID={image.PatientID}^^^HOSP")
        page.wait_for_url("**/patients/*")
        expect(page.get_by_text("Computed chest").first).to_be_visible()

        desk.tolerate("404")
        desk.go("/IHEInvokeImageDisplay?requestType=STUDY&studyUID=1.2.3")
        expect(page.get_by_text("there is no such study")).to_be_visible()
        desk.assert_well_behaved()
    context.close()
