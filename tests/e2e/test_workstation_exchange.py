"""What other systems say, seen and put right in the workstation: a whole server, a real browser."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.e2e import ct_phantom
from tests.e2e.browsing import (
    PATIENCE,
    Desk,
    archive,
    desk_in,
    log_in,
    needs_chromium,
    needs_workstation,
)
from tests.e2e.plain_listener import PlainListener
from tests.steckel_server import SteckelServer, running_server

pytestmark = [pytest.mark.e2e, needs_chromium, needs_workstation]

#: Like `ct_phantom`'s study, for which there is no patient, and yet an order.
STUDY = "2.25.172399777.1"


def _message(kind: str, control: str, *segments: str) -> bytes:
    head = f"MSH|^~\\&|RIS|HOSPITAL|PACS|HOSPITAL|20260102101500||{kind}|{control}|P|2.5"
    return "\r".join([head, *segments, ""]).encode()


def _order(control: str, number: str, accession: str, patient: str = "4711") -> bytes:
    return _message(
        "ORM^O01", control,
        f"PID|1||{patient}^^^HOSPITAL||DOE^JANE||19700101|F",
        f"ORC|NW|{number}",
        f"OBR|1|{number}||CT^Chest|" + "|" * 13 + f"{accession}||S1||||CT|||^^^20260102101500",
    )  # fmt: skip


def _send(server: SteckelServer, *messages: bytes) -> list[str]:
    """Send messages over MLLP; return the codes of their acknowledgements."""
    codes = []
    with socket.create_connection(("127.0.0.1", server.hl7_port), timeout=20) as line:
        for message in messages:
            line.sendall(b"\x0b" + message + b"\x1c\r")
            answer = b""
            while not answer.endswith(b"\x1c\r"):
                piece = line.recv(4096)
                assert piece, "the listener closed"
                answer += piece
            codes.append(answer.split(b"MSA|")[1][:2].decode())
    return codes


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteckelServer]:
    folder = tmp_path_factory.mktemp("exchange")
    with running_server(folder / "home") as running:
        yield running


@pytest.fixture
def desk(browser: Browser, server: SteckelServer) -> Iterator[Desk]:
    """An administrator's page."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    log_in(context, server)
    with desk_in(context, server) as opened:
        yield opened
    context.close()


def _row(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


def _dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def test_a_message_in_error_is_read_its_mapping_corrected_and_it_is_processed_again(
    desk: Desk, server: SteckelServer
) -> None:
    page = desk.page
    good = _message("ADT^A08", "GOOD-1", "EVN||20260102", "PID|1||1||ROE^RICHARD||19610304|M")
    assert _send(server, good, _order("BAD-1", "P-LONG", "AN-ACCESSION-TOO-LONG")) == ["AA", "AE"]
    desk.go("/inbox/messages?state=error")
    row = _row(page, "ORM^O01")
    expect(row).to_contain_text("longer than the 16 characters of DICOM")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    pane = page.get_by_role("complementary", name="Message")
    fault = pane.get_by_role("row").filter(has_text="the fault is here")
    expect(fault).to_contain_text("OBR-18")
    expect(fault).to_contain_text("AN-ACCESSION-TOO-LONG")
    pane.get_by_role("button", name="Raw text").click()
    expect(pane.get_by_text("MSH|^~\\&|RIS|HOSPITAL")).to_be_visible()
    page.keyboard.press("m")
    page.wait_for_url("**/inbox/mapping?message=*")
    document = page.get_by_label("Document (TOML or JSON)")
    expect(document).to_have_value(re.compile(r'senders = \["RIS\^HOSPITAL"\]'))
    # A complaint of the server is a 400, which browsers write down.
    desk.tolerate("400")
    document.fill('[orders]\ntoo-long = "cut"\n')
    expect(page.get_by_role("alert")).to_contain_text("Line 2: orders.too-long is none of")
    document.fill('[match]\nsenders = ["RIS^HOSPITAL"]\n[orders]\ntoo-long = "map"\n')
    expect(page.get_by_role("region", name="With this document")).to_contain_text("Understood")
    expect(page.get_by_role("region", name="Now")).to_contain_text("longer than the 16")
    expect(page.get_by_role("table", name="What is made of the message")).to_contain_text("4711")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_role("region", name="Versions")).to_contain_text("in force")
    page.get_by_role("button", name="Process this message again").click()
    page.wait_for_url("**/inbox/messages")
    expect(_row(page, "ORM^O01").get_by_text("Warning")).to_be_visible(timeout=PATIENCE)
    desk.assert_well_behaved()


