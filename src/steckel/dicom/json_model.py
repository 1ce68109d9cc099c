"""The DICOM JSON model as a type (PS3.18 F.2).

A data set is a mapping from the eight hex digits of a tag, in upper case, to
``{"vr": …, "Value": […]}`` or ``{"vr": …, "BulkDataURI": …}``.
"""

from typing import Any, NotRequired, TypedDict


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


def json_key(tag: int) -> str:
    """Spell a tag as a key of the DICOM JSON model."""
    return f"{tag:08X}"
