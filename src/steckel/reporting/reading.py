"""Reports as people read them: plain text, and documents that a browser may open.

The rule: what another system sent is never shown as markup. A CDA document becomes plain text;
as a document it is handed out to be kept, not to be shown.
"""

import re
from dataclasses import dataclass
from typing import Final

from steckel.dicom import person_name
from steckel.errors import NotFound
from steckel.index.view import View
from steckel.reporting.clinical_document import read_clinical_document
from steckel.reporting.model import CDA, PDF
from steckel.ris.report_shelf import ReportFacts, ReportShelf, VersionFacts

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadableVersion:
    """A version of a report to be read."""

    number: int
    status: str  #: of FHIR R4 DiagnosticReportStatus
    at: int  #: milliseconds since 1970
    received: int
    title: str
    author: str  #: alphabetic group, as DICOM spells it
    text: str
    media_types: tuple[str, ...]  #: of the documents that can be had
    sop_instance_uid: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadableReport:
    """A report to be read; the version that counts comes first."""

    id: str
    accession: str
    versions: tuple[ReadableVersion, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportBody:
    """A document of a report."""

    data: bytes
    media_type: str
    file_name: str
    inline: bool  #: whether a browser may show it


class ReportReading:
    """Reads reports. Thread-safe; blocking."""

    def __init__(self, shelf: ReportShelf) -> None:
        self._shelf = shelf

    def seen_by(self, view: View) -> "ReportReading":
        """Return the reports that somebody with this view sees."""
        shelf = self._shelf.seen_by(view)
        return self if shelf is self._shelf else ReportReading(shelf)

    def of_study(self, study_uid: str) -> list[ReadableReport]:
        """Return the reports of a study, newest first."""
        return [_readable(report) for report in self._shelf.of_study(study_uid)]

    def report(self, report_id: str) -> ReadableReport:
        """Return one report, or raise `NotFound`."""
        return _readable(self._shelf.report(report_id))

    def body(self, report_id: str, number: int, media_type: str = "") -> ReportBody:
        """Return a document of a version: the first, or that of a media type.

        Raises
        ------
        NotFound
            There is none.
        """
        version = self._shelf.version(report_id, number)
        for kind, data in documents_in(version):
            if media_type in ("", kind):
                return _body(version, kind, data)
        raise NotFound("the report has no such document")


def documents_in(version: VersionFacts) -> list[tuple[str, bytes]]:
    """Return the documents of a version with their media types; what can be shown comes first."""
    if not version.size:
        return []
    held = [(version.media_type or "application/octet-stream", version.body)]
    if version.media_type == CDA:
        read = read_clinical_document(version.body)
        if read is not None and read.pdf:
            held.insert(0, (PDF, read.pdf))
    return held


def text_of(version: VersionFacts) -> str:
    """Return the text of a version; that of its CDA document where it has no other."""
    if version.text or version.media_type != CDA:
        return version.text
    read = read_clinical_document(version.body)
    return read.text if read is not None else ""


def _readable(report: ReportFacts) -> ReadableReport:
    versions = tuple(
        ReadableVersion(
            number=version.number,
            status=version.status.value,
            at=version.at,
            received=version.received,
            title=version.title,
            author=person_name.to_json(version.author).get("Alphabetic", ""),
            text=text_of(version),
            media_types=tuple(kind for kind, _ in documents_in(version)),
            sop_instance_uid=version.sop_instance_uid,
        )
        for version in report.versions
    )
    return ReadableReport(id=report.id, accession=report.accession, versions=versions)


def _body(version: VersionFacts, media_type: str, data: bytes) -> ReportBody:
    is_pdf = media_type == PDF and data.startswith(b"%PDF")
    suffix = "pdf" if is_pdf else "xml" if media_type == CDA else "bin"
    name = _UNSAFE.sub("-", version.title).strip("-.")[:60] or "report"
    return ReportBody(
        data=data,
        media_type=PDF if is_pdf else "application/xml" if suffix == "xml" else _BINARY,
        file_name=f"{name}.{suffix}",
        inline=is_pdf,
    )


_BINARY: Final = "application/octet-stream"
