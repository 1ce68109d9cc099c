"""Transcoded objects read by pydicom: the same attributes, the same pixels."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels import pixel_array
from pydicom.sequence import Sequence
from tests.unit.imaging.made import image, part10
from tests.unit.imaging.memory_retriever import MemoryRetriever, sample

from steckel.dicom.uids import TransferSyntaxUid
from steckel.errors import CannotRender
from steckel.imaging.pixels.transcode import transcode
from steckel.imaging.service import ImagingService
from steckel.retrieve.model import StoredInstance

IMPLICIT, EXPLICIT, DEFLATED, BIG = (
    "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2",
)  # fmt: skip
NATIVE = (IMPLICIT, EXPLICIT, DEFLATED, BIG)

_MADE_ANEW = ("PixelData", "DataSetTrailingPadding")


def read(data: bytes) -> Dataset:
    return pydicom.dcmread(BytesIO(data))


@pytest.mark.parametrize("to", NATIVE)
@pytest.mark.parametrize(
    "name",
    [
        "CT_small.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm", "MR_small_RLE.dcm",
        "rtdose_rle.dcm", "SC_rgb_rle_32bit.dcm", "J2K_pixelrep_mismatch.dcm", "image_dfl.dcm",
        "SC_rgb_small_odd_big_endian.dcm", "SC_rgb_small_odd.dcm", "examples_jpeg2k.dcm",
        "liver_1frame.dcm", "liver_expb_1frame.dcm", "SC_ybr_full_422_uncompressed.dcm",
    ],
)  # fmt: skip
def test_pixels_stay_the_same(name: str, to: str) -> None:
    source = read(sample(name))
    found = read(transcode(sample(name), to))
    assert found.file_meta.TransferSyntaxUID == to
    assert found.SOPInstanceUID == source.SOPInstanceUID
    assert (pixel_array(found, raw=True) == pixel_array(source, raw=True)).all()


@pytest.mark.parametrize("to", NATIVE)
@pytest.mark.parametrize("name", ["MR_small.dcm", "test-SR.dcm", "rtplan.dcm", "waveform_ecg.dcm"])
def test_attributes_stay_the_same(name: str, to: str) -> None:
    source, found = read(sample(name)), read(transcode(sample(name), to))
    for element in source:
        if not element.tag.is_private and element.keyword not in _MADE_ANEW:
            assert str(found[element.tag].value) == str(element.value)


def test_there_and_back_is_the_same_to_the_byte() -> None:
    start = transcode(sample("test-SR.dcm"), EXPLICIT)
    for other in (IMPLICIT, BIG, DEFLATED):
        again = transcode(transcode(start, other), EXPLICIT)
        assert again == transcode(transcode(again, other), EXPLICIT)


def test_ybr_of_jpeg_becomes_rgb_and_says_so() -> None:
    source = read(sample("SC_rgb_dcmtk_+eb+cy+np.dcm"))
    found = read(transcode(sample("SC_rgb_dcmtk_+eb+cy+np.dcm"), EXPLICIT))
    assert found.PhotometricInterpretation == "RGB"
    assert found.PlanarConfiguration == 0
    assert found.LossyImageCompression == "01"
    difference = pixel_array(found).astype(int) - pixel_array(source)
    assert np.abs(difference).max() <= 2


def test_the_syntax_that_it_has_is_left_alone() -> None:
    assert transcode(sample("CT_small.dcm"), EXPLICIT) == sample("CT_small.dcm")


def test_signed_values_by_context_keep_their_representation() -> None:
    dataset = image(np.zeros((2, 2), np.int16))
    dataset.add_new(0x00280120, "SS", -2000)
    found = read(transcode(transcode(part10(dataset), IMPLICIT), EXPLICIT))
    assert found["PixelPaddingValue"].VR == "SS"
    assert found.PixelPaddingValue == -2000


def test_a_value_too_long_for_its_representation_becomes_unknown() -> None:
    dataset = image(np.zeros((2, 2), np.uint16))
    dataset.add_new(0x00280120, "US", 7)
    long = transcode(part10(dataset), IMPLICIT)
    # An LO of 70,000 bytes can be said in Implicit VR only (PS3.5 6.2.2).
    element = b"\x08\x00\x70\x00" + (70_000).to_bytes(4, "little") + b"x" * 70_000
    at = long.index(b"\x20\x00\x0d\x00")
    found = read(transcode(long[:at] + element + long[at:], EXPLICIT))
    assert len(found.get_item(0x00080070).value) == 70_000
    assert found.PixelPaddingValue == 7


def test_bit_packed_frames_stay_without_gaps() -> None:
    bits = np.random.default_rng(7).integers(0, 2, (3, 5, 7), np.uint8)
    dataset = image(bits[0], BitsAllocated=1, BitsStored=1, HighBit=0, NumberOfFrames=3)
    dataset.PixelData = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    for to in NATIVE:
        assert (pixel_array(read(transcode(part10(dataset), to))) == bits).all()


def test_garbage_after_the_pixels_stays_behind() -> None:
    found = read(transcode(sample("CT_small.dcm") + b"\x7f garbage that is no element", IMPLICIT))
    assert (pixel_array(found) == pixel_array(read(sample("CT_small.dcm")))).all()


def with_compressed_image_in(tag: int) -> bytes:
    dataset = read(sample("MR_small_RLE.dcm"))
    icon = Dataset()
    icon.Rows = icon.Columns = 8
    icon.add_new(0x7FE00010, "OB", b"\xfe\xff\x00\xe0\x00\x00\x00\x00\xfe\xff\x00\xe0\x02\0\0\0ab")
    icon["PixelData"].is_undefined_length = True
    dataset.add_new(0x07A30010, "LO", "MAKER")
    dataset.add_new(tag, "SQ", Sequence([icon]))
    out = BytesIO()
    dataset.save_as(out)
    return out.getvalue()


@pytest.mark.parametrize("tag", [0x00880200, 0x07A310CE])
def test_a_compressed_icon_is_left_out(tag: int) -> None:
    found = read(transcode(with_compressed_image_in(tag), EXPLICIT))
    assert tag not in found
    assert (pixel_array(found) == pixel_array(read(sample("MR_small_RLE.dcm")))).all()


def test_a_compressed_image_that_is_no_icon_is_not_lost_silently() -> None:
    with pytest.raises(CannotRender, match="fragments"):
        transcode(with_compressed_image_in(0x00081140), EXPLICIT)


def test_fragments_in_a_native_transfer_syntax_are_decoded(
    stored: Callable[[str], StoredInstance], retriever: MemoryRetriever
) -> None:
    instance = stored("SC_rgb_jpeg.dcm")
    found = read(transcode(retriever.read(instance), EXPLICIT))
    assert pixel_array(found).shape == (256, 256, 3)
    assert 240 < pixel_array(found).mean() < 248


@pytest.mark.parametrize("to", ["1.2.840.10008.1.2.4.90", "1.2.3"])
def test_a_syntax_that_cannot_be_made_is_refused(to: str) -> None:
    with pytest.raises(CannotRender, match="cannot be encoded"):
        transcode(sample("CT_small.dcm"), to)


def test_the_service_transcodes_for_tasks_and_for_threads(
    service: ImagingService, run: Callable[[Any], Any]
) -> None:
    expected = transcode(sample("MR_small_RLE.dcm"), IMPLICIT)
    assert run(service.transcode(sample("MR_small_RLE.dcm"), IMPLICIT)) == expected
    assert service.transcode_now(sample("MR_small_RLE.dcm"), IMPLICIT) == expected
    found = service.blocking.transcode(sample("MR_small_RLE.dcm"), TransferSyntaxUid(IMPLICIT))
    assert found == expected
    with pytest.raises(CannotRender, match="cannot be encoded"):
        service.transcode_now(sample("CT_small.dcm"), "1.2.3")
