"""From an archived instance to its DICOM JSON, as WADO-RS metadata has it (PS3.18 10.4.1.1.2).

Viewers stop at values that no device should write; those are left out here.
The archive keeps them.
"""

import orjson

from steckel.dicom import elements, tags
from steckel.dicom.inflating import inflate_head
from steckel.dicom.json_model import JsonDataset, json_key
from steckel.dicom.to_json import Reading, dataset_to_json
from steckel.dicom.transfer_syntax import EXPLICIT_LITTLE, assume
from steckel.retrieve.model import StoredInstance
from steckel.retrieve.usable import make_usable

#: Bytes of a binary value that a document holds itself at most.
_INLINE = 256
_PIXEL_VR = {tags.FLOAT_PIXEL_DATA: "OF", tags.DOUBLE_FLOAT_PIXEL_DATA: "OD"}


def bulk_address(instance: StoredInstance) -> str:
    """Return the path, on our own origin, below which bulk values of an instance are."""
    return (
        f"/dicomweb/studies/{instance.study_uid}/series/{instance.series_uid}"
        f"/instances/{instance.sop_instance_uid}/bulkdata/"
    )


def instance_to_json(instance: StoredInstance, part10: bytes) -> JsonDataset:
    """Return the data set of an instance, of which at least all before the pixels is given.

    They are bytes of the file as it leaves, that is with what was put right.
    """
    syntax = assume(instance.transfer_syntax)
    buffer, start = part10, instance.dataset_offset
    if syntax.deflated:
        buffer, start = inflate_head(memoryview(part10)[start:])[0], 0
        encoding = EXPLICIT_LITTLE
    else:
        encoding = elements.real_encoding(buffer, start, syntax)
    base = bulk_address(instance)
    found = elements.scan(buffer, start, len(buffer), encoding)
    reading = Reading(encoding=encoding, bulk=lambda path: base + path, bulk_above=_INLINE)
    dataset = dataset_to_json(buffer, start, found.header_end, reading)
    if found.pixel is not None:
        vr = _PIXEL_VR.get(found.pixel.tag) or (found.pixel.vr if encoding.explicit else "OW")
        key = json_key(found.pixel.tag)
        dataset[key] = {"vr": vr if vr != "UN" else "OW", "BulkDataURI": base + key}
    dataset[json_key(0x00083002)] = {"vr": "UI", "Value": [instance.transfer_syntax]}
    make_usable(dataset)
    declared = dataset.get(json_key(tags.SPECIFIC_CHARACTER_SET))
    if declared is not None:
        # The document is in UTF-8, whatever the object was in (PS3.18 F.2.2).
        declared["Value"] = ["ISO_IR 192"]
    return dict(sorted(dataset.items()))


def to_bytes(datasets: list[JsonDataset]) -> bytes:
    """Return a JSON array of data sets."""
    return orjson.dumps(datasets)
