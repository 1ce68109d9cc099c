"""One axial plane that anatomy is painted on.

Organs are painted back to front as distance functions with a soft edge, which
is what the point spread of a scanner makes of a surface. The grid is free:
the pixels of a CT slice, or coarse depth steps for a projection.
"""

from collections.abc import Sequence

import numpy as np

from steckel.demo.phantom.fields import Field, soft_step

Point = tuple[float, float, float]
Window = tuple[slice, slice]
WHOLE: Window = (slice(None), slice(None))

#: How far, in mm, a warp may move a point: margin of every window.
REACH = 8.0


def lay(part: Field, distance: Field, value: float | Field, soft: float) -> None:
    """Lay a material over part of a picture where `distance` is negative."""
    cover = soft_step(distance, soft)
    part += cover * (value - part)


class Canvas:
    """A plane at height `z` with its (warped) coordinates and values."""

    def __init__(self, xs: Field, ys: Field, z: float, background: float) -> None:
        self.xs, self.ys, self.z = xs, ys, z
        self.x: Field = np.broadcast_to(xs[None, :], (len(ys), len(xs))).copy()
        self.y: Field = np.broadcast_to(ys[:, None], (len(ys), len(xs))).copy()
        self.values: Field = np.full(self.x.shape, background, dtype=np.float32)
        self.soft = 1.3 * max(float(xs[1] - xs[0]), 0.4)

    def warp(self, dx: Field, dy: Field) -> None:
        """Move the anatomy by a smooth field, in mm."""
        self.x += dx
        self.y += dy

    def window(self, cx: float, cy: float, rx: float, ry: float) -> Window | None:
        """Return the part of the plane around a box, or None when it lies outside."""
        left, right = np.searchsorted(self.xs, (cx - rx - REACH, cx + rx + REACH))
        top, bottom = np.searchsorted(self.ys, (cy - ry - REACH, cy + ry + REACH))
        if left >= right or top >= bottom:
            return None
        return slice(int(top), int(bottom)), slice(int(left), int(right))

    def paint(
        self,
        distance: Field,
        value: float | Field,
        where: Window = WHOLE,
        soft: float | None = None,
    ) -> None:
        """Lay a material over what is there, where `distance` is negative."""
        lay(self.values[where], distance, value, soft or self.soft)

    def ellipsoid(
        self,
        center: Point,
        semi: Point,
        value: float,
        *,
        tilt: float = 0.0,
        soft: float | None = None,
    ) -> None:
        """Paint an ellipsoid, turned by `tilt` radians in the plane."""
        height = (self.z - center[2]) / semi[2]
        if abs(height) >= 1.1:
            return
        reach = max(semi[0], semi[1]) * 1.1
        where = self.window(center[0], center[1], reach, reach)
        if where is not None:
            self.paint(self.ellipsoid_distance(center, semi, where, tilt=tilt), value, where, soft)

    def ellipsoid_distance(
        self, center: Point, semi: Point, where: Window = WHOLE, *, tilt: float = 0.0
    ) -> Field:
        """Return about the distance in mm to an ellipsoid's surface, negative inside."""
        x, y = self.x[where] - center[0], self.y[where] - center[1]
        if tilt:
            c, s = np.float32(np.cos(tilt)), np.float32(np.sin(tilt))
            x, y = c * x + s * y, c * y - s * x
        height = (self.z - center[2]) / semi[2]
        x, y = x / np.float32(semi[0]), y / np.float32(semi[1])
        radius = np.sqrt(x * x + y * y + np.float32(height**2))
        distance: Field = (radius - 1) * np.float32(min(semi))
        return distance

    def paired_distance(self, center: Point, semi: Point, tilt: float) -> Field:
        """Return the distance to an ellipsoid at x > 0 and its mirror image."""
        height = np.float32((self.z - center[2]) / semi[2])
        x, y = np.abs(self.x) - center[0], self.y - center[1]
        c, s = np.float32(np.cos(tilt) / semi[0]), np.float32(np.sin(tilt) / semi[0])
        u, v = c * x + s * y, (c * y - s * x) * np.float32(semi[0] / semi[1])
        distance: Field = (np.sqrt(u * u + v * v + height * height) - 1) * np.float32(min(semi))
        return distance

    def tube(
        self, points: Sequence[Point], radii: Sequence[float], value: float, *, grow: float = 0.0
    ) -> None:
        """Paint a tube along a polyline, its radius given at each point."""
        for (a, ra), (b, rb) in zip(
            zip(points, radii, strict=True), zip(points[1:], radii[1:], strict=True), strict=False
        ):
            self._piece(a, b, (ra + grow, rb + grow), value)

    def _piece(self, a: Point, b: Point, radii: tuple[float, float], value: float) -> None:
        reach = max(radii) + self.soft
        if not min(a[2], b[2]) - reach < self.z < max(a[2], b[2]) + reach:
            return
        center = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        half = (abs(a[0] - b[0]) / 2 + reach, abs(a[1] - b[1]) / 2 + reach)
        where = self.window(*center, *half)
        if where is not None:
            self.paint(self._piece_distance(a, b, radii, where), value, where)

    def _piece_distance(
        self, a: Point, b: Point, radii: tuple[float, float], where: Window
    ) -> Field:
        start = np.array(a, dtype=np.float32)
        axis = np.array(b, dtype=np.float32) - start
        x, y = self.x[where] - start[0], self.y[where] - start[1]
        z = np.float32(self.z) - start[2]
        along = np.clip(
            (x * axis[0] + y * axis[1] + z * axis[2]) / max(float(axis @ axis), 1e-6), 0, 1
        )
        gap = (x - along * axis[0]) ** 2 + (y - along * axis[1]) ** 2 + (z - along * axis[2]) ** 2
        distance: Field = np.sqrt(gap) - (radii[0] + along * (radii[1] - radii[0]))
        return distance
