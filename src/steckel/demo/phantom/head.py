"""A head around a brain: skull, scalp, eyes, air spaces, face and neck.

Outside the brain every voxel is one material; the modalities look up what
they make of it. Lesions are added by the exams, on the way to an intensity.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from steckel.demo.phantom.brain import Brain, Hull, Volume, axis, load
from steckel.demo.phantom.canvas import Point
from steckel.demo.phantom.fields import Field, Lattice, random


class Material(IntEnum):
    """What a voxel outside the brain is made of."""

    AIR = 0
    SKIN = 1
    FAT = 2
    MUSCLE = 3
    CORTEX = 4  #: compact bone
    DIPLOE = 5  #: spongy bone and its marrow
    FLUID = 6
    VITREOUS = 7
    LENS = 8
    MUCOSA = 9
    BRAIN = 10  #: look at the tissue maps
    CORD = 11


_EYE_MUSCLES: tuple[tuple[Point, Point], ...] = (
    ((31, -44, -28), (4, 20, 2.6)),
    ((31, -44, -45), (4, 20, 2.6)),
    ((20, -44, -36), (2.4, 20, 5)),
    ((43, -46, -36), (2.4, 20, 5)),
)


@dataclass(frozen=True, kw_only=True)
class Head:
    """Materials of a head, with the brain in it."""

    brain: Brain
    materials: Volume


def build() -> Head:
    """Build the head around the brain that is available."""
    brain = load()
    hull = Hull(brain)
    materials: Volume = np.zeros(brain.t1.shape, dtype=np.uint8)
    bumps = Lattice.make(random("head"), 20.0, (110, 140, 140))
    grain = Lattice.make(random("bone"), 4.0, (110, 140, 140))
    for k, z in enumerate(axis(2)):
        plane = _Plane(float(z), hull.plane(k), bumps, grain)
        materials[k] = plane.materials
        materials[k][brain.t1[k] > 0] = Material.BRAIN
    return Head(brain=brain, materials=materials)


class _Plane:
    """One axial plane of the head while it is painted."""

    def __init__(self, z: float, hull: Field, bumps: Lattice, grain: Lattice) -> None:
        self.z = z
        xs, ys = axis(0), axis(1)
        self.bump = bumps.plane(xs, ys, z)
        self.grain = grain.plane(xs, ys, z)
        self.x = np.abs(xs)[None, :] + 0.8 * self.bump
        self.y = ys[:, None] + 0.8 * self.bump
        self.hull = hull + 0.5 * self.bump
        self.materials: Volume = np.zeros(hull.shape, dtype=np.uint8)
        self._soft_tissue()
        self._skull()
        self._face()
        self._neck()

    def _blob(self, center: Point, semi: Point) -> Field:
        """Return about the distance to an ellipsoid, mirrored where x is not 0."""
        x, y = self.x - center[0], self.y - center[1]
        height = (self.z - center[2]) / semi[2]
        radius = np.sqrt((x / semi[0]) ** 2 + (y / semi[1]) ** 2 + np.float32(height**2))
        distance: Field = (radius - 1) * np.float32(min(semi))
        return distance

    def _fill(self, distance: NDArray[np.floating], material: Material) -> None:
        self.materials[distance < 0] = material

    def _soft_tissue(self) -> None:
        jaw = self._blob((0, -34, -78), (60, 62, 62))
        cheek = self._blob((30, -48, -66), (34, 40, 48))
        neck = np.maximum(self._blob((0, 26, self.z), (60, 62, 99)), np.float32(self.z + 48))
        nose = self._blob((0, -92, -58), (13, 19, 21))
        ear = self._blob((81, 20, -36), (7, 15, 27))
        skin = self.hull - 16.2
        for part in (jaw, cheek, neck):
            both = np.clip(9 - np.abs(skin - part), 0, None)
            skin = np.minimum(skin, part) - both**2 / 36
        both = np.clip(10 - np.abs(skin - nose), 0, None)
        skin = np.minimum(np.minimum(skin, nose) - both**2 / 30, ear)
        self.skin = skin
        self._fill(skin, Material.SKIN)
        self._fill(skin + 2.0, Material.FAT)
        meat = skin + 9 + 3.5 * self.bump + np.float32(99 * (self.z > 0))
        planes = np.abs(self.bump + 0.5 * self.grain) - 0.10  # fat between the muscles
        meat = np.maximum(meat, -planes)
        temporal = self._blob((70, -22, -16), (9, 30, 42))
        self._fill(np.minimum(meat, np.maximum(temporal, skin + 4)), Material.MUSCLE)

    def _skull(self) -> None:
        outer = self.hull - 10.6 - 0.6 * self.bump
        inner = self.hull - 3.6
        opening = self._blob((0, 30, -66), (17, 19, 26))
        front = np.maximum(self._blob((0, -62, -52), (30, 44, 26)), -inner)
        bone = np.maximum(np.maximum(outer, -opening), np.float32(-62 - self.z) + self.bump)
        bone = np.maximum(bone, -front)
        self._fill(bone, Material.CORTEX)
        spongy = np.maximum(np.maximum(bone + 2.1, -(inner - 2.0)), -0.9 - self.grain)
        self._fill(spongy, Material.DIPLOE)
        self._fill(inner, Material.FLUID)
        petrous = self._blob((38, 20, -38), (26, 11, 11))
        self._fill(petrous, Material.CORTEX)
        cells = np.maximum(self._blob((54, 36, -46), (12, 15, 18)), 0.15 - self.grain)
        self._fill(np.maximum(cells, self.skin + 6), Material.AIR)

    def _face(self) -> None:
        rim = self._blob((31, -56, -36), (21, 24, 20))
        self._fill(np.maximum(rim, -self.hull + 5), Material.CORTEX)
        orbit = self._blob((31, -60, -36), (18, 26, 17))
        self._fill(np.maximum(orbit, self.skin + 3), Material.FAT)
        for center, semi in _EYE_MUSCLES:
            self._fill(self._blob(center, semi), Material.MUSCLE)
        self._fill(self._blob((25, -40, -36), (2.4, 22, 2.4)), Material.CORD)
        eye = self._blob((32, -66, -36), (12.3, 12.3, 12.3))
        self._fill(eye, Material.SKIN)
        self._fill(eye + 1.1, Material.VITREOUS)
        self._fill(self._blob((32, -74.5, -36), (4.8, 2.2, 4.8)), Material.LENS)
        self._airways()

    def _airways(self) -> None:
        for center, semi in (((27, -56, -66), (15, 18, 15)), ((7, -24, -34), (10, 12, 9)),
                             ((9, -78, -6), (9, 5, 9)), ((6, -52, -36), (9, 22, 9))):  # fmt: skip
            hollow = np.maximum(self._blob(center, semi), self.skin + 4)
            self._fill(hollow, Material.CORTEX)
            self._fill(hollow + 1.2, Material.MUCOSA)
            walls = np.abs(np.sin(self.y / 3.2)) - 0.16 if center[0] == 6 else np.float32(9)
            self._fill(np.maximum(hollow + 1.9, -walls), Material.AIR)
        nose = np.maximum(self._blob((7, -64, -58), (6, 36, 17)), self.skin + 2.5)
        self._fill(nose, Material.AIR)
        self._fill(self._blob((8, -60, -62), (3.2, 24, 6)), Material.MUCOSA)
        palate = np.maximum(
            np.abs(self._blob((0, -62, -112), (30, 34, 34))) - 2.2, -78 - self.z + 0 * self.x
        )
        self._fill(np.maximum(palate, self.skin + 6), Material.CORTEX)
        jaw = np.maximum(
            np.abs(self._blob((0, -48, -112), (42, 42, 60))) - 3.4, np.abs(self.z + 112) - 14
        )
        self._fill(np.maximum(jaw, self.y + 30), Material.CORTEX)
        self._fill(np.maximum(jaw, self.y + 30) + 1.6, Material.DIPLOE)
        self._fill(self._blob((0, -44, -102), (21, 32, 15)), Material.MUSCLE)
        throat = self._blob((0, -4, self.z), (10, 6.5, 99))
        self._fill(np.maximum(throat, self.z + 48 + 0 * self.x), Material.AIR)

    def _neck(self) -> None:
        if self.z > -58:
            return
        lean = (self.z + 60) * -0.09
        canal = self._blob((0, 32 + lean, self.z), (11, 10, 99))
        body = self._blob((0, 11 + lean, self.z), (14, 9, 99))
        arch = np.abs(self._blob((0, 32 + lean, self.z), (16, 16, 99))) - 2.4
        phase = (-self.z / 17) % 1
        if self.z < -76 and phase > 0.12:
            self._fill(body, Material.CORTEX)
            self._fill(body + 1.4, Material.DIPLOE)
        if self.z < -72 and 0.25 < phase < 0.8:
            self._fill(np.maximum(arch, 6 - self.y + 11 + lean), Material.CORTEX)
        self._fill(canal, Material.FLUID)
        self._fill(self._blob((0, 31 + lean, self.z), (6.4, 5.2, 99)), Material.CORD)
