"""CT Image objects (PS3.3 A.3): what the chest and the head exam share."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage

from steckel.demo.acquisition import Acquisition, Device, Series
from steckel.demo.phantom.fields import Field, blur, random
from steckel.demo.pixels import JPEG_LS, set_gray

SCANNER: Final = Device(model="Spiralis 128", station="CT1")
AXIAL: Final = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
#: Stored value 0 (Rescale Intercept, PS3.3 C.8.2.1): twelve bits from there.
INTERCEPT: Final = -1024


@dataclass(frozen=True, kw_only=True)
class Window:
    """A VOI window with its name (PS3.3 C.11.2.1.2)."""

    center: int
    width: int
    name: str


SOFT: Final = Window(center=40, width=400, name="MEDIASTIN")
LUNG: Final = Window(center=-600, width=1500, name="POUMON")
BRAIN: Final = Window(center=35, width=80, name="CERVEAU")
BONE: Final = Window(center=500, width=2200, name="OS")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a series was scanned and reconstructed."""

    kernel: str
    windows: tuple[Window, ...]
    thickness: float
    spacing: float  #: mm between slices
    syntax: str
    kvp: int = 120
    current: int = 180
    contrast: str = ""
    noise: float = 12.0  #: HU in the middle of the body
    sharpness: float = 0.7  #: pixels of blur; smaller is sharper
    image_type: tuple[str, ...] = ("ORIGINAL", "PRIMARY", "AXIAL")


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The in-plane grid of a series."""

    xs: Field
    ys: Field

    @classmethod
    def centered(cls, matrix: int, field_of_view: float, y: float) -> "Grid":
        """Cover a square field of view around (0, y)."""
        step = field_of_view / matrix
        xs = ((np.arange(matrix) - (matrix - 1) / 2) * step).astype(np.float32)
        return cls(xs=xs, ys=(xs + np.float32(y)).astype(np.float32))

    @property
    def step(self) -> float:
        """Return mm per pixel."""
        return float(self.xs[1] - self.xs[0])


def series(
    number: int, description: str, body_part: str, *, protocol: str, minutes: int = 0
) -> Series:
    """Describe a CT series; all series of a study share one frame of reference."""
    return Series(
        number=number,
        modality="CT",
        description=description,
        sop_class=CTImageStorage,
        device=SCANNER,
        body_part=body_part,
        protocol=protocol,
        minutes=minutes,
        frame_of_reference="scanner",
    )


def scan_noise(hu: Field, recipe: Recipe, *key: object) -> Field:
    """Return a slice as the scanner would give it: blurred, with correlated noise."""
    white = random(*key).standard_normal(hu.shape, dtype=np.float32)
    grain = blur(white, recipe.sharpness)
    grain *= np.float32(recipe.noise / max(float(grain.std()), 1e-3))
    # quantum noise is strongest where most tissue is around, and weak in air
    dense = blur(np.maximum(hu[::8, ::8] + 1000, 0), 3.0)
    level = np.sqrt(np.clip(dense / 1000, 0.12, 1.6))
    level = np.repeat(np.repeat(level, 8, axis=0), 8, axis=1)[: hu.shape[0], : hu.shape[1]]
    return blur(hu, recipe.sharpness) + grain * level


def write_slice(
    acq: Acquisition, item: Series, recipe: Recipe, index: int, hu: Field, place: tuple[Grid, float]
) -> None:
    """Write one axial slice at its place."""
    grid, z = place
    ds = acq.start(item, index + 1)
    describe(ds, acq, item, recipe, index)
    ds.ImagePositionPatient = [mm(grid.xs[0]), mm(grid.ys[0]), mm(z)]
    ds.ImageOrientationPatient = list(AXIAL)
    ds.PixelSpacing = [mm(grid.step), mm(grid.step)]
    ds.SliceThickness = mm(recipe.thickness)
    ds.SpacingBetweenSlices = mm(recipe.spacing)
    ds.SliceLocation = mm(z)
    ds.TableHeight = "162"
    store(ds, hu, recipe)
    acq.write(ds, item, recipe.syntax)


def store(ds: Dataset, hu: Field, recipe: Recipe) -> None:
    """Put Hounsfield units into an object."""
    values = np.clip(np.rint(hu) - INTERCEPT, 0, 4095).astype(np.uint16)
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.RescaleIntercept, ds.RescaleSlope = str(INTERCEPT), "1"
    # what a localizer shows is not in Hounsfield units (PS3.3 C.8.2.1)
    ds.RescaleType = "US" if "LOCALIZER" in recipe.image_type else "HU"
    ds.WindowCenter = [w.center for w in recipe.windows]
    ds.WindowWidth = [w.width for w in recipe.windows]
    ds.WindowCenterWidthExplanation = [w.name for w in recipe.windows]
    set_gray(ds, values, recipe.syntax, stored=16 if recipe.syntax == JPEG_LS else 12)


def describe(ds: Dataset, acq: Acquisition, item: Series, recipe: Recipe, index: int) -> None:
    """Fill the General Image and CT Image modules (PS3.3 C.7.6.1, C.8.2.1)."""
    moment = acq.moment(item, seconds=0.4 * index)
    ds.ImageType = list(recipe.image_type)
    ds.AcquisitionDate, ds.AcquisitionTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
    ds.ContentDate, ds.ContentTime = ds.AcquisitionDate, ds.AcquisitionTime
    ds.AcquisitionNumber = 1
    ds.PatientPosition = "HFS"
    ds.KVP = str(recipe.kvp)
    ds.XRayTubeCurrent, ds.ExposureTime = recipe.current, 500
    ds.Exposure = recipe.current // 2
    ds.ConvolutionKernel = recipe.kernel
    ds.GantryDetectorTilt = "0"
    ds.DataCollectionDiameter = "500"
    ds.ReconstructionDiameter = "400"
    ds.RotationDirection = "CW"
    if recipe.contrast:
        ds.ContrastBolusAgent = recipe.contrast
        ds.ContrastBolusRoute = "INTRAVENOUS"
        ds.ContrastBolusVolume = "90"


def mm(value: float) -> str:
    """Spell a length as a decimal string (PS3.5 6.2, DS)."""
    return f"{float(value):.4f}".rstrip("0").rstrip(".")
