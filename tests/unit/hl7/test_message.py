"""Messages as they come: what is read, what is tolerated, what is no message."""

import pytest

from steckel.errors import NotHl7
from steckel.hl7.message import NULL, Message

HEAD = r"MSH|^~\&|RIS|HOSPITAL|PACS|HOSPITAL|20260102030405||OMI^O23^OMI_O23|42|P|2.5.1^FRA^x"
PID = (
    "PID|1||4711^^^HOSPITAL&1.2.3&ISO^PI~99^^^INS^^^20200101||DOE^JANE^^^^^L|" + NULL + "|19700102"
)
OBX = "OBX|1|TX|REPORT^Report^L||one & two||||||F"


def message(*lines: str, end: str = "\r", charset: str = "utf-8") -> Message:
    return Message.parse(end.join([*lines, ""]).encode(charset))


def test_values_are_read_by_their_path() -> None:
    read = message(HEAD, PID)
    assert read.value("PID-3") == "4711"
    assert read.value("PID-3.4.2") == "1.2.3"
    assert read.value("PID-3[2].4") == "INS"
    assert read.value("PID-3[3].1") == ""
    assert read.value("PID-5.2") == "JANE"
    assert read.value("PID-6") == NULL
    assert read.value("PID-40") == read.value("ZZZ-1") == ""


def test_the_header_counts_its_separator_as_field_1() -> None:
    read = message(HEAD)
    assert read.value("MSH-1") == "|"
    assert read.value("MSH-2") == r"^~\&"
    assert read.value("MSH-2[2]") == read.value("MSH-2.2") == ""
    assert (read.type, read.structure, read.control_id) == ("OMI^O23", "OMI_O23", "42")
    assert (read.version, read.source) == ("2.5.1", "RIS^HOSPITAL")
    header = read.first("MSH")
    assert header is not None
    assert [field.text for field in header.fields(2)] == [r"^~\&"]
    assert header.text(12) == "2.5.1^FRA^x"


def test_segments_keep_their_order_and_number() -> None:
    read = message(HEAD, PID, "NTE|1||a", "OBR|1", "NTE|1||b")
    assert [s.name for s in read.segments] == ["MSH", "PID", "NTE", "OBR", "NTE"]
    assert [s.number for s in read.all("NTE")] == [3, 5]
    assert read.value("NTE[2]-3") == "b"
    assert read.value("NTE[3]-3") == ""
    assert read.first("NTE") is read.segments[2]
    assert read.first("ZDS") is None


def test_a_field_says_its_repetitions_and_components() -> None:
    pid = message(HEAD, PID).first("PID")
    assert pid is not None
    assert [field.value() for field in pid.fields(3)] == ["4711", "99"]
    assert pid.fields(3)[0].components() == ["4711", "", "", "HOSPITAL&1.2.3&ISO", "PI"]
    assert pid.fields(3)[0].component(4) == "HOSPITAL&1.2.3&ISO"
    assert pid.fields(2) == pid.fields(99) == []
    assert pid.text(3) == "4711^^^HOSPITAL&1.2.3&ISO^PI"
    assert pid.raw(3).endswith("~99^^^INS^^^20200101")
    assert pid.value(3, 4, 1, 2) == "INS"
    assert pid.size == 7


def test_a_text_whose_separators_nobody_escaped_is_there_whole() -> None:
    obx = message(HEAD, OBX).first("OBX")
    assert obx is not None
    assert obx.value(5) == "one "
    assert obx.fields(5)[0].plain() == "one & two"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r", "\r\n\r\n", "\n \t\n"])
def test_every_line_end_ends_a_segment(end: str) -> None:
    read = message(HEAD, PID, OBX, end=end)
    assert [s.line for s in read.segments] == [HEAD, PID, OBX]
    assert read.warnings == ()


def test_blanks_before_a_segment_are_no_part_of_it() -> None:
    read = message(HEAD, "  " + PID, "\t" + OBX)
    assert [s.name for s in read.segments] == ["MSH", "PID", "OBX"]
    assert read.value("MSH-12.3") == "x"


