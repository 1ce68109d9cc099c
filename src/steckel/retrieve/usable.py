"""Leaving out of a document what no device should write and what viewers stop at.

The archive keeps it. What is left out is listed, with what it does to OHIF, in
``docs/viewer.md``.
"""

from collections.abc import Callable
from typing import Any, Final

from steckel.dicom import dictionary, tags
from steckel.dicom.json_model import JsonDataset, JsonElement, json_key

_WINDOW_CENTER, _WINDOW_WIDTH = 0x00281050, 0x00281051
_RESCALE_INTERCEPT, _RESCALE_SLOPE = 0x00281052, 0x00281053
_PLANAR_CONFIGURATION, _HIGH_BIT = 0x00280006, 0x00280102
_IMAGER_PIXEL_SPACING, _NOMINAL_SCANNED_PIXEL_SPACING = 0x00181164, 0x00182010

Numbers = list[int | float]
Rule = Callable[[Numbers], bool]


def make_usable(dataset: JsonDataset) -> None:
    """Take out of a data set, and of the items in it, what makes viewers fail."""
    had_window = _WIDTH in dataset
    for key, element in list(dataset.items()):
        if element["vr"] == "SQ":
            for item in element.get("Value") or ():
                make_usable(item)
        elif key in _RULES and "Value" in element and not _put_right(key, element):
            del dataset[key]
    if had_window and _WIDTH not in dataset:
        dataset.pop(_CENTER, None)  # one without the other is no window (PS3.3 C.11.2.1.2)


def _put_right(key: str, element: JsonElement) -> bool:
    """Make the values of an element numbers; whether they are such as its rule asks for."""
    numbers = [_number(value) for value in element["Value"]]
    found = [number for number in numbers if number is not None]
    if len(found) < len(numbers) or not _RULES[key](found):
        return False
    if found != element["Value"]:
        element["Value"], element["vr"] = found, dictionary.vr_of(int(key, 16))
    return True


def _number(value: Any) -> int | float | None:
    """Return a number, also of a text that is one."""
    if isinstance(value, int | float):
        return value
    for kind in (int, float):
        try:
            return kind(value)
        except (TypeError, ValueError):
            continue
    return None


def _positive_pair(values: Numbers) -> bool:
    return len(values) == 2 and min(values) > 0


def _position(values: Numbers) -> bool:
    return len(values) == 3


def _orientation(values: Numbers) -> bool:
    """Whether there are two directions, neither without a length."""
    return len(values) == 6 and any(values[:3]) and any(values[3:])


def _positive(values: Numbers) -> bool:
    return min(values) > 0


def _not_zero(values: Numbers) -> bool:
    return all(values)


def _any(_values: Numbers) -> bool:
    return True


_CENTER, _WIDTH = json_key(_WINDOW_CENTER), json_key(_WINDOW_WIDTH)
_RULES: Final[dict[str, Rule]] = {
    json_key(tag): rule
    for rule, found in {
        _positive_pair: (
            tags.PIXEL_SPACING, _IMAGER_PIXEL_SPACING, _NOMINAL_SCANNED_PIXEL_SPACING,
        ),
        _position: (tags.IMAGE_POSITION_PATIENT,),
        _orientation: (tags.IMAGE_ORIENTATION_PATIENT,),
        _positive: (_WINDOW_WIDTH,),
        _not_zero: (_RESCALE_SLOPE,),
        _any: (
            _WINDOW_CENTER, _RESCALE_INTERCEPT, tags.ROWS, tags.COLUMNS, tags.SAMPLES_PER_PIXEL,
            tags.BITS_ALLOCATED, tags.BITS_STORED, _HIGH_BIT, tags.PIXEL_REPRESENTATION,
            _PLANAR_CONFIGURATION,
        ),
    }.items()
    for tag in found
}  # fmt: skip
