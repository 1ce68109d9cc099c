"""Smooth random fields, blur and resampling in plain NumPy.

What every phantom is made organic with. Everything is deterministic: a
generator is always made from a key, never taken from the operating system.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


def random(*key: object) -> np.random.Generator:
    """Return the generator that belongs to a key."""
    digest = hashlib.sha256("/".join(str(part) for part in key).encode()).digest()
    return np.random.Generator(np.random.SFC64(int.from_bytes(digest[:8], "little")))


def spline_matrix(at: Field, knots: int) -> Field:
    """Return the matrix that evaluates a cubic B-spline of `knots` values at positions."""
    base = np.clip(np.floor(at).astype(int), 1, knots - 3)
    t = (np.clip(at, 1, knots - 2) - base).astype(np.float32)
    weights = (
        (1 - t) ** 3 / 6,
        (3 * t**3 - 6 * t**2 + 4) / 6,
        (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6,
        t**3 / 6,
    )
    matrix = np.zeros((len(at), knots), dtype=np.float32)
    rows = np.arange(len(at))
    for offset, weight in zip((-1, 0, 1, 2), weights, strict=True):
        matrix[rows, base + offset] = weight
    return matrix


def blur(field: Field, sigma: float, axes: Sequence[int] = (-2, -1)) -> Field:
    """Return a field convolved with a Gaussian of `sigma` samples along some axes."""
    if sigma <= 0:
        return field
    reach = max(1, round(3 * sigma))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    taps = (taps / taps.sum()).astype(np.float32)
    for axis in axes:
        field = _convolve(field, taps, axis)
    return field


def _convolve(field: Field, taps: Field, axis: int) -> Field:
    reach = len(taps) // 2
    pad = [(0, 0)] * field.ndim
    pad[axis] = (reach, reach)
    padded = np.pad(field, pad, mode="edge")
    length = field.shape[axis]
    index: list[slice] = [slice(None)] * field.ndim
    out = np.zeros_like(field)
    for k, tap in enumerate(taps):
        index[axis] = slice(k, k + length)
        out += tap * padded[tuple(index)]
    return out


def soft_step(distance: Field, width: float) -> Field:
    """Return 1 inside (negative distance), 0 outside, a ramp of `width` between."""
    cover: Field = np.clip(0.5 - distance / np.float32(width), 0, 1)
    return cover


def resize(field: Field, shape: tuple[int, int]) -> Field:
    """Return a picture on another matrix, cubic along both axes."""
    for axis, size in enumerate(shape):
        have = field.shape[axis]
        at = np.linspace(1, have, size, dtype=np.float32)
        padded = np.pad(field, [(1, 2) if a == axis else (0, 0) for a in range(2)], mode="edge")
        matrix = spline_matrix(at, have + 3)
        field = matrix @ padded if axis == 0 else padded @ matrix.T
    return field


def power_noise(rng: np.random.Generator, shape: tuple[int, int], exponent: float) -> Field:
    """Return noise whose power falls with frequency as f**-exponent; mean 0, deviation 1."""
    fy = np.fft.fftfreq(shape[0])[:, None].astype(np.float32) * shape[0] / shape[1]
    fx = np.fft.rfftfreq(shape[1])[None, :].astype(np.float32)
    radius = np.sqrt(fx**2 + fy**2)
    radius[0, 0] = 1
    spectrum = np.fft.rfft2(rng.standard_normal(shape, dtype=np.float32))
    spectrum *= radius ** (-exponent / 2)
    spectrum[0, 0] = 0
    noise: Field = np.fft.irfft2(spectrum, s=shape).astype(np.float32)
    noise /= noise.std()
    return noise


@dataclass(frozen=True, kw_only=True)
class Lattice:
    """Smooth noise that fills space: random values on a lattice, B-splines between."""

    values: Field  #: indexed z, y, x
    cell: float  #: mm between lattice points

    @classmethod
    def make(
        cls, rng: np.random.Generator, cell: float, extent: tuple[float, float, float]
    ) -> "Lattice":
        """Fill a box of `extent` mm (x, y, z) around the origin; deviation about 1."""
        shape = [int(2 * half / cell) + 8 for half in reversed(extent)]
        return cls(values=3.2 * rng.standard_normal(shape, dtype=np.float32), cell=cell)

    def plane(self, xs: Field, ys: Field, z: float) -> Field:
        """Return the noise on an axial plane."""
        depth, height, width = self.values.shape
        wz = spline_matrix(self._knot(np.array([z], dtype=np.float32), depth), depth)[0]
        near = np.nonzero(wz)[0]
        layers = slice(int(near[0]), int(near[-1]) + 1)
        sheet = np.tensordot(wz[layers], self.values[layers], axes=1)
        my = spline_matrix(self._knot(ys, height), height)
        mx = spline_matrix(self._knot(xs, width), width)
        result: Field = (my @ sheet @ mx.T) * np.float32(0.55)
        return result

    def _knot(self, at: Field, count: int) -> Field:
        return at / np.float32(self.cell) + np.float32(count / 2)
