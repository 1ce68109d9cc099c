"""The attributes that say how one frame is shown, wherever they stand.

An enhanced object has them in functional groups, shared or per frame (PS3.3
C.7.6.16); a frame's own stand before the shared, and both before the top level.
"""

import base64
from collections.abc import Iterable
from typing import Any, Final

from steckel.dicom import elements, tags
from steckel.dicom.header import Header
from steckel.dicom.json_model import JsonDataset, json_key
from steckel.dicom.to_json import Reading, dataset_to_json

PIXEL_ASPECT_RATIO: Final = 0x00280034
IMAGER_PIXEL_SPACING: Final = 0x00181164
NOMINAL_SCANNED_PIXEL_SPACING: Final = 0x00182010
PIXEL_PADDING_VALUE: Final = 0x00280120
PIXEL_PADDING_RANGE_LIMIT: Final = 0x00280121
WINDOW_CENTER: Final = 0x00281050
WINDOW_WIDTH: Final = 0x00281051
VOI_LUT_FUNCTION: Final = 0x00281056
RESCALE_INTERCEPT: Final = 0x00281052
RESCALE_SLOPE: Final = 0x00281053
MODALITY_LUT_SEQUENCE: Final = 0x00283000
VOI_LUT_SEQUENCE: Final = 0x00283010
LUT_DESCRIPTOR: Final = 0x00283002
LUT_DATA: Final = 0x00283006
PALETTES: Final = (0x00281101, 0x00281102, 0x00281103)  #: descriptors; red, green, blue
PALETTE_DATA: Final = (0x00281201, 0x00281202, 0x00281203)
SEGMENTED_PALETTE_DATA: Final = (0x00281221, 0x00281222, 0x00281223)
PRESENTATION_LUT_SHAPE: Final = 0x20500020

_SHARED_FUNCTIONAL_GROUPS: Final = 0x52009229
_PER_FRAME_FUNCTIONAL_GROUPS: Final = 0x52009230

_TOP_LEVEL = (
    tags.MODALITY, tags.PIXEL_SPACING, PIXEL_ASPECT_RATIO, IMAGER_PIXEL_SPACING,
    NOMINAL_SCANNED_PIXEL_SPACING, PIXEL_PADDING_VALUE, PIXEL_PADDING_RANGE_LIMIT,
    WINDOW_CENTER, WINDOW_WIDTH, VOI_LUT_FUNCTION, RESCALE_INTERCEPT, RESCALE_SLOPE,
    MODALITY_LUT_SEQUENCE, VOI_LUT_SEQUENCE, PRESENTATION_LUT_SHAPE,
    *PALETTES, *PALETTE_DATA, *SEGMENTED_PALETTE_DATA,
)  # fmt: skip


class Attributes:
    """A data set, or one item of a sequence, read by tag."""

    def __init__(self, dataset: JsonDataset) -> None:
        self._dataset = dataset

    def __contains__(self, tag: int) -> bool:
        """Whether the element is there and has a value."""
        element = self._dataset.get(json_key(tag))
        return element is not None and bool(element.get("Value") or element.get("InlineBinary"))

    def numbers(self, tag: int) -> list[float]:
        """Return the values that are numbers."""
        return [float(v) for v in self._values(tag) if isinstance(v, int | float)]

    def number(self, tag: int) -> float | None:
        """Return the first value."""
        return next(iter(self.numbers(tag)), None)

    def text(self, tag: int) -> str:
        """Return the first value as text."""
        values = self._values(tag)
        return str(values[0]) if values and values[0] is not None else ""

    def items(self, tag: int) -> list["Attributes"]:
        """Return the items of a sequence."""
        return [Attributes(item) for item in self._values(tag) if isinstance(item, dict)]

    def words(self, tag: int, *, bytewise: bool = False) -> list[int]:
        """Return a table: from US as it is, from OW by its bytes."""
        element = self._dataset.get(json_key(tag))
        inline = element.get("InlineBinary") if element else None
        if not inline:
            return [int(v) & 0xFFFF for v in self.numbers(tag)]
        raw = base64.b64decode(str(inline))
        if bytewise:
            return list(raw)
        return memoryview(raw[: len(raw) // 2 * 2]).cast("H").tolist()

    def _values(self, tag: int) -> list[Any]:
        element = self._dataset.get(json_key(tag))
        return list(element.get("Value", ())) if element else []


def attributes_of(header: Header, frame: int) -> Attributes:
    """Read what says how a frame (from 1) is shown."""
    dataset = header.json(_TOP_LEVEL)
    for sequence, number in ((_SHARED_FUNCTIONAL_GROUPS, 1), (_PER_FRAME_FUNCTIONAL_GROUPS, frame)):
        for macro in _functional_groups(header, sequence, number):
            dataset.update(macro)
    return Attributes(dataset)


def _functional_groups(header: Header, sequence: int, number: int) -> Iterable[JsonDataset]:
    """Yield what is in the macros of one item; the other items are not read."""
    element = header.element(sequence)
    if element is None or element.vr != "SQ":
        return
    encoding = header.syntax.encoding
    items = elements.items_of(header.buffer, element, encoding)
    start, end = next((item for n, item in enumerate(items, 1) if n == number), (0, 0))
    group = dataset_to_json(header.buffer, start, end, Reading(encoding=encoding))
    for macro in group.values():
        inside = macro.get("Value")
        if macro["vr"] == "SQ" and inside:
            yield inside[0]
