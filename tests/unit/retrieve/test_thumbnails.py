"""Thumbnails are made before they are asked for, and are those of what is there now."""

from collections.abc import Callable, Iterator

import pytest
from pydicom.dataset import Dataset
from tests.unit.retrieve.conftest import Store

from steckel.care.thumbnails import Thumbnailer
from steckel.errors import CannotRender
from steckel.index.thumbnails import Thumbnails
from steckel.retrieve.engine import RetrieveEngine
from steckel.retrieve.model import StoredInstance
from steckel.server.wiring import House

Make = Callable[..., Dataset]
STUDY, SERIES = "1.2.3", "1.2.3.1"
PIXELS = {
    "Rows": 2,
    "Columns": 2,
    "SamplesPerPixel": 1,
    "BitsAllocated": 8,
    "PhotometricInterpretation": "MONOCHROME2",
    "PixelData": b"\1\2\3\4",
}


class NamingMaker:
    """Makes pictures that say what they show."""

    def __init__(self) -> None:
        self.fails = False

    def make_all(self, instance: StoredInstance, frame: int) -> Iterator[tuple[str, str, bytes]]:
        if self.fails:
            raise CannotRender("damaged")
        for name in ("large", "small"):
            yield name, "image/jpeg", f"{name} {instance.sop_instance_uid} {frame}".encode()


@pytest.fixture
def maker() -> NamingMaker:
    return NamingMaker()


@pytest.fixture
def thumbnails(house: House) -> Thumbnails:
    return Thumbnails(house.engine)


@pytest.fixture
def thumbnailer(
    retriever: RetrieveEngine, maker: NamingMaker, thumbnails: Thumbnails
) -> Thumbnailer:
    return Thumbnailer(retriever, maker, thumbnails)


def _shown(thumbnails: Thumbnails, series: str | None = SERIES, name: str = "small") -> str | None:
    kept = thumbnails.kept(STUDY, series, name)
    return None if kept is None else kept.data.decode()


def test_the_middle_image_stands_for_a_series_and_its_study(
    store: Store, make: Make, thumbnailer: Thumbnailer, thumbnails: Thumbnails
) -> None:
    for number in (1, 2, 3):
        store(make(number, **PIXELS))
    assert _shown(thumbnails) is None
    assert thumbnailer.make(STUDY, SERIES)
    assert _shown(thumbnails) == "small 1.2.3.1.2 1"
    assert _shown(thumbnails, name="large") == "large 1.2.3.1.2 1"
    assert _shown(thumbnails, series=None) == "small 1.2.3.1.2 1"
    assert _shown(thumbnails, name="huge") is None


def test_a_thumbnail_of_before_a_change_is_not_shown(
    store: Store, make: Make, thumbnailer: Thumbnailer, thumbnails: Thumbnails, house: House
) -> None:
    store(make(1, **PIXELS))
    store(make(2, **PIXELS))
    thumbnailer.make(STUDY, SERIES)
    house.deletion.delete_instance(STUDY, SERIES, "1.2.3.1.1")
    assert _shown(thumbnails) is None
    thumbnailer.make(STUDY, SERIES)
    assert _shown(thumbnails) == "small 1.2.3.1.2 1"
    house.deletion.delete_study(STUDY)
    assert _shown(thumbnails) is None
    assert not thumbnailer.make(STUDY, SERIES)


def test_a_study_shows_its_first_image_not_its_first_report(
    store: Store, make: Make, thumbnailer: Thumbnailer, thumbnails: Thumbnails
) -> None:
    store(make(1, series=1))
    store(make(1, series=2, **PIXELS))
    thumbnailer.make(STUDY, "1.2.3.2")
    assert _shown(thumbnails, series=None) is None, "what comes first is not known yet"
    thumbnailer.make(STUDY, "1.2.3.1")
    assert _shown(thumbnails, series="1.2.3.1") == "small 1.2.3.1.1 1"
    assert _shown(thumbnails, series=None) == "small 1.2.3.2.1 1"


def test_what_cannot_be_rendered_is_left_to_who_asks(
    store: Store, make: Make, thumbnailer: Thumbnailer, maker: NamingMaker, thumbnails: Thumbnails
) -> None:
    store(make(1, **PIXELS))
    maker.fails = True
    assert not thumbnailer.make(STUDY, SERIES)
    assert _shown(thumbnails) is None
