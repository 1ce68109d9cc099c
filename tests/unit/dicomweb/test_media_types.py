"""The Accept header and Content-Type, as clients write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steckel.dicomweb.media_types import (
    BadMediaType,
    accepts_gzip,
    parse_accept,
    parse_media_type,
)


def test_parameters_are_read_quoted_or_not() -> None:
    found = parse_media_type(
        'Multipart/Related; TYPE="application/dicom" ;boundary=a-b;; x="q\\"q"'
    )
    assert found.essence == "multipart/related"
    assert found.parameters == {"type": "application/dicom", "boundary": "a-b", "x": 'q"q'}


def test_an_unquoted_type_with_a_slash_is_read() -> None:
    assert parse_media_type("multipart/related;type=a/b;x=y").parameters["type"] == "a/b"


@pytest.mark.parametrize("text", ["", "text", "text/", "/x", "text/plain nonsense", "a/b;c=d, e/f"])
def test_what_is_no_media_type_is_refused(text: str) -> None:
    with pytest.raises(BadMediaType):
        parse_media_type(text)


def test_the_best_comes_first_and_the_specific_before_the_general() -> None:
    ranges = parse_accept("*/*;q=0.5, a/b;q=0.7, c/*, d/e, f/g;q=0")
    assert [item.essence for item in ranges] == ["d/e", "c/*", "a/b", "*/*"]


def test_commas_in_quotes_do_not_separate() -> None:
    (only,) = parse_accept('multipart/related; type="a/b"; note="x, y"; transfer-syntax=1.2')
    assert (only.essence, only.multipart, only.transfer_syntax) == ("a/b", True, "1.2")


@pytest.mark.parametrize("text", [None, "", "  "])
def test_nothing_said_accepts_all(text: str | None) -> None:
    (only,) = parse_accept(text)
    assert only.takes("any/thing")
    assert only.takes_single
    assert only.takes_multipart
    assert only.takes_syntax("1.2")


def test_packing_is_part_of_what_is_accepted() -> None:
    single, packed, any_packed = parse_accept("a/b, multipart/related;type=a/b, multipart/related")
    assert (single.takes_single, single.takes_multipart) == (True, False)
    assert (packed.takes_single, packed.takes_multipart) == (False, True)
    assert any_packed.takes("x/y")


@pytest.mark.parametrize(
    ("asked", "fits"), [(None, True), ("*", True), ("1.2.3", True), ("1.2.4", False)]
)
def test_a_transfer_syntax_fits_or_not(asked: str | None, fits: bool) -> None:
    parameter = "" if asked is None else f"; transfer-syntax={asked}"
    (only,) = parse_accept(f"application/dicom{parameter}")
    assert only.takes_syntax("1.2.3") is fits


@pytest.mark.parametrize("text", ["x", "toto, tata", "a/b;q=high", "a/b c/d", ",", '"'])
def test_a_header_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadMediaType):
        parse_accept(text)


def test_what_cannot_be_read_is_passed_over() -> None:
    text = 'toto, a/b, , c/d;q=x, e/f;x="unclosed, g/h'
    assert [item.essence for item in parse_accept(text)] == ["a/b", "g/h"]


def test_a_header_made_to_keep_us_busy_is_refused() -> None:
    with pytest.raises(BadMediaType):
        parse_accept('a/b;x="' + '\\"' * 20_000)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        parse_accept(text)
    except BadMediaType:
        return


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        (None, False),
        ("", False),
        ("gzip, deflate, br", True),
        ("GZIP;q=0.2", True),
        ("gzip;q=0", False),
        ("*", True),
        ("*;q=0", False),
        ("identity", False),
        ("gzip;q=x", False),
    ],
)
def test_gzip_is_taken_or_not(header: str | None, takes: bool) -> None:
    assert accepts_gzip(header) is takes
