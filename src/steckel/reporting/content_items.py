"""Content items of a structured report in the DICOM JSON model (PS3.3 C.17.3)."""

import re
from collections.abc import Sequence
from typing import Any, Final

from steckel.dicom.json_model import JsonDataset, JsonElement

#: Code value, coding scheme, meaning.
Code = tuple[str, str, str]
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def element(vr: str, *values: Any) -> JsonElement:
    """Return an element; one without a value where nothing is given."""
    return {"vr": vr, "Value": list(values)} if values else {"vr": vr}


def code(value: Code) -> JsonDataset:
    """Return an item of a code sequence (PS3.3 8)."""
    code_value, scheme, meaning = value
    return {
        "00080100": element("SH", code_value),
        "00080102": element("SH", scheme),
        "00080104": element("LO", meaning),
    }


def plain(text: str) -> str:
    """Return text without what UT may not hold, its lines ending in CR LF (PS3.5 6.1.3)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _CONTROLS.sub("", "\r\n".join(lines))


def _item(kind: str, concept: Code, relation: str) -> JsonDataset:
    item: JsonDataset = {
        "0040A040": element("CS", kind),
        "0040A043": element("SQ", code(concept)),
    }
    if relation:
        item["0040A010"] = element("CS", relation)
    return item


def text_item(concept: Code, text: str, relation: str = "CONTAINS") -> JsonDataset:
    """Return a TEXT item."""
    return _item("TEXT", concept, relation) | {"0040A160": element("UT", plain(text))}


def code_item(concept: Code, value: Code, relation: str) -> JsonDataset:
    """Return a CODE item."""
    return _item("CODE", concept, relation) | {"0040A168": element("SQ", code(value))}


def name_item(concept: Code, name: dict[str, str], relation: str) -> JsonDataset:
    """Return a PNAME item."""
    return _item("PNAME", concept, relation) | {"0040A123": element("PN", name)}


def uid_item(concept: Code, uid: str, relation: str) -> JsonDataset:
    """Return a UIDREF item."""
    return _item("UIDREF", concept, relation) | {"0040A124": element("UI", uid)}


def container(
    concept: Code, children: Sequence[JsonDataset], relation: str = "CONTAINS"
) -> JsonDataset:
    """Return a CONTAINER item."""
    return _item("CONTAINER", concept, relation) | {
        "0040A050": element("CS", "SEPARATE"),
        "0040A730": element("SQ", *children),
    }
