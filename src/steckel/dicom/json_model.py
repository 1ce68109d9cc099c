"""The DICOM JSON model as a type (PS3.18 F.2).

A data set is a mapping from the eight hex digits of a tag, in upper case, to
``{"vr": …, "Value": […]}`` or ``{"vr": …, "BulkDataURI": …}``.
"""

from collections.abc import Mapping
from typing import Any, Final, NotRequired, TypedDict

_HEX_DIGITS: Final = frozenset("0123456789ABCDEF")


class JsonElement(TypedDict):
    """One element of the DICOM JSON model (PS3.18 F.2.2)."""

    vr: str
    Value: NotRequired[list[Any]]
    BulkDataURI: NotRequired[str]
    InlineBinary: NotRequired[str]


JsonDataset = dict[str, JsonElement]


def values_in(dataset: JsonDataset, tag: int) -> list[Any]:
    """Return the values of an element; none where it is absent or has none."""
    element = dataset.get(json_key(tag))
    return (element.get("Value") if element else None) or []


def first_text(dataset: Mapping[str, Any], tag: int | str) -> str:
    """Return the first value of an element as text; `tag` may be its key. Empty without one."""
    element = dataset.get(tag if isinstance(tag, str) else json_key(tag))
    found = (element.get("Value") if element else None) or []
    return str(found[0]).strip() if found and found[0] is not None else ""


def is_json_key(name: str) -> bool:
    """Whether a name is the key of an element: eight hex digits, in upper case."""
    return len(name) == 8 and _HEX_DIGITS.issuperset(name)


def json_key(tag: int) -> str:
    """Spell a tag as a key of the DICOM JSON model."""
    return f"{tag:08X}"
