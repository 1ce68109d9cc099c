"""Keywords of the attributes in a document of DICOM JSON, for a person to read."""

import re
from collections.abc import Iterator
from typing import Any

from steckel.dicom.dictionary import keyword_of

_TAG = re.compile(r"[0-9A-F]{8}\Z")


def keywords_in(found: Any) -> dict[str, str]:
    """Return the keyword of each tag that is a name anywhere in a document; private: none."""
    tags = sorted({name for name in _names(found) if _TAG.match(name)})
    spelled = ((tag, keyword_of(int(tag, 16))) for tag in tags)
    return {tag: keyword for tag, keyword in spelled if keyword}


def _names(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for name, value in found.items():
            yield name
            yield from _names(value)
    elif isinstance(found, list | tuple):
        for one in found:
            yield from _names(one)
