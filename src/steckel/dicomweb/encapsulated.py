"""Documents in DICOM objects: which media type they have (PS3.3 A.45, A.85, A.104)."""

from collections.abc import Mapping
from typing import Final

from steckel.dicomweb.media_types import OCTET_STREAM

PDF: Final = "application/pdf"

_BY_SOP_CLASS: Final[Mapping[str, str]] = {
    "1.2.840.10008.5.1.4.1.1.104.1": PDF,
    "1.2.840.10008.5.1.4.1.1.104.2": "text/xml",
    "1.2.840.10008.5.1.4.1.1.104.3": "model/stl",
    "1.2.840.10008.5.1.4.1.1.104.4": "model/obj",
    "1.2.840.10008.5.1.4.1.1.104.5": "model/mtl",
}


def media_type_of_document(sop_class_uid: str) -> str:
    """Return the media type of the encapsulated document of an instance."""
    return _BY_SOP_CLASS.get(sop_class_uid, OCTET_STREAM)


def holds_document(sop_class_uid: str) -> bool:
    """Whether instances of the class hold a document."""
    return sop_class_uid in _BY_SOP_CLASS
