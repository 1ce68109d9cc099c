"""Decoders of compressed frames, by transfer syntax (PS3.5 8.2, A.4).

The rule: where the bytes say what they are, they are believed before the
transfer syntax, which some writers and converters get wrong. Each decoder
takes the bytes of one frame and returns samples by row, column and, for
colour, component, and the photometric interpretation that they now have.
"""

import zlib
from collections.abc import Callable
from typing import Any, Final

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from steckel.errors import CannotRender
from steckel.imaging.pixels.codestream import Codestream, Family, family_of, read_codestream
from steckel.imaging.pixels.pixel_format import MAX_FRAME, PixelFormat
from steckel.imaging.pixels.rle import decode_rle
from steckel.imaging.placeholder_text import is_video

Samples = NDArray[Any]
Decoded = tuple[Samples, str]

_TS = "1.2.840.10008.1.2."
ENCAPSULATED_UNCOMPRESSED: Final = _TS + "1.98"
DEFLATED_FRAMES: Final = _TS + "8.1"


def decode_compressed(form: PixelFormat, syntax: str, data: bytes) -> Decoded:
    """Decode one frame.

    Raises
    ------
    CannotRender
        There is no decoder for it, or the decoder refuses it.
    """
    if is_video(syntax):
        raise CannotRender("a video is played as a stream; it has no frames that can be shown")
    family = family_of(data)
    decoder = _DECODERS.get(syntax) if family is None else _FAMILIES[family]
    if decoder is None:
        raise CannotRender(f"there is no decoder for transfer syntax {syntax}")
    try:
        samples, photometric = decoder(form, data)
    except (RuntimeError, ValueError, TypeError, OverflowError, zlib.error) as problem:
        kind = type(problem).__name__
        raise CannotRender(f"the compressed frame is damaged ({kind})") from None
    if samples.ndim == 2:
        samples = samples[:, :, np.newaxis]
    wanted = (form.rows, form.columns, form.samples)
    if samples.shape != wanted:
        raise CannotRender(f"the frame is {samples.shape} and should be {wanted}")
    return samples, photometric


def _checked(form: PixelFormat, data: bytes) -> Codestream:
    """Make sure that the image has the size that its object says."""
    stream = read_codestream(data)
    said = (form.rows, form.columns, form.samples)
    found = (stream.rows or form.rows, stream.columns, stream.components)
    if found != said:
        raise CannotRender(
            f"the compressed frame has {found[0]} x {found[1]} pixels of {found[2]} components,"
            f" the object says {said[0]} x {said[1]} of {said[2]}"
        )
    return stream


def _jpeg(form: PixelFormat, data: bytes) -> Decoded:
    stream = _checked(form, data)
    if stream.process == 0xF7:
        return _jpegls(form, data)
    if stream.components != 3:
        return _sof(stream, data, None), form.photometric
    if stream.process == 0xC3:
        # Lossless: the samples are what they were, whatever they stand for.
        return _sof(stream, data, "RGB"), form.photometric
    if _holds_rgb(form, stream):
        return _sof(stream, data, "RGB"), "RGB"
    return imagecodecs.jpeg8_decode(data, colorspace="YCBCR", outcolorspace="RGB"), "RGB"


def _holds_rgb(form: PixelFormat, stream: Codestream) -> bool:
    """Whether components were compressed as red, green and blue.

    The codestream knows best (PS3.5 8.2.1 note); the object is asked where it
    says nothing.
    """
    if stream.adobe_transform is not None:
        return stream.adobe_transform == 0
    if stream.letters:
        return True
    return form.photometric == "RGB" and not stream.jfif


def _sof(stream: Codestream, data: bytes, space: str | None) -> Samples:
    """Decode without a change of colours."""
    decode: Callable[..., Samples] = imagecodecs.jpeg8_decode
    try:
        return decode(data, colorspace=space, outcolorspace=space)
    except RuntimeError:
        if stream.process != 0xC3:
            raise
        # A second opinion: libjpeg refuses what some old lossless encoders wrote.
        return np.ascontiguousarray(imagecodecs.jpegsof3_decode(data))


def _jpegls(form: PixelFormat, data: bytes) -> Decoded:
    _checked(form, data)
    return imagecodecs.jpegls_decode(data), form.photometric


def _jpeg2000(form: PixelFormat, data: bytes) -> Decoded:
    _checked(form, data)
    samples = imagecodecs.jpeg2k_decode(data)
    # The decoder undoes the component transform of the codestream (PS3.5 8.2.4).
    transformed = form.photometric in ("YBR_RCT", "YBR_ICT")
    return samples, "RGB" if transformed else form.photometric


def _jpegxl(form: PixelFormat, data: bytes) -> Decoded:
    # The size is in a bit-packed header that only the decoder reads; the limit of
    # the process's memory is what holds here.
    return imagecodecs.jpegxl_decode(data), "RGB" if form.samples == 3 else form.photometric


def _rle(form: PixelFormat, data: bytes) -> Decoded:
    return decode_rle(form, data), form.photometric


def inflate_frame(data: bytes) -> bytes:
    """Inflate one frame of Deflated Image Frame Compression (PS3.5 A.4.12)."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, MAX_FRAME)
    except zlib.error:
        raise CannotRender("the deflated frame is damaged") from None


_FAMILIES: Final = {Family.JPEG: _jpeg, Family.JPEG2000: _jpeg2000}

_DECODERS: Final[dict[str, Callable[[PixelFormat, bytes], Decoded]]] = {
    **{_TS + f"4.{number}": _jpeg for number in (*range(50, 67), 70)},
    **{_TS + suffix: _jpegls for suffix in ("4.80", "4.81")},
    **{
        _TS + suffix: _jpeg2000
        for suffix in ("4.90", "4.91", "4.92", "4.93", "4.201", "4.202", "4.203")
    },
    **{_TS + suffix: _jpegxl for suffix in ("4.110", "4.111", "4.112")},
    _TS + "5": _rle,
}
