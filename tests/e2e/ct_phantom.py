"""A computed chest-like CT series: a body, lungs, a spine with ribs, and a heart."""

from collections.abc import Callable, Iterator

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

SIZE = 128
SLICES = 40
SPACING = 2.5  # mm, in the plane
THICKNESS = 4.0  # mm
ROOT = "2.25.172399001"
STUDY = f"{ROOT}.1"
SERIES = f"{ROOT}.1.1"


def volume() -> NDArray[np.int16]:
    """Return Hounsfield units by slice, row and column."""
    z, y, x = np.meshgrid(
        np.linspace(-1, 1, SLICES),
        np.linspace(-1, 1, SIZE),
        np.linspace(-1, 1, SIZE),
        indexing="ij",
    )
    hounsfield = np.full(x.shape, -1000.0)
    hounsfield[(x / 0.8) ** 2 + (y / 0.6) ** 2 < 1] = 40
    for side in (-0.38, 0.38):
        lung = ((x - side) / 0.26) ** 2 + ((y + 0.03) / 0.42) ** 2 + (z / 0.95) ** 2
        hounsfield[lung < 1] = -820
    hounsfield[((x - 0.1) / 0.22) ** 2 + ((y + 0.15) / 0.2) ** 2 + (z / 0.5) ** 2 < 1] = 150
    hounsfield[(x**2 + (y - 0.42) ** 2 < 0.011)] = 700
    shell = (x / 0.72) ** 2 + (y / 0.52) ** 2
    hounsfield[(shell > 0.9) & (shell < 1.08) & (np.sin(z * 22 + np.abs(x) * 3) > 0.55)] = 600
    return hounsfield.astype(np.int16)


def series() -> Iterator[pydicom.Dataset]:
    """Yield the slices as data sets with file meta information."""
    for number, pixels in enumerate(volume(), start=1):
        yield ct_slice(number, pixels)


def ct_slice(number: int, pixels: NDArray[np.int16]) -> pydicom.Dataset:
    dataset = pydicom.Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = f"{SERIES}.{number}"
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = f"{SERIES}.{number}"
    dataset.StudyInstanceUID = STUDY
    dataset.SeriesInstanceUID = SERIES
    dataset.FrameOfReferenceUID = f"{STUDY}.9"
    dataset.PatientName = "Phantom^Computed"
    dataset.PatientID = "PHANTOM"
    dataset.PatientBirthDate = "19700101"
    dataset.PatientSex = "O"
    dataset.StudyDate = "20250102"
    dataset.StudyTime = "101500"
    dataset.StudyID = "1"
    dataset.AccessionNumber = "A1"
    dataset.StudyDescription = "Computed chest"
    dataset.SeriesDescription = "Axial"
    dataset.SeriesNumber = 1
    dataset.Modality = "CT"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.InstanceNumber = number
    add_geometry(dataset, number)
    add_pixels(dataset, pixels)
    return dataset


def middle_slice_in(syntax: UID, encode: Callable[[NDArray[np.int16]], bytes]) -> pydicom.Dataset:
    """Return one slice whose pixels are in a compressed transfer syntax."""
    pixels = volume()[SLICES // 2]
    dataset = ct_slice(SLICES // 2, pixels)
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([encode(pixels)])
    dataset["PixelData"].is_undefined_length = True
    return dataset


def add_geometry(dataset: pydicom.Dataset, number: int) -> None:
    half = SIZE * SPACING / 2
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.ImagePositionPatient = [-half, -half, number * THICKNESS]
    dataset.PixelSpacing = [SPACING, SPACING]
    dataset.SliceThickness = THICKNESS
    dataset.SliceLocation = number * THICKNESS
    dataset.PatientPosition = "HFS"


def add_pixels(dataset: pydicom.Dataset, pixels: NDArray[np.int16]) -> None:
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.PixelRepresentation = 1
    dataset.RescaleIntercept = 0
    dataset.RescaleSlope = 1
    dataset.RescaleType = "HU"
    dataset.WindowCenter = 40
    dataset.WindowWidth = 400
    dataset.PixelData = pixels.tobytes()
