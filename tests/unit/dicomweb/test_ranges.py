"""The Range header."""

import pytest

from steckel.dicomweb.ranges import ByteRange, UnsatisfiableRange, parse_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-9", ByteRange(0, 10)),
        ("bytes=90-", ByteRange(90, 100)),
        ("bytes=90-1000", ByteRange(90, 100)),
        ("bytes=-10", ByteRange(90, 100)),
        ("bytes=-1000", ByteRange(0, 100)),
        (" bytes = 1 - 1 ", ByteRange(1, 2)),
    ],
)
def test_one_range_is_read(header: str, expected: ByteRange) -> None:
    assert parse_range(header, 100) == expected


@pytest.mark.parametrize(
    "header", [None, "", "bytes=-", "bytes=5-4", "items=0-1", "bytes=0-1,5-6", "bytes=a-b", "bytes"]
)
def test_anything_else_stands_for_the_whole(header: str | None) -> None:
    assert parse_range(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(UnsatisfiableRange):
        parse_range(header, 100)


def test_nothing_has_no_ranges() -> None:
    with pytest.raises(UnsatisfiableRange):
        parse_range("bytes=0-0", 0)
