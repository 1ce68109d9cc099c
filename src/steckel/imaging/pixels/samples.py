"""From native bytes to sample values: an array by row, column and component."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steckel.imaging.pixels.decoding import NativeFrame
from steckel.imaging.pixels.pixel_format import PixelFormat


def samples_of(frame: NativeFrame) -> NDArray[Any]:
    """Return the stored values, their unused bits gone and their sign applied (PS3.5 8.1.1)."""
    form = frame.form
    if form.bits_allocated == 1:
        count = form.rows * form.columns * form.samples
        packed = np.frombuffer(frame.data, np.uint8)
        return _shaped(form, np.unpackbits(packed, count=count, bitorder="little"))
    if form.floating:
        return _shaped(form, np.frombuffer(frame.data, f"<f{form.sample_bytes}"))
    if form.subsampled:
        return _full(form, np.frombuffer(frame.data, np.uint8))
    kind = "i" if form.signed else "u"
    stored = np.frombuffer(frame.data, f"<{kind}{form.sample_bytes}")
    return _shaped(form, _aligned(form, stored))


def _shaped(form: PixelFormat, flat: NDArray[Any]) -> NDArray[Any]:
    return flat.reshape(form.rows, form.columns, form.samples)


def _aligned(form: PixelFormat, stored: NDArray[Any]) -> NDArray[Any]:
    """Take the stored bits out of the allocated ones."""
    if form.bits_stored == form.bits_allocated:
        return stored
    high = form.high_bit if form.bits_stored - 1 <= form.high_bit < form.bits_allocated else None
    # Up to the top, then down: overlay bits fall off, and a sign spreads.
    above = form.bits_allocated - 1 - (form.bits_stored - 1 if high is None else high)
    return (stored << above) >> (form.bits_allocated - form.bits_stored)


def _full(form: PixelFormat, packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give each pixel its colour: Y1 Y2 Cb Cr become two pixels (PS3.3 C.7.6.3.1.2)."""
    pairs = packed.reshape(form.rows, -1, 4)
    full = np.empty((form.rows, pairs.shape[1] * 2, 3), np.uint8)
    full[:, 0::2, 0], full[:, 1::2, 0] = pairs[:, :, 0], pairs[:, :, 1]
    for component, source in ((1, 2), (2, 3)):
        full[:, 0::2, component] = full[:, 1::2, component] = pairs[:, :, source]
    return full[:, : form.columns]