def test_an_older_version_of_a_profile_can_be_brought_back(
    desk: Desk, server: SteckelServer
) -> None:
    page = desk.page
    bodies = ['[match]\nsenders = ["A^*"]\n', '[match]\nsenders = ["B^*"]\n']
    with server.client() as client:
        for body in bodies:
            form = {"name": "two", "body": body}
            client.post("/api/hl7/profiles", json=form).raise_for_status()
    desk.go("/inbox/mapping?profile=two")
    versions = page.get_by_role("region", name="Versions")
    older = versions.get_by_role("row").filter(has_text="Version 1")
    older.get_by_role("button", name="Activate").click()
    expect(versions.get_by_role("row").filter(has_text="Version 3")).to_contain_text("in force")
    expect(page.get_by_label("Document (TOML or JSON)")).to_have_value(bodies[0])
    desk.assert_well_behaved()


def test_all_messages_of_a_filter_are_processed_again(desk: Desk, server: SteckelServer) -> None:
    page = desk.page
    patient = "PID|1||2||ROE^MARY||19610304|F"
    several = [_message("ADT^A31", f"AGAIN-{n}", "EVN||20260102", patient) for n in range(5)]
    assert _send(server, *several) == ["AA"] * 5
    desk.go("/inbox/messages?type=ADT%5EA31")
    expect(page.get_by_role("row").filter(has_text="ADT^A31")).to_have_count(5)
    page.get_by_role("button", name="Process all of these again").click()
    expect(_dialog(page)).to_contain_text("ADT^A31")
    _dialog(page).get_by_role("button", name="Process again").click()
    expect(_dialog(page)).to_contain_text(
        "Done: 5 messages were processed again.", timeout=PATIENCE
    )
    desk.assert_well_behaved()


def _unexpected(accession: str) -> Iterator[ct_phantom.pydicom.Dataset]:
    """Return images whose patient nobody has registered, taken when something was planned."""
    for index in range(3):
        image = ct_phantom.ct_slice(1, ct_phantom.volume()[20 + index])
        image.StudyInstanceUID = STUDY
        image.SeriesInstanceUID = f"{STUDY}.1"
        image.SOPInstanceUID = f"{STUDY}.1.{index}"
        image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
        image.PatientID, image.PatientName, image.PatientBirthDate = "4711X", "DOE^JANE", "19700101"
        image.StudyDate, image.StudyTime, image.AccessionNumber = "20260102", "102000", accession
        yield image


def test_a_study_that_does_not_fit_is_assigned_by_keys_and_taken_back(
    desk: Desk, server: SteckelServer, tmp_path: Path
) -> None:
    page = desk.page
    assert _send(server, _order("ORDER-1", "P-1", "ACC-1")) == ["AA"]
    archive(server, tmp_path / "files", _unexpected("TYPO"))
    desk.go("/inbox/reconciliation")
    case = page.get_by_role("list", name="Reconciliation").get_by_role("button")
    expect(case.first).to_contain_text("DOE JANE")
    proposed = page.get_by_role("button", name=re.compile("ACC-1"))
    expect(proposed).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    changes = _dialog(page).get_by_role("table", name="What changes")
    expect(changes.get_by_role("row").filter(has_text="TYPO")).to_contain_text("ACC-1")
    expect(changes.get_by_role("row").filter(has_text="Patient ID").first).to_contain_text("4711")
    page.keyboard.type("the radiographer said so")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Assigned to the order.")).to_be_visible()
    expect(page.get_by_role("region", name="Decisions")).to_contain_text("radiographer said so")
    with server.client() as client:
        assert client.get(f"/api/studies/{STUDY}").json()["accession"] == "ACC-1"
    page.keyboard.press("u")
    _dialog(page).get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The last decision is undone.")).to_be_visible()
    with server.client() as client:
        assert client.get(f"/api/studies/{STUDY}").json()["accession"] == "TYPO"
    _drag_onto_the_order(page)
    desk.assert_well_behaved()


