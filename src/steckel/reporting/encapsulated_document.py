"""A version's document as an Encapsulated PDF or Encapsulated CDA (PS3.3 A.45, C.24.2)."""

import base64

from steckel.dicom.json_model import JsonDataset
from steckel.reporting.clinical_document import ClinicalDocument
from steckel.reporting.content_items import Code, code, element
from steckel.reporting.model import (
    CDA,
    PDF,
    SOP_CLASSES,
    STATUS_WORDS,
    UNSIGNED,
    WITHDRAWN,
    Document,
    Target,
    instance_uid,
)
from steckel.reporting.modules import common_modules
from steckel.reporting.text_document import REPORT, predecessor
from steckel.ris.report_documents import ReportVersion


def pdf_document(version: ReportVersion, target: Target, content: bytes) -> Document:
    """Return a PDF as an instance."""
    return _document(version, target, "pdf", content, {})


def cda_document(
    version: ReportVersion, target: Target, content: bytes, read: ClinicalDocument | None
) -> Document:
    """Return a CDA document as an instance; `read` is what it says, where it can be read."""
    more: JsonDataset = {}
    if read is not None and read.instance_identifier:
        more["0040E001"] = element("ST", read.instance_identifier[:1024])
    if read is not None and read.code is not None:
        more["0040A043"] = element("SQ", code(read.code))
    return _document(version, target, "cda", content, more)


def _document(
    version: ReportVersion, target: Target, form: str, content: bytes, more: JsonDataset
) -> Document:
    dataset = common_modules(version, target, form) | _module(version, form, content)
    before = version.before.get(PDF if form == "pdf" else CDA)
    if before:
        dataset["0040A360"] = element("SQ", predecessor(version, target, form, before))
    return Document(
        sop_class_uid=SOP_CLASSES[form],
        sop_instance_uid=instance_uid(version, target.study_uid, form),
        dataset=dataset | more,
    )


def _module(version: ReportVersion, form: str, content: bytes) -> JsonDataset:
    """Return the modules SC Equipment and Encapsulated Document."""
    signed = version.status not in UNSIGNED | WITHDRAWN
    padded = content + b"\0" * (len(content) % 2)
    concept: Code = REPORT
    return {
        "0008002A": element("DT"),
        "00080064": element("CS", "WSD"),
        "00280301": element("CS", "YES"),
        "0040A043": element("SQ", code(concept)),
        "0040A493": element("CS", "VERIFIED" if signed and version.author else "UNVERIFIED"),
        "00420010": element("ST", _title(version)),
        "00420011": {"vr": "OB", "InlineBinary": base64.b64encode(padded).decode("ascii")},
        "00420012": element("LO", "application/pdf" if form == "pdf" else "text/XML"),
        "00420015": element("UL", len(content)),
    }


def _title(version: ReportVersion) -> str:
    """Return Document Title; what takes a report back says so in front."""
    title = version.title or REPORT[2]
    if version.status in WITHDRAWN or version.status in UNSIGNED:
        return f"{STATUS_WORDS[version.status].upper()}: {title}"[:1024]
    return title[:1024]
