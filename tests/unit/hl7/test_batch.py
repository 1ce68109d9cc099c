"""Batches and files: the messages in them, and nothing of the envelope."""

import pytest

from steckel.hl7.batch import split
from steckel.hl7.message import Message

ONE = b"MSH|^~\\&|R||||||ADT^A01|1|P|2.5\rPID|||1\r"
TWO = b"MSH|^~\\&|R||||||ADT^A01|2|P|2.5\rPID|||2\r"
FHS, BHS = b"FHS|^~\\&|R\r", b"BHS|^~\\&|R\r"


@pytest.mark.parametrize(
    "raw",
    [
        ONE + TWO,
        FHS + BHS + ONE + TWO + b"BTS|2\rFTS|1\r",
        BHS + ONE + b"BTS|1\r" + BHS + TWO + b"BTS\r",
        FHS + ONE + TWO + b"FTS",
        BHS + ONE + TWO,
        b"\r\n" + ONE + b"\r\n\r\n" + TWO,
        b"// first\r\n" + ONE + b"// second\n" + TWO + b"\r\n// end",
        b"/*\n * about\n */\n" + ONE + b"/* two\n * lines\n */\r" + TWO + b"/* end */\n",
        ONE + b"\x0b" + TWO,
        ONE + b"  " + TWO,
    ],
)
def test_every_message_is_found(raw: bytes) -> None:
    assert [part.rstrip() for part in split(raw)] == [ONE.rstrip(), TWO.rstrip()]


@pytest.mark.parametrize(
    "raw", [ONE, b"\r\n" + ONE, b"[SOM]" + ONE, b"PID|1", b"", ONE + b"// of its text"]
)
def test_a_single_message_is_given_as_it_came(raw: bytes) -> None:
    assert split(raw) == [raw]


def test_an_envelope_without_a_message_gives_none() -> None:
    assert split(FHS + BHS + b"PID|1\rBTS|0\rFTS|1\r") == []


def test_the_bytes_of_a_message_stay_as_they_are() -> None:
    crlf = ONE.replace(b"\r", b"\r\n")
    assert split(crlf + TWO) == [crlf, TWO]


def test_a_comment_that_nothing_opens_is_text() -> None:
    text = ONE + b"NTE|||a\rb */\r"
    assert split(text + TWO) == [text, TWO]


def test_a_message_inside_a_text_is_no_boundary() -> None:
    text = ONE + b"NTE|||he wrote MSH|^~\\&|\r"
    assert split(text + TWO) == [text, TWO]


def test_many_messages_are_found_once() -> None:
    parts = split(FHS + (ONE + TWO) * 2000)
    assert len(parts) == 4000
    assert Message.parse(parts[-1]).control_id == "2"
