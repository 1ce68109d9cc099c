"""Which image stands for a series or a study (PS3.18 10.4.1.1.4 leaves it to us)."""

from collections.abc import Iterable

from steckel.dicom.transfer_syntax import assume
from steckel.errors import NotFound
from steckel.retrieve.model import StoredInstance


def is_image(instance: StoredInstance) -> bool:
    """Whether an instance has pixels, as far as the index knows."""
    return instance.frames is not None or assume(instance.transfer_syntax).deflated


def representative(instances: Iterable[StoredInstance]) -> tuple[StoredInstance, int]:
    """Choose the middle of an instance, of a series, or of the first series of a study.

    Raises
    ------
    NotFound
        There is no image among them.
    """
    images: list[StoredInstance] = []
    for instance in instances:
        if images and instance.series_uid != images[0].series_uid:
            break
        if is_image(instance):
            images.append(instance)
    if not images:
        raise NotFound("there is no image")
    middle = images[(len(images) - 1) // 2]
    count = middle.frames.count if middle.frames else 1
    return middle, (count + 1) // 2 or 1
