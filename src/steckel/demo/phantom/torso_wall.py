"""The wall of the chest: skin, fat, muscle, ribs, sternum, shoulder girdle, spine."""

import numpy as np

from steckel.demo.phantom.canvas import Canvas, lay
from steckel.demo.phantom.fields import Field

SKIN, FAT, MUSCLE = 15.0, -104.0, 56.0
CARTILAGE, MARROW, CORTEX = 105.0, 190.0, 780.0

#: Height of one vertebra with its disc, and of a rib with its interspace, in mm.
VERTEBRA = 26.0
_RIB_SPACING = 25.0
#: How much lower the front end of a rib lies than its back end.
_RIB_DROP = 74.0


def table(canvas: Canvas) -> None:
    """The patient's couch: two thin curved shells."""
    where = (slice(int(np.searchsorted(canvas.ys, 105)), None), slice(None))
    x, y = canvas.x[where], canvas.y[where]
    if not y.size:
        return
    for depth, value in ((131.0, -420.0), (158.0, -560.0)):
        sag = depth - 0.00045 * x * x
        shell = np.maximum(np.abs(y - sag) - 1.2, np.abs(x) - 205)
        canvas.paint(shell, value, where)


def wall(canvas: Canvas, cavity: tuple[float, float, float], texture: Field) -> Field:
    """Paint everything between skin and pleura; return the distance to the pleura."""
    a, b, cy = cavity
    inside = superellipse(canvas, (a, b), cy)
    skin = _skin(canvas)
    canvas.paint(skin, SKIN)
    canvas.paint(skin + 2.2, FAT + 5 * texture)
    muscle = np.maximum(_muscle(canvas, inside, texture), skin + 6.5)
    canvas.paint(muscle, MUSCLE + 6 * texture)
    seam = np.maximum(np.abs(inside - 12.5 - 1.6 * texture) - 0.9, muscle)
    canvas.paint(seam, FAT + 30, soft=2.4)
    canvas.paint(np.maximum(inside - 11, -inside), MUSCLE - 12 + 14 * texture)
    _ribs(canvas, inside, cy, texture)
    _sternum(canvas, b, cy, texture)
    _girdle(canvas)
    return inside


def superellipse(canvas: Canvas, half: tuple[float, float], cy: float) -> Field:
    """Return about the distance along the ray from the centre, for an exponent of 2.5."""
    x, y = np.abs(canvas.x) + np.float32(1e-3), np.abs(canvas.y - cy)
    ray = np.sqrt(x * x + y * y)
    x, y = x / np.float32(half[0]), y / np.float32(half[1])
    radius = (x * x * np.sqrt(x) + y * y * np.sqrt(y)) ** np.float32(0.4)
    distance: Field = ray * (1 - 1 / radius)
    return distance


def _skin(canvas: Canvas) -> Field:
    z = canvas.z
    wide = float(np.interp(z, [-230, -100, 20, 70, 110, 150], [166, 168, 176, 184, 192, 186]))
    deep = float(np.interp(z, [-230, -60, 40, 90, 120, 150], [122, 124, 123, 116, 104, 88]))
    center = float(np.interp(z, [40, 90, 150], [5, 10, 20]))
    return superellipse(canvas, (wide, deep), center)


def _muscle(canvas: Canvas, inside: Field, texture: Field) -> Field:
    """Pectoral, lateral and erector muscles around the rib cage."""
    z = canvas.z
    high = float(np.clip((z + 40) / 90, 0, 1))
    mantle = inside - 16.5 - 2.2 * texture
    result = np.minimum(
        mantle, canvas.paired_distance((70, -92 + 22 * high, 62), (60, 19, 88), 0.36)
    )
    result = np.minimum(result, canvas.paired_distance((32, 96, z), (26, 19, 50), -0.2))
    result = np.minimum(result, canvas.paired_distance((140, 42, 40), (28, 46, 150), 0.35))
    if z > 66:
        result = np.minimum(result, canvas.paired_distance((120, 40, 132), (78, 44, 46), 0.35))
        result = np.minimum(result, canvas.ellipsoid_distance((0, 40, 160), (72, 52, 60)))
    return result


def _ribs(canvas: Canvas, inside: Field, cy: float, texture: Field) -> None:
    """All ribs at once: their height is a function of the angle around the chest."""
    if canvas.z > 128:
        return
    near = (inside > -1) & (inside < 11.5)
    x, y, depth = np.abs(canvas.x[near]), canvas.y[near] - cy, inside[near]
    angle = np.arctan2(x, y)
    height = canvas.z + _RIB_DROP * (1 - np.cos(angle)) / 2
    phase = ((height / _RIB_SPACING) % 1 - 0.5) * _RIB_SPACING
    size = np.sqrt(((depth - 5.2) / 4.6) ** 2 + (phase / 6.4) ** 2)
    distance = (size - 1) * np.float32(4.6)
    distance = np.maximum(distance, np.maximum(np.abs(height) - 126, 24 - x))
    bony = np.maximum(distance, (angle - 2.42) * 40)
    values, grain = canvas.values[near], texture[near]
    lay(values, distance, CARTILAGE + 22 * grain, canvas.soft)
    lay(values, bony, CORTEX, canvas.soft)
    lay(values, bony + 1.5, MARROW + 45 * grain, canvas.soft)
    canvas.values[near] = values


