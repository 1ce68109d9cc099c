"""CT of the chest: localizer, thin and thick series, in a venous phase."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from steckel.demo.acquisition import Acquisition
from steckel.demo.exams import ct
from steckel.demo.phantom import projection, vessels
from steckel.demo.phantom.fields import Field, random, resize
from steckel.demo.phantom.torso import Torso
from steckel.demo.pixels import EXPLICIT

_TOP, _LENGTH = 126.0, 300.0
_FIELD_OF_VIEW, _CENTER_Y = 400.0, 14.0
_BLOOD = 150.0

Scan = NDArray[np.int16]


@dataclass(frozen=True, kw_only=True)
class Stack:
    """An axial series to reconstruct."""

    number: int
    description: str
    recipe: ct.Recipe


@dataclass(frozen=True, kw_only=True)
class ChestExam:
    """What is scanned, at which spacing, and which series are made of the scan."""

    torso: Torso
    spacing: float
    stacks: tuple[Stack, ...]

    def __call__(self, acq: Acquisition) -> None:
        """Make the study."""
        tree = vessels.Tree.grow(self.torso.seed)
        _localizer(acq, self.torso, tree)
        grid = ct.Grid.centered(acq.matrix(512), _FIELD_OF_VIEW, _CENTER_Y)
        step = self.spacing / acq.scale
        zs = (_TOP - np.arange(0, _LENGTH, step)).astype(np.float32)
        scan = _scan(self.torso, tree, grid, zs)
        for stack in self.stacks:
            _stack(acq, stack, scan, (grid, zs))


def _scan(torso: Torso, tree: vessels.Tree, grid: ct.Grid, zs: Field) -> Scan:
    """Evaluate the body on all planes, without noise."""
    scan: Scan = np.empty((len(zs), len(grid.ys), len(grid.xs)), dtype=np.int16)
    blood = vessels.occupancy(tree, grid.xs, grid.ys, zs[::-1])[::-1]
    for index, z in enumerate(zs):
        hu = torso.plane(grid.xs, grid.ys, float(z))
        cover = np.where(hu < -600, blood[index], 0) * np.float32(1 / 255)
        hu += cover * (_BLOOD - hu)
        scan[index] = np.rint(hu)
    return scan


def _stack(acq: Acquisition, stack: Stack, scan: Scan, place: tuple[ct.Grid, Field]) -> None:
    """Reconstruct one series: each slice is the mean of the planes within it."""
    grid, zs = place
    item = ct.series(stack.number, stack.description, "CHEST", protocol="Thorax injecté", minutes=4)
    merge = max(1, round(stack.recipe.spacing * (1 / acq.scale) / float(zs[0] - zs[1])))
    spacing = merge * float(zs[0] - zs[1])
    recipe = replace(stack.recipe, spacing=spacing, thickness=max(spacing, stack.recipe.thickness))
    for index in range(len(zs) // merge):
        part = slice(index * merge, (index + 1) * merge)
        hu = scan[part].astype(np.float32).mean(axis=0)
        hu = ct.scan_noise(hu, recipe, acq.visit.key, stack.number, index)
        ct.write_slice(acq, item, recipe, index, hu, (grid, float(zs[part].mean())))


def _localizer(acq: Acquisition, torso: Torso, tree: vessels.Tree) -> None:
    """Make the scout view from the front (Image Type value 3 LOCALIZER)."""
    item = ct.series(1, "Topogramme", "CHEST", protocol="Thorax injecté")
    recipe = ct.Recipe(
        kernel="T20s",
        windows=(ct.Window(center=40, width=900, name="TOPO"),),
        thickness=0.6,
        spacing=0.6,
        syntax=EXPLICIT,
        current=35,
        image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"),
    )
    image = _scout(torso, tree, (acq.matrix(512), acq.matrix(512)), acq.scale)
    rng = random(acq.visit.key, "scout")
    image += 9 * rng.standard_normal(image.shape, dtype=np.float32)
    ds = acq.start(item, 1)
    ct.describe(ds, acq, item, recipe, 0)
    ds.ImagePositionPatient = ["-200", "0", "150"]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
    ds.PixelSpacing = [ct.mm(400 / image.shape[0]), ct.mm(400 / image.shape[1])]
    ds.SliceThickness = ct.mm(recipe.thickness)
    ct.store(ds, image, recipe)
    acq.write(ds, item, recipe.syntax)


def _scout(torso: Torso, tree: vessels.Tree, shape: tuple[int, int], scale: float) -> Field:
    rows, columns = max(24, round(160 * scale)), max(32, round(256 * scale))
    detector = projection.Detector(
        view="frontal",
        across=np.linspace(-200, 200, columns, dtype=np.float32),
        down=np.linspace(150, -250, rows, dtype=np.float32),
    )
    rays = projection.attenuation(torso, detector)
    rays += projection.vessel_chords(tree, detector) * np.float32(projection.WATER)
    return resize(rays, shape) * 260 - 880
