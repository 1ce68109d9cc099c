"""What is written in a character set is read again as what it was, or is not written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steckel.dicom import charset
from steckel.dicom.character_sets import CODECS
from steckel.dicom.text_encoding import UnencodableText, encode_text


@pytest.mark.parametrize("declared", [*CODECS, "\\ISO 2022 IR 87", "NOT A TERM"])
def test_plain_text_is_for_every_character_set(declared: str) -> None:
    assert encode_text("Doe^Jane", declared, name=True) == b"Doe^Jane"


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        ("ISO_IR 100", "Müller", b"M\xfcller"),
        ("ISO_IR 101", "Łódź", b"\xa3\xf3d\xbc"),
        ("ISO_IR 144", "Люк", b"\xbb\xee\xda"),
        ("ISO_IR 192", "検査", "検査".encode()),
        ("GB18030", "王", b"\xcd\xf5"),
        ("ISO 2022 IR 100\\ISO 2022 IR 144", "Müller", b"M\xfcller"),
    ],
)
def test_what_a_character_set_has_is_written_in_it(
    declared: str, text: str, expected: bytes
) -> None:
    assert encode_text(text, declared) == expected


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("", "Müller"),
        ("ISO_IR 6", "Müller"),
        ("NOT A TERM", "Müller"),
        ("ISO_IR 100", "Łódź"),
        ("ISO_IR 13", "山田"),
        ("\\ISO 2022 IR 87", "山田"),
        ("ISO 2022 IR 149", "김"),
        ("ISO_IR 100", "Ã©"),  # its bytes would be read as UTF-8
    ],
)
def test_what_it_has_not_is_not_written(declared: str, text: str) -> None:
    with pytest.raises(UnencodableText):
        encode_text(text, declared)


@given(declared=st.sampled_from(sorted(CODECS)), text=st.text(max_size=20), name=st.booleans())
def test_all_that_is_written_is_read_as_it_was(declared: str, text: str, name: bool) -> None:
    if "\x1b" in text:
        return
    try:
        raw = encode_text(text, declared, name=name)
    except UnencodableText:
        return
    assert charset.decode(raw, charset.codecs_of(declared), name=name) == text
