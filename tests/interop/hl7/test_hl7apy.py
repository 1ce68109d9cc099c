"""What we build, judged by hl7apy's strict validation of each version's grammar."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.core import Message as Judged
from hl7apy.parser import parse_message, parse_segment
from hl7apy.validation import Validator

from steckel.hl7.acknowledge import Code, Fault, FaultCode, acknowledge
from steckel.hl7.message import NULL, Message
from steckel.hl7.write import Builder, Header, Party

pytestmark = pytest.mark.interop

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=1)))
WE = Party(application="STECKEL", facility=("HOSPITAL", "1.2.3", "ISO"))
FAULTS = [
    Fault(code=FaultCode.REQUIRED_FIELD_MISSING, location="PID-3", text="no identifier"),
    Fault(code=FaultCode.TABLE_VALUE_NOT_FOUND, location="OBR[2]-24[1].1.2", severity="W"),
    Fault(code=FaultCode.SEGMENT_SEQUENCE_ERROR, location="IPC"),
    Fault(code=FaultCode.APPLICATION_INTERNAL_ERROR),
]


def judge(sent: bytes) -> Judged:
    judged = parse_message(sent.decode(), validation_level=VALIDATION_LEVEL.STRICT)
    assert Validator.validate(judged)
    return judged


def order(version: str) -> Message:
    return Message.parse(
        b"MSH|^~\\&|RIS^1.9^ISO|CLI\x1cNIC|PACS|X|2026||OMI^O23^OMI_O23|42|P|"
        + f"{version}\rPID|||1\r".encode()
    )


@pytest.mark.parametrize("faults", [[], FAULTS[:1], FAULTS], ids=["none", "one", "many"])
@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize(
    "version",
    ["2.3.1", "2.4", "2.5", "2.5.1", "2.5^FRA^2.11", "2.6", "2.7", "2.8", "2.8.1", "2.8.2", ""],
)
def test_an_acknowledgement_is_valid_in_the_senders_version(
    version: str, code: Code, faults: list[Fault]
) -> None:
    sent = acknowledge(order(version), code, faults, sender=WE, control_id="1", at=AT)
    judged = judge(sent)
    assert judged.msa.msa_1.value == code
    assert judged.msa.msa_2.value == "42"


@pytest.mark.parametrize("version", ["2.1", "2.2", "2.3"])
def test_its_segments_are_valid_in_versions_whose_acknowledgement_has_no_structure(
    version: str,
) -> None:
    sent = acknowledge(order(version), Code.AE, FAULTS[:1], sender=WE, control_id="1", at=AT)
    for line in sent.decode().split("\r")[:2]:
        judged = parse_segment(line, version=version, validation_level=VALIDATION_LEVEL.STRICT)
        assert judged.to_er7() == line


def test_the_judge_can_say_no() -> None:
    sent = acknowledge(order("2.5"), Code.AE, FAULTS, sender=WE, control_id="1", at=AT)
    with pytest.raises(Exception, match=r"(?i)msa|required|missing"):
        judge(sent.replace(b"MSA|AE|42", b"MSA||42"))


def test_a_report_that_we_write_is_valid() -> None:
    header = Header(
        sender=WE,
        receiver=Party(application="EMR", facility="HOSPITAL"),
        type=("ORU", "R01", "ORU_R01"),
        control_id="7",
        at=datetime(2026, 1, 2, tzinfo=UTC),
        more={15: "NE", 16: "AL", 17: "FRA"},
    )
    builder = Builder(header)
    builder.segment(
        "PID",
        {
            3: [("4711", "", "", ("HOSPITAL", "1.2.3", "ISO"), "PI"), ("9", "", "", "INS", "NH")],
            5: [("DOE", "JANE", "", "", "", "", "L")],
            6: NULL,
            7: "19700102",
            8: "F",
        },
    )
    builder.segment("OBR", {1: "1", 2: "P1", 3: "F1", 4: ("CT", "Chest & neck", "L"), 25: "F"})
    builder.segment(
        "OBX", {1: "1", 2: "TX", 3: ("R", "Report", "L"), 5: ["one | two", "3 ^ 4"], 11: "F"}
    )
    judged = judge(builder.build())
    assert judged.msh.msh_18.value == "UNICODE UTF-8"
