"""Heart and great vessels, diaphragm, liver, stomach, spleen, kidneys; the nodule."""

import numpy as np

from steckel.demo.phantom.canvas import Canvas, Point
from steckel.demo.phantom.fields import Field, random
from steckel.demo.phantom.torso_wall import spine_y

FAT, BLOOD, MYOCARDIUM, AIRWAY = -96.0, 172.0, 108.0, -985.0
LIVER, SPLEEN, KIDNEY, MUSCLE = 112.0, 128.0, 188.0, 55.0

_AORTA: list[Point] = [
    (6, -14, -34), (-12, -26, 0), (-16, -26, 28), (-10, -20, 50), (4, -4, 62), (18, 18, 60),
    (25, 40, 42), (25, 47, 10), (24, 48, -60), (18, 42, -130), (9, 30, -240),
]  # fmt: skip
_AORTA_R = (15.0, 16.0, 15.5, 14.5, 13.5, 13.0, 12.5, 12.0, 11.5, 11.0, 10.0)
#: The other vessels of the mediastinum: points and radii.
_VESSELS: tuple[tuple[list[Point], tuple[float, ...]], ...] = (
    ([(18, -42, -34), (24, -36, -4), (18, -14, 12)], (13, 14, 13)),
    ([(18, -14, 12), (-8, -2, 8), (-40, 6, 2), (-52, 10, -10)], (11, 10, 9, 6)),
    ([(18, -14, 12), (36, 8, 20), (50, 20, 8), (56, 24, -14)], (11, 10, 8.5, 5.5)),
    ([(-26, -26, 78), (-27, -18, 40), (-30, -12, -26)], (7.5, 8.5, 9.5)),
    ([(-26, -26, 78), (16, -34, 90), (52, -34, 118), (70, -20, 150)], (6.5, 6.0, 6.5, 6)),
    ([(-26, -26, 78), (-40, -22, 108), (-66, -14, 150)], (7, 6.5, 6)),
    ([(-6, -12, 60), (-18, -4, 92), (-32, -2, 150)], (6.5, 6.2, 4.5)),
    ([(5, -2, 64), (12, 6, 100), (22, 6, 150)], (4.5, 4.2, 4)),
    ([(17, 18, 62), (28, 22, 100), (56, 10, 150)], (5.6, 5.4, 5)),
    ([(-10, 14, -30), (-38, 14, -34), (-58, 20, -48)], (7, 6.0, 4)),
    ([(22, 16, -28), (46, 20, -30), (60, 26, -44)], (7, 6.0, 4)),
    ([(-12, 12, -22), (-42, -4, -4), (-58, -18, 10)], (6, 5, 3)),
    ([(22, 12, -20), (44, -6, 0), (58, -22, 12)], (6, 5, 3)),
    ([(-24, -6, -70), (-24, 6, -104), (-19, 18, -240)], (12, 11.5, 11)),
)
_TRACHEA: tuple[tuple[list[Point], tuple[float, ...]], ...] = (
    ([(0, 6, 160), (-1, 20, 24)], (8.5, 8.8)),
    ([(-2, 20, 25), (-24, 22, 4), (-46, 24, -12), (-58, 28, -40)], (7.2, 6.8, 5.0, 3.6)),
    ([(-24, 22, 4), (-50, 16, 20), (-66, 12, 36)], (5.2, 4.2, 2.8)),
    ([(1, 20, 24), (28, 26, -2), (48, 28, -16), (60, 34, -44)], (6.6, 6.0, 4.8, 3.4)),
    ([(38, 26, -8), (58, 14, 10), (68, 4, 26)], (4.4, 3.6, 2.6)),
)
_PORTAL: tuple[tuple[list[Point], tuple[float, ...]], ...] = (
    ([(-20, -6, -170), (-48, -2, -158), (-82, 14, -150), (-112, 26, -146)], (7, 6, 4.2, 2)),
    ([(-48, -2, -158), (-74, -34, -142), (-92, -52, -132)], (5, 3.8, 2)),
    ([(-20, -6, -170), (6, -34, -146), (30, -46, -134)], (5.5, 4, 2.2)),
    ([(-22, 4, -104), (-52, 0, -112), (-92, -6, -126), (-116, -8, -140)], (6, 4.6, 3.2, 1.6)),
    ([(-22, 4, -104), (-56, 34, -112), (-92, 52, -128)], (5.5, 4, 2)),
    ([(-22, 4, -104), (-20, -40, -114), (-30, -66, -130)], (5, 3.6, 2)),
)


