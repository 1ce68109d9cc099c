"""What is put in the place of what the data sets of a study say (PS3.3 C.12.1.1.9).

Read from the text that the index keeps: DICOM JSON of top-level attributes. Four of them are
of items of Original Attributes Sequence and never of a data set itself; they say when, by
whom and why something was put right.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import orjson

from steckel.dicom import tags
from steckel.dicom.json_model import JsonDataset, JsonElement, json_key, values_in
from steckel.errors import CannotCoerce

INSTANCE_COERCION_DATE_TIME: Final = 0x00080015
MODIFIED_ATTRIBUTES_SEQUENCE: Final = 0x04000550
ORIGINAL_ATTRIBUTES_SEQUENCE: Final = 0x04000561
ATTRIBUTE_MODIFICATION_DATE_TIME: Final = 0x04000562
MODIFYING_SYSTEM: Final = 0x04000563
SOURCE_OF_PREVIOUS_VALUES: Final = 0x04000564
REASON_FOR_THE_ATTRIBUTE_MODIFICATION: Final = 0x04000565

#: Defined Term: replaced by what another system knows better.
COERCE: Final = "COERCE"
_STECKEL: Final = "Steckel"

_TOLD: Final = frozenset(
    json_key(tag)
    for tag in (
        ATTRIBUTE_MODIFICATION_DATE_TIME,
        MODIFYING_SYSTEM,
        SOURCE_OF_PREVIOUS_VALUES,
        REASON_FOR_THE_ATTRIBUTE_MODIFICATION,
    )
)
#: JSON is in UTF-8, whatever it says of itself (PS3.18 F.2.2).
_LEFT_OUT: Final = _TOLD | {json_key(tags.SPECIFIC_CHARACTER_SET)}
#: What makes an instance the one it is, and what is made here.
_FIXED: Final = frozenset(
    {
        INSTANCE_COERCION_DATE_TIME,
        tags.SOP_CLASS_UID,
        tags.SOP_INSTANCE_UID,
        tags.STUDY_INSTANCE_UID,
        tags.SERIES_INSTANCE_UID,
        ORIGINAL_ATTRIBUTES_SEQUENCE,
    }
)
#: What DICOM has no attribute for has a name (`ris.model`): there is no place for it here.
_NAME: Final = re.compile(r"[a-z_]+\Z")
_FIRST_GROUP, _GROUP_AFTER_LAST = 0x0008, 0x7FE0


@dataclass(frozen=True, kw_only=True)
class Coercion:
    """Attributes by their tag, in order, and what is told of the change."""

    replacements: dict[int, JsonElement]
    at: str  #: Attribute Modification DateTime; empty where nobody said
    system: str = _STECKEL
    source: str = ""  #: of the previous values
    reason: str = COERCE


@lru_cache(maxsize=64)
def read_coercion(text: str) -> Coercion:
    """Read the text that the index keeps.

    Raises
    ------
    CannotCoerce
        It is none, or would change what must not change.
    """
    try:
        dataset: JsonDataset = orjson.loads(text)
        named = {key for key in dataset if _NAME.match(key)}
        wanted = sorted((int(key, 16), key) for key in dataset.keys() - _LEFT_OUT - named)
        replacements = {tag: _checked(tag, dataset[key]) for tag, key in wanted}
        return Coercion(
            replacements=replacements,
            at=_text(dataset, ATTRIBUTE_MODIFICATION_DATE_TIME),
            system=_text(dataset, MODIFYING_SYSTEM) or _STECKEL,
            source=_text(dataset, SOURCE_OF_PREVIOUS_VALUES),
            reason=_text(dataset, REASON_FOR_THE_ATTRIBUTE_MODIFICATION) or COERCE,
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CannotCoerce("what is put right about the study cannot be read") from None


def _checked(tag: int, element: JsonElement) -> JsonElement:
    if tag in _FIXED or not _FIRST_GROUP <= tag >> 16 < _GROUP_AFTER_LAST or not tag & 0xFFFF:
        raise CannotCoerce(f"{tags.show(tag)} is not for being put right")
    if len(element["vr"]) != 2 or "BulkDataURI" in element:
        raise ValueError
    return element


def _text(dataset: JsonDataset, tag: int) -> str:
    found = values_in(dataset, tag)
    return str(found[0]) if found and found[0] is not None else ""
