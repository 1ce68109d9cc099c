"""``steckel import``, as somebody at the terminal of a hospital's server sees it."""

import io
import os
import pty
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from select import select

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from tests.steckel_server import SteckelServer, running_server

_MEDIUM = Path("../shared/data/dicom/media/dicomdirtests")
_CT = "1.2.840.10008.5.1.4.1.1.2"


def dicom(number: int, *, meta: bool = True, preamble: bool = True) -> bytes:
    """Return a small object with an identity of its own."""
    dataset = Dataset()
    dataset.SOPClassUID = _CT
    dataset.SOPInstanceUID = f"1.2.826.99.1.{number}"
    dataset.StudyInstanceUID = f"1.2.826.99.2.{number // 500}"
    dataset.SeriesInstanceUID = f"1.2.826.99.3.{number // 100}"
    dataset.PatientID = f"P{number // 500}"
    dataset.PatientName = "Import^Test"
    dataset.Modality = "CT"
    file = io.BytesIO()
    if not meta:
        dataset.save_as(file, implicit_vr=False, little_endian=True)
        return file.getvalue()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = _CT
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue() if preamble else file.getvalue()[132:]


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def node(tmp_path: Path) -> SteckelServer:
    """A home whose server does not run."""
    return SteckelServer(tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "studies"
    path.mkdir()
    return path


def counts(node: SteckelServer) -> dict[str, int]:
    """Return what ``steckel status`` counts."""
    lines = [line.split() for line in node.cli("status").stdout.splitlines()]
    return {line[0]: int(line[1]) for line in lines if len(line) == 2 and line[1].isdecimal()}


def test_files_in_every_state_are_taken_or_named_with_the_reason(
    node: SteckelServer, folder: Path
) -> None:
    (folder / "whole").write_bytes(dicom(1))
    (folder / "no-preamble").write_bytes(dicom(2, preamble=False))
    (folder / "no-meta").write_bytes(dicom(3, meta=False))
    (folder / "letter.txt").write_text("Dear colleague")
    (folder / "photo").write_bytes(b"\xff\xd8\xff" + bytes(100))
    (folder / "named.dcm").write_text("This is no DICOM file")
    (folder / "cut.dcm").write_bytes(dicom(4)[:200])

    done = node.cli("import", folder)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[0].startswith("3 stored, 2 quarantined, 2 skipped")
    assert f"quarantined: {folder}/named.dcm: this is no DICOM file" in done.stderr
    assert f"quarantined: {folder}/cut.dcm: " in done.stderr
    assert "object_refused" not in done.stderr
    assert counts(node)["instances"] == 3
    assert counts(node)["quarantine"] == 2


def test_the_whole_list_of_problems_is_in_a_file(node: SteckelServer, folder: Path) -> None:
    for number in range(30):
        (folder / f"{number:02}.dcm").write_text(f"no DICOM {number}")

    done = node.cli("import", folder)

    assert "  … and 10 more" in done.stderr
    path = Path(done.stderr.strip().rpartition("The whole list: ")[2])
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    assert len(rows) == 30
    assert rows[29] == ["quarantined", str(folder / "29.dcm"), "this is no DICOM file"]


def test_what_is_no_object_is_passed_by_unless_it_was_named(
    node: SteckelServer, folder: Path
) -> None:
    letter = folder / "letter.txt"
    letter.write_text("Dear colleague")

    assert node.cli("import", folder).returncode == 0
    named = node.cli("import", letter)

    assert named.returncode == 1
    assert f"unreadable: {letter}: a text file" in named.stderr
    assert counts(node)["quarantine"] == 0


def test_a_path_that_does_not_exist_stops_the_import(node: SteckelServer, folder: Path) -> None:
    done = node.cli("import", folder, folder / "missing")
    assert done.returncode == 2
    assert f"{folder / 'missing'}: there is no such file or folder" in done.stderr


def test_zips_are_opened_and_those_that_cannot_be_are_named(
    node: SteckelServer, folder: Path
) -> None:
    inner = zipped({"deep/3": dicom(3)})
    (folder / "good.zip").write_bytes(zipped({"a/1": dicom(1), "b/2": dicom(2), "in.zip": inner}))
    (folder / "cut.zip").write_bytes(zipped({"4": dicom(4)})[:-30])
    locked = bytearray(zipped({"5": dicom(5)}))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):  # APPNOTE 4.4.4: bit 0 says encrypted
        locked[locked.index(mark) + (6 if mark == b"PK\x03\x04" else 8)] |= 1
    (folder / "locked.zip").write_bytes(bytes(locked))

    done = node.cli("import", folder)

    assert done.returncode == 1
    assert done.stderr.splitlines()[0].startswith("3 stored, 2 unreadable")
    assert f"{folder}/cut.zip: a ZIP that is damaged or incomplete" in done.stderr
    assert f"{folder}/locked.zip/5: encrypted: unpack it with its password first" in done.stderr


def test_a_medium_is_taken_whole(node: SteckelServer) -> None:
    if not _MEDIUM.exists():
        pytest.skip(f"{_MEDIUM} is not here")
    files = [path for path in _MEDIUM.rglob("*") if path.is_file()]
    uids = {str(pydicom.dcmread(path, force=True).get("SOPInstanceUID", "")) for path in files}

    done = node.cli("import", _MEDIUM / "DICOMDIR")

    assert "quarantined" not in done.stderr
    assert counts(node)["instances"] == len(uids - {""})


