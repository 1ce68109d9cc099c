"""Rays through a body: what a radiograph or a localizer sees.

The body is sampled plane by plane on a grid that is fine across the detector
and coarse along the rays; vessels thinner than the grid are added as chords.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from steckel.demo.phantom.fields import Field
from steckel.demo.phantom.torso import Torso
from steckel.demo.phantom.vessels import Tree

#: Linear attenuation of water at a diagnostic spectrum, per mm.
WATER = 0.0185
_STEP = 3.0

View = Literal["frontal", "lateral"]


@dataclass(frozen=True, kw_only=True)
class Detector:
    """A detector plane: positions across (x or y) and down (z), in mm."""

    view: View
    across: Field
    down: Field


def attenuation(torso: Torso, detector: Detector) -> Field:
    """Return the line integrals of attenuation: rows follow `down`."""
    frontal = detector.view == "frontal"
    depth = np.arange(-132, 140, _STEP, dtype=np.float32)
    if not frontal:
        depth = np.arange(-200, 200, _STEP * 1.5, dtype=np.float32)
    step = float(depth[1] - depth[0])
    rows = []
    for z in detector.down:
        xs, ys = (detector.across, depth) if frontal else (depth, detector.across)
        plane = torso.plane(xs, ys, float(z))
        # bone attenuates more than its number says at a radiograph's softer spectrum
        plane = np.where(plane > 160, plane * 1.7, plane)
        rows.append((plane + 1000).sum(axis=0 if frontal else 1) * (WATER / 1000 * step))
    return np.array(rows, dtype=np.float32)


def vessel_chords(tree: Tree, detector: Detector) -> Field:
    """Return how many mm of vessel each ray passes."""
    keep = 0 if detector.view == "frontal" else 1
    other = 1 - keep
    image = np.zeros((len(detector.down), len(detector.across)), dtype=np.float32)
    down = detector.down[::-1]
    for row in tree.segments:
        a, b, radius = row[:3], row[3:6], float(row[6])
        length = float(np.hypot(a[keep] - b[keep], a[2] - b[2]))
        slant = min(float(np.sqrt(length**2 + (a[other] - b[other]) ** 2)) / max(length, 0.5), 6.0)
        _chord(image[::-1], (detector.across, down), (a[[keep, 2]], b[[keep, 2]]), radius, slant)
    return image


def _chord(
    image: Field, grid: tuple[Field, Field], ends: tuple[Field, Field], radius: float, slant: float
) -> None:
    low, high = np.minimum(*ends) - radius, np.maximum(*ends) + radius
    i0, i1 = np.searchsorted(grid[0], (low[0], high[0]))
    j0, j1 = np.searchsorted(grid[1], (low[1], high[1]))
    if i0 >= i1 or j0 >= j1:
        return
    u, v = grid[0][None, i0:i1], grid[1][j0:j1, None]
    axis = ends[1] - ends[0]
    along = ((u - ends[0][0]) * axis[0] + (v - ends[0][1]) * axis[1]) / max(
        float(axis @ axis), 1e-6
    )
    inner = (along > 0) & (along <= 1)
    gap = (u - ends[0][0] - along * axis[0]) ** 2 + (v - ends[0][1] - along * axis[1]) ** 2
    image[j0:j1, i0:i1] += 2 * np.sqrt(np.maximum(radius**2 - gap, 0)) * inner * slant
