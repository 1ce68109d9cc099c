"""The document that a version of a report becomes in a study."""

import uuid
from dataclasses import dataclass
from typing import Final

from steckel.dicom.json_model import JsonDataset
from steckel.ris.model import ReportStatus
from steckel.ris.report_documents import ReportVersion

PDF: Final = "application/pdf"
CDA: Final = "text/xml"
#: SOP Class by form: structured report, Encapsulated PDF, Encapsulated CDA.
SOP_CLASSES: Final = {
    "sr": "1.2.840.10008.5.1.4.1.1.88.11",
    "pdf": "1.2.840.10008.5.1.4.1.1.104.1",
    "cda": "1.2.840.10008.5.1.4.1.1.104.2",
}
#: Statuses that take back what was reported.
WITHDRAWN: Final = frozenset({ReportStatus.CANCELLED, ReportStatus.ERROR})
#: Statuses of a report that is not signed yet.
UNSIGNED: Final = frozenset({ReportStatus.REGISTERED, ReportStatus.PRELIMINARY})
#: How a person reads a status.
STATUS_WORDS: Final = {
    ReportStatus.REGISTERED: "registered",
    ReportStatus.PRELIMINARY: "preliminary",
    ReportStatus.FINAL: "final",
    ReportStatus.AMENDED: "amended",
    ReportStatus.CORRECTED: "corrected",
    ReportStatus.CANCELLED: "cancelled",
    ReportStatus.ERROR: "entered in error",
}
_NAME_SPACE: Final = uuid.UUID("6d0b6f4e-3f1b-5d0c-9d54-0f8b6f3b6a11")


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """The study that a document becomes part of, as its images say it."""

    study_uid: str
    dataset: JsonDataset
    organization: str  #: who answers for a signature, where the study names no institution


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One instance to be archived."""

    sop_class_uid: str
    sop_instance_uid: str
    dataset: JsonDataset


def derived_uid(*parts: str) -> str:
    """Return the UID that follows from names: the same each time (PS3.5 B.2)."""
    return f"2.25.{uuid.uuid5(_NAME_SPACE, chr(31).join(parts)).int}"


def instance_uid(version: ReportVersion, study_uid: str, form: str, digest: str = "") -> str:
    """Return the SOP Instance UID of a version in a study; of another one by its digest."""
    return derived_uid("instance", version.report_id, digest or version.digest, study_uid, form)


def series_uid(study_uid: str, form: str) -> str:
    """Return the Series Instance UID of all reports of a study in one form."""
    return derived_uid("series", study_uid, form)
