"""What CT and the MR sequences make of the head's materials and the brain's tissues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from steckel.demo.phantom.brain import axis
from steckel.demo.phantom.canvas import Point
from steckel.demo.phantom.fields import Field, Lattice, blur, random
from steckel.demo.phantom.head import Head, Material


class Contrast(StrEnum):
    """A modality or sequence."""

    T1 = "T1"
    T1_ENHANCED = "T1 Gd"
    T2 = "T2"
    FLAIR = "FLAIR"
    CT = "CT"


@dataclass(frozen=True, kw_only=True)
class Lesion:
    """Something in the brain: an ellipsoid with a change of signal by contrast."""

    center: Point
    semi: Point
    change: Mapping[Contrast, float]
    softness: float = 1.2  #: mm over which it fades


#: Air, skin, fat, muscle, compact and spongy bone, fluid, vitreous, lens, mucosa, -, cord.
_MATERIALS: Final[Mapping[Contrast, tuple[float, ...]]] = {
    Contrast.T1: (2, 95, 250, 105, 12, 150, 38, 36, 70, 100, 0, 165),
    Contrast.T1_ENHANCED: (2, 110, 252, 118, 12, 155, 40, 36, 70, 205, 0, 168),
    Contrast.T2: (2, 60, 120, 48, 10, 70, 250, 255, 60, 190, 0, 95),
    Contrast.FLAIR: (2, 60, 110, 60, 10, 72, 22, 24, 70, 150, 0, 118),
    Contrast.CT: (-1000, 35, -88, 58, 1150, 520, 7, 12, 85, 40, 0, 32),
}
#: Grey matter, white matter, fluid.
_TISSUES: Final[Mapping[Contrast, tuple[float, float, float]]] = {
    Contrast.T1: (146, 208, 40),
    Contrast.T1_ENHANCED: (150, 208, 42),
    Contrast.T2: (132, 88, 245),
    Contrast.FLAIR: (148, 112, 20),
    Contrast.CT: (39, 30, 7),
}


def volume(head: Head, contrast: Contrast, lesions: Sequence[Lesion] = ()) -> Field:
    """Return intensities (CT: Hounsfield units) of a whole head, 1 mm voxels."""
    result = np.empty(head.materials.shape, dtype=np.float32)
    for k in range(len(result)):
        # edges between materials are one voxel sharp; nothing a scanner sees is
        result[k] = blur(_plane(head, contrast, k), 0.55)
    before = result[0].copy()
    for k in range(len(result) - 1):
        here = result[k].copy()
        result[k] = 0.16 * before + 0.68 * here + 0.16 * result[k + 1]
        before = here
    for lesion in lesions:
        _add(result, lesion, contrast)
    return result


def _plane(head: Head, contrast: Contrast, k: int) -> Field:
    """Return one axial plane: materials by table, the brain by its tissue maps."""
    table = np.array(_MATERIALS[contrast], dtype=np.float32)
    plane: Field = table[head.materials[k]]
    inside = head.materials[k] == Material.BRAIN
    gray, white, fluid = _TISSUES[contrast]
    brain = head.brain
    if contrast in (Contrast.T1, Contrast.T1_ENHANCED) and brain.real:
        plane[inside] = brain.t1[k][inside]
        return plane
    g, w = (part[k][inside].astype(np.float32) / 255 for part in (brain.gray, brain.white))
    plane[inside] = gray * g + white * w + fluid * np.clip(1 - g - w, 0, 1)
    return plane


def _add(result: Field, lesion: Lesion, contrast: Contrast) -> None:
    """Change the signal inside a lesion, with an irregular edge."""
    change = lesion.change.get(contrast, 0.0)
    if not change:
        return
    xs, ys, zs = (axis(k) for k in range(3))
    reach = [s + 4 * lesion.softness for s in lesion.semi]
    x, y, z = (
        np.nonzero(np.abs(coordinates - c) < r)[0]
        for coordinates, c, r in zip((xs, ys, zs), lesion.center, reach, strict=True)
    )
    edge = Lattice.make(random("lesion", lesion.center), 5.0, (110, 140, 140))
    for k in z:
        height = (zs[k] - lesion.center[2]) / lesion.semi[2]
        radius = np.sqrt(
            ((xs[x][None, :] - lesion.center[0]) / lesion.semi[0]) ** 2
            + ((ys[y][:, None] - lesion.center[1]) / lesion.semi[1]) ** 2
            + height**2
        )
        distance = (radius - 1) * min(lesion.semi) + 0.6 * edge.plane(xs[x], ys[y], float(zs[k]))
        cover = 1 / (1 + np.exp(np.clip(2 * distance / lesion.softness, -30, 30)))
        result[k, y[0] : y[-1] + 1, x[0] : x[-1] + 1] += change * cover.astype(np.float32)
