"""A beating heart by ultrasound: the apical four-chamber view, with speckle.

Echoes are random scatterers weighted by tissue, convolved with the beam in
polar coordinates, log-compressed and scan-converted, as a scanner does it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steckel.demo.phantom.fields import Field, blur, random, soft_step

_DEPTH, _SPREAD = 165.0, np.radians(42)
_BEAMS, _SAMPLES = 150, 460


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Where the sector lies on the screen."""

    rows: int
    columns: int
    top: int  #: row of the transducer's face
    mm_per_pixel: float


def screen(rows: int, columns: int) -> Screen:
    """Fit the sector into a screen."""
    top = round(rows * 0.06)
    return Screen(rows=rows, columns=columns, top=top, mm_per_pixel=_DEPTH / (rows * 0.86))


def squeeze(phase: float) -> float:
    """Return how far the ventricles are contracted, 0 to 1, at a phase of the beat."""
    if phase < 0.38:
        return float(np.sin(np.pi * phase / 0.76) ** 1.5)
    return (
        float(np.clip(np.cos(np.pi * (phase - 0.38) / 0.36), -1, 1) / 2 + 0.5)
        if phase < 0.74
        else 0.0
    )


class Cine:
    """One heartbeat, frame by frame."""

    def __init__(self, seed: str, at: Screen) -> None:
        self.at = at
        self.seed = seed
        rng = random(seed, "scatterers")
        shape = (2, _SAMPLES + 80, _BEAMS)
        self.scatterers: Field = rng.standard_normal(shape, dtype=np.float32)
        r = np.linspace(4, _DEPTH, _SAMPLES, dtype=np.float32)[:, None]
        angle = np.linspace(-_SPREAD, _SPREAD, _BEAMS, dtype=np.float32)[None, :]
        self.x, self.y = r * np.sin(angle), r * np.cos(angle)
        shadow = blur(rng.standard_normal((1, _BEAMS), dtype=np.float32), 5, axes=(1,))
        self.gain = (
            (1 + 1.1 * shadow)
            * np.exp(-((r - 80) ** 2) / 26000)
            * (1.08 - 0.5 * (angle / _SPREAD) ** 4)
        )
        self._prepare_conversion()

    def frame(self, phase: float) -> NDArray[np.uint8]:
        """Return the screen, grey 0 to 255, at a phase of the beat."""
        pull = squeeze(phase)
        echo = self._tissue(pull, phase)
        moved = self._scatter(pull, phase)
        field = blur(moved * echo, 1.0)
        envelope = np.sqrt(field[0] ** 2 + field[1] ** 2) * np.clip(self.gain, 0.2, None)
        level = 20 * np.log10(envelope + 1e-4)
        gray = np.clip((level + 46) / 46, 0, 1) * 235
        return self._convert(gray.astype(np.float32))

    def flow(self, phase: float) -> Field:
        """Return blood velocity towards the transducer, -1 to 1, on the screen."""
        pull = squeeze(phase)
        filling = float(
            np.exp(-(((phase - 0.62) / 0.09) ** 2)) + 0.6 * np.exp(-(((phase - 0.92) / 0.05) ** 2))
        )
        inflow = np.exp(-(((self.x - 15) / 9) ** 2) - ((self.y - 88) / 24) ** 2) * filling
        ejection = float(np.exp(-(((phase - 0.18) / 0.11) ** 2)))
        out = np.exp(-(((self.x - 4) / 7) ** 2) - ((self.y - 92) / 20) ** 2) * ejection
        grain = 0.75 + 0.35 * self.scatterers[0, :_SAMPLES]
        inside = self._chamber((15, 66, 21, 44), pull) < -1
        return self._convert_float(blur((inflow - out) * grain * (inside | (self.y > 96)), 1.0))

    def _tissue(self, pull: float, phase: float) -> Field:
        """Return echogenicity: bright pericardium and valves, grey muscle, dark blood."""
        x, y = self.x, self.y
        outer = np.sqrt(((x - 1) / (52 - 2 * pull)) ** 2 + ((y - 88) / 72) ** 2)
        echo = np.where(outer < 1, 0.20, 0.045).astype(np.float32)
        echo += 0.55 * np.exp(-(((outer - 1.0) / 0.035) ** 2))
        for chamber in ((15, 66, 21, 44), (-23, 70, 15, 34)):
            distance = self._chamber(chamber, pull)
            echo += soft_step(distance, 2.0) * (0.010 - echo)
        lift = 9 * pull
        for cx in (17.0, -20.0):
            atrium = (
                np.sqrt(
                    ((x - cx) / (17 + 2 * pull)) ** 2
                    + ((y - 121 + lift / 2) / (22 + lift / 2)) ** 2
                )
                - 1
            ) * 17
            echo += soft_step(atrium, 2.0) * (0.010 - echo)
        self._valves(echo, 104 - lift, phase)
        return echo

    def _chamber(self, shape: tuple[float, float, float, float], pull: float) -> Field:
        cx, cy, a, b = shape
        a, b = a * (1 - 0.30 * pull), b * (1 - 0.13 * pull)
        bullet = np.where(self.y < cy, self.y - cy, (self.y - cy) * 1.15)
        distance: Field = (np.sqrt(((self.x - cx) / a) ** 2 + (bullet / b) ** 2) - 1) * np.float32(
            a
        )
        return distance

    def _valves(self, echo: Field, hinge: float, phase: float) -> None:
        """Open the leaflets in diastole, close them in systole."""
        opened = 1.0 if 0.48 < phase < 0.72 or phase > 0.86 else 0.0
        if 0.72 <= phase <= 0.86:
            opened = 0.35
        for left, right in ((2.0, 33.0), (-36.0, -6.0)):
            half = (right - left) / 2
            for at, sign in ((left, 1.0), (right, -1.0)):
                tip = (at + sign * half * (1 - 0.72 * opened), hinge - 3 - 14 * opened)
                self._stroke(echo, (at, hinge), tip)

    def _stroke(self, echo: Field, a: tuple[float, float], b: tuple[float, float]) -> None:
        ax, ay = b[0] - a[0], b[1] - a[1]
        along = np.clip(((self.x - a[0]) * ax + (self.y - a[1]) * ay) / (ax**2 + ay**2), 0, 1)
        gap = np.sqrt((self.x - a[0] - along * ax) ** 2 + (self.y - a[1] - along * ay) ** 2)
        leaflet = soft_step((gap - 1.2).astype(np.float32), 1.5)
        np.maximum(echo, 0.6 * leaflet, out=echo)

    def _scatter(self, pull: float, phase: float) -> Field:
        """Move the scatterers with the muscle; blood has new ones in every frame."""
        shift = 40 + (18 * pull * np.exp(-(((self.y - 95) / 45) ** 2))).astype(int)
        rows = np.arange(_SAMPLES)[:, None] + shift
        moved: Field = self.scatterers[:, rows, np.arange(_BEAMS)[None, :]]
        blood = random(self.seed, "blood", round(phase * 1000))
        moved += 0.25 * blood.standard_normal(moved.shape, dtype=np.float32)
        return moved

    def _prepare_conversion(self) -> None:
        at = self.at
        px = (np.arange(at.columns) - at.columns / 2) * at.mm_per_pixel
        py = (np.arange(at.rows) - at.top) * at.mm_per_pixel
        radius = np.hypot(px[None, :], py[:, None])
        angle = np.arctan2(px[None, :], np.maximum(py[:, None], 1e-6))
        i = (radius - 4) / (_DEPTH - 4) * (_SAMPLES - 1)
        j = (angle + _SPREAD) / (2 * _SPREAD) * (_BEAMS - 1)
        self.visible = (
            (i >= 0) & (i < _SAMPLES - 1) & (j >= 0) & (j < _BEAMS - 1) & (py[:, None] > 0)
        )
        i, j = i[self.visible], j[self.visible]
        self.i, self.j = i.astype(int), j.astype(int)
        self.fi, self.fj = (i - self.i).astype(np.float32), (j - self.j).astype(np.float32)

    def _convert_float(self, polar: Field) -> Field:
        i, j, fi, fj = self.i, self.j, self.fi, self.fj
        upper = polar[i, j] * (1 - fj) + polar[i, j + 1] * fj
        lower = polar[i + 1, j] * (1 - fj) + polar[i + 1, j + 1] * fj
        out = np.zeros(self.visible.shape, dtype=np.float32)
        out[self.visible] = upper * (1 - fi) + lower * fi
        return out

    def _convert(self, polar: Field) -> NDArray[np.uint8]:
        return np.clip(self._convert_float(polar), 0, 255).astype(np.uint8)
