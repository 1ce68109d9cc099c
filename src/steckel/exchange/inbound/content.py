"""What a report says: the text, or the document, in the OBX of a result.

The rule: text is joined in its order; of several documents, the PDF or CDA that can be read
counts. What cannot be decoded costs a warning, never the report.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from steckel.exchange.inbound.elements import code_of
from steckel.exchange.inbound.reading import Reading, is_said
from steckel.hl7.escapes import unescape
from steckel.hl7.message import Segment

_PDF: Final = "application/pdf"
_CDA: Final = "text/xml"
#: Types of values (table 0125) that are text for a person, and those of codes among them.
_TEXTS: Final = frozenset({"", "TX", "FT", "ST", "NM", "SN", "DT", "TM", "TS", "DTM"})
_CODED: Final = frozenset({"CE", "CWE", "CNE", "CF", "IS", "ID"})
#: Observations that name what a report is of, or steer it, and are none of its text.
_NO_TEXT: Final = frozenset(
    {
        "113014", "110180", "112002", "110181",
        "SERIES INSTANCE UID", "SR INSTANCE UID", "STUDY INSTANCE UID", "SOP INSTANCE UID",
        "MASQUE_PS", "INVISIBLE_PATIENT", "INVISIBLE_REPRENSANTS_LEGAUX",
        "INVISIBLE_REPRESENTANTS_LEGAUX", "CONNEXION_SECRETE", "MODIF_CONFIDENTIALITYCODE",
        "DESTDMP", "DESTMSSANTEPS", "DESTMSSANTEPAT",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What is to be read in a report."""

    text: str = ""
    media_type: str = ""
    body: bytes = b""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read."""
        return not self.text and not self.body


def read_content(reading: Reading, observations: Sequence[Segment]) -> Content:
    """Return the text and the document of a report."""
    lines: list[tuple[str, str]] = []
    media_type, body = "", b""
    for segment in observations:
        if _names(segment) & _NO_TEXT:
            continue
        kind = segment.value(2).strip().upper()
        if kind in ("ED", "RP"):
            found = _document(reading, segment) if kind == "ED" else None
            if found is None:
                continue
            if not found.body:
                lines.append((_heading(segment), found.text))
            elif not body or found.media_type == _PDF != media_type:
                media_type, body = found.media_type, found.body
        elif kind in _TEXTS or kind in _CODED:
            lines.append((_heading(segment), _text(segment, coded=kind in _CODED)))
    return Content(text=_joined(lines), media_type=media_type, body=body)


def _names(segment: Segment) -> set[str]:
    return {segment.value(3).strip(), segment.value(3, 2).strip().upper()}


def _heading(segment: Segment) -> str:
    found = segment.fields(3)
    code = code_of(found[0]) if found else None
    return (code.meaning or code.value) if code else ""


def _text(segment: Segment, *, coded: bool) -> str:
    lines = []
    for found in segment.fields(5):
        if coded:
            code = code_of(found)
            line = (code.meaning or code.value) if code else ""
        else:
            line = found.plain()
        lines.append(line if is_said(line) else "")
    text = "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n")
    unit = segment.value(6).strip() if segment.value(2).strip() in ("NM", "SN") else ""
    return f"{text} {unit}" if text and unit else text


def _joined(lines: Sequence[tuple[str, str]]) -> str:
    """Join lines; with headings where observations have different names."""
    said = [(heading, text.rstrip()) for heading, text in lines if text.strip() or not heading]
    if len({heading for heading, text in said if text}) <= 1:
        return "\n".join(text for _, text in said).strip()
    blocks: list[str] = []
    last = ""
    for heading, text in said:
        if heading != last and heading:
            blocks += ["", heading]
        last = heading
        blocks.append(text)
    return "\n".join(blocks).strip()


def _document(reading: Reading, segment: Segment) -> Content | None:
    """Return the document of an ED: its type is what its bytes are."""
    if not segment.raw(5).strip():
        return None
    data = _data(reading, segment)
    if data is None:
        reading.warn(f"OBX-5 of segment {segment.number} is no base64: left out")
        return None
    if data.startswith(b"%PDF"):
        return Content(media_type=_PDF, body=data)
    if b"ClinicalDocument" in data[:4096] and data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return Content(media_type=_CDA, body=data)
    text = _as_text(data)
    if text is None:
        reading.warn(f"OBX-5 of segment {segment.number} is neither PDF nor CDA: left out")
        return None
    return Content(text=text)


def _data(reading: Reading, segment: Segment) -> bytes | None:
    """Return the bytes of an ED; None where its base64 is none.

    Text that nobody escaped may have separators in it, so the fifth component is all that
    follows the fourth.
    """
    message, raw = reading.message, segment.raw(5)
    parts = raw.split(message.delimiters.component, 4)
    if len(parts) < 5:
        return _decoded(raw)
    encoding = parts[3].strip().upper()
    if encoding == "BASE64":
        return _decoded(parts[4])
    if encoding == "HEX":
        try:
            return bytes.fromhex(parts[4])
        except ValueError:
            return None
    return unescape(parts[4], message.delimiters, message.charset).encode(errors="replace")


def _decoded(text: str) -> bytes | None:
    compact = "".join(text.split()).replace("\\.br\\", "").replace("\\X0D\\", "")
    compact = compact.replace("\\X0A\\", "").rstrip("=")
    if not compact:
        return None
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _as_text(data: bytes) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() or "\n" in text or "\t" in text else None
