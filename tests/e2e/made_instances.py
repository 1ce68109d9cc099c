"""Instances made for a test, with pixels that cannot be compressed away."""

import random
from dataclasses import dataclass
from io import BytesIO

import httpx
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage
from tests.e2e.plain_sender import Offer, offer_of

ANY_SYNTAX = {"Accept": 'application/dicom; transfer-syntax="*"'}
CONTEXT = (str(SecondaryCaptureImageStorage), str(ExplicitVRLittleEndian))
_ROOT = "1.2.826.0.1.3680043.10.1561"


@dataclass(frozen=True, kw_only=True)
class Made:
    """One instance as a file, and where it belongs."""

    study: str
    series: str
    uid: str
    file: bytes

    @property
    def offer(self) -> Offer:
        """How it is sent by C-STORE."""
        return offer_of(self.file, otherwise=self.uid)

    @property
    def path(self) -> str:
        """Where WADO-RS has it."""
        return f"/dicomweb/studies/{self.study}/series/{self.series}/instances/{self.uid}"


def make_instance(number: int, *, series: int = 1, kilobytes: int = 32) -> Made:
    """Make an instance; the same numbers give the same bytes."""
    study_uid, series_uid = f"{_ROOT}.1", f"{_ROOT}.1.{series}"
    uid = f"{series_uid}.{number}"
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = uid
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = uid
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study_uid, series_uid
    dataset.StudyDate, dataset.Modality, dataset.InstanceNumber = "20261102", "OT", number
    dataset.PatientID, dataset.PatientName = "ROBUST-1", "Robust^Rita"
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = kilobytes, 512, 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = 0
    dataset.PixelData = random.Random(number).randbytes(kilobytes << 10)
    written = BytesIO()
    dataset.save_as(written, enforce_file_format=True)
    return Made(study=study_uid, series=series_uid, uid=uid, file=written.getvalue())


def multipart(*files: bytes) -> dict[str, object]:
    """Return content and headers of a STOW-RS request."""
    parts = b"".join(
        b"--limit\r\nContent-Type: application/dicom\r\n\r\n" + file + b"\r\n" for file in files
    )
    content_type = 'multipart/related; type="application/dicom"; boundary=limit'
    return {"content": parts + b"--limit--\r\n", "headers": {"Content-Type": content_type}}


def single(file: bytes) -> dict[str, object]:
    """Return content and headers of a STOW-RS request with one object."""
    return {"content": file, "headers": {"Content-Type": "application/dicom"}}


def dataset_of(file: bytes) -> bytes:
    """Return a Part 10 file without preamble and File Meta Information."""
    return offer_of(file, otherwise="").dataset


def retrieve(client: httpx.Client, made: Made) -> bytes:
    """Return an instance's data set as WADO-RS gives it."""
    answer = client.get(made.path, headers=ANY_SYNTAX)
    assert answer.status_code == 200, answer.text
    return dataset_of(answer.content)


def listed(client: httpx.Client, made: Made) -> set[str]:
    """Return the instances of a study that QIDO-RS lists."""
    answer = client.get(f"/dicomweb/studies/{made.study}/instances", params={"limit": 5000})
    assert answer.status_code in (200, 204), answer.text
    return {item["00080018"]["Value"][0] for item in answer.json()} if answer.content else set()
