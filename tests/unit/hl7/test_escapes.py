"""Escape sequences: what is meant, and that what is written comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steckel.hl7.delimiters import STANDARD, Delimiters
from steckel.hl7.escapes import escape, unescape, without_controls


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f", "a|b^c&d~e\\f"),
        (r"\H\loud\N\ quiet", "loud quiet"),
        (r"one\.br\two\.sp\three\.sp3\four", "one\ntwo\nthree\n\n\nfour"),
        (r"a\.sk3\b\.in+2\c\.ti-4\\.nf\d\.ce\e", "a   bcd\ne"),
        (r"\X0D0A\x\X\y", "\r\nxy"),
        ("\\XC3A9\\t\\Xc3a9\\", "été"),
        (r"\XE9\t", "ét"),
        (r"\X0\ ", r"\X0\ "),
        (r"\Zlocal\ ", r"\Zlocal\ "),
        (r"\\server\share", r"\\server\share"),
        (r"C:\temp\T\x", r"C:\temp&x"),
        ("50 \\", "50 \\"),
        (r"\M2442\;3ED\C2842\ Taro", "山田 Taro"),
        (r"\C2842\plain", "plain"),
        (r"\.sp9999\x", "\n" * 200 + "x"),
        (r"\f\ \s\ ", r"\f\ \s\ "),
    ],
)
def test_what_is_sent_means(sent: str, meant: str) -> None:
    assert unescape(sent, STANDARD, "utf-8") == meant


def test_hex_data_is_in_the_character_set_of_the_message() -> None:
    assert unescape(r"\XE9\ \XA4\ ", STANDARD, "iso8859-15") == "é € "


def test_the_escape_character_is_the_messages() -> None:
    other = Delimiters("#", "*", "%", "!", "@")
    assert unescape(r"!F!!S!!R!!E!!T!\T\ ", other, "utf-8") == "#*%!@\\T\\ "
    caret = Delimiters("|", "*", "~", "^", "]")
    assert unescape("^T^^.br^^Zx^", caret, "utf-8") == "]\n^Zx^"


def test_a_message_without_an_escape_character_escapes_nothing() -> None:
    assert unescape(r"a\T\b", Delimiters("|", "^", "~", "", ""), "utf-8") == r"a\T\b"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x1b")))
def test_what_is_written_is_read_again(text: str) -> None:
    written = escape(text)
    assert not set("|^~&") & set(written)
    assert written.isprintable() or not any(ord(char) < 32 for char in written)
    assert unescape(written, STANDARD, "latin_1") == text


def test_every_line_end_is_written_as_a_line_break() -> None:
    assert escape("a\r\nb\rc\nd") == r"a\.br\b\.br\c\.br\d"


def test_control_characters_can_be_left_out() -> None:
    assert without_controls("a\x1cb\x0b\r\n\x85\x7fé") == "abé"
