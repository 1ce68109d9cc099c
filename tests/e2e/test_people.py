"""Second factors, passkeys and the locked screen in a real browser with an authenticator."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect
from tests.e2e import ct_phantom
from tests.e2e.browsing import (
    PATIENCE,
    Desk,
    archive,
    desk_in,
    lit,
    needs_chromium,
    needs_viewer,
    needs_workstation,
    wait_for_images,
)
from tests.steckel_server import PASSWORD, SteckelServer, running_server

from steckel.security.totp import PERIOD, code_of

pytestmark = [pytest.mark.e2e, needs_chromium, needs_viewer, needs_workstation]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteckelServer]:
    folder = tmp_path_factory.mktemp("people")
    with running_server(folder / "home") as running:
        archive(running, folder / "files", ct_phantom.series())
        yield running


@pytest.fixture
def desk(browser: Browser, server: SteckelServer) -> Iterator[Desk]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    with desk_in(context, server) as desk:
        # Browsers give passkeys to a host with a name.
        desk.origin = f"http://localhost:{server.http_port}"
        desk.tolerate("401")
        desk.tolerate("423")
        yield desk
        desk.assert_well_behaved()
    context.close()
    assert server.cli("user", "reset-2fa", "admin").returncode == 0


def authenticator(page: Page, *, knows_its_user: bool) -> CDPSession:
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": knows_its_user,
        "isUserVerified": knows_its_user,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return cdp


def enter(page: Page) -> None:
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def add_passkey(desk: Desk) -> None:
    page = desk.page
    desk.go("/account")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("This laptop")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("dialog", name="Recovery codes").get_by_role("listitem")).to_have_count(
        10
    )
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("This laptop")).to_be_visible()


def log_out(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Account of")).click()
    page.get_by_role("menuitem", name="Log out").click()
    page.wait_for_url("**/login")


def test_a_passkey_is_added_and_then_logs_in_alone(desk: Desk) -> None:
    authenticator(desk.page, knows_its_user=True)
    desk.go("/login")
    enter(desk.page)
    desk.page.wait_for_url("**/studies")
    add_passkey(desk)
    log_out(desk.page)
    desk.page.get_by_role("button", name="Log in with a passkey").click()
    desk.page.wait_for_url("**/studies")


def test_a_key_without_a_pin_is_a_second_factor_and_opens_the_screen_but_no_more(
    desk: Desk,
) -> None:
    page = desk.page
    authenticator(page, knows_its_user=False)
    desk.go("/login")
    enter(page)
    page.wait_for_url("**/studies")
    add_passkey(desk)
    page.keyboard.press("Alt+l")
    expect(page.get_by_role("dialog", name="Screen locked")).to_be_visible()
    page.get_by_role("button", name="Open with a passkey").click()
    expect(page.get_by_role("dialog", name="Screen locked")).to_have_count(0)
    log_out(page)
    enter(page)
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url("**/studies")


def test_an_application_is_set_up_by_its_key_and_asked_for(desk: Desk) -> None:
    page = desk.page
    desk.go("/login?next=/account")
    enter(page)
    page.get_by_role("button", name="Add an authenticator application").click()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Next").click()
    picture = page.get_by_role("img", name="QR code of the key")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    secret = page.locator("code").inner_text()
    page.get_by_label("Code").fill(code_of(secret, int(time.time()) // PERIOD))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="I have kept them").click()
    log_out(page)
    enter(page)
    # The code of now was taken; the next one counts already.
    page.get_by_label("Code").fill(code_of(secret, int(time.time()) // PERIOD + 1))
    page.keyboard.press("Enter")
    page.wait_for_url("**/studies")


def test_a_locked_screen_shows_nothing_and_keeps_what_the_viewer_shows(
    desk: Desk, server: SteckelServer
) -> None:
    page = desk.page
    desk.go(f"/login?next=/view/{ct_phantom.STUDY}")
    enter(page)
    viewer = page.frame_locator("iframe").owner
    viewer.wait_for()
    frame = next(each for each in page.frames if each is not page.main_frame)
    wait_for_images(frame, 1)
    frame.evaluate("window.stillHere = 'as it was'")
    with page.expect_response("**/api/session/lock"):
        page.keyboard.press("Alt+l")
    cover = page.get_by_role("dialog", name="Screen locked")
    expect(cover).to_be_visible()
    assert not viewer.is_visible()
    for path in (f"/dicomweb/studies/{ct_phantom.STUDY}/metadata", "/api/studies"):
        assert page.request.get(f"{desk.origin}{path}").status == 423
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(cover).to_have_count(0, timeout=PATIENCE)
    expect(viewer).to_be_visible()
    assert frame.evaluate("window.stillHere") == "as it was"
    assert lit(frame)[0] > 0.02
    assert page.request.get(f"{desk.origin}/api/studies").status == 200