def test_a_link_that_leads_back_does_not_catch_the_import(
    node: SteckelServer, folder: Path
) -> None:
    (folder / "sub").mkdir()
    (folder / "sub/1").write_bytes(dicom(1))
    (folder / "sub/back").symlink_to(folder)
    (folder / "dangling").symlink_to(folder / "nowhere")

    done = node.cli("import", folder)

    assert done.stderr.splitlines()[0].startswith("1 stored, 1 unreadable, 1 skipped")
    assert f"{folder}/dangling: cannot be read" in done.stderr


def test_names_of_files_cannot_move_the_cursor(node: SteckelServer, folder: Path) -> None:
    (folder / "\x1b[2Jevil\n.dcm").write_text("no DICOM")
    done = node.cli("import", folder)
    assert "\x1b" not in done.stderr
    assert "evil" in done.stderr


def test_a_second_import_of_the_same_finds_duplicates(node: SteckelServer, folder: Path) -> None:
    (folder / "1").write_bytes(dicom(1))
    node.cli("import", folder)
    again = node.cli("import", folder)
    assert again.returncode == 0
    assert again.stderr.startswith("1 duplicate")
    assert counts(node)["instances"] == 1


def test_another_version_is_said_and_both_are_kept(node: SteckelServer, folder: Path) -> None:
    (folder / "1").write_bytes(dicom(1))
    node.cli("import", folder)
    (folder / "1").write_bytes(dicom(1).replace(b"Import^Test", b"Import^Tesa"))
    again = node.cli("import", folder)
    assert again.stderr.startswith("1 conflict")
    assert "both are kept until somebody decides" in again.stderr
    assert counts(node)["conflicts"] == 1


@pytest.fixture
def many(folder: Path) -> Path:
    """3000 objects: enough that an import can be caught in the middle."""
    for number in range(3000):
        (folder / f"{number:04}").write_bytes(dicom(number))
    return folder


def _start(node: SteckelServer, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "steckel", *map(str, arguments)],
        env=node.environment(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _wait_until_archiving(node: SteckelServer, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the journal of the import has its first entries."""
    while process.poll() is None:
        if any(file.stat().st_size > 20_000 for file in node.home.glob("imports/*.sqlite3-wal")):
            return
        try:
            process.wait(timeout=0.02)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("the import ended before it could be caught")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_import_that_was_stopped_goes_on_where_it_was(
    node: SteckelServer, many: Path, number: signal.Signals
) -> None:
    running = _start(node, "import", many)
    _wait_until_archiving(node, running)
    running.send_signal(number)
    _, said = running.communicate(timeout=60)
    if number == signal.SIGINT:
        assert running.returncode == 130
        assert b"interrupted; run the same command again to go on" in said

    done = node.cli("import", many)

    assert done.returncode == 0
    assert "done before" in done.stderr.splitlines()[-1]
    assert counts(node)["instances"] == 3000
    assert node.cli("verify").returncode == 0
    assert not list((node.home / "imports").iterdir())


def test_the_same_import_does_not_run_twice_at_once(node: SteckelServer, many: Path) -> None:
    running = _start(node, "import", many)
    _wait_until_archiving(node, running)
    running.send_signal(signal.SIGSTOP)  # it could be done before the other has begun
    second = node.cli("import", many)
    running.send_signal(signal.SIGCONT)
    running.communicate(timeout=60)
    assert second.returncode == 2
    assert "the same import is running already" in second.stderr
    assert running.returncode == 0


def _on_a_terminal(node: SteckelServer, *arguments: object) -> str:
    """Run a command with standard error on a terminal; return what it showed."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "steckel", *map(str, arguments)],
        env={**node.environment(), "TERM": "xterm", "COLUMNS": "160", "LINES": "40"},
        stdin=subprocess.DEVNULL,
        stderr=slave,
    )
    os.close(slave)
    shown = b""
    while select([master], [], [], 60)[0]:
        try:
            piece = os.read(master, 65536)
        except OSError:  # EIO: the other side has closed it
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    process.wait(timeout=60)
    return shown.decode(errors="replace")


def test_on_a_terminal_a_bar_shows_the_progress_undisturbed(
    node: SteckelServer, many: Path
) -> None:
    (many / "0000.dcm").write_text("no DICOM")
    shown = _on_a_terminal(node, "import", many)
    assert "━" in shown
    assert "/3001" in shown
    assert "object_refused" not in shown


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteckelServer]:
    with running_server(tmp_path_factory.mktemp("import") / "home") as running:
        yield running


def test_what_is_imported_while_the_server_runs_is_found_at_once(
    server: SteckelServer, folder: Path
) -> None:
    (folder / "1").write_bytes(dicom(700_000))
    done = server.cli("import", folder)
    assert done.returncode == 0, done.stderr
    with server.client() as client:
        uid = "1.2.826.99.2.1400"
        found = client.get("/dicomweb/instances", params={"StudyInstanceUID": uid})
        file = client.get(
            f"/dicomweb/studies/{uid}/series/1.2.826.99.3.7000/instances/1.2.826.99.1.700000",
            headers={"Accept": "application/dicom"},
        )
    assert [item["00080018"]["Value"] for item in found.json()] == [["1.2.826.99.1.700000"]]
    assert file.content == dicom(700_000)
