import base64
from typing import Any

import pytest
from tests.unit.exchange.inbound.spoken import PID, message, said, the

from steckel.exchange.inbound.clinical_document import read_header
from steckel.exchange.model import MessageFault
from steckel.ris.model import PatientStatement, ReportStatement, ReportStatus

PDF = b"%PDF-1.4\n" + bytes(range(256))
ENCODED = base64.b64encode(PDF).decode()
OBR = "OBR|1|P1|F1^RIS|CT^CT abdomen^L" + "|" * 14 + "ACC1" + "|" * 4 + "20260301090000|||F"
STUDY = "OBX|1|ST|113014^DICOM Study^DCM||1.2.3||||||F"
CDA = """<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"
 xmlns:ps3-20="urn:dicom-org:ps3-20"><id root="1.9" extension="DOC2"/>
<title>Compte rendu</title><setId root="1.9" extension="DOC"/>
<recordTarget><patientRole><id root="1.2.250.1.213.1.4.10" extension="279035121518989"/>
</patientRole></recordTarget>
<inFulfillmentOf><order><id root="1.5" extension="P9"/>
<ps3-20:accessionNumber root="1.6" extension="ACC9"/></order></inFulfillmentOf>
<documentationOf><serviceEvent><id root="1.2.3.77"/></serviceEvent></documentationOf>
</ClinicalDocument>"""


def report(kind: str, *lines: str) -> ReportStatement:
    found = the(said(message(kind, PID, *lines)), ReportStatement)
    assert isinstance(found, ReportStatement)
    return found


def test_text_is_joined_in_its_order() -> None:
    found = report(
        "ORU^R01", OBR, STUDY, "OBX|2|TX|R^Report^L||first line||||||F",
        r"OBX|3|FT|R^Report^L||second\.br\third||||||F", "OBX|4|ST|R^Report^L||fourth~fifth",
    )  # fmt: skip
    assert found.text == "first line\nsecond\nthird\nfourth\nfifth"
    assert found.key == "RF1^RIS"
    assert found.study_uids == ("1.2.3",)
    assert (found.accession, found.placer, found.filler) == ("ACC1", "P1", "F1")
    assert found.title == "CT abdomen"
    assert found.status is ReportStatus.FINAL


def test_different_observations_have_headings_and_codes_their_meaning() -> None:
    found = report(
        "ORU^R01", OBR, "OBX|1|TX|F^Findings^L||None.||||||F",
        "OBX|2|CE|C^Conclusion^L||N^Normal^L||||||F",
    )  # fmt: skip
    assert found.text == "Findings\nNone.\n\nConclusion\nNormal"


@pytest.mark.parametrize("breaks", ["", "\r", "\r\n", r"\.br\ "[:-1]])
def test_a_pdf_comes_whole_even_with_line_breaks_inside(breaks: Any) -> None:
    data = ENCODED[:60] + breaks + ENCODED[60:]
    found = report("ORU^R01", OBR, f"OBX|1|ED|PDF^Report^L||^Application^PDF^Base64^{data}||||||F")
    assert (found.media_type, found.body) == ("application/pdf", PDF)


def test_a_cda_in_plain_text_keeps_its_ampersands() -> None:
    document = CDA.replace("\n", "").replace("Compte rendu", "A &amp; B")
    found = report("ORU^R01", OBR, f"OBX|1|ED|C||^Text^text/xml^A^{document}||||||F")
    assert found.media_type == "text/xml"
    assert found.body == document.encode()
    assert found.title == "A & B"


def test_a_cda_says_what_the_message_does_not() -> None:
    data = base64.b64encode(CDA.encode()).decode()
    found = said(message("ORU^R01", f"OBX|1|ED|18748-4^CR||{data}"))
    statement = the(found, ReportStatement)
    assert statement.patient.patient_id == "279035121518989"
    assert statement.patient.issuer == "ASIP-SANTE-INS-NIR"
    assert (statement.key, statement.accession) == ("C1.9^DOC", "ACC9")
    assert statement.study_uids == ("1.2.3.77",)
    assert not [one for one in found.statements if isinstance(one, PatientStatement)]


def test_a_document_with_entities_is_kept_and_not_read() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "b">]>' + CDA.partition("?>")[2]
    data = base64.b64encode(bomb.encode()).decode()
    found = report("ORU^R01", OBR, f"OBX|1|ED|C||^Text^text/xml^Base64^{data}")
    assert found.title == "CT abdomen"


