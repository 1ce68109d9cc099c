"""What was put right about a study, as other programs get it by every way out."""

import io
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless
from pynetdicom import AE, build_role, evt
from pynetdicom.sop_class import MRImageStorage, StudyRootQueryRetrieveInformationModelGet
from sqlalchemy import select
from tests.databases import DatabaseServer, database_server, upgraded_database
from tests.ports import free_port
from tests.steckel_server import SteckelServer, running_server

from steckel.index.engine import open_engine, writing
from steckel.index.schema import studies
from steckel.ris.corrections import Correction, Corrections

__all__ = ["database_server", "upgraded_database"]
pytestmark = pytest.mark.interop

#: A name that the objects' own character set cannot say.
NAME = "Żółć^Łucja"
RIGHT: dict[str, Any] = {
    "00080050": {"vr": "SH", "Value": ["ACC-7"]},
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": NAME}]},
    "00100020": {"vr": "LO", "Value": ["RIGHT-1"]},
    "00100030": {"vr": "DA"},
}
NATIVE, COMPRESSED = "MR_small.dcm", "MR_small_RLE.dcm"


@pytest.fixture(scope="module", params=["native", "compressed"])
def sample(request: pytest.FixtureRequest) -> bytes:
    """Return an image; both are of one instance."""
    path = get_testdata_file(NATIVE if request.param == "native" else COMPRESSED, download=False)
    assert path
    return Path(str(path)).read_bytes()


@pytest.fixture(scope="module")
def database(
    database_server: DatabaseServer, upgraded_database: str, sample: bytes
) -> Iterator[str]:
    """Return the URL of an index for one of the images."""
    assert sample
    with database_server.database(like=upgraded_database) as url:
        yield url


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, database: str, sample: bytes
) -> Iterator[SteckelServer]:
    """A server with one study, about which something is put right."""
    home = tmp_path_factory.mktemp("corrected") / "home"
    with running_server(home, STECKEL_DATABASE_URL=database) as running:
        with running.client() as client:
            headers = {"Content-Type": "application/dicom"}
            answer = client.post("/dicomweb/studies", content=sample, headers=headers)
        assert answer.status_code == 200, answer.text
        put_right(database, RIGHT)
        yield running


@pytest.fixture(scope="module")
def original(sample: bytes) -> Dataset:
    return pydicom.dcmread(io.BytesIO(sample))


def put_right(database: str, what: dict[str, Any] | None) -> None:
    """Put the one study right; with nothing it is as its images say."""
    engine = open_engine(database)
    with writing(engine) as connection:
        uid = connection.execute(select(studies.c.uid)).scalar_one()
        right = Correction(attributes=what or {})
        Corrections(engine).correct(connection, uid, right, "test", "a test")
    engine.dispose()


def check(got: Dataset, original: Dataset) -> None:
    """The new values, what they were, and the same picture."""
    assert (got.PatientName, got.PatientID, got.AccessionNumber) == (NAME, "RIGHT-1", "ACC-7")
    assert got.PatientBirthDate == ""
    assert got.SpecificCharacterSet == "ISO_IR 192"
    assert got.SOPInstanceUID == original.SOPInstanceUID
    assert got.get("StudyDescription") == original.get("StudyDescription")
    [told] = got.OriginalAttributesSequence
    assert told.ReasonForTheAttributeModification == "CORRECT"
    [was] = told.ModifiedAttributesSequence
    assert (was.PatientName, was.PatientID) == (original.PatientName, original.PatientID)
    assert (got.pixel_array == original.pixel_array).all()


def is_accepted_by_dcmtk(file: Path) -> None:
    """Dcmdump reads all of it without a word of complaint."""
    call = ["/usr/bin/dcmdump", "-q", "+U8", str(file)]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    # The first line in the data set, the second in what it was.
    assert "RIGHT-1" in done.stdout
    assert "(0400,0561) SQ" in done.stdout


