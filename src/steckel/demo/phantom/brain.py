"""A brain: the ICBM 152 2009 template where it is installed, a computed one elsewhere.

The template (T1 and the maps of grey and white matter) is the average of 152
real heads, so it belongs to nobody; it comes with the `nilearn` package, from
which only the data files are read. See NOTICE.
"""

import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from steckel.demo.phantom.fields import Field, Lattice, blur, random

Volume = NDArray[np.uint8]

#: Where the first voxel lies (x, y, z in mm) and how many there are (z, y, x); 1 mm each.
ORIGIN = (-102.0, -118.0, -122.0)
SHAPE = (232, 252, 205)
_FILES = "mni_icbm152_{}_tal_nlin_sym_09a_converted.nii.gz"


@dataclass(frozen=True, kw_only=True)
class Brain:
    """Tissue maps, 0 to 255, indexed z, y, x in patient coordinates."""

    t1: Volume
    gray: Volume
    white: Volume
    real: bool  #: from the template


def load() -> Brain:
    """Return the template if it is installed, else a computed brain."""
    folder = _template_folder()
    if folder is None:
        return computed()
    t1, gray, white = (_read(folder / _FILES.format(name)) for name in ("t1", "gm", "wm"))
    return Brain(t1=t1, gray=gray, white=white, real=True)


def has_template() -> bool:
    """Whether the template is installed."""
    return _template_folder() is not None


def _template_folder() -> Path | None:
    """Find the data without importing nilearn, whose own dependencies are not needed."""
    spec = importlib.util.find_spec("nilearn")
    if spec is None or spec.origin is None or importlib.util.find_spec("nibabel") is None:
        return None
    folder = Path(spec.origin).parent / "datasets" / "data"
    return folder if (folder / _FILES.format("t1")).exists() else None


def _read(path: Path) -> Volume:
    """Read a map into our grid, from NIfTI's right-anterior-superior axes to the patient's."""
    image = importlib.import_module("nibabel").load(path)
    data = np.asarray(image.dataobj, dtype=np.uint8)[::-1, ::-1, :].transpose(2, 1, 0)
    offset = image.affine[:3, 3]
    ends = (
        offset[2],
        -(offset[1] + data.shape[1] - 1),
        -(offset[0] + data.shape[2] - 1),
    )
    volume: Volume = np.zeros(SHAPE, dtype=np.uint8)
    starts = [round(end - origin) for end, origin in zip(ends, reversed(ORIGIN), strict=True)]
    source, target = [], []
    for start, size, room in zip(starts, data.shape, SHAPE, strict=True):
        source.append(slice(max(0, -start), min(size, room - start)))
        target.append(slice(max(0, start), min(room, start + size)))
    volume[tuple(target)] = data[tuple(source)]
    return volume


def computed() -> Brain:
    """Return a brain made of shapes and folded noise."""
    t1, gray, white = (np.zeros(SHAPE, dtype=np.uint8) for _ in range(3))
    xs, ys = axis(0), axis(1)
    folds = Lattice.make(random("folds"), 8.0, (110, 130, 130))
    wide = Lattice.make(random("lobes"), 24.0, (110, 130, 130))
    for k, z in enumerate(axis(2)):
        if not -70 < z < 86:
            continue
        depth, fluid = _shapes(xs, ys, float(z))
        sulci = np.abs(folds.plane(xs, ys, float(z)) + 0.7 * wide.plane(xs, ys, float(z)))
        depth = depth + 1.2 * wide.plane(xs, ys, float(z))
        core = depth - 5.5 - 9 * np.clip(0.75 - sulci, 0, 1)
        inside = np.clip(depth + 0.5, 0, 1)
        tissue = inside * np.clip(-fluid + 0.5, 0, 1)
        tissue *= np.clip(1 - 0.9 * np.clip((0.22 - sulci) * 6, 0, 1) * (depth < 11), 0, 1)
        pale = np.clip(core * 0.5 + 0.5, 0, 1) * tissue
        gray[k], white[k] = (tissue - pale) * 255, pale * 255
        value = 148 * (tissue - pale) + 214 * pale + 58 * (inside - tissue)
        t1[k] = np.where(inside > 0.5, np.maximum(value, 1), 0)
    return Brain(t1=t1, gray=gray, white=white, real=False)


