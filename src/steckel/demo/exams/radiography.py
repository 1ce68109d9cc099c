"""Radiographs of the chest (DX) and the hand (CR), PS3.3 A.26 and A.2."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import ComputedRadiographyImageStorage, DigitalXRayImageStorageForPresentation

from steckel.demo.acquisition import Acquisition, Device
from steckel.demo.exams import xray
from steckel.demo.exams.codes import codes
from steckel.demo.phantom import projection, vessels
from steckel.demo.phantom.fields import Field, resize
from steckel.demo.phantom.hand import Hand
from steckel.demo.phantom.torso import Torso
from steckel.demo.pixels import EXPLICIT, JPEG_2000, JPEG_LS

BUCKY: Final = Device(model="Radix DR", station="DX1")
READER: Final = Device(model="Plaque CR 35", station="CR1")
_CHEST = ("51185008", "SCT", "Chest")


@dataclass(frozen=True, kw_only=True)
class ChestRadiograph:
    """Views of a chest; `size` is 1 for an adult, less for a child."""

    torso: Torso
    views: tuple[str, ...] = ("PA", "LL")
    size: float = 1.0

    def __call__(self, acq: Acquisition) -> None:
        """Make one series per view."""
        tree = vessels.Tree.grow(self.torso.seed)
        for number, view in enumerate(self.views, start=1):
            rays = self._rays(acq, tree, view)
            self._write(acq, number, view, rays)

    def _rays(self, acq: Acquisition, tree: vessels.Tree, view: str) -> Field:
        half = 190.0 if view != "LL" else 160.0
        top, bottom = 165.0, -225.0
        rows, columns = acq.matrix(1000), acq.matrix(round(1000 * half / 195))
        down = np.linspace(top, bottom, rows, dtype=np.float32)
        across = np.linspace(-half, half, columns, dtype=np.float32)
        kind: projection.View = "lateral" if view == "LL" else "frontal"
        coarse = projection.Detector(view=kind, across=across[::4], down=down[::4])
        rays = resize(projection.attenuation(self.torso, coarse), (rows, columns))
        fine = projection.Detector(view=kind, across=across, down=down)
        chords = projection.vessel_chords(tree, fine)
        rays += chords * np.float32(projection.WATER)
        return resize(rays, (rows * 2, columns * 2))

    def _write(self, acq: Acquisition, number: int, view: str, rays: Field) -> None:
        label = {"PA": "Thorax PA", "AP": "Thorax AP couché", "LL": "Thorax profil"}[view]
        item = xray.series((number, "DX", label, "CHEST"), BUCKY,
                           DigitalXRayImageStorageForPresentation)  # fmt: skip
        lateral = view == "LL"
        shot = xray.Shot(
            view=view,
            orientation=("A", "F") if lateral else ("L", "F"),
            pixel=390 / rays.shape[0] * self.size,
            kvp=125 if self.size == 1 else 66,
            exposure=2.4 if self.size == 1 else 1.2,
            syntax=JPEG_2000 if lateral else JPEG_LS,
            window=(2100, 3500),
        )
        ds = acq.start(item, 1)
        xray.describe(ds, acq, item, shot)
        xray.digital(ds, "U", _CHEST, "RADIX-1")
        ds.PatientOrientation = ["P", "F"] if lateral else ["L", "F"]
        ds.PositionerType = "COLUMN"
        _view(ds, view)
        low, high = np.percentile(rays[rays > 0.3], (2, 99))
        image = xray.develop(
            rays,
            detail=1.1,
            low=float(low) * 0.72,
            high=float(high) * 0.94,
            key=(acq.visit.key, view),
        )
        xray.store(ds, _marker(image, "R" if lateral else "L"), shot)
        acq.write(ds, item, shot.syntax)


def _view(ds: Dataset, view: str) -> None:
    names = {"PA": ("272479007", "postero-anterior"), "AP": ("399348003", "antero-posterior"),
             "LL": ("399173006", "left lateral")}  # fmt: skip
    value, meaning = names[view]
    ds.ViewCodeSequence = codes(value, "SCT", meaning)


@dataclass(frozen=True, kw_only=True)
class HandRadiograph:
    """A hand, from the back."""

    hand: Hand

    def __call__(self, acq: Acquisition) -> None:
        """Make the series."""
        item = xray.series(
            (1, "CR", "Main gauche face", "HAND"), READER, ComputedRadiographyImageStorage
        )
        pixel = 0.15 / acq.scale
        shot = xray.Shot(
            view="PA", orientation=("R", "F"), pixel=pixel, kvp=52, exposure=3.2, syntax=EXPLICIT
        )
        rays = self.hand.picture((acq.matrix(1536), acq.matrix(1152)), pixel)
        ds = acq.start(item, 1)
        xray.describe(ds, acq, item, shot)
        ds.Laterality = "L"
        ds.PlateType, ds.PhosphorType = "ST-HR", "BaFBr"
        ds.Sensitivity = "220"
        image = xray.develop(rays, detail=0.7, low=0.0, high=1.02, key=(acq.visit.key, "hand"))
        xray.store(ds, _marker(image, "L"), shot)
        acq.write(ds, item, shot.syntax)


def _marker(image: Field, letter: str) -> Field:
    """Put a lead letter into the upper corner, as the radiographer does."""
    strokes = {"L": ("1....", "1....", "1....", "1....", "1....", "1....", "11111"),
               "R": ("1111.", "1...1", "1...1", "1111.", "1.1..", "1..1.", "1...1")}  # fmt: skip
    size = max(1, image.shape[0] // 260)
    glyph = np.array([[c == "1" for c in row] for row in strokes[letter]], dtype=np.float32)
    glyph = np.kron(glyph, np.ones((size, size), dtype=np.float32))
    row, column = image.shape[0] // 16, image.shape[1] - image.shape[1] // 12 - glyph.shape[1]
    part = image[row : row + glyph.shape[0], column : column + glyph.shape[1]]
    np.maximum(part, 0.97 * glyph[: part.shape[0], : part.shape[1]], out=part)
    return image