def dcmtk(program: str, server: SteckelServer, original: Dataset, *options: object) -> None:
    if not Path("/usr/bin", program).exists():
        pytest.skip("DCMTK is not installed in /usr/bin")
    call = [f"/usr/bin/{program}", "-S", "-aec", "STECKEL", *map(str, options)]
    call += ["-k", "QueryRetrieveLevel=STUDY"]
    call += ["-k", f"StudyInstanceUID={original.StudyInstanceUID}"]
    call += ["127.0.0.1", str(server.dicom_port)]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("preference", ["+x=", "+xi", "+xb", "+xr"])
def test_getscu_gets_it(
    server: SteckelServer, original: Dataset, tmp_path: Path, preference: str
) -> None:
    dcmtk("getscu", server, original, preference, "-od", tmp_path)
    [file] = tmp_path.iterdir()
    check(pydicom.dcmread(file), original)
    is_accepted_by_dcmtk(file)


@pytest.fixture(scope="module")
def destination(server: SteckelServer) -> int:
    port = free_port()
    assert server.cli("ae", "add", "OTHER", "127.0.0.1", port).returncode == 0
    return port


def test_movescu_gets_it(
    server: SteckelServer, original: Dataset, destination: int, tmp_path: Path
) -> None:
    options = ("-aem", "OTHER", "--port", destination, "-od", tmp_path)
    dcmtk("movescu", server, original, *options)
    [file] = tmp_path.iterdir()
    check(pydicom.dcmread(file), original)
    is_accepted_by_dcmtk(file)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless, ImplicitVRLittleEndian])
def test_pynetdicom_gets_it(server: SteckelServer, original: Dataset, syntax: str) -> None:
    if syntax == RLELossless and not original.file_meta.TransferSyntaxUID.is_compressed:
        pytest.skip("nothing is compressed on the way")
    got: list[Dataset] = []

    def take(event: evt.Event) -> int:
        got.append(event.dataset)
        got[0].file_meta = event.file_meta
        return 0

    entity = AE("PYNET")
    entity.add_requested_context(StudyRootQueryRetrieveInformationModelGet)
    entity.add_requested_context(MRImageStorage, syntax)
    role = build_role(MRImageStorage, scp_role=True)
    association = entity.associate(
        "127.0.0.1", server.dicom_port, ext_neg=[role], evt_handlers=[(evt.EVT_C_STORE, take)]
    )
    asked = Dataset()
    asked.QueryRetrieveLevel, asked.StudyInstanceUID = "STUDY", original.StudyInstanceUID
    answers = association.send_c_get(asked, StudyRootQueryRetrieveInformationModelGet)
    assert [status.Status for status, _ in answers][-1] == 0
    association.release()
    check(got[0], original)


def address(original: Dataset, depth: int) -> str:
    uids = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
    names = ("studies", "series", "instances")
    parts = [f"{name}/{original[uid].value}" for name, uid in zip(names, uids, strict=True)]
    return "/dicomweb/" + "/".join(parts[:depth])


