"""The multipart reader: whole, byte by byte, and what is wrong with a body."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steckel.dicomweb.multipart import (
    MalformedBody,
    MultipartReader,
    PartBegins,
    PartData,
    PartEnds,
)

B = "frontier"


def read(body: bytes, step: int | None = None, boundary: str = B) -> list[tuple[dict, bytes]]:
    reader = MultipartReader(boundary)
    parts: list[tuple[dict, bytes]] = []
    open_part = None
    pieces = [body] if step is None else [body[i : i + step] for i in range(0, len(body), step)]
    for piece in pieces:
        for event in reader.feed(piece):
            match event:
                case PartBegins(headers):
                    assert open_part is None
                    open_part = (dict(headers), bytearray())
                case PartData(data):
                    assert open_part is not None
                    assert len(data) > 0
                    open_part[1].extend(data)
                case PartEnds():
                    assert open_part is not None
                    parts.append((open_part[0], bytes(open_part[1])))
                    open_part = None
    reader.close()
    assert open_part is None
    return parts


def body_of(*parts: tuple[str, bytes], newline: str = "\r\n", boundary: str = B) -> bytes:
    made = b""
    n = newline.encode()
    for headers, content in parts:
        made += b"--" + boundary.encode() + n + headers.encode() + n + content + n
    return made + b"--" + boundary.encode() + b"--" + n


CASES = {
    "two parts": (
        body_of(("Content-Type: a/b\r\n", b"one"), ("CONTENT-TYPE: c/d\r\n", b"two\r\n")),
        [({"content-type": "a/b"}, b"one"), ({"content-type": "c/d"}, b"two\r\n")],
    ),
    "preamble and epilogue": (
        b"This is --frontier text\r\n\r\n" + body_of(("", b"x")) + b"\r\n--frontier\r\nnot a part",
        [({}, b"x")],
    ),
    "an empty part": (body_of(("A: b\r\n", b"")), [({"a": "b"}, b"")]),
    "a leading line end": (b"\r\n" + body_of(("A: b\r\n", b"x")), [({"a": "b"}, b"x")]),
    "padding after the boundary": (
        b"--frontier  \t\r\nA: b\r\n\r\nx\r\n--frontier \r\n\r\ny\r\n--frontier--",
        [({"a": "b"}, b"x"), ({}, b"y")],
    ),
    "lines that end with LF": (
        body_of(("A: b\n", b"x\r"), ("", b"\n\n"), newline="\n"),
        [({"a": "b"}, b"x\r"), ({}, b"\n\n")],
    ),
    "folded headers": (
        body_of(('Content-Type: application/dicom;\r\n transfer-syntax="1.2"\r\n', b"x")),
        [({"content-type": 'application/dicom; transfer-syntax="1.2"'}, b"x")],
    ),
    "content that looks like a delimiter": (
        body_of(("", b"\r\n--frontie\r\n--frontierX\r\n--frontier-\r\r\n--front")),
        [({}, b"\r\n--frontie\r\n--frontierX\r\n--frontier-\r\r\n--front")],
    ),
    "no parts": (b"--frontier--\r\n", []),
    "no line end after the closing delimiter": (
        b"--frontier\r\n\r\nx\r\n--frontier--",
        [({}, b"x")],
    ),
}


@pytest.mark.parametrize("step", [None, 1, 2, 3, 7, 16])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_body_reads_the_same_however_it_arrives(case: str, step: int | None) -> None:
    body, expected = CASES[case]
    assert read(body, step) == expected


@pytest.mark.parametrize("step", [None, 1])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no delimiter at all",
        b"--frontier",
        b"--frontier\r\nA: b\r\n\r\nthe body stops in the mid",
        b"--frontier\r\nA: b\r\n\r\nx\r\n--frontier",
        b"--frontier\r\nA: b\r\n\r\nx\r\n--frontier-",
        b"--frontier\r\nA: b",
        b"--frontier\r\nno colon\r\n\r\nx\r\n--frontier--",
        b"--frontier\r\nA: " + b"b" * 20_000 + b"\r\n\r\nx\r\n--frontier--",
        b"--frontier" + b" " * 20_000,
        b"x--frontier--",
    ],
    ids=range(11),
)
def test_what_is_no_multipart_body_is_refused(body: bytes, step: int | None) -> None:
    with pytest.raises(MalformedBody):
        read(body, step)


@pytest.mark.parametrize("boundary", ["", "x" * 300, "é"])
def test_what_cannot_be_a_boundary_is_refused(boundary: str) -> None:
    with pytest.raises(MalformedBody):
        MultipartReader(boundary)


def test_a_long_part_is_handed_on_as_it_arrives() -> None:
    reader = MultipartReader(B)
    list(reader.feed(b"--frontier\r\n\r\n"))
    for _ in range(50):
        given = sum(len(e.data) for e in reader.feed(b"\r" * 10_000) if isinstance(e, PartData))
        assert given >= 9_900
        assert len(reader._buffer) - reader._at < 100


def test_a_long_preamble_is_not_kept() -> None:
    reader = MultipartReader(B)
    for _ in range(50):
        assert list(reader.feed(b"-" * 10_000)) == []
        assert len(reader._buffer) - reader._at < 100


content = st.binary(max_size=200) | st.lists(
    st.sampled_from([b"\r", b"\n", b"-", b"--", b"\r\n--frontie", b"\r\n--frontierZ", b"r", b" "])
).map(b"".join)


@given(
    parts=st.lists(content, max_size=5),
    cuts=st.lists(st.integers(min_value=0, max_value=2000), max_size=20),
    newline=st.sampled_from(["\r\n", "\n"]),
)
def test_whatever_is_written_is_read_back(
    parts: list[bytes], cuts: list[int], newline: str
) -> None:
    n = newline.encode()
    true_delimiter = re.compile(re.escape(n) + rb"--frontier(--|[ \t]*(\r\n|\n|\r?\Z))")
    parts = [p for p in parts if not true_delimiter.search(n + p + n)]
    body = body_of(*((f"N: 1{newline}", part) for part in parts), newline=newline)
    reader = MultipartReader(B)
    found: list[bytes] = []
    edges = [0, *sorted(c for c in cuts if c < len(body)), len(body)]
    for start, stop in pairwise(edges):
        for event in reader.feed(body[start:stop]):
            if isinstance(event, PartBegins):
                found.append(b"")
            elif isinstance(event, PartData):
                found[-1] += event.data
    reader.close()
    assert found == parts


@given(st.binary(max_size=500), st.integers(min_value=1, max_value=50))
def test_no_bytes_break_the_reader(data: bytes, step: int) -> None:
    try:
        whole = read(b"--frontier\r\n" + data)
    except MalformedBody:
        whole = None
    try:
        pieces = read(b"--frontier\r\n" + data, step)
    except MalformedBody:
        pieces = None
    assert whole == pieces
