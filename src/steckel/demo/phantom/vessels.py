"""The branching vessels and airways of the lungs.

A tree grows from each hilum towards the pleura: every branch divides in two,
thinner and shorter each time, until it would leave the lung. Grown once per
person; drawn into a volume for CT, or along rays for a radiograph.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steckel.demo.phantom.canvas import Point
from steckel.demo.phantom.fields import Field, random

#: Where trees start, which way, and how thick; for the right side (x < 0).
_ROOTS: tuple[tuple[Point, Point, float], ...] = (
    ((-44, 8, 4), (-0.7, 0.1, 0.9), 4.2),
    ((-48, 6, 0), (-0.8, -0.8, 0.1), 3.6),
    ((-52, 12, -10), (-0.6, 0.7, -0.7), 4.4),
    ((-50, 10, -10), (-0.7, -0.3, -0.9), 4.0),
    ((-46, 14, 6), (-0.6, 0.8, 0.5), 3.6),
    ((-50, 2, -14), (-0.6, -0.7, -0.7), 3.2),
)
_SHRINK, _GENERATIONS = 0.80, 10


@dataclass(frozen=True, kw_only=True)
class Tree:
    """Segments of all vessels: rows of (x, y, z, x, y, z, radius)."""

    segments: Field

    @classmethod
    def grow(cls, seed: str) -> "Tree":
        """Grow both lungs' arteries and veins."""
        rng = random(seed, "vessels")
        rows: list[tuple[float, ...]] = []
        for side in (1.0, -1.0):
            for start, way, radius in _ROOTS:
                for kind in (1.0, 0.85):
                    origin = np.array(start) * (side, 1, 1) + rng.normal(0, 2.5, 3)
                    heading = np.array(way) * (side, 1, 1) + rng.normal(0, 0.22, 3)
                    _branch(rows, rng, origin, heading, radius * kind)
        return cls(segments=np.array(rows, dtype=np.float32))


def _branch(
    rows: list[tuple[float, ...]],
    rng: np.random.Generator,
    origin: NDArray[np.float64],
    heading: NDArray[np.float64],
    radius: float,
) -> None:
    """Grow one branch and, from its end, two thinner ones (breadth first)."""
    queue = [(origin, heading / np.linalg.norm(heading), radius, 0)]
    while queue:
        at, way, size, generation = queue.pop(0)
        length = (17 if generation == 0 else 15) * 0.93**generation * rng.uniform(0.75, 1.3)
        middle = at + way * length * 0.5 + rng.normal(0, 0.6, 3)
        end = at + way * length + rng.normal(0, 0.9, 3)
        if not _in_lung(end):
            continue
        rows.append((*at, *middle, size))
        rows.append((*middle, *end, size * 0.93))
        if generation == _GENERATIONS or size < 0.42:
            continue
        for shrink in _SHRINK * rng.uniform(0.9, 1.06, 2):
            turned = way + rng.normal(0, 0.40, 3)
            queue.append((end, turned / np.linalg.norm(turned), size * shrink, generation + 1))


def _in_lung(at: NDArray[np.float64]) -> bool:
    """Whether a point is well inside a lung (a rough shape is enough)."""
    x, y, z = at
    if abs(x) < 34 or z > 124:
        return False
    taper = 1.0 if z < 40 else max(0.25, 1 - ((z - 40) / 105) ** 2)
    shell = (x / (130 * taper)) ** 2 + ((y - 4) / (82 * taper)) ** 2
    dome = -80 - 55 * (((abs(x) - 68) / 76) ** 2 + (y / 90) ** 2)
    return bool(shell < 0.94 and z > dome)


def occupancy(tree: Tree, xs: Field, ys: Field, zs: Field) -> NDArray[np.uint8]:
    """Return how much of each voxel is vessel (0 to 255)."""
    volume = np.zeros((len(zs), len(ys), len(xs)), dtype=np.uint8)
    step = float(xs[1] - xs[0])
    depth = abs(float(zs[1] - zs[0]))
    for row in tree.segments:
        _stamp(volume, (xs, ys, zs), row, step, depth)
    return volume


def _stamp(
    volume: NDArray[np.uint8],
    grid: tuple[Field, Field, Field],
    row: Field,
    step: float,
    depth: float,
) -> None:
    a, b, radius = row[:3], row[3:6], float(row[6])
    edge = radius + step
    low = np.minimum(a, b) - edge
    high = np.maximum(a, b) + edge
    low[2] -= depth / 2
    high[2] += depth / 2
    x, y, z = (
        axis[np.searchsorted(axis, low[k]) : np.searchsorted(axis, high[k])]
        for k, axis in enumerate(grid)
    )
    if not (len(x) and len(y) and len(z)):
        return
    i, j, k = (int(np.searchsorted(grid[n], axis[0])) for n, axis in enumerate((x, y, z)))
    distance = segment_distance(a, b, x[None, None, :], y[None, :, None], z[:, None, None])
    # thinner than a voxel: partial volume instead of a full one
    full = min(1.0, (2 * radius / (0.6 * step + 0.4 * depth)) ** 1.2)
    cover = np.clip(0.5 + (radius - distance) / (1.3 * step), 0, 1) * (255 * full)
    part = volume[k : k + len(z), j : j + len(y), i : i + len(x)]
    np.maximum(part, cover.astype(np.uint8), out=part)


def segment_distance(a: Field, b: Field, x: Field, y: Field, z: Field) -> Field:
    """Return distances to a line segment, broadcast over coordinates."""
    axis = b - a
    along = ((x - a[0]) * axis[0] + (y - a[1]) * axis[1] + (z - a[2]) * axis[2]) / max(
        float(axis @ axis), 1e-6
    )
    along = np.clip(along, 0, 1)
    gap = (
        (x - a[0] - along * axis[0]) ** 2
        + (y - a[1] - along * axis[1]) ** 2
        + (z - a[2] - along * axis[2]) ** 2
    )
    distance: Field = np.sqrt(gap)
    return distance