def dome(canvas: Canvas, breath: float) -> Field:
    """Return the height of the diaphragm over each point."""
    right = -74 + breath - 62 * (((canvas.x + 66) / 78) ** 2 + ((canvas.y + 8) / 92) ** 2)
    left = -90 + breath - 62 * (((canvas.x - 72) / 74) ** 2 + ((canvas.y + 2) / 92) ** 2)
    height: Field = np.maximum(np.maximum(right, left), -176 + breath)
    return height


def abdomen(canvas: Canvas, cavity: Field, texture: Field, breath: float) -> None:
    """Paint what lies under the diaphragm."""
    if canvas.z > -66 + breath:
        return
    below = np.maximum((canvas.z - dome(canvas, breath)) * 0.7, cavity)
    canvas.paint(below, MUSCLE)
    inner = np.maximum(below + 3.0, cavity + 2.0)
    canvas.paint(inner, FAT + 6 * texture)
    _stomach(canvas, inner, texture)
    _liver(canvas, inner, texture)
    spleen = canvas.ellipsoid_distance((96, 48, -148), (25, 44, 50), tilt=0.35)
    canvas.paint(np.maximum(spleen, inner), SPLEEN + 5 * texture)
    for side in (-1.0, 1.0):
        center = (side * 56, 44.0, -206.0 - 6 * side)
        canvas.ellipsoid(center, (27, 31, 52), KIDNEY, tilt=side * 0.5)
        canvas.ellipsoid((center[0] - side * 8, center[1] - 4, center[2]), (10, 14, 30), 30.0)
    for side in (-1.0, 1.0):
        canvas.tube([(side * 9, 36, -104), (side * 12, 38, -240)], (4.5, 6.0), MUSCLE)


def _liver(canvas: Canvas, inner: Field, texture: Field) -> None:
    right = canvas.ellipsoid_distance((-66, -2, -140), (82, 86, 96))
    left = canvas.ellipsoid_distance((4, -48, -132), (66, 32, 44), tilt=0.12)
    liver = np.maximum(np.minimum(right, left), inner)
    canvas.paint(liver, LIVER + 4.5 * texture)
    for points, radii in _PORTAL:
        canvas.tube(points, radii, 158.0)
    canvas.ellipsoid((-36, -56, -196), (15, 24, 26), 8.0, tilt=0.5)
    cyst = (-104.0, 26.0, -134.0)
    canvas.ellipsoid(cyst, (8, 7.5, 8), 4.0)


def _stomach(canvas: Canvas, inner: Field, texture: Field) -> None:
    wall = canvas.ellipsoid_distance((58, -24, -142), (42, 40, 52), tilt=-0.5)
    canvas.paint(np.maximum(wall, inner), 72 + 6 * texture)
    lumen = np.maximum(wall + 4.5, inner + 2)
    canvas.paint(lumen, 24 + 16 * texture)
    canvas.paint(np.maximum(lumen, canvas.y + 34), -960.0)


def mediastinum(canvas: Canvas, cavity: Field, texture: Field) -> None:
    """Paint fat, heart, great vessels, airways and oesophagus over the lungs."""
    z = canvas.z
    half = float(np.interp(z, [-240, -90, -60, 0, 45, 80, 150], [20, 24, 30, 31, 30, 33, 44]))
    center = float(np.interp(z, [-120, -40, 20, 60], [10, 8, 1, 0]))
    # the lungs meet in front of the great vessels: the band narrows towards the sternum
    front = np.clip((canvas.y + 58) / 34, 0, 1) * (half - 9) + 9
    back = np.clip((66 - canvas.y) / 26, 0.55, 1)
    band = np.abs(canvas.x - center) - front * back - 2.5 * texture
    gutter = np.maximum(np.abs(canvas.x) - 19, spine_y(z) - 12 - canvas.y)
    band = np.minimum(band, gutter)
    if z > -180:
        canvas.paint(
            np.maximum(band, cavity) if z > -90 else np.full_like(band, 9.0), FAT + 7 * texture
        )
        _heart(canvas, cavity, texture)
        _nodes(canvas)
    _great_vessels(canvas)


