"""What the measurements send: series that are made here, the same each time.

They are kept in the folder of the measurements, under a name that says what
they are, and read once before they are sent, so that no disk is waited for.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

_CT = "1.2.840.10008.5.1.4.1.1.2"
_CR = "1.2.840.10008.5.1.4.1.1.1"
_MULTIFRAME = "1.2.840.10008.5.1.4.1.1.7.3"  # Multi-frame Grayscale Word Secondary Capture
_ROOT = "1.2.826.0.1.3680043.10.1972"


@dataclass(frozen=True, slots=True)
class Series:
    """A series in a folder of files."""

    folder: Path
    study_uid: str
    count: int

    @property
    def series_uid(self) -> str:
        return f"{self.study_uid}.1"

    def instance_uid(self, number: int) -> str:
        """Return the SOP Instance UID of an image; the first is 1."""
        return f"{self.series_uid}.{number}"

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir())

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.stat().st_size for file in self.folder.iterdir())

    def of_study(self) -> str:
        """Return its path below a DICOMweb root."""
        return f"/studies/{self.study_uid}"

    def path(self, number: int = 0) -> str:
        """Return the path of the series, or of an image, below a DICOMweb root."""
        image = f"/instances/{self.instance_uid(number)}" if number else ""
        return f"{self.of_study()}/series/{self.series_uid}{image}"


def ct_series(folder: Path, count: int, number: int = 0) -> Series:
    """Make CT slices of 512 x 512, 0.53 MB each; each number gives another study."""
    return _series(folder, _Kind("ct", _CT, 512), count, number)


def small_series(folder: Path, count: int, number: int = 0) -> Series:
    """Make images of 90 x 90, 16 kB each."""
    return _series(folder, _Kind("small", _CR, 90), count, number)


def multiframe(folder: Path, mebibytes: int) -> Series:
    """Make one object of frames of 1 MiB, written piece by piece."""
    made = Series(folder / f"multiframe-{mebibytes}", f"{_ROOT}.1024.{mebibytes}", 1)
    if made.folder.exists():
        return made
    making = made.folder.with_suffix(".making")
    making.mkdir(parents=True, exist_ok=True)
    image = _image(made, _Kind("multiframe", _MULTIFRAME, 1024), 1, 0)
    image.Rows, image.Columns, image.NumberOfFrames = 1024, 512, mebibytes
    file = making / "00001.dcm"
    image.save_as(file, enforce_file_format=True)
    frame = np.random.default_rng(1972).integers(0, 2048, 1 << 19, dtype=np.uint16).tobytes()
    with file.open("ab") as stream:
        # Pixel Data (7FE0,0010), OW, and its length.
        stream.write(b"\xe0\x7f\x10\x00OW\x00\x00" + (mebibytes << 20).to_bytes(4, "little"))
        for _ in range(mebibytes):
            stream.write(frame)
    making.rename(made.folder)
    return made


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    sop_class: str
    side: int

    @property
    def modality(self) -> str:
        return {_CT: "CT", _CR: "CR"}.get(self.sop_class, "OT")


def _series(folder: Path, kind: _Kind, count: int, number: int) -> Series:
    suffix = f"-{number}" if number else ""
    study = f"{_ROOT}.{kind.side}.{count}" + (f".{number}" if number else "")
    series = Series(folder / f"{kind.name}-{count}{suffix}", study, count)
    if not series.folder.exists():
        _make(series, kind, number)
    for file in series.folder.iterdir():
        file.read_bytes()
    return series


def _make(series: Series, kind: _Kind, number: int) -> None:
    making = series.folder.with_suffix(".making")
    making.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(1972 + number)
    for image_number in range(1, series.count + 1):
        image = _image(series, kind, image_number, number)
        pixels = noise.integers(0, 2048, (kind.side, kind.side), dtype=np.uint16)
        image.Rows = image.Columns = kind.side
        image.PixelData = pixels.tobytes()
        image.save_as(making / f"{image_number:05}.dcm", enforce_file_format=True)
    making.rename(series.folder)


def _image(series: Series, kind: _Kind, image_number: int, number: int) -> Dataset:
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID = kind.sop_class
    image.SOPInstanceUID = series.instance_uid(image_number)
    image.StudyDate = image.SeriesDate = "20260102"
    image.StudyTime = image.SeriesTime = "101112"
    image.AccessionNumber = f"BENCH{number}"
    image.Modality = kind.modality
    image.StudyDescription = "Measurement"
    image.SeriesDescription = "Noise"
    image.PatientName = "Bench^Mark"
    image.PatientID = f"BENCH-{kind.modality}" + (f"-{number}" if number else "")
    image.PatientBirthDate = "19720101"
    image.PatientSex = "O"
    image.StudyInstanceUID = series.study_uid
    image.SeriesInstanceUID = series.series_uid
    image.StudyID = "1"
    image.SeriesNumber = 1
    image.InstanceNumber = image_number
    _add_geometry(image, image_number)
    return image


def _add_geometry(image: Dataset, image_number: int) -> None:
    image.PixelSpacing = [0.7, 0.7]
    image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    image.ImagePositionPatient = [0, 0, image_number]
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
