"""MR of the brain: a sagittal 3D T1 and thick axial T2 and FLAIR."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage

from steckel.demo.acquisition import Acquisition, Device, Series
from steckel.demo.exams.ct import mm
from steckel.demo.phantom import head, sampling
from steckel.demo.phantom.contrast import Contrast, Lesion, volume
from steckel.demo.phantom.fields import Field, blur, random
from steckel.demo.pixels import set_gray

MAGNET: Final = Device(model="Aimant 3T", station="MR1", software="MRX 7.0")
#: Stored units per unit of the computed contrast.
_GAIN = 4.0


@dataclass(frozen=True, kw_only=True)
class Sequence:
    """A pulse sequence and how its slices lie."""

    number: int
    description: str
    contrast: Contrast
    plane: str  #: sagittal or axial
    matrix: int
    field_of_view: float
    count: int
    spacing: float
    thickness: float
    timing: tuple[float, float, float, int]  #: TR, TE, TI (0: none) in ms, flip angle
    kind: tuple[str, str]  #: Scanning Sequence, Sequence Variant
    syntax: str
    options: str = ""
    acquisition: str = "2D"
    agent: str = ""


@dataclass(frozen=True, kw_only=True)
class BrainExam:
    """What is in the brain, and the sequences."""

    lesions: tuple[Lesion, ...]
    sequences: tuple[Sequence, ...]

    def __call__(self, acq: Acquisition) -> None:
        """Make the study."""
        subject = head.build()
        for sequence in self.sequences:
            _make(acq, sequence, volume(subject, sequence.contrast, self.lesions))


def _make(acq: Acquisition, sequence: Sequence, signal: Field) -> None:
    item = _series(sequence)
    size = acq.matrix(sequence.matrix)
    pixel = sequence.field_of_view / size
    half = (np.arange(size, dtype=np.float32) - (size - 1) / 2) * np.float32(pixel)
    spacing = sequence.spacing / acq.scale
    count = max(3, round(sequence.count * acq.scale))
    for index in range(count):
        offset = (index - (count - 1) / 2) * spacing
        image, position, orientation = _cut(sequence, signal, half, offset)
        image = _receive(image, half, acq.visit.key, sequence.number, index)
        ds = acq.start(item, index + 1)
        _describe(ds, acq, item, sequence)
        ds.ImagePositionPatient = [mm(value) for value in position]
        ds.ImageOrientationPatient = orientation
        ds.PixelSpacing = [mm(pixel), mm(pixel)]
        ds.SliceLocation = mm(offset)
        ds.SpacingBetweenSlices = mm(spacing)
        _store(ds, image, sequence)
        acq.write(ds, item, sequence.syntax)


def _cut(
    sequence: Sequence, signal: Field, half: Field, offset: float
) -> tuple[Field, tuple[float, float, float], list[int]]:
    """Return a slice, the place of its first pixel, and its direction cosines."""
    steps = max(1, round(sequence.thickness))
    spread = (np.arange(steps, dtype=np.float32) - (steps - 1) / 2) * np.float32(
        sequence.thickness / steps
    )
    if sequence.plane == "sagittal":
        down, across = -half - 6, half + 8
        image = sampling.plane(signal, 2, spread + np.float32(offset), (down, across))
        return image, (offset, float(across[0]), float(down[0])), [0, 1, 0, 0, 0, -1]
    z = offset + 14
    image = sampling.plane(signal, 0, spread + np.float32(z), (half + 8, half))
    return image, (float(half[0]), float(half[0]) + 8, z), [1, 0, 0, 0, 1, 0]


def _receive(image: Field, half: Field, *key: object) -> Field:
    """Add what the coil and the amplifier add: uneven sensitivity, Rician noise."""
    reach = float(half[-1])
    radius = np.sqrt((half[:, None] / reach) ** 2 + (half[None, :] / reach) ** 2)
    shaded = blur(image, 0.45) * (0.94 + 0.16 * radius)
    noise = random("mr", *key).standard_normal((2, *image.shape), dtype=np.float32) * 3.2
    received: Field = np.sqrt((shaded + noise[0]) ** 2 + noise[1] ** 2)
    return received


def _series(sequence: Sequence) -> Series:
    return Series(
        number=sequence.number,
        modality="MR",
        description=sequence.description,
        sop_class=MRImageStorage,
        device=MAGNET,
        body_part="BRAIN",
        protocol="Cerebral SEP",
        minutes=5 * sequence.number,
        frame_of_reference="magnet",
    )


def _describe(ds: Dataset, acq: Acquisition, item: Series, sequence: Sequence) -> None:
    """Fill the General Image and MR Image modules (PS3.3 C.7.6.1, C.8.3.1)."""
    repetition, echo, inversion, flip = sequence.timing
    moment = acq.moment(item)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "OTHER"]
    ds.AcquisitionDate, ds.AcquisitionTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
    ds.ContentDate, ds.ContentTime = ds.AcquisitionDate, ds.AcquisitionTime
    ds.AcquisitionNumber = 1
    ds.PatientPosition = "HFS"
    ds.ScanningSequence, ds.SequenceVariant = sequence.kind[0].split(), sequence.kind[1].split()
    ds.ScanOptions = sequence.options
    ds.MRAcquisitionType = sequence.acquisition
    ds.SequenceName = f"{sequence.contrast.name.lower()}_{sequence.acquisition.lower()}"
    ds.RepetitionTime, ds.EchoTime = mm(repetition), mm(echo)
    if inversion:
        ds.InversionTime = mm(inversion)
    ds.EchoTrainLength = 1 if sequence.acquisition == "3D" else 16
    ds.FlipAngle = str(flip)
    ds.NumberOfAverages = "1"
    ds.ImagingFrequency, ds.MagneticFieldStrength = "123.25", "3"
    ds.ImagedNucleus = "1H"
    ds.SliceThickness = mm(sequence.thickness)
    if sequence.agent:
        ds.ContrastBolusAgent, ds.ContrastBolusRoute = sequence.agent, "INTRAVENOUS"


def _store(ds: Dataset, image: Field, sequence: Sequence) -> None:
    values = np.clip(np.rint(image * _GAIN), 0, 4095).astype(np.uint16)
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.WindowCenter, ds.WindowWidth = "480", "1000"
    set_gray(ds, values, sequence.syntax)


def plaques(*, later: bool) -> tuple[Lesion, ...]:
    """Return demyelinating lesions around the ventricles; later there is one more."""
    shine = {
        Contrast.T1: -58.0,
        Contrast.T1_ENHANCED: -58.0,
        Contrast.T2: 92.0,
        Contrast.FLAIR: 95.0,
    }
    places = [((-24, 22, 26), (5, 8, 4)), ((23, 30, 24), (4, 6, 4)), ((-26, -22, 24), (4, 5, 4)),
              ((30, 2, 32), (3.4, 4.4, 3.4))]  # fmt: skip
    lesions = [Lesion(center=c, semi=s, change=shine) for c, s in places]
    if later:
        active = shine | {Contrast.T1_ENHANCED: 78.0}
        lesions.append(Lesion(center=(33, -18, 28), semi=(5.2, 6.4, 5.0), change=active))
    return tuple(lesions)
