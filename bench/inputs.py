"""What the measurements send: series that are made here, the same each time."""

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

_CT = "1.2.840.10008.5.1.4.1.1.2"
_CR = "1.2.840.10008.5.1.4.1.1.1"
_ROOT = "1.2.826.0.1.3680043.10.1972"


def ct_series(folder: Path, count: int) -> Path:
    """Make CT slices of 512 x 512, 0.53 MB each."""
    return _series(folder / f"ct-{count}", sop_class=_CT, modality="CT", side=512, count=count)


def small_series(folder: Path, count: int) -> Path:
    """Make images of 90 x 90, 16 kB each."""
    return _series(folder / f"small-{count}", sop_class=_CR, modality="CR", side=90, count=count)


def _series(folder: Path, *, sop_class: str, modality: str, side: int, count: int) -> Path:
    if folder.exists():
        return folder
    making = folder.with_suffix(".making")
    making.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(1972)
    study = f"{_ROOT}.{side}.{count}"
    for number in range(1, count + 1):
        image = _image(study, sop_class, modality, number)
        pixels = noise.integers(0, 2048, (side, side), dtype=np.uint16)
        image.Rows = image.Columns = side
        image.PixelData = pixels.tobytes()
        image.save_as(making / f"{number:05}.dcm", enforce_file_format=True)
    making.rename(folder)
    return folder


def _image(study: str, sop_class: str, modality: str, number: int) -> Dataset:
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID = sop_class
    image.SOPInstanceUID = f"{study}.1.{number}"
    image.StudyDate = image.SeriesDate = "20260102"
    image.StudyTime = image.SeriesTime = "101112"
    image.AccessionNumber = "BENCH1"
    image.Modality = modality
    image.StudyDescription = "Measurement"
    image.SeriesDescription = "Noise"
    image.PatientName = "Bench^Mark"
    image.PatientID = f"BENCH-{modality}"
    image.PatientBirthDate = "19720101"
    image.PatientSex = "O"
    image.StudyInstanceUID = study
    image.SeriesInstanceUID = f"{study}.1"
    image.StudyID = "1"
    image.SeriesNumber = 1
    image.InstanceNumber = number
    image.PixelSpacing = [0.7, 0.7]
    image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    image.ImagePositionPatient = [0, 0, number]
    image.SliceThickness = 1
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.BitsAllocated = image.BitsStored = 16
    image.HighBit = 15
    image.PixelRepresentation = 0
    image.RescaleIntercept = -1024
    image.RescaleSlope = 1
    image.WindowCenter = 40
    image.WindowWidth = 400
    return image
