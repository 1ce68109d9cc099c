"""What is read of a CDA document: its number, its text, a PDF inside.

It comes from outside. None with a document type declaration is read, so that there are no
entities to expand; and what people see of it is plain text, never its markup.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

#: The name space of CDA.
HL7: Final = "{urn:hl7-org:v3}"
_DECLARATION: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MAX_BYTES: Final = 32 << 20
_SPACES: Final = re.compile(r"[ \t\r\n\f\v]+")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
#: Elements of a narrative block (CDA R2 4.3.5) that begin on a line of their own.
_BLOCKS: Final = frozenset(
    {"paragraph", "list", "item", "table", "thead", "tbody", "tfoot", "tr", "caption", "br", "text"}
)
_CELLS: Final = frozenset({"td", "th"})
#: Deeper than any real document.
_DEEPEST: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class ClinicalDocument:
    """What a CDA document says."""

    instance_identifier: str = ""  #: root^extension (PS3.3 C.24.2.1)
    code: tuple[str, str, str] | None = None  #: value, scheme, meaning
    text: str = ""
    pdf: bytes = b""  #: where its body is one


def read_clinical_document(document: bytes) -> ClinicalDocument | None:
    """Return what a document says; ``None`` where it is no CDA that can be read."""
    root = root_of(document)
    if root is None:
        return None
    return ClinicalDocument(
        instance_identifier=identifier_of(root.find(f"{HL7}id")),
        code=_code(root.find(f"{HL7}code")),
        text=_text(root),
        pdf=_pdf(root),
    )


def root_of(document: bytes) -> ET.Element | None:
    """Return the root of a CDA document; ``None`` where it is none that can be read."""
    if len(document) > _MAX_BYTES or _DECLARATION.search(_ascii_view(document)):
        return None
    try:
        root = ET.fromstring(document)  # noqa: S314 - no declarations, see above
    except (ET.ParseError, LookupError, ValueError):
        return None
    return root if root.tag == f"{HL7}ClinicalDocument" else None


def identifier_of(element: ET.Element | None) -> str:
    """Return an instance identifier (II) as ``root^extension``."""
    if element is None:
        return ""
    return f"{element.get('root', '')}^{element.get('extension', '')}".strip("^")


def title_of(root: ET.Element) -> str:
    """Return the title of a document or a section on one line."""
    return " ".join((root.findtext(f"{HL7}title") or "").split())


def _ascii_view(document: bytes) -> bytes:
    """Return the bytes in which a declaration is seen: in UTF-16 there are zeros between."""
    return document.replace(b"\0", b"")


def _code(element: ET.Element | None) -> tuple[str, str, str] | None:
    if element is None or element.get("codeSystem") != "2.16.840.1.113883.6.1":
        return None
    value, meaning = element.get("code", ""), element.get("displayName", "")
    if not value or len(value) > 16:
        return None
    return value, "LN", (meaning or value)[:64]


def _text(root: ET.Element) -> str:
    """Return the headings and texts of all sections."""
    parts = [title_of(root)]
    for section in root.iter(f"{HL7}section"):
        title = title_of(section)
        body = section.find(f"{HL7}text")
        told = _narrative(body) if body is not None else ""
        if title or told:
            parts.append("\n".join(part for part in (title.rstrip(":") + ":", told) if part != ":"))
    return "\n\n".join(part for part in parts if part)


def _narrative(block: ET.Element) -> str:
    pieces: list[str] = []
    _gather(block, pieces, 0)
    lines = (_SPACES.sub(" ", line).strip(" |") for line in "".join(pieces).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def _gather(element: ET.Element, pieces: list[str], depth: int) -> None:
    name = element.tag.rpartition("}")[2]
    if depth > _DEEPEST or name == "renderMultiMedia":
        return
    pieces.append("\n" if name in _BLOCKS else " | " if name in _CELLS else "")
    pieces.append("- " if name == "item" else "")
    pieces.append(_SPACES.sub(" ", element.text or ""))
    for child in element:
        _gather(child, pieces, depth + 1)
        pieces.append(_SPACES.sub(" ", child.tail or ""))
    pieces.append("\n" if name in _BLOCKS and name != "br" else "")


def _pdf(root: ET.Element) -> bytes:
    """Return the PDF of a document with a body that is no XML (CDA level 1)."""
    held = root.find(f"{HL7}component/{HL7}nonXMLBody/{HL7}text")
    if held is None or held.get("mediaType") != "application/pdf":
        return b""
    try:
        data = base64.b64decode("".join((held.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if data.startswith(b"%PDF") else b""
