"""What projection radiographs share: detector, exposure, and tone (PS3.3 C.8.1, C.8.11)."""

from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from steckel.demo.acquisition import Acquisition, Device, Series
from steckel.demo.exams.codes import codes
from steckel.demo.exams.ct import mm
from steckel.demo.phantom.fields import Field, blur, random, resize
from steckel.demo.pixels import set_gray

#: Stored values use twelve bits.
WHITE = 4095


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One exposure and how it is stored."""

    view: str
    orientation: tuple[str, str]
    pixel: float  #: mm at the detector
    kvp: int
    exposure: float  #: mAs
    syntax: str
    window: tuple[int, int] = (2048, 4096)


def develop(
    rays: Field, *, detail: float, low: float, high: float, key: tuple[object, ...]
) -> Field:
    """Turn line integrals into a processed image, 0 to 1: equalise, sharpen, add noise."""
    wide = blur(rays[::8, ::8], 5)
    wide = resize(wide, (rays.shape[0], rays.shape[1]))
    local = rays - 0.45 * (wide - float(np.mean(wide)))
    local = local + detail * (local - blur(local, 2.0))
    noise = random(*key).standard_normal(rays.shape, dtype=np.float32)
    # few quanta arrive behind dense parts: noise grows with attenuation
    local += noise * (0.012 + 0.006 * np.clip(rays, 0, 6))
    scaled = np.clip((local - low) / (high - low), 0, 1)
    result: Field = scaled**0.9 * (rays > 0.02)
    return result


def store(ds: Dataset, image: Field, shot: Shot) -> None:
    """Put a processed image into an object, white for dense."""
    values = np.clip(np.rint(image * WHITE), 0, WHITE).astype(np.uint16)
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.WindowCenter, ds.WindowWidth = str(shot.window[0]), str(shot.window[1])
    set_gray(ds, values, shot.syntax, stored=12)


def describe(ds: Dataset, acq: Acquisition, item: Series, shot: Shot) -> None:
    """Fill the General Image module and the exposure."""
    moment = acq.moment(item, seconds=40 * int(ds.InstanceNumber))
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.AcquisitionDate, ds.AcquisitionTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
    ds.ContentDate, ds.ContentTime = ds.AcquisitionDate, ds.AcquisitionTime
    ds.PatientOrientation = list(shot.orientation)
    ds.ViewPosition = shot.view
    ds.KVP, ds.Exposure = str(shot.kvp), max(1, round(shot.exposure))
    ds.ExposureInuAs = str(round(shot.exposure * 1000))
    ds.ImagerPixelSpacing = [mm(shot.pixel), mm(shot.pixel)]


def digital(ds: Dataset, laterality: str, region: tuple[str, str, str], detector: str) -> None:
    """Fill the DX modules (PS3.3 C.8.11.1 to C.8.11.4), for presentation."""
    ds.PresentationIntentType = "FOR PRESENTATION"
    ds.ImageLaterality = laterality
    ds.AnatomicRegionSequence = codes(*region)
    ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", 1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "0", "1", "US"
    ds.PresentationLUTShape = "IDENTITY"
    ds.LossyImageCompression = "00"
    ds.BurnedInAnnotation = "NO"
    ds.DetectorType = "DIRECT"
    ds.DetectorID = detector
    ds.DetectorActiveTime = "500"
    ds.AcquisitionContextSequence = Sequence([])


def series(item: tuple[int, str, str, str], device: Device, sop_class: str) -> Series:
    """Describe a series by number, modality, description and body part."""
    number, modality, description, body_part = item
    return Series(
        number=number,
        modality=modality,
        description=description,
        sop_class=sop_class,
        device=device,
        body_part=body_part,
        minutes=2 * number,
    )
