"""Frames in HTJ2K, without loss: what viewers load faster than native pixels.

The codestream is what PS3.5 10.18 asks of HTJ2K Lossless RPCL: the order of
progression is by resolution, the lengths of its parts stand in front (TLM), and the
smallest resolution is a thumbnail. The rule: what cannot come back to the last bit
is not encoded, and each codestream is decoded and compared before it is given away.
"""

from typing import Any, Final

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from steckel.dicom.header import Header
from steckel.dicom.transfer_syntax import TransferSyntax
from steckel.errors import CannotRender
from steckel.imaging.pixels.decoding import decode_frame
from steckel.imaging.pixels.pixel_format import PixelFormat, pixel_format

#: Either side of the smallest resolution (PS3.5 10.18).
_THUMBNAIL: Final = 64
#: Halvings of any image: what encoders do by default.
_LEAST_LEVELS: Final = 5
#: By samples per pixel: what stays what it is called.
_PHOTOMETRIC: Final = {1: ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"), 3: ("RGB",)}


def encode_htj2k(header: Header, syntax: TransferSyntax, data: bytes, bit_offset: int = 0) -> bytes:
    """Encode one stored native frame.

    Raises
    ------
    CannotRender
        It is cut off, or not of a kind that HTJ2K keeps as it is.
    """
    form = pixel_format(header)
    _check(form)
    frame = decode_frame(header, syntax, data, bit_offset)
    if frame.missing:
        raise CannotRender(f"{frame.missing} bytes of the frame are missing")
    samples = _samples(form, frame.data)
    encoded = imagecodecs.htj2k_encode(
        samples,
        reversible=True,
        resolutions=_levels(form),
        tlm=True,
        tilepart=imagecodecs.HTJ2K.TILEPART.RESOLUTIONS,
    )
    decoded: NDArray[Any] = imagecodecs.htj2k_decode(encoded)
    if decoded.dtype != samples.dtype or not np.array_equal(
        decoded.reshape(samples.shape), samples
    ):
        raise CannotRender("the encoder lost something of the frame")
    return bytes(encoded)


def _check(form: PixelFormat) -> None:
    if form.floating or form.bits_allocated not in (8, 16):
        raise CannotRender(f"samples of {form.bits_allocated} bits are not encoded")
    if form.photometric not in _PHOTOMETRIC.get(form.samples, ()):
        raise CannotRender(f"{form.photometric} of {form.samples} samples is not encoded")
    if form.by_plane:
        # It would come back by pixel, which the metadata of the object denies.
        raise CannotRender("colour by plane is not encoded")


def _samples(form: PixelFormat, data: bytes) -> NDArray[Any]:
    """Take the samples with all their bits, also those above the stored ones."""
    kind = "i" if form.signed else "u"
    flat = np.frombuffer(data, f"<{kind}{form.sample_bytes}")
    shape = (form.rows, form.columns, form.samples)
    return flat.reshape(shape if form.samples > 1 else shape[:2])


def _levels(form: PixelFormat) -> int:
    """Return how often the image is halved: until it is a thumbnail."""
    levels = _LEAST_LEVELS
    while -(-max(form.rows, form.columns) >> levels) > _THUMBNAIL:
        levels += 1
    return levels
