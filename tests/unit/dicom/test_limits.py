"""What a few bytes claim costs no memory; what was cut off is told."""

import zlib
from collections.abc import Callable
from struct import pack

import pytest

from steckel.dicom import elements, pixel_frames, tags
from steckel.dicom.elements import UNDEFINED_LENGTH, Element
from steckel.dicom.header import read_header
from steckel.dicom.inflating import MAX_HEAD, inflate, inflate_head
from steckel.dicom.transfer_syntax import EXPLICIT_LITTLE, assume
from steckel.errors import NotDicom, TooLarge

_DEFLATED = "1.2.840.10008.1.2.1.99"


def test_more_frames_than_can_be_kept_account_of_are_refused() -> None:
    length = pixel_frames.MOST + 1
    pixel = Element(tags.PIXEL_DATA, "OB", 0, length, length)

    with pytest.raises(TooLarge, match="frames"):
        pixel_frames.native(pixel, frame_bits=8, number_of_frames=length, available=length)


def test_frames_that_are_claimed_but_not_there_are_not_counted() -> None:
    pixel = Element(tags.PIXEL_DATA, "OB", 0, 10, 10)

    table = pixel_frames.native(pixel, frame_bits=8, number_of_frames=1 << 40, available=10)

    assert table is not None
    assert table.count == 10


def test_more_fragments_than_can_be_kept_account_of_are_refused() -> None:
    empty_items = pack("<HHI", 0xFFFE, 0xE000, 0) * (pixel_frames.MOST + 2)
    pixel = Element(tags.PIXEL_DATA, "OB", 0, UNDEFINED_LENGTH, len(empty_items))

    with pytest.raises(TooLarge, match="fragments"):
        pixel_frames.encapsulated(empty_items, pixel, len(empty_items), number_of_frames=1)


@pytest.mark.parametrize("cut", [0, 1])
def test_a_deflate_stream_without_its_end_is_told(cut: int) -> None:
    dataset = pack("<HH2sH", 0x0008, 0x0060, b"CS", 2) + b"CT"
    dataset += pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 1000) + bytes(range(250)) * 4
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = engine.compress(dataset) + engine.flush()
    stream = deflated[: len(deflated) - cut]

    header = read_header(stream, 0, len(stream), assume(_DEFLATED))

    assert header.text(tags.MODALITY) == "CT"
    assert header.frame_table() == (None, not cut)


def test_what_does_not_even_begin_with_an_element_is_called_no_data_set() -> None:
    with pytest.raises(NotDicom, match="no DICOM data set"):
        elements.scan(b"This is a text.", 0, 15, EXPLICIT_LITTLE)


_PATIENT_ID = pack("<HH2sH", 0x0010, 0x0020, b"LO", 4) + b"1234"


def _deflated(dataset: bytes, wbits: int = -zlib.MAX_WBITS) -> bytes:
    engine = zlib.compressobj(wbits=wbits)
    return engine.compress(dataset) + engine.flush()


def test_pixels_are_not_inflated_for_what_stands_before_them() -> None:
    length = 64 << 20
    element = pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, length)

    head, whole = inflate_head(_deflated(_PATIENT_ID + element + bytes(length)))

    assert head.startswith(_PATIENT_ID + element)
    assert len(head) < length // 16
    assert whole


def test_all_of_a_long_header_is_inflated() -> None:
    private = pack("<HH2sHI", 0x0009, 0x1001, b"OB", 0, 5 << 20) + bytes(5 << 20)

    head, whole = inflate_head(_deflated(private + _PATIENT_ID))

    assert head.endswith(_PATIENT_ID)
    assert whole


def test_a_header_that_goes_on_and_on_is_refused() -> None:
    length = MAX_HEAD * 2
    private = pack("<HH2sHI", 0x0009, 0x1001, b"OB", 0, length)

    with pytest.raises(TooLarge):
        inflate_head(_deflated(private + bytes(length)))


@pytest.mark.parametrize("read", [inflate, inflate_head])
def test_a_zlib_wrapper_is_taken_too(read: Callable[[bytes], tuple[bytes, bool]]) -> None:
    assert read(_deflated(_PATIENT_ID, zlib.MAX_WBITS)) == (_PATIENT_ID, True)


@pytest.mark.parametrize("read", [inflate, inflate_head])
def test_what_is_no_deflate_stream_is_refused(read: Callable[[bytes], object]) -> None:
    with pytest.raises(NotDicom, match="is not"):
        read(b"\xff" * 100)
