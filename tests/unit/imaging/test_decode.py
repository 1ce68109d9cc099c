"""Decoded frames against what pydicom decodes, and against what went in."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.pixels import pixel_array
from structlog.testing import capture_logs
from tests.unit.imaging.made import compressed, image, part10
from tests.unit.imaging.memory_retriever import MemoryRetriever, sample

from steckel.errors import CannotRender, NotFound
from steckel.imaging.service import ImagingService
from steckel.retrieve.model import StoredInstance

Stored = Callable[[str], StoredInstance]
Run = Callable[[Any], Any]

JPEG_LOSSLESS, JPEG_LS, HTJ2K, JPEG_XL = (
    "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.4.110",
)  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "CT_small.dcm", "ExplVR_BigEnd.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm",
        "MR_small_RLE.dcm", "SC_rgb_rle_16bit_2frame.dcm",
        "SC_rgb_rle_32bit.dcm", "rtdose_rle.dcm", "rtdose_expb.dcm", "JPEG2000.dcm",
        "693_J2KI.dcm", "J2K_pixelrep_mismatch.dcm", "SC_rgb_gdcm_KY.dcm",
        "MR_small_jp2klossless.dcm", "SC_jpeg_no_color_transform.dcm",
        "SC_jpeg_no_color_transform_2.dcm", "SC_rgb_dcmtk_+eb+cr.dcm", "image_dfl.dcm",
        "SC_rgb_small_odd.dcm", "SC_rgb_small_odd_big_endian.dcm", "examples_palette.dcm",
        "SC_rgb_jpeg_app14_dcmd.dcm",
    ],
)  # fmt: skip
def test_a_frame_is_what_pydicom_decodes(
    service: ImagingService, stored: Stored, run: Run, name: str
) -> None:
    dataset = pydicom.dcmread(BytesIO(sample(name)))
    expected = pixel_array(dataset, index=0, raw=True)
    assert run(service.decode(stored(name), 1)) == _little(expected)


@pytest.mark.parametrize(
    "name", ["SC_rgb_dcmtk_+eb+cy+n1.dcm", "SC_rgb_dcmtk_+eb+cy+np.dcm", "SC_rgb_jpeg_dcmtk.dcm"]
)
def test_ybr_of_jpeg_becomes_rgb(
    service: ImagingService, stored: Stored, run: Run, name: str
) -> None:
    expected = pixel_array(pydicom.dcmread(BytesIO(sample(name))), index=0)
    decoded = np.frombuffer(run(service.decode(stored(name), 1)), np.uint8).reshape(expected.shape)
    assert np.abs(decoded.astype(int) - expected).max() <= 2


def test_a_later_frame_is_decoded(service: ImagingService, stored: Stored, run: Run) -> None:
    dataset = pydicom.dcmread(BytesIO(sample("rtdose.dcm")))
    expected = pixel_array(dataset, index=7, raw=True)
    assert run(service.decode(stored("rtdose.dcm"), 8)) == _little(expected)


def test_a_frame_costs_its_own_bytes_and_the_header(
    service: ImagingService, stored: Stored, retriever: MemoryRetriever, run: Run
) -> None:
    instance = stored("rtdose.dcm")
    before = retriever.bytes_read
    run(service.decode(instance, 15))
    assert retriever.bytes_read - before < instance.location.length / 2


@pytest.mark.parametrize("frame", [0, 16])
def test_a_frame_that_is_not_there_is_not_found(
    service: ImagingService, stored: Stored, run: Run, frame: int
) -> None:
    with pytest.raises(NotFound, match="no frame"):
        run(service.decode(stored("rtdose.dcm"), frame))


def test_bit_packed_frames_are_cut_apart(
    service: ImagingService, retriever: MemoryRetriever, run: Run
) -> None:
    bits = np.random.default_rng(1).integers(0, 2, (3, 5, 7), np.uint8)
    dataset = image(bits[0])
    dataset.NumberOfFrames, dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 3, 1, 1, 0
    dataset.PixelData = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    instance = retriever.add(part10(dataset))
    for number in (1, 2, 3):
        packed = np.frombuffer(run(service.decode(instance, number)), np.uint8)
        found = np.unpackbits(packed, count=35, bitorder="little")
        assert (found == bits[number - 1].reshape(-1)).all()
    with pytest.raises(NotFound):
        run(service.decode(instance, 4))


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        (JPEG_LOSSLESS, lambda a: imagecodecs.ljpeg_encode(a, bitspersample=16)),
        (JPEG_LS, imagecodecs.jpegls_encode),
        (HTJ2K, lambda a: imagecodecs.htj2k_encode(a, reversible=True)),
        (JPEG_XL, lambda a: imagecodecs.jpegxl_encode(a, lossless=True)),
    ],
)
def test_a_lossless_frame_is_what_went_in(
    service: ImagingService, retriever: MemoryRetriever, run: Run, syntax: str, encode: Any
) -> None:
    pixels = np.random.default_rng(2).integers(0, 1 << 16, (33, 47), np.uint16)
    instance = retriever.add(compressed(image(pixels), syntax, bytes(encode(pixels))))
    assert run(service.decode(instance, 1)) == pixels.tobytes()


def test_the_sign_of_compressed_samples_spreads(
    service: ImagingService, retriever: MemoryRetriever, run: Run
) -> None:
    pixels = np.array([[-2048, -1, 0, 2047]] * 4, np.int16)
    frame = bytes(imagecodecs.jpegls_encode((pixels & 0xFFF).astype(np.uint16)))
    dataset = image(pixels, BitsStored=12, HighBit=11)
    instance = retriever.add(compressed(dataset, JPEG_LS, frame))
    assert run(service.decode(instance, 1)) == pixels.tobytes()


def test_colour_by_plane_becomes_colour_by_pixel(
    service: ImagingService, retriever: MemoryRetriever, run: Run
) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (4, 6, 3), np.uint8)
    planes = pixels.transpose(2, 0, 1).tobytes()
    dataset = image(pixels, PlanarConfiguration=1, PixelData=planes)
    assert run(service.decode(retriever.add(part10(dataset)), 1)) == pixels.tobytes()


def test_a_frame_cut_off_is_filled_up(
    service: ImagingService, retriever: MemoryRetriever, run: Run
) -> None:
    pixels = np.full((8, 8), 7, np.uint16)
    dataset = image(pixels, PixelData=pixels.tobytes()[:100])
    instance = retriever.add(part10(dataset))
    with capture_logs() as logs:
        decoded = run(service.decode(instance, 1))
    assert decoded == pixels.tobytes()[:100] + bytes(28)
    assert [(line["event"], line["missing_bytes"]) for line in logs] == [("frame_incomplete", 28)]


@pytest.mark.parametrize("side", [46_341, 20_000, 65_535])
def test_a_false_size_is_refused_before_it_is_allocated(
    service: ImagingService, retriever: MemoryRetriever, run: Run, side: int
) -> None:
    dataset = image(np.zeros((2, 2), np.uint16), Rows=side, Columns=side)
    instance = retriever.add(part10(dataset))
    with pytest.raises(CannotRender, match=r"larger than|call for"):
        run(service.decode(instance, 1))


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.5", JPEG_LS, "1.2.840.10008.1.2.4.90"])
def test_a_false_size_of_a_compressed_image_is_refused(
    service: ImagingService, retriever: MemoryRetriever, run: Run, syntax: str
) -> None:
    pixels = np.zeros((8, 8), np.uint8)
    frames = {
        JPEG_LS: imagecodecs.jpegls_encode,
        "1.2.840.10008.1.2.4.90": imagecodecs.jpeg2k_encode,
        "1.2.840.10008.1.2.5": lambda _: b"\1\0\0\0\x40" + bytes(59) + b"\xc1\0",
    }
    dataset = image(pixels, Rows=30_000, Columns=30_000)
    instance = retriever.add(compressed(dataset, syntax, bytes(frames[syntax](pixels))))
    with pytest.raises(CannotRender, match=r"cannot be|the object says"):
        run(service.decode(instance, 1))


@pytest.mark.parametrize("syntax", [JPEG_LS, "1.2.840.10008.1.2.5", "1.2.826.0.1.99999.1"])
def test_a_codestream_is_believed_before_the_transfer_syntax(
    service: ImagingService, retriever: MemoryRetriever, run: Run, syntax: str
) -> None:
    pixels = np.random.default_rng(7).integers(0, 256, (9, 11), np.uint8)
    frame = bytes(imagecodecs.jpeg2k_encode(pixels, level=0, reversible=True))
    instance = retriever.add(compressed(image(pixels), syntax, frame))
    assert run(service.decode(instance, 1)) == pixels.tobytes()


def test_jpeg_in_a_data_set_in_implicit_vr_is_decoded(
    service: ImagingService, stored: Stored, run: Run
) -> None:
    instance = stored("SC_rgb_jpeg.dcm")
    assert instance.transfer_syntax == "1.2.840.10008.1.2.4.50"
    decoded = np.frombuffer(run(service.decode(instance, 1)), np.uint8)
    assert 240 < decoded.mean() < 248


def test_what_a_private_transfer_syntax_does_is_not_guessed(
    service: ImagingService, retriever: MemoryRetriever, run: Run
) -> None:
    instance = retriever.add(part10(image(np.zeros((8, 8), np.uint8)), "1.2.826.0.1.99999.1"))
    with pytest.raises(CannotRender, match="no decoder"):
        run(service.decode(instance, 1))


def test_fragments_that_are_no_image_are_refused(
    service: ImagingService, retriever: MemoryRetriever, run: Run
) -> None:
    dataset = image(np.zeros((8, 8), np.uint8))
    instance = retriever.add(compressed(dataset, "1.2.826.0.1.99999.1", bytes(64)))
    with pytest.raises(CannotRender, match="no decoder"):
        run(service.decode(instance, 1))


@pytest.mark.parametrize("name", ["JPEG2000.dcm", "MR_small_RLE.dcm", "SC_rgb_jpeg_dcmtk.dcm"])
def test_a_damaged_frame_gives_a_reason_or_an_image(
    service: ImagingService, retriever: MemoryRetriever, run: Run, name: str
) -> None:
    instance = retriever.add(sample(name))
    assert instance.frames
    fragment = instance.frames.frames[0][0]
    data = bytearray(retriever.files[instance.sop_instance_uid])
    for position in np.random.default_rng(4).integers(0, fragment.length, 40):
        data[fragment.offset + position] ^= 0xFF
    retriever.files[instance.sop_instance_uid] = bytes(data)
    try:
        assert run(service.decode(instance, 1))
    except CannotRender as refusal:
        assert str(refusal)  # noqa: PT017  # either is right


def test_a_video_has_no_frames_to_decode(
    service: ImagingService, retriever: MemoryRetriever, run: Run
) -> None:
    dataset = image(np.zeros((8, 8), np.uint8))
    instance = retriever.add(compressed(dataset, "1.2.840.10008.1.2.4.102", b"stream"))
    with pytest.raises(CannotRender, match="video"):
        run(service.decode(instance, 1))


def _little(array: np.ndarray) -> bytes:
    return array.astype(array.dtype.newbyteorder("<")).tobytes()
