"""A study comes in, is found, and goes out, byte for byte."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from tests.ports import free_port
from tests.steckel_server import SteckelServer, running_server, wait_for_port

_DCMTK = Path("/usr/bin")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SteckelServer]:
    if not (_DCMTK / "storescu").exists():
        pytest.skip("DCMTK is not installed in /usr/bin")
    with running_server(tmp_path_factory.mktemp("spine") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def stored(server: SteckelServer) -> Path:
    path = Path(str(get_testdata_file("CT_small.dcm")))
    sent = _run("storescu", "-aec", "STECKEL", "127.0.0.1", server.dicom_port, path)
    assert sent.returncode == 0, sent.stderr
    return path


def _run(tool: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_DCMTK / tool, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _data_set(file: bytes) -> bytes:
    """Return a Part 10 file without its preamble and its File Meta Information."""
    return file[144 + int.from_bytes(file[140:144], "little") :]


def test_a_stored_instance_is_found_by_qido(server: SteckelServer, stored: Path) -> None:
    sent = pydicom.dcmread(stored)
    with server.client() as client:
        found = client.get("/dicomweb/studies", params={"PatientID": sent.PatientID}).json()
    assert [s["0020000D"]["Value"] for s in found] == [[sent.StudyInstanceUID]]


def test_a_stored_instance_is_found_by_c_find(server: SteckelServer, stored: Path) -> None:
    sent = pydicom.dcmread(stored)
    found = _run(
        *("findscu", "-S", "-aec", "STECKEL", "127.0.0.1", server.dicom_port),
        *("-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID"),
        *("-k", f"PatientID={sent.PatientID}"),
    )
    assert sent.StudyInstanceUID in found.stdout + found.stderr


def test_wado_returns_what_stow_stored(server: SteckelServer) -> None:
    path = Path(str(get_testdata_file("MR_small.dcm")))
    with server.client() as client:
        stored = client.post(
            "/dicomweb/studies",
            content=path.read_bytes(),
            headers={"Content-Type": "application/dicom"},
        )
    assert stored.status_code == 200, stored.text
    assert _data_set(_retrieve(server, path)) == _data_set(path.read_bytes())


def test_c_move_sends_the_bytes_that_wado_returns(
    server: SteckelServer, stored: Path, tmp_path: Path
) -> None:
    sent = pydicom.dcmread(stored)
    port = free_port()
    assert server.cli("ae", "add", "DEST", "127.0.0.1", port).returncode == 0
    with subprocess.Popen(
        [_DCMTK / "storescp", "-aet", "DEST", "-od", tmp_path, str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as receiver:
        wait_for_port(port)
        moved = _move(server, sent.StudyInstanceUID)
        receiver.terminate()
    assert moved.returncode == 0, moved.stderr
    [received] = tmp_path.iterdir()
    assert _data_set(received.read_bytes()) == _data_set(_retrieve(server, stored))


def _move(server: SteckelServer, study_uid: str) -> subprocess.CompletedProcess[str]:
    return _run(
        *("movescu", "-S", "-aec", "STECKEL", "-aem", "DEST", "127.0.0.1", server.dicom_port),
        *("-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study_uid}"),
    )


def _retrieve(server: SteckelServer, path: Path) -> bytes:
    sent = pydicom.dcmread(path)
    with server.client() as client:
        answer = client.get(
            f"/dicomweb/studies/{sent.StudyInstanceUID}/series/{sent.SeriesInstanceUID}"
            f"/instances/{sent.SOPInstanceUID}",
            headers={"Accept": 'application/dicom; transfer-syntax="*"'},
        )
    assert answer.status_code == 200, answer.text
    return answer.content