def _heart(canvas: Canvas, cavity: Field, texture: Field) -> None:
    if not -140 < canvas.z < 0:
        return
    sac = canvas.ellipsoid_distance((22, -22, -66), (74, 56, 60), tilt=0.5)
    canvas.paint(np.maximum(sac - 4, cavity), FAT + 8 * texture)
    muscle = canvas.ellipsoid_distance((44, -26, -76), (47, 35, 45), tilt=0.62)
    canvas.paint(np.maximum(muscle, cavity + 2), MYOCARDIUM + 6 * texture)
    canvas.ellipsoid((42, -23, -74), (34, 22, 32), BLOOD, tilt=0.62)
    canvas.ellipsoid((54, -26, -80), (6, 5, 20), MYOCARDIUM, tilt=0.62)
    canvas.ellipsoid((8, -52, -72), (37, 22, 40), MYOCARDIUM + 20, tilt=0.5)
    canvas.ellipsoid((8, -52, -72), (33, 18, 36), BLOOD + 6, tilt=0.5)
    canvas.ellipsoid((-33, -18, -60), (25, 33, 36), BLOOD + 4)
    canvas.ellipsoid((6, 22, -40), (37, 19, 27), BLOOD + 2, tilt=-0.05)
    canvas.tube([(10, -20, -40), (40, -52, -58), (58, -60, -88)], (2.2, 1.9, 1.2), BLOOD)
    canvas.tube([(34, -42, -48), (36, -50, -52)], (2.0, 1.6), 640.0)


def _nodes(canvas: Canvas) -> None:
    """Normal lymph nodes: paratracheal, subcarinal, hilar."""
    for center, size in (
        ((-14, 6, 44), 4.0),
        ((-16, 12, 30), 3.6),
        ((2, 26, -2), 5.0),
        ((34, 2, 34), 3.4),
    ):
        canvas.ellipsoid(
            (float(center[0]), float(center[1]), float(center[2])), (size, size * 0.8, size), 62.0
        )


def _great_vessels(canvas: Canvas) -> None:
    for points, radii in _VESSELS:
        if canvas.z > -8:  # lower down they open into the heart: no wall between
            canvas.tube(points, radii, 60.0, grow=1.0)
        canvas.tube(points, radii, BLOOD)
    if canvas.z > -8:
        canvas.tube(_AORTA, _AORTA_R, 66.0, grow=1.5)
    canvas.tube(_AORTA, _AORTA_R, BLOOD + 4)
    canvas.tube([(36, 48, 12), (36, 50, -6)], (1.8, 1.2), 720.0)
    canvas.tube([(5, 28, 160), (6, 36, 20), (14, 28, -60), (16, 18, -112)], (7, 6.5, 7.5, 9), 44.0)
    canvas.tube([(6, 35, 60), (6, 36, 10)], (1.8, 1.0), -600.0)
    for points, radii in _TRACHEA:
        canvas.tube(points, radii, 34.0, grow=1.6)
    for points, radii in _TRACHEA:
        canvas.tube(points, radii, AIRWAY)
    thyroid = ((-17.0, 4.0, 140.0), (17.0, 4.0, 140.0))
    for center in thyroid:
        canvas.ellipsoid(center, (9, 12, 22), 168.0)


def nodule(canvas: Canvas, center: Point, diameter: float, spiculated: bool) -> None:
    """Paint a lobulated nodule, with spicules where it looks malignant."""
    rng = random("nodule", center)
    radius = diameter / 2
    for _ in range(5):
        shift = rng.normal(0, radius * 0.28, 3)
        lobe = (center[0] + shift[0], center[1] + shift[1], center[2] + shift[2])
        size = radius * rng.uniform(0.68, 0.86)
        canvas.ellipsoid(lobe, (size, size, size), 38.0)
    if not spiculated:
        return
    for _ in range(16):
        way = rng.normal(0, 1, 3)
        tip = center + way / np.linalg.norm(way) * radius * rng.uniform(1.5, 2.4)
        canvas.tube(
            [center, (float(tip[0]), float(tip[1]), float(tip[2]))], (radius * 0.5, 0.3), 10.0
        )
