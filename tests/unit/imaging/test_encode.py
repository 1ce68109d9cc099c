"""Frames in HTJ2K come back to the last bit, and the codestream is what the syntax asks for."""

from collections.abc import Callable, Sequence
from typing import Any

import imagecodecs
import numpy as np
import pytest
from tests.unit.imaging.made import compressed, image, part10
from tests.unit.imaging.memory_retriever import MemoryRetriever, sample

from steckel.errors import CannotRender, NotFound
from steckel.imaging.service import ImagingService

Run = Callable[[Any], Any]
Encode = Callable[..., bytes]

BIG_ENDIAN = "1.2.840.10008.1.2.2"
COD, TLM = b"\xff\x52", b"\xff\x55"


@pytest.fixture
def encode(service: ImagingService, retriever: MemoryRetriever, run: Run) -> Encode:
    def encode(file: bytes, frame: int = 1) -> bytes:
        made: bytes = run(service.encode(retriever.add(file), frame))
        return made

    return encode


def noise(dtype: str, *shape: int, low: int | None = None, high: int | None = None) -> np.ndarray:
    limits = np.iinfo(dtype)
    chosen = np.random.default_rng(len(shape))
    return chosen.integers(
        limits.min if low is None else low, limits.max if high is None else high, shape,
        dtype=dtype, endpoint=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    "pixels",
    [
        noise("u1", 40, 50), noise("i1", 33, 7), noise("u2", 64, 64), noise("i2", 61, 127),
        noise("i2", 30, 30, low=-1024, high=3071), noise("u1", 20, 31, 3), noise("u2", 9, 9, 3),
        noise("u2", 1, 1), noise("u2", 1, 300), np.zeros((90, 90), "u2"),
    ],
    ids=lambda pixels: f"{pixels.dtype}-{pixels.shape}",
)  # fmt: skip
def test_samples_come_back_as_they_were(encode: Encode, pixels: np.ndarray) -> None:
    decoded = imagecodecs.htj2k_decode(encode(part10(image(pixels))))
    assert decoded.dtype == pixels.dtype
    assert np.array_equal(decoded.reshape(pixels.shape), pixels)


def test_bits_above_the_stored_ones_come_back_too(encode: Encode) -> None:
    pixels = noise("u2", 40, 40)  # overlays in the unused bits, as of old
    file = part10(image(pixels, BitsStored=12, HighBit=11))
    assert np.array_equal(imagecodecs.htj2k_decode(encode(file)), pixels)


@pytest.mark.parametrize("frame", [1, 2, 3])
def test_each_frame_of_many_is_encoded(encode: Encode, frame: int) -> None:
    frames = noise("u1", 3, 31, 17)  # of an odd length
    raw = frames.tobytes()
    dataset = image(frames[0], NumberOfFrames=3, PixelData=raw + bytes(len(raw) % 2))
    decoded = imagecodecs.htj2k_decode(encode(part10(dataset), frame))
    assert np.array_equal(decoded, frames[frame - 1])


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small_bigendian.dcm", "MR_small.dcm"])
def test_what_comes_back_is_what_decoding_gives(
    service: ImagingService, retriever: MemoryRetriever, run: Run, name: str
) -> None:
    stored = retriever.add(sample(name))
    native = run(service.decode(stored, 1))
    assert imagecodecs.htj2k_decode(run(service.encode(stored, 1))).tobytes() == native


def test_the_codestream_is_what_lossless_rpcl_asks_for(encode: Encode) -> None:
    """PS3.5 10.18: order RPCL, tile lengths present, a base resolution of 64 at most."""
    codestream = encode(part10(image(np.zeros((2100, 500), "u2"))))
    coding = codestream[codestream.index(COD) :]
    assert coding[5] == 2  # RPCL
    assert coding[9] == 6  # 2100 / 64 is 33
    assert coding[13] == 1  # the reversible wavelet
    assert TLM in codestream[:200]


def _without_last_bytes(file: bytes) -> bytes:
    return file[:-20]


def _float() -> bytes:
    dataset = image(np.zeros((8, 8), "f4"), BitsAllocated=32)
    dataset.FloatPixelData = bytes(256)
    return part10(dataset)


def _in_planes() -> bytes:
    return part10(image(noise("u1", 8, 8, 3), PlanarConfiguration=1))


CASES: Sequence[tuple[str, Callable[[], bytes]]] = (
    ("cut off", lambda: _without_last_bytes(part10(image(noise("u1", 30, 30))))),
    ("floating point", _float),
    ("by plane", _in_planes),
    ("packed bits", lambda: part10(image(np.zeros((8, 8), "u1"), BitsAllocated=1, BitsStored=1))),
    ("ybr", lambda: part10(image(noise("u1", 8, 8, 3), PhotometricInterpretation="YBR_FULL"))),
    ("deflated", lambda: sample("image_dfl.dcm")),
    (
        "compressed",
        lambda: compressed(
            image(noise("u1", 8, 8)),
            "1.2.840.10008.1.2.4.80",
            imagecodecs.jpegls_encode(noise("u1", 8, 8)),
        ),
    ),
)


@pytest.mark.parametrize("make", [case for _, case in CASES], ids=[name for name, _ in CASES])
def test_what_would_not_come_back_as_it_was_is_not_encoded(
    encode: Encode, make: Callable[[], bytes]
) -> None:
    with pytest.raises(CannotRender):
        encode(make())


def test_a_frame_that_is_not_there_is_not_found(encode: Encode) -> None:
    with pytest.raises(NotFound):
        encode(sample("CT_small.dcm"), 2)
