"""A CDA document is read for its text and nothing of it is run or expanded."""

import base64

from steckel.reporting.clinical_document import read_clinical_document

_HEAD = (
    b'<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.3" extension="D7"/>'
    b'<code code="18748-4" codeSystem="2.16.840.1.113883.6.1" displayName="Imaging report"/>'
    b"<title>CT  of the chest</title>"
)


def _document(body: bytes) -> bytes:
    return _HEAD + b"<component>" + body + b"</component></ClinicalDocument>"


def test_sections_become_plain_text() -> None:
    body = (
        b"<structuredBody><component><section><title>Findings</title><text>"
        b"<paragraph>No <content>nodule</content>.</paragraph>"
        b"<list><item>one</item><item>two</item></list>"
        b"<table><tr><th>a</th><td>1</td></tr></table>"
        b"<script>alert(1)</script></text></section></component></structuredBody>"
    )
    read = read_clinical_document(_document(body))
    assert read is not None
    assert (read.instance_identifier, read.code) == (
        "1.2.3^D7",
        ("18748-4", "LN", "Imaging report"),
    )
    assert read.text.startswith("CT of the chest\n\nFindings:\nNo nodule.\n")
    assert "- one\n" in read.text
    assert "a | 1" in read.text
    assert "<" not in read.text


def test_the_pdf_of_a_document_without_a_structured_body_is_found() -> None:
    held = base64.b64encode(b"%PDF-1.4")
    body = (
        b'<nonXMLBody><text mediaType="application/pdf" representation="B64">%b</text></nonXMLBody>'
    )
    read = read_clinical_document(_document(body % held))
    assert read is not None
    assert read.pdf == b"%PDF-1.4"


def test_a_document_with_a_declaration_is_not_read() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + _document(b"")
    assert read_clinical_document(bomb) is None
    assert read_clinical_document(bomb.decode().encode("utf-16")) is None
    assert read_clinical_document(b"no XML") is None
