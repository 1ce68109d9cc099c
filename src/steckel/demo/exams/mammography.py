"""Digital mammography, four views (PS3.3 A.27)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DigitalMammographyXRayImageStorageForPresentation

from steckel.demo.acquisition import Acquisition, Device
from steckel.demo.exams import xray
from steckel.demo.exams.codes import code
from steckel.demo.phantom.breast import Breast, View
from steckel.demo.phantom.fields import Field, random
from steckel.demo.pixels import JPEG_LS

UNIT: Final = Device(model="Mammo Lumina", station="MG1")
_BREAST = ("76752008", "SCT", "Breast")
_VIEWS = {"CC": ("399162004", "SCT", "cranio-caudal"),
          "MLO": ("399368009", "SCT", "medio-lateral oblique")}  # fmt: skip
_ORDER: Final[tuple[tuple[str, View], ...]] = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))
_PIXEL = 0.1


@dataclass(frozen=True, kw_only=True)
class MammographyExam:
    """Both breasts of one visit."""

    right: Breast
    left: Breast

    def __call__(self, acq: Acquisition) -> None:
        """Make one series per view, as most units send them."""
        shape = (acq.matrix(2294), acq.matrix(1914))
        for number, (side, view) in enumerate(_ORDER, start=1):
            breast = self.right if side == "R" else self.left
            picture = breast.picture(view, shape, _PIXEL / acq.scale)
            self._write(acq, number, (side, view), picture)

    def _write(
        self, acq: Acquisition, number: int, where: tuple[str, View], picture: Field
    ) -> None:
        side, view = where
        item = xray.series((number, "MG", f"{side} {view}", "BREAST"), UNIT,
                           DigitalMammographyXRayImageStorageForPresentation)  # fmt: skip
        foot = "F" if view == "CC" else "FR" if side == "L" else "FL"
        across = {"CC": "R" if side == "L" else "L"}.get(view, foot)
        shot = xray.Shot(
            view=view,
            orientation=("A" if side == "L" else "P", across),
            pixel=_PIXEL / acq.scale,
            kvp=29,
            exposure=82,
            syntax=JPEG_LS,
            window=(1700, 3000),
        )
        ds = acq.start(item, 1)
        xray.describe(ds, acq, item, shot)
        xray.digital(ds, side, _BREAST, "LUMINA-1")
        _mammography(ds, view)
        noise = random(acq.visit.key, side, view).standard_normal(picture.shape, dtype=np.float32)
        picture = picture + (picture > 0.02) * 0.008 * noise
        # the chest wall is at the left edge for a left breast, at the right for a right one
        xray.store(ds, picture if side == "L" else picture[:, ::-1], shot)
        acq.write(ds, item, shot.syntax)


def _mammography(ds: Dataset, view: View) -> None:
    """Fill the Mammography Image module (PS3.3 C.8.11.7)."""
    ds.PositionerType = "MAMMOGRAPHIC"
    ds.PositionerPrimaryAngle = "0" if view == "CC" else "50"
    ds.PositionerSecondaryAngle = "0"
    ds.OrganExposed = "BREAST"
    ds.PartialView, ds.BreastImplantPresent = "NO", "NO"
    ds.BodyPartThickness, ds.CompressionForce = "54", "96"
    ds.AnodeTargetMaterial, ds.FilterMaterial = "TUNGSTEN", "RHODIUM"
    ds.OrganDose, ds.EntranceDoseInmGy = "0.0142", "4.8"
    ds.DistanceSourceToDetector, ds.DistanceSourceToPatient = "650", "596"
    item = code(*_VIEWS[view])
    item.ViewModifierCodeSequence = Sequence([])
    ds.ViewCodeSequence = Sequence([item])
