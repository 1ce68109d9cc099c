"""Colour images: from stored values to 8-bit RGB (PS3.3 C.7.6.3.1.2)."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from steckel.errors import CannotRender
from steckel.imaging.pixels.attributes import Attributes
from steckel.imaging.pixels.lookup import palette
from steckel.imaging.pixels.pixel_format import PixelFormat

Colours = NDArray[np.uint8]

#: Rows of a picture that are converted at once, in pixels.
_PIECE: Final = 1 << 20


def show_colour(values: NDArray[Any], form: PixelFormat, attributes: Attributes) -> Colours:
    """Return rows, columns and three components of 8 bits.

    Raises
    ------
    CannotRender
        The photometric interpretation is none that can be shown.
    """
    if form.photometric == "PALETTE COLOR":
        return _from_palette(values[:, :, 0], attributes)
    convert = _CONVERSIONS.get(form.photometric)
    if convert is None or form.samples != 3:
        raise CannotRender(
            f"Photometric Interpretation {form.photometric} with {form.samples} samples"
            " per pixel cannot be shown"
        )
    return convert(_eight_bits(values, form))


def _from_palette(values: NDArray[Any], attributes: Attributes) -> Colours:
    tables = palette(attributes)
    shown = np.empty((*values.shape, 3), np.uint8)
    for channel, table in enumerate(tables):
        entries = table.look_up(values)
        shown[:, :, channel] = entries >> (table.bits - 8)
    return shown


def _eight_bits(values: NDArray[Any], form: PixelFormat) -> Colours:
    if form.signed or form.floating:
        raise CannotRender("colour samples that are signed or no integers cannot be shown")
    if form.bits_stored < 8:
        return (values.astype(np.uint16) * 255 // ((1 << form.bits_stored) - 1)).astype(np.uint8)
    return (values >> (form.bits_stored - 8)).astype(np.uint8)


def _same(colours: Colours) -> Colours:
    return colours


def _from_full(colours: Colours) -> Colours:
    """YBR_FULL: ITU-R BT.601 over the full range."""
    return _from_ybr(colours, black=0.0, luma=1.0, chroma=1.0)


def _from_partial(colours: Colours) -> Colours:
    """YBR_PARTIAL: Y from 16 to 235, Cb and Cr from 16 to 240."""
    return _from_ybr(colours, black=16.0, luma=255 / 219, chroma=255 / 224)


def _from_ybr(colours: Colours, *, black: float, luma: float, chroma: float) -> Colours:
    flat = colours.reshape(-1, 3)
    shown = np.empty(flat.shape, np.uint8)
    matrix = np.array(
        [
            [luma, 0, 1.402 * chroma],
            [luma, -0.114 * 1.772 / 0.587 * chroma, -0.299 * 1.402 / 0.587 * chroma],
            [luma, 1.772 * chroma, 0],
        ],
        np.float32,
    )
    zero = np.array([black, 128, 128], np.float32)
    for start in range(0, len(flat), _PIECE):
        piece = (flat[start : start + _PIECE] - zero) @ matrix.T
        shown[start : start + _PIECE] = np.clip(np.rint(piece), 0, 255)
    return shown.reshape(colours.shape)


_CONVERSIONS: Final[dict[str, Callable[[Colours], Colours]]] = {
    "RGB": _same,
    "YBR_FULL": _from_full,
    "YBR_FULL_422": _from_full,
    "YBR_PARTIAL_422": _from_partial,
    # Native samples that still say so were never transformed back to anything else.
    "YBR_ICT": _same,
    "YBR_RCT": _same,
}
