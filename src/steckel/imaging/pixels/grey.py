"""Grey images: from stored values to 8 bits for a display (PS3.3 C.11).

modality LUT or rescale ─▶ VOI LUT or window ─▶ presentation shape
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from steckel.dicom import tags
from steckel.imaging.model import Window
from steckel.imaging.pixels import attributes as attribute
from steckel.imaging.pixels.attributes import Attributes
from steckel.imaging.pixels.lookup import LookupTable, lookup_table
from steckel.imaging.pixels.pixel_format import PixelFormat

Values = NDArray[Any]

#: Modalities whose 8-bit images are ready for a display as they are.
_DISPLAY_READY: Final = frozenset({"US", "IVUS", "OT", "SC", "ES", "XC", "GM", "SM", "OP", "DOC"})

#: Samples that are looked at to find a window.
_MOST_LOOKED_AT: Final = 1 << 20

#: Rows of values that are not in a table are brought to 8 bits in pieces of this size.
_PIECE: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class GreyView:
    """How the grey values of a frame are shown."""

    form: PixelFormat
    attributes: Attributes
    window: Window | None  #: asked for; ``None``: as the object says


def show_grey(values: Values, view: GreyView) -> NDArray[np.uint8]:
    """Return an array of 8-bit values in the shape of `values`."""
    show = _transformation(values, view)
    if values.dtype.itemsize <= 2:
        return _by_table(values, show)
    flat = values.reshape(-1)
    shown = np.empty(flat.size, np.uint8)
    for start in range(0, flat.size, _PIECE):
        shown[start : start + _PIECE] = show(flat[start : start + _PIECE])
    return shown.reshape(values.shape)


def _by_table(values: Values, show: Callable[[Values], NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Compute each possible value once."""
    low, high = int(values.min()), int(values.max())
    table = show(np.arange(low, high + 1, dtype=np.int32))
    index = values.astype(np.int32) - low
    return table[index]


def _transformation(values: Values, view: GreyView) -> Callable[[Values], NDArray[np.uint8]]:
    modality = _modality(view.attributes)
    voi = _voi(values, view, modality)
    inverse = (
        view.form.photometric == "MONOCHROME1"
        or view.attributes.text(attribute.PRESENTATION_LUT_SHAPE) == "INVERSE"
    )

    def show(stored: Values) -> NDArray[np.uint8]:
        shown = np.nan_to_num(voi(modality(stored)), nan=0.0)
        shown = np.clip(np.rint(shown * 255.0), 0, 255)
        return (255 - shown if inverse else shown).astype(np.uint8)

    return show


def _modality(attributes: Attributes) -> Callable[[Values], Values]:
    """Return the modality transformation (PS3.3 C.11.1)."""
    for item in attributes.items(attribute.MODALITY_LUT_SEQUENCE)[:1]:
        table = lookup_table(item)
        if table is not None:
            return lambda stored: table.look_up(stored).astype(np.float64)
    slope = attributes.number(attribute.RESCALE_SLOPE) or 1.0
    intercept = attributes.number(attribute.RESCALE_INTERCEPT) or 0.0
    return lambda stored: stored.astype(np.float64) * slope + intercept


def _voi(
    values: Values, view: GreyView, modality: Callable[[Values], Values]
) -> Callable[[Values], Values]:
    """Return the transformation to 0 to 1 (PS3.3 C.11.2): asked for, said, or found."""
    window = view.window or _own_window(view.attributes)
    if window is None:
        for item in view.attributes.items(attribute.VOI_LUT_SEQUENCE)[:1]:
            table = lookup_table(item)
            if table is not None:
                return _scaled(table)
        low, high = _found_range(values, view, modality)
        return lambda shown: (shown - low) / (high - low)
    function = window.function
    if view.form.floating and function == "LINEAR":
        # LINEAR counts in whole numbers (PS3.3 C.11.2.1.2.1): a width of 1 would be a step.
        function = "LINEAR_EXACT"
    return _WINDOWS.get(function, _linear)(window)


def _scaled(table: LookupTable) -> Callable[[Values], Values]:
    return lambda shown: table.look_up(np.rint(shown)).astype(np.float64) / table.highest


def _own_window(attributes: Attributes) -> Window | None:
    center = attributes.number(attribute.WINDOW_CENTER)
    width = attributes.number(attribute.WINDOW_WIDTH)
    if center is None or width is None or width <= 0:
        return None
    function = attributes.text(attribute.VOI_LUT_FUNCTION) or "LINEAR"
    if function == "LINEAR" and width < 1:
        function = "LINEAR_EXACT"
    return Window(center=center, width=width, function=function)


def _linear(window: Window) -> Callable[[Values], Values]:
    """PS3.3 C.11.2.1.2.1."""
    if window.width <= 1:
        return lambda shown: (shown > window.center - 0.5).astype(np.float64)
    width, center = window.width - 1, window.center - 0.5
    return lambda shown: (shown - center) / width + 0.5


def _linear_exact(window: Window) -> Callable[[Values], Values]:
    """PS3.3 C.11.2.1.3.2."""
    return lambda shown: (shown - window.center) / window.width + 0.5


def _sigmoid(window: Window) -> Callable[[Values], Values]:
    """PS3.3 C.11.2.1.3.1."""

    def shape(shown: Values) -> Values:
        exponent = np.clip(-4 * (shown - window.center) / window.width, -700, 700)
        return np.asarray(1 / (1 + np.exp(exponent)))

    return shape


_WINDOWS: Final = {"LINEAR": _linear, "LINEAR_EXACT": _linear_exact, "SIGMOID": _sigmoid}


def _found_range(
    values: Values, view: GreyView, modality: Callable[[Values], Values]
) -> tuple[float, float]:
    """Find a window in the values themselves; padding is not looked at."""
    form = view.form
    ready = view.attributes.text(tags.MODALITY) in _DISPLAY_READY
    if ready and form.bits_stored == 8 and not form.signed:
        low, high = modality(np.array([0, 255]))
        return _ordered(float(low), float(high))
    flat = values.reshape(-1)
    shown = modality(_without_padding(flat[:: flat.size // _MOST_LOOKED_AT + 1], view))
    shown = shown[np.isfinite(shown)]
    if not shown.size:
        return 0.0, 1.0
    low, high = np.percentile(shown, (0.5, 99.5))
    if high <= low:
        # A few bright pixels on black, as in a segmentation.
        low, high = shown.min(), shown.max()
    return _ordered(float(low), float(high))


def _ordered(low: float, high: float) -> tuple[float, float]:
    low, high = min(low, high), max(low, high)
    # One value everywhere is shown as mid-grey, but for zero, which is black.
    return (low, high) if high > low else (low - 1 if low else 0.0, low + 1)


def _without_padding(flat: Values, view: GreyView) -> Values:
    """Leave out the values between Pixel Padding Value and its limit (PS3.3 C.7.5.1.1.2)."""
    padding = view.attributes.number(attribute.PIXEL_PADDING_VALUE)
    if padding is None:
        return flat
    limit = view.attributes.number(attribute.PIXEL_PADDING_RANGE_LIMIT)
    limit = padding if limit is None else limit
    image = flat[(flat < min(padding, limit)) | (flat > max(padding, limit))]
    return image if image.size else flat