def _drag_onto_the_order(page: Page) -> None:
    case = page.get_by_role("list", name="Reconciliation").get_by_role("button").first
    case.drag_to(page.get_by_role("button", name=re.compile("ACC-1")))
    expect(_dialog(page)).to_contain_text("Assign to the order ACC-1")
    _dialog(page).get_by_role("button", name="Cancel").click()


def test_a_rule_is_tried_before_it_is_saved(desk: Desk) -> None:
    page = desk.page
    desk.go("/admin/rules")
    page.get_by_role("button", name="Add a rule").click()
    dialog = _dialog(page)
    dialog.get_by_label("Name", exact=True).fill("Same person")
    dialog.get_by_role("button", name="Unknown patient").click()
    dialog.get_by_label("Same name and birth date").check()
    dialog.get_by_role("button", name="Try it").click()
    expect(dialog.get_by_role("status")).to_contain_text("open studies right")
    dialog.get_by_role("button", name="Save").click()
    row = _row(page, "Same person")
    # It is shown at once; a page that is left would take the request with it.
    with page.expect_response(re.compile("/api/matching-rules/")) as switched:
        row.get_by_role("checkbox").click()
    assert switched.value.ok
    expect(row.get_by_role("checkbox")).not_to_be_checked()
    page.reload()
    expect(row.get_by_role("checkbox")).not_to_be_checked()
    desk.assert_well_behaved()


def test_a_destination_is_tried_set_up_paused_and_its_queue_read(
    desk: Desk, server: SteckelServer
) -> None:
    page = desk.page
    with PlainListener() as listener:
        desk.go("/admin/destinations")
        page.get_by_role("button", name="Add a destination").click()
        dialog = _dialog(page)
        dialog.get_by_label("Name", exact=True).fill("portal")
        dialog.get_by_label("Host", exact=True).fill("127.0.0.1")
        dialog.get_by_label("Port", exact=True).fill(str(listener.port))
        dialog.get_by_role("button", name="Order placed").click()
        dialog.get_by_role("button", name="Test the connection").click()
        expect(dialog.get_by_text("Answered AA in")).to_be_visible()
        dialog.get_by_role("button", name="Save").click()
        row = _row(page, "portal")
        row.get_by_role("button", name="Pause").click()
        expect(row.get_by_text("paused")).to_be_visible()
        assert _send(server, _order("ORDER-2", "P-2", "ACC-2")) == ["AA"]
        expect(row.get_by_role("cell", name="1", exact=True)).to_be_visible(timeout=PATIENCE)
        row.get_by_role("button", name="Resume").click()
        row.get_by_role("link", name="portal").click()
        page.wait_for_url("**/admin/destinations/portal")
        sent = _row(page, "ORM^O01")
        expect(sent.get_by_text("sent")).to_be_visible(timeout=PATIENCE)
        sent.click()
        pane = page.get_by_role("complementary", name="Message")
        expect(pane.get_by_role("row").filter(has_text="ACC-2").first).to_be_visible()
        assert any(b"ACC-2" in message for message in listener.received)
    desk.assert_well_behaved()


def test_what_waits_is_counted_on_the_rail(desk: Desk, server: SteckelServer) -> None:
    assert _send(server, _order("BAD-2", "P-3", "ANOTHER-ACCESSION-TOO-LONG", "99"))[0] in (
        "AA",
        "AE",
    )
    desk.go("/studies")
    expect(desk.page.get_by_role("link", name=re.compile(r"Inbox, \d+ waiting"))).to_be_visible()
    desk.assert_well_behaved()
