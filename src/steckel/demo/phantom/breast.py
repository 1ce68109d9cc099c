"""A compressed breast as a mammogram shows it: fat, glandular tissue, skin, muscle.

Computed at half the detector's resolution with u the distance from the chest
wall and v the distance along it, in mm; fine grain comes at full resolution.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from steckel.demo.phantom.fields import Field, blur, power_noise, random, resize, soft_step

View = Literal["CC", "MLO"]
_DEPTH, _HALF = 98.0, 88.0


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A mass: where it is (u, v in mm from the nipple's line) and how large."""

    u: float
    v: float
    diameter: float
    spiculated: bool = True


@dataclass(frozen=True, kw_only=True)
class Breast:
    """One breast."""

    seed: str
    density: float  #: 0 fatty to 1 dense
    findings: tuple[Finding, ...] = ()
    calcifications: int = 0

    def picture(self, view: View, shape: tuple[int, int], pixel: float) -> Field:
        """Return the processed image, 0 (air) to about 1, chest wall at column 0."""
        rows, columns = shape[0] // 2, shape[1] // 2
        u = ((np.arange(columns) + 0.5) * pixel * 2).astype(np.float32)[None, :]
        v = ((np.arange(rows) - rows / 2) * pixel * 2).astype(np.float32)[:, None]
        rng = random(self.seed, view)
        inside = _outline(u, v, view, power_noise(rng, (rows, columns), 3.6))
        image = self._tissue(rng, u, v, inside)
        if view == "MLO":
            _pectoral(image, u, v, power_noise(rng, (rows, columns), 2.8))
        for finding in self.findings:
            _mass(image, u, v, finding, rng)
        _calcify(image, u, v, self.calcifications, random(self.seed, "calcifications"))
        image *= soft_step(inside, 1.5)
        _skin(image, inside, u)
        return np.clip(resize(blur(image, 0.6), shape), 0, 1.2)

    def _tissue(self, rng: np.random.Generator, u: Field, v: Field, inside: Field) -> Field:
        """Fat with strands, glandular tissue behind the nipple, ducts towards it."""
        shape = inside.shape
        cloud = power_noise(rng, shape, 3.3)
        strands = 1 - np.abs(power_noise(rng, shape, 2.9)) * 1.4
        veil = 1 - np.abs(blur(power_noise(rng, shape, 2.7), 1.0)) * 1.3
        ducts = _ducts(rng, u, v)
        deep = np.sqrt(((u - 48) / 46) ** 2 + ((v + 8) / 56) ** 2)
        place = np.clip(1.3 - deep, 0, 1)
        gland = (
            np.clip(0.5 + 0.55 * cloud + 1.6 * (place - 1.05 + 0.8 * self.density), 0, 1) * place
        )
        image = 0.27 + 0.03 * cloud + 0.055 * np.clip(strands, 0, 1) + 0.03 * np.clip(veil, 0, 1)
        image += gland * (0.20 + 0.09 * np.clip(veil, -0.5, 1) + 0.06 * np.clip(strands, -1, 1))
        image += 0.05 * ducts * np.clip(1.2 - deep, 0, 1)
        edge = np.clip(-inside / 14, 0, 1)
        result: Field = (image * (0.55 + 0.45 * np.sqrt(edge))).astype(np.float32)
        return result


def _outline(u: Field, v: Field, view: View, wobble: Field) -> Field:
    """Return about the distance in mm to the skin, negative inside."""
    if view == "CC":
        radius = ((u / _DEPTH) ** 2.2 + (np.abs(v + 4) / _HALF) ** 2.2) ** (1 / 2.2)
    else:
        low = np.abs(v - 14) / np.where(v > 14, 74.0, 118.0)
        slope = np.where(v < -40, (-v - 40) * 0.10, 0)
        radius = ((np.maximum(u - slope, 0) / (_DEPTH + 4)) ** 2.1 + low**2.3) ** (1 / 2.15)
    distance = (radius - 1) * 80 + 0.7 * wobble
    tip = 6 if view == "CC" else 22
    nipple = np.sqrt(((u - _DEPTH - 1) / 7) ** 2 + ((v - tip + 10) / 5.5) ** 2)
    result: Field = np.minimum(distance, (nipple - 1) * 5.5).astype(np.float32)
    return result


def _ducts(rng: np.random.Generator, u: Field, v: Field) -> Field:
    """Return fine lines that run towards the nipple."""
    angle = np.arctan2(v + 2, _DEPTH + 4 - u) + 0.0 * u
    reach = np.sqrt((_DEPTH + 4 - u) ** 2 + (v + 2) ** 2)
    table = blur(rng.standard_normal((160, 24), dtype=np.float32), 0.7)
    i = np.clip((angle + np.pi / 2) / np.pi * 159, 0, 158.99)
    j = np.clip(reach / 7, 0, 22.99)
    i0, j0 = i.astype(int), j.astype(int)
    fi, fj = i - i0, j - j0
    value = (table[i0, j0] * (1 - fi) + table[i0 + 1, j0] * fi) * (1 - fj)
    value += (table[i0, j0 + 1] * (1 - fi) + table[i0 + 1, j0 + 1] * fi) * fj
    result: Field = np.clip(1.2 - 2.5 * np.abs(value), 0, 1).astype(np.float32)
    return result


def _pectoral(image: Field, u: Field, v: Field, fibres: Field) -> None:
    """Lay the pectoral muscle over the upper corner."""
    edge = u - (38 - v) * 0.36 + 0.0006 * (v + 50) ** 2 + 0.8 * fibres
    cover = soft_step(edge, 2.6) * np.clip((38 - v) / 20, 0, 1)
    strands = np.sin((u * 0.9 + v * 0.36) * 0.55 + 2.4 * fibres)
    image += cover * (
        0.20 + 0.55 * image + 0.10 * np.clip((8 - v) / 90, 0, 1) + 0.018 * strands + 0.03 * fibres
    )
    image -= cover * 0.45 * image


def _mass(image: Field, u: Field, v: Field, finding: Finding, rng: np.random.Generator) -> None:
    du, dv = u - finding.u, v - finding.v
    distance = np.sqrt(du**2 + dv**2)
    angle = np.arctan2(dv, du)
    radius = finding.diameter / 2
    lobes = sum(
        rng.uniform(0.02, 0.07) * np.sin(n * angle + rng.uniform(0, 6.3)) for n in range(2, 7)
    )
    cover = 1 / (1 + np.exp(np.clip((distance - radius * (1 + lobes)) / 0.7, -30, 30)))
    image += 0.24 * cover
    if finding.spiculated:
        spokes = np.cos(angle * 9 + 1.3 * np.sin(angle * 2)) ** 12
        fade = np.clip(1 - (distance - radius) / (radius * 1.9), 0, 1) * (distance > radius * 0.8)
        image += 0.10 * spokes * fade


def _calcify(image: Field, u: Field, v: Field, count: int, rng: np.random.Generator) -> None:
    """Sprinkle a cluster of microcalcifications."""
    step = float(u[0, 1] - u[0, 0])
    for _ in range(count):
        at = rng.normal((58, -26), (3.5, 3.0))
        column = int((at[0] - float(u[0, 0])) / step)
        row = int((at[1] - float(v[0, 0])) / step)
        image[row : row + 2, column : column + 1 + int(rng.integers(2))] += rng.uniform(0.2, 0.45)


def _skin(image: Field, inside: Field, u: Field) -> None:
    line = np.clip(1 - np.abs(inside + 1.0) / 1.1, 0, 1)
    image += 0.15 * line * np.clip((u - 8) / 30, 0, 1)
