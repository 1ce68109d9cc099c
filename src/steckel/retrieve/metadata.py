"""From an archived instance to its DICOM JSON, as WADO-RS metadata has it (PS3.18 10.4.1.1.2).

Viewers stop at values that no device should write; those are left out here.
The archive keeps them.
"""

from typing import Any

import orjson

from steckel.dicom import elements, tags
from steckel.dicom.inflating import inflate_head
from steckel.dicom.json_model import JsonDataset, json_key
from steckel.dicom.to_json import Reading, dataset_to_json
from steckel.dicom.transfer_syntax import EXPLICIT_LITTLE, assume
from steckel.retrieve.model import StoredInstance

_PIXEL_VR = {tags.FLOAT_PIXEL_DATA: "OF", tags.DOUBLE_FLOAT_PIXEL_DATA: "OD"}


def bulk_address(instance: StoredInstance) -> str:
    """Return the path, on our own origin, below which bulk values of an instance are."""
    return (
        f"/dicomweb/studies/{instance.study_uid}/series/{instance.series_uid}"
        f"/instances/{instance.sop_instance_uid}/bulkdata/"
    )


def instance_to_json(instance: StoredInstance, part10: bytes) -> JsonDataset:
    """Return the data set of an instance, of which at least all before the pixels is given."""
    syntax = assume(instance.transfer_syntax)
    buffer, start = part10, instance.dataset_offset
    if syntax.deflated:
        buffer, start = inflate_head(memoryview(part10)[start:])[0], 0
    encoding = EXPLICIT_LITTLE if syntax.deflated else syntax.encoding
    base = bulk_address(instance)
    found = elements.scan(buffer, start, len(buffer), encoding)
    reading = Reading(encoding=encoding, bulk=lambda path: base + path)
    dataset = dataset_to_json(buffer, start, found.header_end, reading)
    if found.pixel is not None:
        vr = _PIXEL_VR.get(found.pixel.tag) or (
            found.pixel.vr if syntax.encoding.explicit else "OW"
        )
        key = json_key(found.pixel.tag)
        dataset[key] = {"vr": vr if vr != "UN" else "OW", "BulkDataURI": base + key}
    dataset[json_key(0x00083002)] = {"vr": "UI", "Value": [instance.transfer_syntax]}
    _make_usable(dataset)
    return dict(sorted(dataset.items()))


def to_bytes(datasets: list[JsonDataset]) -> bytes:
    """Return a JSON array of data sets."""
    return orjson.dumps(datasets)


def _make_usable(dataset: JsonDataset) -> None:
    """Take out what makes viewers fail: a spacing of zero, numbers that are none."""
    for tag in _SPACINGS:
        values = _values(dataset, tag)
        if values and not all(isinstance(v, int | float) and v > 0 for v in values):
            del dataset[json_key(tag)]
    for tag in _GEOMETRY:
        values = _values(dataset, tag)
        if values and not all(isinstance(v, int | float) for v in values):
            del dataset[json_key(tag)]
    declared = dataset.get(json_key(tags.SPECIFIC_CHARACTER_SET))
    if declared is not None:
        # The document is in UTF-8, whatever the object was in (PS3.18 F.2.2).
        declared["Value"] = ["ISO_IR 192"]


_SPACINGS = (tags.PIXEL_SPACING, 0x00181164, 0x00182010)
_GEOMETRY = (
    tags.IMAGE_POSITION_PATIENT,
    tags.IMAGE_ORIENTATION_PATIENT,
    0x00281050,  # Window Center
    0x00281051,  # Window Width
    0x00281052,  # Rescale Intercept
    0x00281053,  # Rescale Slope
)


def _values(dataset: JsonDataset, tag: int) -> list[Any]:
    element = dataset.get(json_key(tag))
    return element.get("Value", []) if element else []
