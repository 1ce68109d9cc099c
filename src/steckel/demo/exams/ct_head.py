"""CT of the head: localizer, thin bone-capable series, thick brain series."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from steckel.demo.acquisition import Acquisition
from steckel.demo.exams import ct
from steckel.demo.phantom import head, sampling
from steckel.demo.phantom.contrast import Contrast, Lesion, volume
from steckel.demo.phantom.fields import Field, random
from steckel.demo.pixels import EXPLICIT

_TOP, _LENGTH = 102.0, 168.0
_FIELD_OF_VIEW, _CENTER_Y = 230.0, 4.0


@dataclass(frozen=True, kw_only=True)
class HeadExam:
    """What is in the brain, and the series: number, description and recipe."""

    lesions: tuple[Lesion, ...]
    stacks: tuple[tuple[int, str, ct.Recipe], ...]

    def __call__(self, acq: Acquisition) -> None:
        """Make the study."""
        # shifted, so that what lies outside the volume (0) is air
        density = volume(head.build(), Contrast.CT, self.lesions)
        density += 1000
        _localizer(acq, density)
        for number, description, recipe in self.stacks:
            _stack(acq, density, (number, description), recipe)


def _stack(acq: Acquisition, density: Field, name: tuple[int, str], recipe: ct.Recipe) -> None:
    item = ct.series(name[0], name[1], "HEAD", protocol="Crâne sans contraste", minutes=2)
    grid = ct.Grid.centered(acq.matrix(512), _FIELD_OF_VIEW, _CENTER_Y)
    recipe = replace(recipe, spacing=recipe.spacing / acq.scale)
    steps = max(1, round(recipe.thickness))
    for index in range(max(3, int(_LENGTH / recipe.spacing))):
        z = _TOP - index * recipe.spacing
        spread = (np.arange(steps) - (steps - 1) / 2) * recipe.thickness / steps
        plane = (
            sampling.plane(density, 0, (z + spread).astype(np.float32), (grid.ys, grid.xs)) - 1000
        )
        plane = ct.scan_noise(plane, recipe, acq.visit.key, name[0], index)
        ct.write_slice(acq, item, recipe, index, plane, (grid, z))


def _localizer(acq: Acquisition, density: Field) -> None:
    """Make the scout view from the side."""
    item = ct.series(1, "Topogramme", "HEAD", protocol="Crâne sans contraste")
    recipe = ct.Recipe(
        kernel="T20s",
        windows=(ct.Window(center=100, width=1300, name="TOPO"),),
        thickness=0.6,
        spacing=0.6,
        syntax=EXPLICIT,
        current=35,
        image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"),
    )
    size = acq.matrix(384)
    down = np.linspace(116, -140, size, dtype=np.float32)
    across = np.linspace(-128, 128, size, dtype=np.float32)
    rays = np.maximum(density, 0).sum(axis=2)[:, :, None]
    image = sampling.plane(rays, 2, np.array([-102.0], dtype=np.float32), (down, across))
    image /= 150
    image += 10 * random(acq.visit.key, "scout").standard_normal(image.shape, dtype=np.float32)
    image -= 900
    ds = acq.start(item, 1)
    ct.describe(ds, acq, item, recipe, 0)
    ds.ImagePositionPatient = ["0", "-128", "116"]
    ds.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
    ds.PixelSpacing = [ct.mm(256 / size), ct.mm(256 / size)]
    ds.SliceThickness = ct.mm(recipe.thickness)
    ct.store(ds, image, recipe)
    acq.write(ds, item, recipe.syntax)


def bleeding() -> Sequence[Lesion]:
    """Return a small haemorrhage of the left basal ganglia with its oedema."""
    return (
        Lesion(center=(27, 6, 6), semi=(15, 20, 14), change={Contrast.CT: -9}, softness=3.0),
        Lesion(center=(26, 4, 6), semi=(9, 13, 9), change={Contrast.CT: 38}, softness=0.9),
    )
