"""What the header of a CDA document says of its patient, order and study.

The document comes from outside, and is read as `reporting.clinical_document` reads all of them.
"""

from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from steckel.dicom.uids import is_valid_uid
from steckel.reporting.clinical_document import HL7, identifier_of, root_of, title_of

#: PS3.20 and its predecessors spell the name space of accession numbers in these ways.
_DICOM: Final = ("{urn:dicom-org:ps3-20}", "{urn:dicom-org:PS3-20}")


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
    root = root_of(document)
    if root is None:
        return None
    return Header(
        document_id=identifier_of(root.find(f"{HL7}setId")) or identifier_of(root.find(f"{HL7}id")),
        title=title_of(root),
        patient_ids=_patient_ids(root),
        accession=_accession(root),
        study_uids=_study_uids(root),
    )


def _patient_ids(root: ET.Element) -> tuple[tuple[str, str], ...]:
    found = root.findall(f"{HL7}recordTarget/{HL7}patientRole/{HL7}id")
    pairs = [(one.get("root", ""), one.get("extension", "").strip()) for one in found]
    return tuple(pair for pair in pairs if pair[1])


def _accession(root: ET.Element) -> str:
    order = root.find(f"{HL7}inFulfillmentOf/{HL7}order")
    if order is None:
        return ""
    for space in _DICOM:
        number = order.find(f"{space}accessionNumber")
        if number is not None and number.get("extension"):
            return number.get("extension", "").strip()
    return ""


def _study_uids(root: ET.Element) -> tuple[str, ...]:
    events = root.findall(f"{HL7}documentationOf/{HL7}serviceEvent/{HL7}id")
    uids = [one.get("extension") or one.get("root") or "" for one in events]
    return tuple(dict.fromkeys(uid for uid in uids if is_valid_uid(uid)))
