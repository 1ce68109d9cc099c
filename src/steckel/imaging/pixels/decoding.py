"""From the stored bytes of a frame to native little endian bytes.

Native form here: what Explicit VR Little Endian would hold for one frame on
its own, colour by pixel. Samples are not interpreted: unused high bits stay.
"""

from dataclasses import dataclass, replace

import numpy as np

from steckel.dicom.elements import UNDEFINED_LENGTH
from steckel.dicom.header import Header
from steckel.dicom.transfer_syntax import TransferSyntax
from steckel.errors import CannotRender
from steckel.imaging.pixels.codecs import (
    DEFLATED_FRAMES,
    ENCAPSULATED_UNCOMPRESSED,
    Samples,
    decode_compressed,
    inflate_frame,
)
from steckel.imaging.pixels.pixel_format import PixelFormat, pixel_format

_GE_PRIVATE_BIG_ENDIAN = "1.2.840.113619.5.2"
_NATIVE_IN_FRAGMENTS = (ENCAPSULATED_UNCOMPRESSED, DEFLATED_FRAMES)

#: Missing bytes that are taken for an image cut off, and not for a false size.
_MAX_MISSING = 64 << 20


@dataclass(frozen=True, kw_only=True)
class NativeFrame:
    """One frame in native form, and its layout."""

    data: bytes
    form: PixelFormat
    missing: int = 0  #: bytes at its end that were not there and are zeros now


def decode_frame(
    header: Header, syntax: TransferSyntax, data: bytes, bit_offset: int = 0
) -> NativeFrame:
    """Bring one frame into native form.

    Raises
    ------
    CannotRender
        It cannot be decoded.
    """
    form = pixel_format(header)
    if _is_compressed(header, syntax):
        return _from_samples(form, *decode_compressed(form, syntax.uid, data))
    if syntax.uid == DEFLATED_FRAMES:
        data = inflate_frame(data)
    data = _little(header, form, syntax, data)
    if bit_offset:
        data = _shifted(form, data, bit_offset)
    missing = max(form.frame_length - len(data), 0)
    data = _complete(form, data)
    if form.by_plane and not form.subsampled:
        data = _by_pixel(form, data)
    return NativeFrame(data=data, form=replace(form, by_plane=False), missing=missing)


def _is_compressed(header: Header, syntax: TransferSyntax) -> bool:
    """Whether a frame has to be decoded: fragments are never native (PS3.5 A.4).

    An object can have them in a native transfer syntax: its data set was in
    Implicit VR, against PS3.5 A.4, and the archive calls it what it is.
    """
    pixel = header.scan.pixel
    if pixel is None or syntax.uid in _NATIVE_IN_FRAGMENTS:
        return False
    return syntax.encapsulated or pixel.length == UNDEFINED_LENGTH


def _from_samples(form: PixelFormat, samples: Samples, photometric: str) -> NativeFrame:
    if form.subsampled and photometric == form.photometric:
        photometric = "YBR_FULL"  # the decoder gave each pixel its colour
    form = replace(form, photometric=photometric, by_plane=False)
    if form.bits_allocated == 1:
        packed = np.packbits(samples.reshape(-1) != 0, bitorder="little")
        return NativeFrame(data=packed.tobytes(), form=form)
    if samples.dtype.kind == "f":
        raise CannotRender("the compressed frame has floating point samples")
    if samples.dtype.itemsize > form.sample_bytes:
        raise CannotRender(
            f"the compressed frame has {samples.dtype.itemsize * 8} bits per sample,"
            f" the object says {form.bits_allocated}"
        )
    # Through a signed type of the same size first, so that a sign is extended.
    kind = "i" if samples.dtype.kind == "i" else "u"
    wide = samples.astype(f"<{kind}{form.sample_bytes}", copy=False)
    unused = form.bits_allocated - form.bits_stored
    if form.signed and kind == "u" and unused:
        # The codestream has the stored bits alone; readers of native data expect the sign.
        wide = (wide.view(f"<i{form.sample_bytes}") << unused) >> unused
    return NativeFrame(data=np.ascontiguousarray(wide).tobytes(), form=form)


def _little(header: Header, form: PixelFormat, syntax: TransferSyntax, data: bytes) -> bytes:
    """Bring the bytes of big endian samples, or of words of smaller samples, into order."""
    pixel = header.scan.pixel
    big = not syntax.encoding.little or syntax.uid == _GE_PRIVATE_BIG_ENDIAN
    if not big or pixel is None:
        return data
    size = form.sample_bytes
    if size == 1 and pixel.vr == "OW":
        size = 2  # PS3.5 8.1.1, annex D
    if size == 1:
        return data
    data += bytes(-len(data) % size)
    return np.frombuffer(data, f">u{size}").astype(f"<u{size}").tobytes()


def _shifted(form: PixelFormat, data: bytes, bit_offset: int) -> bytes:
    """Let the frame start with the first byte."""
    if form.bits_allocated > 1:
        return data[bit_offset // 8 :]
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
    count = form.rows * form.columns * form.samples
    return np.packbits(bits[bit_offset : bit_offset + count], bitorder="little").tobytes()


def _complete(form: PixelFormat, data: bytes) -> bytes:
    """Cut padding off, or put zeros where the end is missing."""
    missing = form.frame_length - len(data)
    if missing > 0 and (missing > _MAX_MISSING or not data):
        raise CannotRender(
            f"the frame has {len(data)} bytes; Rows and Columns call for {form.frame_length}"
        )
    return data + bytes(missing) if missing > 0 else data[: form.frame_length]


def _by_pixel(form: PixelFormat, data: bytes) -> bytes:
    planes = np.frombuffer(data, f"<u{form.sample_bytes}").reshape(form.samples, -1)
    return np.ascontiguousarray(planes.T).tobytes()
