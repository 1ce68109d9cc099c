"""What we write: strict, and read again as it was meant."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steckel.errors import NotEncodable
from steckel.hl7.message import NULL, Message
from steckel.hl7.write import Builder, Content, Header, Party, write_segment

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\x1b"), max_size=20)
SOMETHING = TEXT.filter(bool)
COMPONENT = TEXT | st.lists(TEXT, min_size=2, max_size=3).map(tuple)
REPETITION = SOMETHING | st.lists(COMPONENT, min_size=2, max_size=4).map(tuple)


def header(**more: object) -> Header:
    return Header(  # type: ignore[arg-type]
        **{
            "sender": Party(application="STECKEL", facility=("H", "1.2", "ISO")),
            "receiver": Party(application="RIS"),
            "type": ("ORU", "R01", "ORU_R01"),
            "control_id": "7",
            "at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            **more,
        }
    )


def test_a_header_is_written_in_full() -> None:
    built = Builder(header(more={15: "NE", 16: "AL"}, processing="T")).build()
    assert built == (
        b"MSH|^~\\&|STECKEL|H^1.2^ISO|RIS||20260102030405+0000||ORU^R01^ORU_R01|7|T|2.5.1"
        b"|||NE|AL||UNICODE UTF-8\r"
    )


@pytest.mark.parametrize(
    ("content", "written"),
    [
        ({1: "a"}, "PID|a"),
        ({3: [("1", "", "", "X"), ("2",)]}, "PID|||1^^^X~2"),
        ({3: ("1", "", "", ("X", "1.2", "ISO"), "")}, "PID|||1^^^X&1.2&ISO"),
        ({2: ("", "", ""), 4: ""}, "PID"),
        ({5: "a|b^c&d~e\\f\ng"}, r"PID|||||a\F\b\S\c\T\d\R\e\E\f\.br\g"),
        ({6: NULL}, 'PID||||||""'),
        ({5: []}, "PID"),
        ({}, "PID"),
    ],
)
def test_fields_stand_at_their_place(content: dict[int, Content], written: str) -> None:
    assert write_segment("PID", content) == written


@given(st.dictionaries(st.integers(1, 30), st.lists(REPETITION, min_size=1, max_size=3)))
def test_what_is_written_is_read_again(fields: dict[int, list[object]]) -> None:
    built = Builder(header()).segment("ZZZ", fields).build()  # type: ignore[arg-type]
    assert not set(built) & (set(range(32)) - {13})
    read = Message.parse(built)
    assert read.warnings == ()
    for number, repetitions in fields.items():
        for at, repetition in enumerate(repetitions, 1):
            parts = repetition if isinstance(repetition, tuple) else (repetition,)
            for component, part in enumerate(parts, 1):
                subs = part if isinstance(part, tuple) else (part,)
                for sub, text in enumerate(subs, 1):
                    assert read.value(f"ZZZ-{number}[{at}].{component}.{sub}") == text


@pytest.mark.parametrize(
    ("name", "number"), [("pid", 1), ("PI", 1), ("PID|", 1), ("PID", 0), ("PID", 501), ("MSH", 2)]
)
def test_what_is_no_segment_or_field_is_refused(name: str, number: int) -> None:
    with pytest.raises(ValueError, match=name.replace("|", r"\|")):
        write_segment(name, {number: "x"})


def test_a_batch_header_has_its_separators() -> None:
    assert write_segment("BHS", {}) == r"BHS|^~\&"
    assert write_segment("BHS", {11: "7"}) == r"BHS|^~\&|||||||||7"


def test_the_character_set_that_is_declared_is_used() -> None:
    built = Builder(header(charset="8859/15")).segment("NTE", {3: "é €"}).build()
    assert b"|8859/15\r" in built
    assert "é €".encode("iso8859-15") in built


def test_a_character_that_the_set_lacks_is_not_replaced() -> None:
    with pytest.raises(NotEncodable, match=r"U\+2265"):
        Builder(header(charset="8859/1")).segment("NTE", {3: "≥"}).build()
