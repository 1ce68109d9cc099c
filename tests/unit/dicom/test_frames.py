"""Frame tables come back from their packed form; fragments go to the frames they belong to."""

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steckel.dicom import pixel_frames, tags
from steckel.dicom.elements import UNDEFINED_LENGTH, Element
from steckel.dicom.frames import Fragment, FrameTable, pack_table, unpack_table

_FRAGMENT = st.builds(Fragment, st.integers(0, (1 << 63) - 1), st.integers(0, (1 << 40)))
_FRAMES = st.lists(st.lists(_FRAGMENT, min_size=1, max_size=4).map(tuple), max_size=20).map(tuple)


@given(st.builds(FrameTable, encapsulated=st.booleans(), frames=_FRAMES))
def test_a_table_comes_back(table: FrameTable) -> None:
    assert unpack_table(pack_table(table)) == table


def test_native_frames_take_few_bytes_however_many_they_are() -> None:
    frames = tuple((Fragment(1000 + i * 512, 512),) for i in range(10_000))
    table = FrameTable(encapsulated=False, frames=frames)

    assert len(pack_table(table)) == 22
    assert unpack_table(pack_table(table)) == table


@pytest.mark.parametrize("packed", [b"", b"\1", b"\1\1\xff\0\0\0", b"\2\1\2\0\0\0\1\0\0\0"])
def test_what_is_no_table_is_told(packed: bytes) -> None:
    with pytest.raises(ValueError, match="frame table"):
        unpack_table(packed)


def _item(content: bytes) -> bytes:
    return pack("<HHI", 0xFFFE, 0xE000, len(content)) + content


_END = pack("<HHI", 0xFFFE, 0xE0DD, 0)
_A, _B, _C = b"a" * 9 + b"\0", b"b" * 6, b"c" * 12


def _frames(content: bytes, frames: int, extended: tuple[int, ...] = ()) -> list[bytes]:
    pixel = Element(tags.PIXEL_DATA, "OB", 0, UNDEFINED_LENGTH, len(content))
    table, _ = pixel_frames.encapsulated(
        content, pixel, len(content), number_of_frames=frames, extended=extended
    )
    return [
        b"|".join(content[one.offset : one.offset + one.length] for one in frame)
        for frame in table.frames
    ]


def test_the_basic_offset_table_says_where_frames_begin() -> None:
    second = 8 + len(_A) + 8 + len(_B)
    content = _item(pack("<II", 0, second)) + _item(_A) + _item(_B) + _item(_C) + _END

    assert _frames(content, 2) == [_A + b"|" + _B, _C]


def test_the_extended_offset_table_says_so_too() -> None:
    content = _item(b"") + _item(_A) + _item(_B) + _item(_C) + _END

    assert _frames(content, 2, extended=(0, 8 + len(_A))) == [_A, _B + b"|" + _C]


def test_an_offset_table_that_points_between_items_is_not_believed() -> None:
    content = _item(pack("<II", 0, 3)) + _item(_A) + _item(_B + b"\xff\xd9") + _item(_C) + _END

    assert _frames(content, 2) == [_A + b"|" + _B + b"\xff\xd9", _C]


def test_without_offsets_a_frame_ends_with_its_image() -> None:
    content = _item(b"") + _item(_A) + _item(_B + b"\xff\xd9") + _item(_C) + _END

    assert _frames(content, 2) == [_A + b"|" + _B + b"\xff\xd9", _C]


def test_all_fragments_of_one_frame_are_its_own() -> None:
    assert _frames(_item(b"") + _item(_A) + _item(_B) + _END, 1) == [_A + b"|" + _B]


def test_pixels_without_their_delimiter_are_told() -> None:
    content = _item(b"") + _item(_A)
    pixel = Element(tags.PIXEL_DATA, "OB", 0, UNDEFINED_LENGTH, len(content))

    table, complete = pixel_frames.encapsulated(content, pixel, len(content), number_of_frames=1)

    assert table.count == 1
    assert not complete