def _sternum(canvas: Canvas, deep: float, cy: float, texture: Field) -> None:
    if not -78 < canvas.z < 84:
        return
    half = 17.0 if canvas.z < 48 else 25.0
    box = np.maximum(np.abs(canvas.x) - half, np.abs(canvas.y - (cy - deep - 6)) - 5.6)
    canvas.paint(box, 420.0)
    canvas.paint(box + 1.6, 130 + 40 * texture)


def _girdle(canvas: Canvas) -> None:
    """Clavicles and shoulder blades, on both sides."""
    for side in (-1.0, 1.0):
        points = [
            (side * 22, -66, 86),
            (side * 70, -66, 104),
            (side * 118, -22, 122),
            (side * 150, 4, 130),
        ]
        canvas.tube(points, (8.5, 6.2, 6.0, 7.5), CORTEX)
        canvas.tube(points, (8.5, 6.2, 6.0, 7.5), MARROW, grow=-1.8)
        _scapula(canvas, side)
        canvas.ellipsoid((side * 172, 12, 150), (27, 27, 28), CORTEX)
        canvas.ellipsoid((side * 172, 12, 150), (24.6, 24.6, 25), MARROW + 20)


def _scapula(canvas: Canvas, side: float) -> None:
    if not -22 < canvas.z < 136:
        return
    lift = (canvas.z + 22) / 158
    reach = 10 + 62 * lift
    outer = (side * (118 + 26 * lift), 62.0 - 34 * lift, canvas.z)
    inner = (outer[0] - side * reach, outer[1] + 0.42 * reach, canvas.z)
    thick = 2.3 + 3.0 * abs(np.sin(3.1 * lift))
    canvas.tube([inner, outer], (2.6, thick + 1.4), 620.0)
    canvas.tube([inner, outer], (2.6, thick + 1.4), MARROW, grow=-2.0)


def spine(canvas: Canvas, texture: Field) -> None:
    """The vertebra or disc at this height, canal and processes."""
    z = canvas.z
    cy = spine_y(z)
    phase = (z / VERTEBRA) % 1
    waist = 1.0 - 0.10 * np.sin(np.pi * np.clip((phase - 0.1) / 0.8, 0, 1))
    a, b = 17.5 * waist, 14.5 * waist
    body = canvas.ellipsoid_distance((0, cy, z), (a, b, 99))
    if phase < 0.16 or phase > 0.96:
        canvas.paint(body + 0.5, 92 + 6 * texture)
    else:
        end = 1.0 if 0.2 < phase < 0.92 else 2.2
        canvas.paint(body, 560.0)
        canvas.paint(body + 1.5, 185 * end + 50 * texture)
    _arch(canvas, cy, phase)


def _arch(canvas: Canvas, cy: float, phase: float) -> None:
    z = canvas.z
    if 0.3 < phase < 0.85:
        for side in (-1.0, 1.0):
            canvas.tube([(side * 11, cy + 9, z), (side * 12, cy + 22, z)], (4.6, 5.0), 520.0)
            canvas.tube([(side * 13, cy + 20, z), (side * 36, cy + 29, z)], (5.2, 4.2), 480.0)
            canvas.tube(
                [(side * 13, cy + 20, z), (side * 36, cy + 29, z)], (5.2, 4.2), MARROW, grow=-1.7
            )
    canvas.tube([(12, cy + 24, z), (0, cy + 32, z), (-12, cy + 24, z)], (3.4, 4.0, 3.4), 560.0)
    canvas.tube([(0, cy + 32, z), (0, cy + 50, z)], (4.0, 3.2), 500.0)
    canvas.tube([(0, cy + 32, z), (0, cy + 50, z)], (4.0, 3.2), MARROW, grow=-1.6)
    canvas.ellipsoid((0, cy + 20, z), (8.6, 7.6, 99), -20.0)
    canvas.ellipsoid((0, cy + 20, z), (6.8, 6.2, 99), 14.0)
    canvas.ellipsoid((0, cy + 20, z), (4.4, 3.8, 99), 38.0)


def spine_y(z: float) -> float:
    """Return how far back the vertebral body stands at a height."""
    return float(np.interp(z, [-230, -120, 0, 80, 150], [52, 57, 64, 62, 48]))