def parts_of(answer: httpx.Response) -> list[bytes]:
    boundary = answer.headers["content-type"].partition("boundary=")[2].split(";")[0].strip('"')
    pieces = answer.content.split(f"--{boundary}".encode())[1:-1]
    bodies = []
    for piece in pieces:
        head, _, body = piece.partition(b"\r\n\r\n")
        [length] = [
            int(line.partition(b":")[2])
            for line in head.splitlines()
            if line.lower().startswith(b"content-length")
        ]
        assert len(body) == length + 2
        bodies.append(body[:length])
    return bodies


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("syntax", ["", "*", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"])
def test_wado_rs_sends_it(
    server: SteckelServer, original: Dataset, depth: int, syntax: str, tmp_path: Path
) -> None:
    accept = 'multipart/related; type="application/dicom"'
    accept += f"; transfer-syntax={syntax}" if syntax else ""
    with server.client() as client:
        answer = client.get(address(original, depth), headers={"Accept": accept})
    [part] = parts_of(answer)
    check(pydicom.dcmread(io.BytesIO(part)), original)
    (tmp_path / "part.dcm").write_bytes(part)
    is_accepted_by_dcmtk(tmp_path / "part.dcm")


def test_a_single_file_and_ranges_of_it_fit(server: SteckelServer, original: Dataset) -> None:
    with server.client() as client:
        accept = {"Accept": "application/dicom"}
        whole = client.get(address(original, 3), headers=accept)
        check(pydicom.dcmread(io.BytesIO(whole.content)), original)
        assert int(whole.headers["content-length"]) == len(whole.content)
        ranged = accept | {"Range": "bytes=200-2999", "If-Range": whole.headers["etag"]}
        part = client.get(address(original, 3), headers=ranged)
    assert (part.status_code, part.content) == (206, whole.content[200:3000])


def test_an_archive_of_it_has_it(server: SteckelServer, original: Dataset) -> None:
    with server.client() as client:
        answer = client.get(address(original, 1), headers={"Accept": "application/zip"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        [name] = archive.namelist()
        check(pydicom.dcmread(io.BytesIO(archive.read(name))), original)


@pytest.mark.parametrize("syntax", ["", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"])
def test_wado_uri_sends_it(server: SteckelServer, original: Dataset, syntax: str) -> None:
    asked = {
        "requestType": "WADO",
        "studyUID": original.StudyInstanceUID,
        "seriesUID": original.SeriesInstanceUID,
        "objectUID": original.SOPInstanceUID,
        "contentType": "application/dicom",
    } | ({"transferSyntax": syntax} if syntax else {})
    with server.client() as client:
        answer = client.get("/wado", params=asked)
    check(pydicom.dcmread(io.BytesIO(answer.content)), original)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_metadata_says_it(server: SteckelServer, original: Dataset, depth: int) -> None:
    with server.client() as client:
        [dataset] = client.get(f"{address(original, depth)}/metadata").json()
        pixels = client.get(dataset["7FE00010"]["BulkDataURI"])
    assert dataset["00100010"]["Value"] == [{"Alphabetic": NAME}]
    assert "Value" not in dataset["00100030"]
    was = dataset["04000561"]["Value"][0]["04000550"]["Value"][0]
    assert was["00100020"]["Value"] == [original.PatientID]
    assert pixels.status_code == 200


def test_frames_are_the_same(server: SteckelServer, original: Dataset) -> None:
    accept = {"Accept": "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"}
    with server.client() as client:
        frame = client.get(f"{address(original, 3)}/frames/1", headers=accept)
    assert frame.content == original.pixel_array.astype("<u2").tobytes()


def test_the_archive_verifies_and_gives_back_what_it_got(
    server: SteckelServer, original: Dataset, sample: bytes, database: str
) -> None:
    verified = server.cli("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    accept = {"Accept": "application/dicom"}
    with server.client() as client:
        corrected = client.get(address(original, 3), headers=accept)
        put_right(database, None)
        try:
            held = accept | {"If-None-Match": corrected.headers["etag"]}
            back = client.get(address(original, 3), headers=held)
            metadata = client.get(f"{address(original, 2)}/metadata").json()
        finally:
            put_right(database, RIGHT)
        again = client.get(address(original, 3), headers=accept)
        held = accept | {"If-None-Match": again.headers["etag"]}
        assert client.get(address(original, 3), headers=held).status_code == 304
    assert (back.status_code, back.content) == (200, sample)
    assert metadata[0]["00100020"]["Value"] == [original.PatientID]
    assert "04000561" not in metadata[0]


def test_what_cannot_be_put_right_does_not_leave(
    server: SteckelServer, original: Dataset, database: str, tmp_path: Path
) -> None:
    put_right(database, {"00080018": {"vr": "UI", "Value": ["1.2.3"]}})
    try:
        with server.client() as client:
            answer = client.get(address(original, 3), headers={"Accept": "application/dicom"})
            document = client.get(f"{address(original, 2)}/metadata")
        call: list[str | Path] = ["/usr/bin/getscu", "-S", "-aec", "STECKEL", "-od", tmp_path]
        call += ["-k", "QueryRetrieveLevel=STUDY"]
        call += ["-k", f"StudyInstanceUID={original.StudyInstanceUID}"]
        call += ["127.0.0.1", str(server.dicom_port)]
        subprocess.run(call, capture_output=True, timeout=60, check=False)
    finally:
        put_right(database, RIGHT)
    for one in (answer, document):
        assert one.status_code == 500
        assert one.headers["content-type"] == "application/problem+json"
    assert list(tmp_path.iterdir()) == []