@pytest.mark.parametrize("noise", ["\r\n\r\n", "  ", "[SOM]", "// a comment\r\n", "\ufeff"])
def test_what_stands_before_the_header_is_passed_over(noise: str) -> None:
    read = message(noise + HEAD, PID)
    assert (read.type, read.value("PID-3")) == ("OMI^O23", "4711")
    assert bool(read.warnings) is bool(noise.strip())
    assert read.raw.startswith(noise.encode())
    assert read.text.startswith("MSH|")


def test_a_line_break_inside_a_field_stays_in_it_and_is_told() -> None:
    read = message(HEAD, "OBX|1|ED|PDF||^application^pdf^Base64^AAAA\rBBBB\rCC==||||||F", PID)
    assert read.value("OBX-5.5") == "AAAA\nBBBB\nCC=="
    assert read.value("OBX-11") == "F"
    assert read.value("PID-3") == "4711"
    assert read.warnings == ("line breaks inside OBX (segment 2): 2",)


def test_a_line_break_that_ends_a_component_does_not_move_the_fields_behind() -> None:
    read = message(HEAD, "OBX|4|CE|CODE^Not visible to the\r\nrepresentatives\r\n||N|", PID)
    assert read.value("OBX-3.2") == "Not visible to the\nrepresentatives\n"
    assert read.value("OBX-5") == "N"


def test_a_word_of_three_letters_on_a_line_of_its_own_is_text_unless_it_names_a_segment() -> None:
    read = message(HEAD, "OBX|1|TX|||see\rCTA\rof today", "PV1", PID)
    assert read.value("OBX-5") == "see\nCTA\nof today"
    assert [s.name for s in read.segments] == ["MSH", "OBX", "PV1", "PID"]


def test_many_deviations_make_few_warnings() -> None:
    read = message(HEAD, *["NTE|1||a\rb"] * 100)
    assert len(read.warnings) == 21
    assert len(read.segments) == 101


def test_a_second_header_is_told() -> None:
    assert message(HEAD, PID, HEAD).warnings == ("several MSH segments in one message",)


def test_the_message_says_its_separators() -> None:
    read = message("MSH#*%!@#RIS#H#####ADT*A08", "PID#1##1*x@y%2##D!S!E*!F!!X41!")
    assert read.value("PID-3.2.2") == "y"
    assert read.value("PID-3[2]") == "2"
    assert read.value("PID-5") == "D*E"
    assert read.value("PID-5.2") == "#A"
    assert read.type == "ADT^A08"


def test_a_separator_that_the_header_leaves_out_is_not_used() -> None:
    read = message("MSH|^~|RIS", r"PID|||a&b\T\c^d")
    assert read.value("PID-3") == r"a&b\T\c"
    assert read.value("PID-3.1.2") == ""


def test_the_truncation_character_of_version_2_7_is_known() -> None:
    read = message(r"MSH|^~\&#|RIS", r"PID|||cut#^5\P\4")
    assert read.value("PID-3") == "cut#"
    assert read.value("PID-3.2") == "5#4"


@pytest.mark.parametrize(
    "raw",
    [b"", b"\r\n", b"PID|1", b"MSH", b"MSH|", b"MSH||", b"MSH\rPID|1", b"MSHRIS|x", b"MSH|RIS|x",
     b"GET / HTTP/1.1\r\n", b"\xff\xfeM\0S", b"MSH| |x", b"\0" * 64, b"MSH|^a|x"],
)  # fmt: skip
def test_what_has_no_header_is_no_message(raw: bytes) -> None:
    with pytest.raises(NotHl7):
        Message.parse(raw)


@pytest.mark.parametrize("path", ["", "PID", "PID-", "PID-x", "PID-3.", "pid-3", "PID-3\n", "P-1"])
def test_what_is_no_path_is_an_error_of_the_caller(path: str) -> None:
    with pytest.raises(ValueError, match="no path"):
        message(HEAD).value(path)


def test_position_0_is_nowhere() -> None:
    read = message(HEAD, PID)
    segment = read.first("PID")
    assert segment is not None
    assert segment.value(0) == segment.value(3, 0) == segment.value(3, 1, 0) == ""
    assert segment.value(3, repetition=0) == ""
