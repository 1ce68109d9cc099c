"""What the header of a CDA document says of its patient, order and study.

The document comes from outside: none with a document type declaration is read, so that there
are no entities to expand.
"""

import re
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from steckel.dicom.uids import is_valid_uid

_HL7: Final = "{urn:hl7-org:v3}"
#: PS3.20 and its predecessors spell the name space of accession numbers in these ways.
_DICOM: Final = ("{urn:dicom-org:ps3-20}", "{urn:dicom-org:PS3-20}")
_DECLARATION: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MAX_BYTES: Final = 32 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """What is used of the header of a CDA document."""

    document_id: str = ""  #: of all its versions (setId), else its own
    title: str = ""
    patient_ids: tuple[tuple[str, str], ...] = ()  #: root and extension
    accession: str = ""
    study_uids: tuple[str, ...] = ()


def read_header(document: bytes) -> Header | None:
    """Return what a document says; None where it is no CDA or not well formed."""
    # In UTF-16 there are zeros between the letters.
    if len(document) > _MAX_BYTES or _DECLARATION.search(document.replace(b"\0", b"")):
        return None
    try:
        root = ET.fromstring(document)  # noqa: S314 - no declarations, see above
    except (ET.ParseError, LookupError, ValueError):
        return None
    if root.tag != f"{_HL7}ClinicalDocument":
        return None
    return Header(
        document_id=_identifier(root.find(f"{_HL7}setId")) or _identifier(root.find(f"{_HL7}id")),
        title=" ".join((root.findtext(f"{_HL7}title") or "").split()),
        patient_ids=_patient_ids(root),
        accession=_accession(root),
        study_uids=_study_uids(root),
    )


def _identifier(element: ET.Element | None) -> str:
    if element is None:
        return ""
    return f"{element.get('root', '')}^{element.get('extension', '')}".strip("^")


def _patient_ids(root: ET.Element) -> tuple[tuple[str, str], ...]:
    found = root.findall(f"{_HL7}recordTarget/{_HL7}patientRole/{_HL7}id")
    pairs = [(one.get("root", ""), one.get("extension", "").strip()) for one in found]
    return tuple(pair for pair in pairs if pair[1])


def _accession(root: ET.Element) -> str:
    order = root.find(f"{_HL7}inFulfillmentOf/{_HL7}order")
    if order is None:
        return ""
    for space in _DICOM:
        number = order.find(f"{space}accessionNumber")
        if number is not None and number.get("extension"):
            return number.get("extension", "").strip()
    return ""


def _study_uids(root: ET.Element) -> tuple[str, ...]:
    events = root.findall(f"{_HL7}documentationOf/{_HL7}serviceEvent/{_HL7}id")
    uids = [one.get("extension") or one.get("root") or "" for one in events]
    return tuple(dict.fromkeys(uid for uid in uids if is_valid_uid(uid)))
