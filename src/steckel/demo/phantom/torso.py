"""A computed chest and upper abdomen in a venous contrast phase.

`Torso.plane` evaluates Hounsfield units on any axial grid. The order is from
outside in: table, wall, cavity, lungs, abdomen, mediastinum; the wall is in
`torso_wall`, the organs in `torso_organs`, the branching vessels of the lungs
in `vessels`.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from steckel.demo.phantom import torso_organs, torso_wall
from steckel.demo.phantom.canvas import Canvas, Point
from steckel.demo.phantom.fields import Field, Lattice, random

AIR = -1000.0

#: z (mm), half widths of the chest cavity across and front to back, its centre's y.
_CAVITY = np.array(
    [
        (-230, 128, 86, 2),
        (-150, 135, 88, 2),
        (-60, 137, 89, 2),
        (20, 134, 88, 2),
        (60, 124, 80, 6),
        (90, 104, 66, 13),
        (112, 80, 52, 19),
        (128, 58, 38, 24),
        (145, 38, 26, 26),
    ],
    dtype=np.float32,
)


@dataclass(frozen=True, kw_only=True)
class Nodule:
    """A solid nodule in the right upper lobe."""

    center: Point
    diameter: float  #: mm
    spiculated: bool = False


@dataclass(frozen=True, kw_only=True)
class Torso:
    """One person's chest on one day."""

    seed: str
    breath: float = 0.0  #: mm by which the diaphragm stands higher than usual
    nodule: Nodule | None = None
    effusion: float = 0.0  #: depth of fluid in the right pleural space, mm
    table: bool = True

    @cached_property
    def lattices(self) -> dict[str, Lattice]:
        """Return the noise that bends the anatomy (w, f) and gives it texture."""
        space = (260.0, 200.0, 260.0)
        cells = {"wx": 44.0, "wy": 44.0, "fx": 15.0, "fy": 15.0, "organ": 14.0, "lung": 5.0}
        return {
            name: Lattice.make(random(self.seed, name), cell, space) for name, cell in cells.items()
        }

    def plane(self, xs: Field, ys: Field, z: float) -> Field:
        """Return Hounsfield units of the axial plane at `z`."""
        canvas = Canvas(xs, ys, z, AIR)
        if self.table:
            torso_wall.table(canvas)
        canvas.warp(self._shift("x", xs, ys, z), self._shift("y", xs, ys, z))
        texture = self.lattices["organ"].plane(xs, ys, z)
        cavity = torso_wall.wall(canvas, cavity_at(z), texture)
        self._lungs(canvas, cavity)
        torso_organs.abdomen(canvas, cavity, texture, self.breath)
        torso_organs.mediastinum(canvas, cavity, texture)
        torso_wall.spine(canvas, texture)
        if self.nodule:
            torso_organs.nodule(
                canvas, self.nodule.center, self.nodule.diameter, self.nodule.spiculated
            )
        return canvas.values

    def where(self, point: Point) -> Point:
        """Return where a point of the anatomy really lies after the warp."""
        x, y, z = point
        for _ in range(4):
            at = np.array([x], dtype=np.float32), np.array([y], dtype=np.float32)
            x = point[0] - float(self._shift("x", *at, z)[0, 0])
            y = point[1] - float(self._shift("y", *at, z)[0, 0])
        return x, y, z

    def _shift(self, axis: str, xs: Field, ys: Field, z: float) -> Field:
        """Return how far anatomy is moved along an axis: a coarse and a fine bend."""
        coarse = self.lattices[f"w{axis}"].plane(xs, ys, z)
        return 3.4 * coarse + 1.0 * self.lattices[f"f{axis}"].plane(xs, ys, z)

    def _lungs(self, canvas: Canvas, cavity: Field) -> None:
        """Fill the cavity with lung: denser where it lies on the back."""
        fine = self.lattices["lung"].plane(canvas.xs, canvas.ys, canvas.z)
        lung = -868 + 0.42 * canvas.y + 13 * fine
        canvas.paint(cavity, lung.astype(np.float32))
        if self.effusion:
            canvas.paint(self._fluid(canvas, cavity), 9.0)

    def _fluid(self, canvas: Canvas, cavity: Field) -> Field:
        """Let pleural fluid on the right follow gravity: to the back lying, down standing."""
        if self.table:
            level = 86 - self.effusion - canvas.y
        else:
            meniscus = 26 * (np.abs(canvas.x) / 130) ** 4
            level = canvas.z + 138 - 2 * self.effusion - meniscus
        fluid: Field = np.maximum(np.maximum(cavity, level), canvas.x + 6)
        return fluid


def cavity_at(z: float) -> tuple[float, float, float]:
    """Return the half widths of the chest cavity and the y of its centre at a height."""
    a, b, y = (float(np.interp(z, _CAVITY[:, 0], _CAVITY[:, k])) for k in (1, 2, 3))
    return a, b, y