def test_what_is_no_base64_costs_a_warning_and_not_the_report() -> None:
    found = said(message(
        "ORU^R01", PID, OBR, "OBX|1|TX|R||text||||||F", "OBX|2|ED|P||^A^PDF^Base64^<not encoded>"
    ))  # fmt: skip
    assert the(found, ReportStatement).text == "text"
    assert "no base64" in found.warnings[0]


@pytest.mark.parametrize(
    ("result", "observed", "status"),
    [
        ("F", "F", ReportStatus.FINAL), ("P", "F", ReportStatus.PRELIMINARY),
        ("C", "C", ReportStatus.CORRECTED), ("X", "X", ReportStatus.CANCELLED),
        ("", "P", ReportStatus.PRELIMINARY), ("", "C", ReportStatus.CORRECTED),
        ("F", "D", ReportStatus.CANCELLED), ("", "W", ReportStatus.ERROR),
        ("I", "", ReportStatus.REGISTERED),
    ],
)  # fmt: skip
def test_statuses_of_results_are_those_of_reports(result: Any, observed: Any, status: Any) -> None:
    order = OBR.removesuffix("F") + result
    assert report("ORU^R01", order, f"OBX|1|TX|R||t||||||{observed}").status is status


def test_a_result_says_its_status_at_its_own_time() -> None:
    assert report("ORU^R01", OBR, "OBX|1|TX|R||t").moment.at == 1_772_355_600_000


def test_each_result_of_a_message_is_a_report() -> None:
    found = said(message(
        "ORU^R01", PID, "OBR|1||F1", "OBX|1|TX|R||one||||||F", "OBR|2||F2",
        "OBX|1|TX|R||two||||||F",
    ))  # fmt: skip
    reports = [one for one in found.statements if isinstance(one, ReportStatement)]
    assert [(one.key, one.text) for one in reports] == [("RF1", "one"), ("RF2", "two")]


def test_a_result_with_nothing_to_read_is_of_no_use() -> None:
    found = said(message("ORU^R01", PID, OBR))
    assert found.statements == ()
    assert "without text or document" in found.unused


def test_a_report_that_nothing_names_is_a_fault() -> None:
    with pytest.raises(MessageFault) as caught:
        said(message("ORU^R01", PID, "OBR|1", "OBX|1|TX|R||t||||||F"))
    assert caught.value.fault.location == "OBR-3"


def document(event: str, *lines: str) -> ReportStatement:
    return report(f"MDM^{event}", *lines)


def test_a_new_document_is_known_by_its_number() -> None:
    found = document("T02", "TXA|1|CR|TX|||||||||DOC1^RIS|||||AU", "OBX|1|TX|R||text||||||F")
    assert (found.key, found.status, found.text) == ("DDOC1^RIS", ReportStatus.FINAL, "text")


@pytest.mark.parametrize("completion", ["DI", "DO", "IN", "IP", "PA"])
def test_a_document_that_is_not_finished_is_preliminary(completion: Any) -> None:
    line = f"TXA|1|CR|TX|||||||||DOC1|||||{completion}"
    assert document("T02", line, "OBX|1|TX|R||text").status is ReportStatus.PRELIMINARY


def test_what_replaces_a_document_names_it_as_its_parent() -> None:
    found = document("T10", "TXA|1|CR|TX|||||||||DOC2|DOC1||||AU", "OBX|1|TX|R||new||||||C")
    assert (found.key, found.replaces) == ("DDOC2", "DDOC1")
    assert found.status is ReportStatus.CORRECTED


def test_an_addendum_is_a_report_of_its_own_beside_its_parent() -> None:
    found = document("T06", "TXA|1|CR|TX|||||||||DOC2|DOC1||||AU", "OBX|1|TX|R||more||||||F")
    assert (found.key, found.replaces) == ("DDOC2", "")


@pytest.mark.parametrize(
    ("event", "line"),
    [
        ("T04", "OBX|1|TX|R||text||||||D"),
        ("T11", "OBX|1|TX|R||text||||||F"),
        ("T11", "NTE|1||cancelled"),
    ],
)
def test_a_document_is_taken_back(event: Any, line: Any) -> None:
    assert document(event, "TXA|1|CR|TX|||||||||DOC1", line).status is ReportStatus.CANCELLED


def test_a_document_without_a_number_is_a_fault() -> None:
    with pytest.raises(MessageFault) as caught:
        document("T02", "TXA|1|CR", "OBX|1|TX|R||t")
    assert caught.value.fault.location == "TXA-12"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_that_declares_entities_is_not_read(encoding: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [<!ENTITY t "title">]>'
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>&t;</title></ClinicalDocument>'
    )
    assert read_header(text.encode(encoding)) is None
