"""Text reads as the examples of PS3.5 H to K, and as nearly as can be where it is wrong."""

import pytest

from steckel.dicom.charset import codecs_of, decode

# PS3.5 H.3.1, H.3.2, I.2, J.1, J.2 J.3, K.2
NAMES = [
    (
        "\\ISO 2022 IR 87",
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
    ),
    (
        "ISO 2022 IR 13\\ISO 2022 IR 87",
        (
            b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J"
            b"=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J"
        ),
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    ),
    (
        "\\ISO 2022 IR 149",
        (
            b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7"
            b"=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf"
        ),
        "Hong^Gildong=洪^吉洞=홍^길동",
    ),
    (
        "\\ISO 2022 IR 58",
        b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=",
        "Zhang^XiaoDong=张^小东=",
    ),
    ("GB18030", b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=", "Wang^XiaoDong=王^小东="),
    ("ISO_IR 126", b"\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Διονυσιος"),
    ("ISO_IR 127", b"\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1", "قباني^لنزار"),
]


@pytest.mark.parametrize(("declared", "value", "text"), NAMES)
def test_a_name_reads_in_its_character_sets(declared: str, value: bytes, text: str) -> None:
    assert decode(value, codecs_of(declared), name=True) == text


def test_utf_8_that_nobody_declared_reads_as_what_it_is() -> None:
    assert decode("Müller".encode(), codecs_of("ISO_IR 100")) == "Müller"


def test_bytes_that_are_wrong_in_their_character_set_still_read() -> None:
    assert decode(b"M\xfcller", codecs_of("ISO_IR 192")) == "Müller"
