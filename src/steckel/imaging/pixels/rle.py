"""RLE Lossless (PS3.5 G): byte planes, the most significant first."""

from struct import unpack_from
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from steckel.errors import CannotRender
from steckel.imaging.pixels.pixel_format import PixelFormat

_HEADER = 64

#: A pair of bytes stands for at most 128.
_MOST_PER_BYTE = 64
#: Bytes that may be missing of an image cut off.
_LENIENCE = 1 << 20


def decode_rle(form: PixelFormat, data: bytes) -> NDArray[Any]:
    """Decode one frame.

    Raises
    ------
    CannotRender
        The segments are not those of the image.
    """
    pixels = form.rows * form.columns
    segments = _segments(form, data)
    if form.frame_length > (len(data) + _LENIENCE) * _MOST_PER_BYTE:
        raise CannotRender(f"{len(data)} bytes of RLE cannot be {form.frame_length} bytes of image")
    planes = np.zeros((form.samples, form.sample_bytes, pixels), np.uint8)
    for number, segment in enumerate(segments):
        plane = np.frombuffer(_unpack(segment), np.uint8)[:pixels]
        sample, byte = divmod(number, form.sample_bytes)
        # A segment that ends early leaves zeros.
        planes[sample, form.sample_bytes - 1 - byte, : plane.size] = plane
    little = np.ascontiguousarray(planes.transpose(2, 0, 1))
    shape = (form.rows, form.columns, form.samples)
    return little.view(f"<u{form.sample_bytes}").reshape(shape)


def _segments(form: PixelFormat, data: bytes) -> list[bytes]:
    if len(data) < _HEADER:
        raise CannotRender("the RLE frame has no header")
    count, *offsets = unpack_from("<16I", data)
    wanted = form.samples * form.sample_bytes
    if count != wanted or count > 15:
        raise CannotRender(f"the RLE frame has {count} segments and should have {wanted}")
    ends = [*offsets[1:count], len(data)]
    return [data[start:end] for start, end in zip(offsets[:count], ends, strict=True)]


def _unpack(segment: bytes) -> bytes:
    try:
        return bytes(imagecodecs.packbits_decode(segment))
    except RuntimeError:
        raise CannotRender("a segment of the RLE frame is damaged") from None
