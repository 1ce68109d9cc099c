"""Real files through a real server: stored, and back as they were; broken ones answered for."""

from io import BytesIO
from pathlib import Path

import pydicom
import pytest
import requests
from pydicom.encaps import get_frame
from tests.unit.dicomweb.memory_archive import MULTIPART, MemoryArchive, multipart, sample

SHARED = Path(__file__).parents[4] / "shared" / "data" / "dicom"

pytestmark = [
    pytest.mark.interop,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the sample files are not beside the project"),
]

#: Larger files say nothing more here.
LARGEST = 4 << 20


def files(folder: str) -> list[Path]:
    found = sorted(path for path in (SHARED / folder).rglob("*") if path.is_file())
    return [path for path in found if path.stat().st_size <= LARGEST]


def store(port: int, data: bytes, content_type: str = "application/dicom") -> requests.Response:
    return requests.post(
        f"http://127.0.0.1:{port}/dicomweb/studies",
        data=data,
        headers={"content-type": content_type},
        timeout=60,
    )


def get(url: str, accept: str) -> requests.Response:
    return requests.get(url, headers={"accept": accept}, timeout=60)


@pytest.mark.parametrize("folder", ["transfer_syntax", "charset", "modality", "edge", "pixel"])
def test_real_files_come_back_byte_for_byte(port: int, archive: MemoryArchive, folder: str) -> None:
    stored = 0
    for path in files(folder):
        archive.files.clear()  # the same object is there in several syntaxes
        archive.instances.clear()
        data = path.read_bytes()
        answer = store(port, data)
        assert answer.status_code in (200, 202, 409), path.name
        if answer.status_code == 409:
            continue
        item = answer.json()["00081199"]["Value"][0]
        got = get(item["00081190"]["Value"][0], "application/dicom").content
        assert got == archive.files[item["00081155"]["Value"][0]], path.name
        assert got == data or "00081196" in item, path.name
        stored += 1
    assert stored


@pytest.mark.parametrize("folder", ["transfer_syntax", "pixel"])
def test_stored_frames_are_those_that_pydicom_finds(
    port: int, archive: MemoryArchive, folder: str
) -> None:
    compared = 0
    for path in files(folder):
        archive.files.clear()
        archive.instances.clear()
        answer = store(port, path.read_bytes())
        if answer.status_code == 409:
            continue
        (instance,) = archive.instances.values()
        if instance.frames is None or not instance.frames.encapsulated:
            continue
        dataset = pydicom.dcmread(BytesIO(archive.files[instance.sop_instance_uid]))
        count = int(dataset.get("NumberOfFrames") or 1)
        if instance.frames.count != count:
            continue  # a video
        url = answer.json()["00081199"]["Value"][0]["00081190"]["Value"][0]
        accept = f"{_media_type(url)}; transfer-syntax={instance.transfer_syntax}"
        got = get(f"{url}/frames/{count}", accept)
        assert got.status_code == 200, path.name
        assert got.content == get_frame(dataset.PixelData, count - 1, number_of_frames=count)
        compared += 1
    assert compared >= 5


def _media_type(url: str) -> str:
    """Ask for what there is: a refusal lists it."""
    refused = get(f"{url}/frames/1", "text/html")
    assert refused.status_code == 406
    return str(refused.json()["available"][-1]).partition(";")[0]


def test_broken_files_are_answered_for_one_by_one(port: int, archive: MemoryArchive) -> None:
    bodies = [path.read_bytes() for path in files("broken")]
    assert bodies
    answer = store(port, multipart(*bodies, sample("CT_small.dcm")), MULTIPART)
    assert answer.status_code == 202
    failed = answer.json().get("00081198", {}).get("Value", [])
    taken = answer.json()["00081199"]["Value"]
    assert len(failed) + len(taken) == len(bodies) + 1
    assert failed
    for item in failed:
        assert item["00081197"]["Value"][0]
        assert item["00000902"]["Value"][0]
    for url in {item["00081190"]["Value"][0] for item in taken}:
        for tail in ("", "/metadata", "/frames/1", "/rendered", "/thumbnail", "/bulkdata"):
            status = get(url + tail, "*/*").status_code
            assert status in (200, 404, 406), (url, tail)
