"""Ultrasound of the heart: a grey and a colour loop (PS3.3 A.7)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UltrasoundMultiFrameImageStorage

from steckel.demo.acquisition import Acquisition, Device, Series
from steckel.demo.phantom.heart import Cine, Screen, screen
from steckel.demo.pixels import JPEG_BASELINE, set_cine

SCANNER: Final = Device(model="Echo Cardia", station="US2")
_FRAMES, _RATE = 40, 40
_HEART_RATE = 60 * _RATE // _FRAMES


@dataclass(frozen=True, kw_only=True)
class EchoExam:
    """Two loops of one beat in the apical four-chamber view."""

    seed: str

    def __call__(self, acq: Acquisition) -> None:
        """Make one series with both loops."""
        at = screen(acq.matrix(480, 64), acq.matrix(640, 96))
        cine = Cine(self.seed, at)
        item = Series(
            number=1,
            modality="US",
            description="Apical 4 cavités",
            sop_class=UltrasoundMultiFrameImageStorage,
            device=SCANNER,
            body_part="HEART",
            protocol="ETT adulte",
            minutes=3,
        )
        for instance, colour in enumerate((False, True), start=1):
            frames = _loop(cine, at, acq.size(_FRAMES, 4), colour=colour)
            self._write(acq, item, instance, frames, at)

    def _write(
        self, acq: Acquisition, item: Series, instance: int, frames: NDArray[np.uint8], at: Screen
    ) -> None:
        ds = acq.start(item, instance)
        moment = acq.moment(item, seconds=50 * instance)
        ds.ImageType = ["ORIGINAL", "PRIMARY", "ADULT ECHO", "0001" if instance == 1 else "0011"]
        ds.ContentDate, ds.ContentTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
        ds.AcquisitionDateTime = f"{moment:%Y%m%d%H%M%S}"
        ds.PatientOrientation = []
        ds.FrameTime = f"{1000 / _RATE:g}"
        ds.FrameIncrementPointer = 0x00181063
        ds.CineRate, ds.RecommendedDisplayFrameRate = _RATE, _RATE
        ds.PreferredPlaybackSequencing = 0
        ds.HeartRate = _HEART_RATE
        ds.TransducerType = "SECTOR_PHASED"
        ds.BurnedInAnnotation = "NO"
        ds.SequenceOfUltrasoundRegions = Sequence([_region(at)])
        set_cine(ds, frames)
        acq.write(ds, item, JPEG_BASELINE)


def _region(at: Screen) -> Dataset:
    """Calibrate the sector (PS3.3 C.8.5.5): 2D tissue, centimetres."""
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = at.columns - 1, round(at.rows * 0.94)
    region.ReferencePixelX0, region.ReferencePixelY0 = at.columns // 2, at.top
    region.PhysicalUnitsXDirection, region.PhysicalUnitsYDirection = 3, 3
    region.ReferencePixelPhysicalValueX, region.ReferencePixelPhysicalValueY = 0.0, 0.0
    region.PhysicalDeltaX = region.PhysicalDeltaY = at.mm_per_pixel / 10
    region.TransducerFrequency = 2500
    return region


def _loop(cine: Cine, at: Screen, count: int, *, colour: bool) -> NDArray[np.uint8]:
    frames = np.empty((count, at.rows, at.columns, 3), dtype=np.uint8)
    for k in range(count):
        phase = k / count
        frames[k] = cine.frame(phase)[:, :, None]
        if colour:
            _doppler(frames[k], cine, phase)
        _furniture(frames[k], at, phase)
    return frames


def _doppler(frame: NDArray[np.uint8], cine: Cine, phase: float) -> None:
    """Colour the flow: red towards the transducer, blue away from it."""
    speed = cine.flow(phase)
    strong = np.abs(speed) > 0.12
    level = np.clip(np.abs(speed[strong]), 0, 1)
    hue = np.where(speed[strong][:, None] > 0, (255.0, 90.0, 20.0), (30.0, 110.0, 255.0))
    frame[strong] = (hue * (0.35 + 0.65 * level[:, None])).astype(np.uint8)


def _furniture(frame: NDArray[np.uint8], at: Screen, phase: float) -> None:
    """Draw what a scanner draws: grey bar, depth ticks, the trace of the ECG."""
    bar = np.linspace(235, 0, at.rows // 4).astype(np.uint8)
    right = at.columns - max(4, at.columns // 40)
    frame[at.top : at.top + len(bar), right : right + max(2, at.columns // 80)] = bar[:, None, None]
    for centimetre in range(17):
        row = round(at.top + centimetre * 10 / at.mm_per_pixel)
        if row < at.rows:
            length = 8 if centimetre % 5 == 0 else 4
            frame[row, at.columns - length :] = 150
    time = np.arange(at.columns) / at.columns * 2 % 1
    trace = _ecg(time)
    rows = np.clip(at.rows * 0.965 - trace * at.rows * 0.05, 0, at.rows - 1).astype(int)
    frame[rows, np.arange(at.columns)] = (60, 220, 90)
    cursor = round(phase * (at.columns - 1) / 2)
    frame[round(at.rows * 0.9) :, cursor] = (90, 90, 90)


def _ecg(time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return P, QRS and T at phases of the beat, QRS at the start of systole."""
    waves = ((0.90, 0.025, 0.16), (0.985, 0.008, -0.12), (0.02, 0.010, 1.0),
             (0.045, 0.009, -0.25), (0.30, 0.045, 0.3))  # fmt: skip
    total = np.zeros_like(time)
    for center, width, height in waves:
        gap = (time - center + 0.5) % 1 - 0.5
        total += height * np.exp(-((gap / width) ** 2))
    return total