def _shapes(xs: Field, ys: Field, z: float) -> tuple[Field, Field]:
    """Return the depth under the brain's surface and whether a point is in a ventricle."""
    x, y = np.abs(xs)[None, :], ys[:, None]
    half = [(((x - 2) / 67) ** 2 + ((y - 16) / 86) ** 2 + ((z - 8) / 68) ** 2)]
    stem = ((x / 52) ** 2 + ((y - 62) / 34) ** 2 + ((z + 40) / 27) ** 2, 27)
    cord = ((x / 14) ** 2 + ((y - 26) / 12) ** 2 + ((z + 45) / 40) ** 2, 12)
    depth = (1 - np.sqrt(half[0])) * 64
    depth = np.minimum(depth, np.maximum(x - 0.8, 14 - z + 0 * y) + 2)
    depth = np.where(z < -22, np.minimum(depth, 28 - np.abs(x - 36) + 0 * y), depth)
    for shape, size in (stem, cord):
        depth = np.maximum(depth, (1 - np.sqrt(shape)) * size)
    bend = 12 + np.abs(y - 10) * 0.16
    lateral = 1 - np.sqrt(((x - bend) / 8) ** 2 + ((y - 12) / 38) ** 2 + ((z - 16) / 12) ** 2)
    third = 1 - np.sqrt((x / 3) ** 2 + ((y - 12) / 14) ** 2 + ((z - 2) / 10) ** 2)
    return depth.astype(np.float32), (np.maximum(lateral * 8, third * 3) + 0 * y).astype(np.float32)


def axis(which: int) -> Field:
    """Return the coordinates of the grid along x (0), y (1) or z (2)."""
    count = SHAPE[2 - which]
    return (ORIGIN[which] + np.arange(count)).astype(np.float32)


class Hull:
    """About the distance in mm to the brain's smooth hull, -20 to +20.

    A blurred mask falls off across a surface as the normal distribution does,
    so its quantile is the distance: no distance transform is needed. It is
    smooth, so half the resolution is enough.
    """

    _SIGMA = 8.5

    def __init__(self, brain: Brain) -> None:
        coarse = (brain.t1[::2, ::2, ::2] > 0).astype(np.float32)
        soft = blur(coarse, self._SIGMA / 2, axes=(0, 1, 2))
        grid = np.linspace(-2.6, 2.6, 1041)
        normal = np.cumsum(np.exp(-(grid**2) / 2))
        normal /= normal[-1]
        self._half = np.interp(soft, normal, grid).astype(np.float32)
        self._half *= np.float32(-self._SIGMA)

    def plane(self, index: int) -> Field:
        """Return the distances on one axial plane of the grid."""
        low = index // 2
        high = min(low + index % 2, len(self._half) - 1)
        plane: Field = (self._half[low] + self._half[high]) / 2
        for which in (0, 1):
            plane = _double(plane, which, SHAPE[which + 1])
        return plane


def _double(field: Field, which: int, size: int) -> Field:
    """Put a mean between neighbours along an axis."""
    shape = list(field.shape)
    shape[which] = size
    out = np.empty(shape, dtype=np.float32)
    even, odd = [[slice(None)] * field.ndim for _ in range(2)]
    even[which], odd[which] = slice(0, None, 2), slice(1, None, 2)
    out[tuple(even)] = field
    after = np.take(field, np.minimum(np.arange(1, size // 2 + 1), field.shape[which] - 1), which)
    before = np.take(field, np.arange(size // 2), which)
    out[tuple(odd)] = (before + after) / 2
    return out
