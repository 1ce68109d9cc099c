"""Rendered frames, pixel by pixel: made images whose right look is known."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests.unit.imaging.made import image, part10
from tests.unit.imaging.memory_retriever import MemoryRetriever

from steckel.errors import CannotRender
from steckel.imaging.model import GIF, JPEG, PNG, Region, RenderRequest, Window
from steckel.imaging.service import ImagingService

Show = Callable[..., np.ndarray]

RAMP = np.arange(0, 256, dtype=np.uint16).reshape(16, 16)


@pytest.fixture
def picture(
    service: ImagingService, retriever: MemoryRetriever, run: Callable[[Any], Any]
) -> Callable[..., Image.Image]:
    def render(dataset: Dataset, *, frame: int = 1, kind: str = "render", **asked: Any) -> Any:
        instance = retriever.add(part10(dataset))
        request = RenderRequest(**{"media_type": PNG, **asked})
        made = run(getattr(service, kind)(instance, frame, request))
        assert made.media_type == request.media_type
        return Image.open(BytesIO(made.data))

    return render


@pytest.fixture
def show(picture: Callable[..., Image.Image]) -> Show:
    return lambda *given, **asked: np.asarray(picture(*given, **asked)).astype(int)


def linear(values: np.ndarray, center: float, width: float) -> np.ndarray:
    """PS3.3 C.11.2.1.2.1, as it is written there."""
    low, high = center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2
    inside = ((values - (center - 0.5)) / (width - 1) + 0.5) * 255
    return np.rint(np.where(values <= low, 0, np.where(values > high, 255, inside))).astype(int)


def test_the_window_of_the_object_is_used(show: Show) -> None:
    shown = show(image(RAMP, WindowCenter=100, WindowWidth=50))
    assert (shown == linear(RAMP, 100, 50)).all()


def test_the_window_that_is_asked_for_wins(show: Show) -> None:
    window = Window(center=30, width=20, function="LINEAR")
    shown = show(image(RAMP, WindowCenter=100, WindowWidth=50), window=window)
    assert (shown == linear(RAMP, 30, 20)).all()


def test_a_window_applies_to_rescaled_values(show: Show) -> None:
    dataset = image(RAMP, RescaleSlope=2, RescaleIntercept=-100, WindowCenter=0, WindowWidth=100)
    assert (show(dataset) == linear(RAMP * 2.0 - 100, 0, 100)).all()


def test_linear_exact_and_sigmoid_follow_their_formulas(show: Show) -> None:
    for function, expected in (
        ("LINEAR_EXACT", np.clip((RAMP - 100.0) / 50 + 0.5, 0, 1)),
        ("SIGMOID", 1 / (1 + np.exp(-4 * (RAMP - 100.0) / 50))),
    ):
        dataset = image(RAMP, WindowCenter=100, WindowWidth=50, VOILUTFunction=function)
        assert (show(dataset) == np.rint(expected * 255)).all()


def test_a_window_of_one_is_a_step(show: Show) -> None:
    shown = show(image(RAMP, WindowCenter=100, WindowWidth=1))
    assert (shown == np.where(RAMP > 99.5, 255, 0)).all()


@pytest.mark.parametrize(
    "inverse", [{"PhotometricInterpretation": "MONOCHROME1"}, {"PresentationLUTShape": "INVERSE"}]
)
def test_an_inverse_image_is_inverted(show: Show, inverse: dict[str, str]) -> None:
    plain = {"WindowCenter": 128, "WindowWidth": 256}
    assert (show(image(RAMP, **plain, **inverse)) == 255 - show(image(RAMP, **plain))).all()


def test_what_is_inverse_twice_over_is_inverted_once(show: Show) -> None:
    """A DX image says both for the same thing (PS3.3 C.8.11.3.1)."""
    both = {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"}
    shown = show(image(RAMP, WindowCenter=128, WindowWidth=256, **both))
    assert shown[0, 0] == 255
    assert shown[-1, -1] == 0


def test_signed_values_are_shown_in_order(show: Show) -> None:
    pixels = (RAMP.astype(np.int16) - 128) * 16
    dataset = image(pixels, BitsStored=12, HighBit=11, WindowCenter=0, WindowWidth=4096)
    assert (show(dataset) == linear(pixels, 0, 4096)).all()


def test_bits_above_the_stored_ones_are_not_looked_at(show: Show) -> None:
    pixels = RAMP | 0x8000
    dataset = image(pixels, BitsStored=8, HighBit=7, WindowCenter=128, WindowWidth=256)
    assert (show(dataset) == linear(RAMP, 128, 256)).all()


def test_without_a_window_one_is_found_without_padding(show: Show) -> None:
    pixels = (RAMP + 1000).astype(np.int16)
    pixels[0] = -2000
    shown = show(image(pixels, PixelPaddingValue=-2000))
    assert (shown[0] == 0).all()
    assert shown[1, 0] < 8
    assert shown[-1, -1] > 250
    assert 110 < shown[8, 8] < 140


def test_one_value_everywhere_is_an_image(show: Show) -> None:
    assert (show(image(np.zeros((4, 4), np.uint16))) == 0).all()


def test_a_modality_lut_comes_before_the_window(show: Show) -> None:
    dataset = image(RAMP, WindowCenter=500, WindowWidth=1000)
    table = Dataset()
    table.add_new(0x00283002, "US", [256, 0, 16])
    table.add_new(0x00283006, "US", [n * 4 for n in range(256)])
    dataset.ModalityLUTSequence = Sequence([table])
    assert (show(dataset) == linear(RAMP * 4, 500, 1000)).all()


@pytest.mark.parametrize(("bits", "vr"), [(8, "US"), (12, "OW")])
def test_a_voi_lut_is_looked_up(show: Show, bits: int, vr: str) -> None:
    entries = np.minimum(np.arange(256), (1 << bits) - 1)[::-1].astype(np.uint16)
    entries[0] = (1 << bits) - 1
    table = Dataset()
    table.add_new(0x00283002, "US", [256, 0, bits])
    table.add_new(0x00283006, vr, entries.tolist() if vr == "US" else entries.tobytes())
    dataset = image(RAMP)
    dataset.VOILUTSequence = Sequence([table])
    expected = np.rint(entries[RAMP] * 255.0 / ((1 << bits) - 1))
    assert (show(dataset) == expected).all()


def test_each_frame_has_its_own_window(show: Show) -> None:
    dataset = image(RAMP, NumberOfFrames=2, PixelData=RAMP.tobytes() * 2)
    groups = []
    for center in (50, 200):
        voi, group = Dataset(), Dataset()
        voi.WindowCenter, voi.WindowWidth = center, 40
        group.FrameVOILUTSequence = Sequence([voi])
        groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = Sequence(groups)
    for frame, center in ((1, 50), (2, 200)):
        assert (show(dataset, frame=frame) == linear(RAMP, center, 40)).all()


def test_floating_point_pixels_are_shown(show: Show) -> None:
    pixels = RAMP.astype(np.float32) / 255
    dataset = image(pixels)
    dataset.FloatPixelData = pixels.tobytes()
    del dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation
    for function in ("LINEAR_EXACT", "LINEAR"):
        window = Window(center=0.5, width=1, function=function)
        assert (show(dataset, window=window) == RAMP).all()


def test_a_segmentation_is_white_on_black(show: Show) -> None:
    bits = np.zeros((8, 8), np.uint8)
    bits[2, 3] = 1
    dataset = image(bits, BitsAllocated=1, BitsStored=1, HighBit=0)
    dataset.PixelData = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    assert (show(dataset) == bits * 255).all()


@pytest.mark.parametrize("said", ["", "RGB", "MONOCHROME"])
def test_one_sample_is_grey_whatever_is_said(show: Show, said: str) -> None:
    dataset = image(RAMP, WindowCenter=100, WindowWidth=50, PhotometricInterpretation=said)
    assert (show(dataset) == linear(RAMP, 100, 50)).all()


# --- colour


def test_rgb_is_shown_as_it_is(show: Show) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, (5, 6, 3), np.uint8)
    assert (show(image(pixels)) == pixels).all()


def test_three_samples_that_are_said_to_be_grey_are_rgb(show: Show) -> None:
    pixels = np.random.default_rng(8).integers(0, 256, (5, 6, 3), np.uint8)
    assert (show(image(pixels, PhotometricInterpretation="MONOCHROME2")) == pixels).all()


def test_colours_that_are_not_known_are_refused(show: Show) -> None:
    pixels = np.zeros((5, 6, 3), np.uint8)
    with pytest.raises(CannotRender, match="HSV"):
        show(image(pixels, PhotometricInterpretation="HSV"))


def test_ybr_full_and_422_are_converted(show: Show) -> None:
    red = np.tile(np.array([76, 85, 255], np.uint8), (4, 6, 1))
    whole = show(image(red, PhotometricInterpretation="YBR_FULL"))
    pairs = np.tile(np.array([76, 76, 85, 255], np.uint8), 12).tobytes()
    half = show(image(red, PhotometricInterpretation="YBR_FULL_422", PixelData=pairs))
    for shown in (whole, half):
        assert np.abs(shown - [254, 0, 0]).max() <= 1


def palette_image(**data: Any) -> Dataset:
    index = np.arange(16, dtype=np.uint8).reshape(4, 4)
    dataset = image(index, PhotometricInterpretation="PALETTE COLOR")
    for channel in ("Red", "Green", "Blue"):
        setattr(dataset, f"{channel}PaletteColorLookupTableDescriptor", [16, 0, 16])
        for keyword, value in data.items():
            setattr(dataset, f"{keyword}{channel}PaletteColorLookupTableData", value)
    return dataset


def test_a_palette_gives_the_colours(show: Show) -> None:
    table = (np.arange(16, dtype=np.uint16) * 0x1000).tobytes()
    shown = show(palette_image(**{"": table}))
    assert (shown[:, :, 1] == np.arange(16).reshape(4, 4) * 16).all()


def test_a_segmented_palette_is_expanded(show: Show) -> None:
    # One entry of 0, then 15 more on the line up to 0xF000 (PS3.3 C.7.9.2).
    segments = np.array([0, 1, 0, 1, 15, 0xF000], np.uint16).tobytes()
    shown = show(palette_image(Segmented=segments))
    assert (shown[:, :, 2] == np.arange(16).reshape(4, 4) * 16).all()


def test_a_missing_palette_is_said(show: Show) -> None:
    with pytest.raises(CannotRender, match="palette"):
        show(palette_image())


# --- viewport


def test_the_picture_fits_into_the_viewport(picture: Any) -> None:
    wide = image(np.zeros((10, 20), np.uint16))
    assert picture(wide, width=100, height=100).size == (100, 50)
    assert picture(wide, height=5).size == (10, 5)


def test_pixels_that_are_not_square_are_stretched(picture: Any) -> None:
    tall = image(np.zeros((10, 10), np.uint16), PixelAspectRatio=[2, 1])
    assert picture(tall).size == (10, 20)
    spaced = image(np.zeros((10, 10), np.uint16), PixelSpacing=[1, 2])
    assert picture(spaced).size == (20, 10)


def test_a_region_is_cut_out_and_flipped(show: Show) -> None:
    dataset = image(RAMP, WindowCenter=128, WindowWidth=256)
    whole = show(dataset)
    part = show(dataset, region=Region(x=2, y=3, width=4, height=5))
    assert (part == whole[3:8, 2:6]).all()
    flipped = show(dataset, region=Region(x=2, y=3, width=-4, height=-5))
    assert (flipped == part[::-1, ::-1]).all()
    with pytest.raises(CannotRender, match="outside"):
        show(dataset, region=Region(x=16, y=0, width=4, height=4))


@pytest.mark.parametrize(("media_type", "kind"), [(JPEG, "JPEG"), (GIF, "GIF"), (PNG, "PNG")])
def test_a_picture_is_encoded_as_asked(picture: Any, media_type: str, kind: str) -> None:
    assert picture(image(RAMP), media_type=media_type).format == kind


def test_quality_changes_the_size(
    service: ImagingService, retriever: MemoryRetriever, run: Callable[[Any], Any]
) -> None:
    noise = np.random.default_rng(6).integers(0, 256, (64, 64), np.uint8)
    instance = retriever.add(part10(image(noise)))
    low, high = (
        len(run(service.render(instance, 1, RenderRequest(quality=quality))).data)
        for quality in (10, 95)
    )
    assert low < high / 2


def test_a_thumbnail_has_black_around_it(show: Show) -> None:
    dataset = image(np.full((10, 20), 255, np.uint8), Modality="OT")
    shown = show(dataset, kind="thumbnail", width=40, height=40)
    assert shown.shape == (40, 40)
    assert (shown[:9] == 0).all()
    assert (shown[-9:] == 0).all()
    assert (shown[11:29] == 255).all()


def test_an_image_that_cannot_be_decoded_has_a_sign(picture: Any) -> None:
    dataset = image(np.zeros((4, 4, 3), np.uint8), PhotometricInterpretation="HSV")
    shown = np.asarray(picture(dataset, kind="thumbnail", width=160, height=160))
    assert shown.shape == (160, 160, 3)
    assert shown.max() > 200
    assert np.median(shown) < 60


@pytest.mark.parametrize("size", [(8, 8), (160, 160), (300, 60)])
def test_an_object_without_pixels_has_a_sign(picture: Any, size: tuple[int, int]) -> None:
    dataset = image(RAMP, SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11")
    del dataset.PixelData
    shown = picture(dataset, kind="thumbnail", width=size[0], height=size[1])
    assert shown.size == size
    if min(size) > 16:
        assert np.asarray(shown).max() > 200
    assert np.median(np.asarray(shown)) < 60
