"""Writes a small PDF 1.4 by hand: text in two weights, a rule, a letterhead.

The fonts are two of the fourteen that every PDF reader has (ISO 32000-1 9.6.2.2),
in WinAnsi encoding, so nothing is embedded.
"""

import textwrap
from collections.abc import Sequence

_WIDTH, _HEIGHT, _MARGIN = 595, 842, 64
_LEADING, _LINE = 15, 88


def document(title: str, letterhead: Sequence[str], sections: Sequence[tuple[str, str]]) -> bytes:
    """Return a one-page letter: letterhead, title, and sections of heading and text."""
    content = _content(title, letterhead, sections).encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH} {_HEIGHT}] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        _font("Helvetica"),
        _font("Helvetica-Bold"),
        b"<< /Title (%b) /Producer (Steckel demo) >>" % _escape(title).encode("cp1252", "replace"),
    ]
    return _assemble(objects)


def _font(name: str) -> bytes:
    return (
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
    )


def _content(title: str, letterhead: Sequence[str], sections: Sequence[tuple[str, str]]) -> str:
    y = _HEIGHT - _MARGIN
    out = ["0.10 0.24 0.38 rg"]
    for k, line in enumerate(letterhead):
        out.append(_text(line, y, bold=k == 0, size=15 if k == 0 else 9))
        y -= _LEADING
    out.append(f"0.10 0.24 0.38 RG 0.8 w {_MARGIN} {y + 4} m {_WIDTH - _MARGIN} {y + 4} l S 0 g")
    y -= 2 * _LEADING
    out.append(_text(title, y, bold=True, size=13))
    for heading, text in sections:
        y -= round(1.7 * _LEADING)
        out.append(_text(heading, y, bold=True, size=10))
        for paragraph in text.split("\n"):
            for line in textwrap.wrap(paragraph, _LINE) or [""]:
                y -= _LEADING
                out.append(_text(line, y, bold=False, size=10))
    return "\n".join(out)


def _text(line: str, y: int, *, bold: bool, size: int) -> str:
    return f"BT /F{2 if bold else 1} {size} Tf {_MARGIN} {y} Td ({_escape(line)}) Tj ET"


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _assemble(objects: Sequence[bytes]) -> bytes:
    """Put objects, cross-reference table and trailer together."""
    body = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        body += b"%010d 00000 n \n" % offset
    body += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        len(objects),
        start,
    )
    return bytes(body)
