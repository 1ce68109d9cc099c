"""A left hand seen from the back: soft tissue, bones with cortex, a broken metacarpal."""

from dataclasses import dataclass

import numpy as np

from steckel.demo.phantom.fields import Field, blur, power_noise, random

#: Base and direction (degrees from upwards) of each ray, then the lengths of its bones.
_RAYS: tuple[tuple[tuple[float, float], float, tuple[float, ...]], ...] = (
    ((22, 12), 38.0, (44, 32, 24)),
    ((13, -4), 9.0, (66, 40, 24, 18)),
    ((2, -8), 1.0, (63, 44, 29, 19)),
    ((-9, -6), -6.0, (57, 41, 28, 19)),
    ((-18, -1), -14.0, (52, 33, 20, 17)),
)
_WIDTHS = (4.9, 4.3, 3.7, 3.2)
#: Carpal bones: centre, half axes.
_CARPALS = (
    ((17, 22), (6.5, 9.5)), ((5, 27), (7, 7)), ((-7, 27), (6, 6.5)), ((-10, 21), (4, 4)),
    ((17, 9), (6, 5.5)), ((10, 10), (5, 5.5)), ((1, 11), (6.5, 9.5)), ((-11, 10), (6.5, 8)),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Hand:
    """A hand; `healing` is None unhurt, 0 freshly broken, 1 with full callus."""

    seed: str
    healing: float | None = None

    def picture(self, shape: tuple[int, int], pixel: float) -> Field:
        """Return line integrals of attenuation; fingers up, y grows downwards."""
        x = ((np.arange(shape[1]) - shape[1] * 0.46) * pixel).astype(np.float32)[None, :]
        y = ((np.arange(shape[0]) - shape[0] * 0.775) * pixel).astype(np.float32)[:, None]
        rng = random(self.seed, "hand")
        weave = power_noise(rng, shape, 1.6)
        flesh, bone = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        for number, ray in enumerate(_RAYS):
            self._ray(flesh, bone, (x, y), number, ray)
        _palm(flesh, x, y)
        for center, semi in _CARPALS:
            np.maximum(bone, 0.92 * _ellipse(x, y, center, semi), out=bone)
        _forearm(flesh, bone, x, y)
        flesh = blur(np.minimum(flesh, 26), 7) * (1 + 0.025 * power_noise(rng, shape, 2.6))
        image: Field = 0.019 * flesh + 0.040 * bone * (1 + 0.085 * weave * (bone > 1))
        return image

    def _ray(
        self,
        flesh: Field,
        bone: Field,
        grid: tuple[Field, Field],
        number: int,
        ray: tuple[tuple[float, float], float, tuple[float, ...]],
    ) -> None:
        at: Field = np.array(ray[0], dtype=np.float32)
        angle = np.radians(ray[1])
        for k, length in enumerate(ray[2]):
            way: Field = np.array((np.sin(angle), -np.cos(angle)), dtype=np.float32)
            end = at + way * length
            width = _WIDTHS[min(k + (number == 0 and k > 0), 3)] * (1.12 if number == 0 else 1.0)
            if number == 4 and k == 0 and self.healing is not None:
                end = self._broken(bone, grid, at, way, length)
            else:
                np.maximum(bone, _long_bone(grid, at, end, width), out=bone)
            soft = width + (5.2 if k else 7.5)
            np.maximum(flesh, 1.7 * _chord(_distance(grid, at, end)[0], soft), out=flesh)
            at = end + way * 1.6
            angle *= 0.86

    def _broken(
        self, bone: Field, grid: tuple[Field, Field], at: Field, way: Field, length: float
    ) -> Field:
        """Draw the fifth metacarpal broken at its neck, the head tilted to the palm."""
        neck = at + way * length * 0.74
        turn = np.radians(-24)
        c, s = np.cos(turn), np.sin(turn)
        bent: Field = np.array((way[0] * c - way[1] * s, way[0] * s + way[1] * c), dtype=np.float32)
        tip: Field = neck + bent * length * 0.27
        np.maximum(bone, _long_bone(grid, at, neck - way * 0.5, 4.5), out=bone)
        np.maximum(bone, _long_bone(grid, neck + bent * 0.7, tip, 4.9), out=bone)
        if self.healing:
            cloud = np.sqrt((grid[0] - neck[0]) ** 2 + (grid[1] - neck[1]) ** 2)
            np.maximum(bone, 7.5 * self.healing * np.exp(-((cloud / 6.5) ** 2)), out=bone)
        return tip


def _distance(grid: tuple[Field, Field], a: Field, b: Field) -> tuple[Field, Field]:
    """Return the distance to a segment and how far along it (0 to 1)."""
    axis = b - a
    along = ((grid[0] - a[0]) * axis[0] + (grid[1] - a[1]) * axis[1]) / float(axis @ axis)
    along = np.clip(along, 0, 1).astype(np.float32)
    gap = np.sqrt((grid[0] - a[0] - along * axis[0]) ** 2 + (grid[1] - a[1] - along * axis[1]) ** 2)
    return gap.astype(np.float32), along


def _chord(distance: Field, radius: float | Field) -> Field:
    chord: Field = 2 * np.sqrt(np.maximum(np.float32(1) * radius**2 - distance**2, 0))
    return chord


def _long_bone(grid: tuple[Field, Field], a: Field, b: Field, width: float) -> Field:
    """Return bone thickness of a shaft: wide spongy ends, thick cortex in the middle."""
    distance, along = _distance(grid, a, b)
    flare = np.abs(along - 0.46) * 2
    radius = width * (0.74 + 0.42 * flare**2.2)
    cortex = np.maximum(width * (0.42 - 0.36 * flare), 0.55)
    hollow = _chord(distance, np.maximum(radius - cortex, 0.1))
    result: Field = _chord(distance, radius) - hollow * (0.80 - 0.25 * flare)
    return result


def _ellipse(x: Field, y: Field, center: tuple[float, float], semi: tuple[float, float]) -> Field:
    radius = ((x - center[0]) / semi[0]) ** 2 + ((y - center[1]) / semi[1]) ** 2
    body = np.sqrt(np.maximum(1 - radius, 0)) * min(semi) * 2
    inner = np.sqrt(np.maximum(1 - radius * 1.35, 0)) * min(semi) * 1.7
    result: Field = (body - 0.62 * inner).astype(np.float32)
    return result


def _palm(flesh: Field, x: Field, y: Field) -> None:
    palm = ((np.abs(x + 1) / 40) ** 3 + (np.abs(y + 10) / 58) ** 3) ** (1 / 3)
    thumb = np.sqrt(((x - 30) / 22) ** 2 + ((y + 4) / 32) ** 2)
    np.maximum(flesh, 26 * np.sqrt(np.clip(1.02 - palm**2, 0, 1)), out=flesh)
    np.maximum(flesh, 24 * np.sqrt(np.clip(1 - thumb**2, 0, 1)), out=flesh)


def _forearm(flesh: Field, bone: Field, x: Field, y: Field) -> None:
    arm = np.clip(1 - (np.abs(x) / (33 - 3 * np.clip((y - 30) / 60, 0, 1))) ** 2, 0, 1)
    np.maximum(flesh, 30 * np.sqrt(arm) * (y > 6), out=flesh)
    for side, wide in ((10.0, 14.5), (-15.0, 6.5)):
        top = 36.0 if side > 0 else 38.0
        taper: Field = (wide * (1 - 0.42 * np.clip((y - top) / 26, 0, 1))).astype(np.float32)
        distance = np.abs(x - side - 0.03 * (y - top))
        shell = (
            _chord(distance, taper) * 0.8 - _chord(distance, np.maximum(taper - 1.6, 0.1)) * 0.66
        )
        np.maximum(bone, shell * np.clip((y - top - 0.03 * distance**2) / 1.5, 0, 1), out=bone)
