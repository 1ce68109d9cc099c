"""Character sets: what MSH-18 says, what the bytes are, and which of them is believed."""

import pytest

from steckel.hl7.character_sets import codec_of, writable
from steckel.hl7.message import Message

NAME = "LEFÈVRE^ZOÉ"


def read(declared: str, name: str, codec: str, default: str = "utf-8") -> Message:
    raw = f"MSH|^~\\&|R||||||ADT^A08|1|P|2.5||||||{declared}\rPID|||1||{name}\r".encode(codec)
    return Message.parse(raw, default_charset=default)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("ASCII", "ascii"), ("UNICODE UTF-8", "utf-8"), ("UTF-8", "utf-8"), ("UTF8", "utf-8"),
        ("utf_8", "utf-8"), ("UNICODE", "utf-8"), ("8859/1", "iso8859-1"),
        ("8859/15", "iso8859-15"), ("ISO-8859-1", "iso8859-1"), ("ISO_IR 100", "iso8859-1"),
        ("ISO 8859/9", "iso8859-9"), ("WINDOWS-1252", "cp1252"), ("ISO IR87", "iso2022_jp_2"),
        ("GB 18030-2000", "gb18030"), ("KS X 1001", "euc_kr"), ("BIG-5", "big5"),
        ("", None), (" ", None), ("EBCDIC", None), ("rot13", None),
    ],
)  # fmt: skip
def test_names_are_understood_in_every_spelling(name: str, codec: str | None) -> None:
    assert codec_of(name) == codec


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UNICODE UTF-8", "utf-8"), ("UTF-8", "utf-8"), ("UTF8", "utf-8"), ("", "utf-8"),
        ("8859/1", "iso8859-1"), ("8859/15", "iso8859-15"), ("WINDOWS-1252", "cp1252"),
    ],
)  # fmt: skip
def test_what_is_declared_is_used(declared: str, codec: str) -> None:
    message = read(declared, NAME, codec)
    assert message.value("PID-5.2") == "ZOÉ"
    assert (message.charset, message.warnings) == (codec, ())


@pytest.mark.parametrize("declared", ["8859/1", "8859/15", "ASCII", "EBCDIC", "WINDOWS-1252"])
def test_what_is_utf_8_is_read_as_utf_8(declared: str) -> None:
    message = read(declared, NAME, "utf-8")
    assert message.value("PID-5.1") == "LEFÈVRE"
    assert message.warnings == (f"MSH-18 says {declared}, the bytes are UTF-8",)


@pytest.mark.parametrize("declared", ["", "UNICODE UTF-8", "ASCII", "EBCDIC"])
def test_what_is_not_utf_8_is_read_as_its_source_is_known_to_write(declared: str) -> None:
    message = read(declared, f"{NAME}^€", "iso8859-15", default="8859/15")
    assert message.value("PID-5.2") == "ZOÉ"
    assert message.value("PID-5.3") == "€"
    assert message.charset == "iso8859-15"
    assert bool(message.warnings) is bool(declared)


def test_without_a_default_the_bytes_are_taken_for_western() -> None:
    message = read("", f"{NAME}^€", "cp1252")
    assert message.value("PID-5.3") == "€"
    assert message.warnings == ("MSH-18 says nothing, the bytes are CP1252",)


def test_the_letters_of_windows_are_known_behind_8859_1() -> None:
    message = read("8859/1", "D\u2019ARC^JEANNE", "cp1252")
    assert message.value("PID-5") == "D\u2019ARC"
    assert message.warnings == ("MSH-18 says 8859/1, the bytes are CP1252",)


def test_bytes_that_no_character_set_explains_are_read_all_the_same() -> None:
    raw = b"MSH|^~\\&|R||||||ADT^A08|1|P|2.5||||||8859/1\rPID|||1||A\x81B\xe9\r"
    assert Message.parse(raw).value("PID-5") == "A\x81Bé"


def test_a_torn_character_does_not_change_the_others() -> None:
    text = f"{NAME}^" + "é" * 20
    raw = f"MSH|^~\\&|R||||||ADT^A08|1|P|2.5||||||UTF-8\rPID|||1||{text}".encode()
    message = Message.parse(raw[:-1] + b"|19700101\r")
    assert message.value("PID-5.2") == "ZOÉ"
    assert message.value("PID-6") == "19700101"
    assert message.warnings == ("1 characters are no UTF-8",)


def test_ascii_needs_no_declaration() -> None:
    assert read("", "DOE", "ascii").warnings == ()
    assert read("8859/15", "DO\x1bE", "ascii").warnings == ()
    assert read("EBCDIC", "DOE", "ascii").warnings == ("MSH-18 says EBCDIC, which is unknown",)


def test_a_declaration_is_shown_without_anything_that_is_none() -> None:
    (warning,) = read("\x1b[31m" + "x" * 100, "é", "utf-8").warnings
    assert warning.isascii()
    assert warning.isprintable()
    assert len(warning) < 90


def test_japanese_comes_in_switched_and_in_8_bit_sets() -> None:
    message = read("ASCII~ISO IR87", "Yamada^Taro~山田^太郎", "iso2022_jp")
    assert message.value("PID-5[2].2") == "太郎"
    # The second byte of some characters is a backslash or a vertical bar.
    assert read("BIG-5", "許功蓋^x", "big5").value("PID-5") == "許功蓋"
    assert read("GB18030-2000", "王^小东", "gb18030").value("PID-5.2") == "小东"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_sixteen_bit_units_are_recognised(codec: str) -> None:
    message = read("UNICODE UTF-16", NAME, codec)
    assert message.value("PID-5.2") == "ZOÉ"
    assert message.warnings == ()


def test_sixteen_bit_units_that_are_none_do_no_harm() -> None:
    assert read("UNICODE UTF-16", NAME, "utf-8").value("PID-5.2") == "ZOÉ"


@pytest.mark.parametrize(
    ("declared", "answer"),
    [
        ("8859/15", ("8859/15", "iso8859-15")), ("UTF8", ("UNICODE UTF-8", "utf-8")),
        ("ASCII", ("ASCII", "ascii")), ("", ("UNICODE UTF-8", "utf-8")),
        ("ISO IR87", ("UNICODE UTF-8", "utf-8")), ("BIG-5", ("UNICODE UTF-8", "utf-8")),
        ("UNICODE UTF-16", ("UNICODE UTF-8", "utf-8")),
    ],
)  # fmt: skip
def test_an_answer_is_in_the_senders_set_where_it_leaves_ascii_alone(
    declared: str, answer: tuple[str, str]
) -> None:
    assert writable(declared) == answer
