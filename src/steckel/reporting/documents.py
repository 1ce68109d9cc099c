"""All documents of one version in one study.

Text becomes a structured report, a PDF or a CDA document an encapsulated one; a PDF inside of a
CDA document stands beside it, because viewers show it. A version without either is a structured
report that tells its status.
"""

from steckel.reporting.clinical_document import read_clinical_document
from steckel.reporting.encapsulated_document import cda_document, pdf_document
from steckel.reporting.model import CDA, PDF, Document, Target
from steckel.reporting.text_document import text_document
from steckel.ris.report_documents import ReportVersion


def documents_of(version: ReportVersion, target: Target) -> list[Document]:
    """Return the instances that a version becomes; the one that says most comes first."""
    made: list[Document] = []
    if version.body and version.media_type == PDF:
        made.append(pdf_document(version, target, version.body))
    elif version.body and version.media_type == CDA:
        read = read_clinical_document(version.body)
        made.append(cda_document(version, target, version.body, read))
        if read is not None and read.pdf:
            made.append(pdf_document(version, target, read.pdf))
    if version.text or not made:
        made.append(text_document(version, target))
    return made
