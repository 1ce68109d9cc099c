"""MLLP frames: cut in every way, with everything that real senders do to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.upperlayer.delivery import CUTS, Cut, byte_by_byte, whole

from steckel.hl7.framing import Frame, Mllp, Noise, NoiseReason, encode

ONE = b"MSH|^~\\&|RIS\rPID|||1\r"
TWO = b"MSH|^~\\&|RIS\rPID|||2\r"


def read(data: bytes, cut: Cut = whole, max_message: int = 1000) -> list[Frame | Noise]:
    """Return what is found; its pieces of noise are joined, as they depend on the cut."""
    decoder = Mllp(max_message)
    found = [item for piece in cut(data) for item in decoder.feed(piece)]
    joined: list[Frame | Noise] = []
    for item in [*found, *decoder.end()]:
        if isinstance(item, Noise) and item.reason is NoiseReason.OUTSIDE:
            data = item.data.translate(None, b"\r\n")
            before = joined[-1] if joined else None
            if isinstance(before, Noise) and before.reason is item.reason:
                joined[-1] = Noise(before.data + data)
            else:
                joined.append(Noise(data))
        else:
            joined.append(item)
    return joined


@pytest.mark.parametrize("cut", CUTS)
@given(sent=st.lists(st.binary().filter(lambda b: not {0x0B, 0x1C} & set(b)), max_size=4))
def test_what_is_framed_is_found_again_however_it_is_cut(cut: Cut, sent: list[bytes]) -> None:
    assert read(b"".join(map(encode, sent)), cut, 1 << 20) == [Frame(one) for one in sent]


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"\x0b" + ONE + b"\x1c" + encode(TWO), [Frame(ONE), Frame(TWO)]),
        (b"\x0b" + ONE + b"\x1c\n" + encode(TWO), [Frame(ONE), Frame(TWO)]),
        (b"\x0b" + ONE + b"\x1c\r\n\r\n" + encode(TWO), [Frame(ONE), Frame(TWO)]),
        (b"\x0b" + ONE + b"\x1c", [Frame(ONE)]),
        (b"hello" + encode(ONE), [Noise(b"hello"), Frame(ONE)]),
        (encode(ONE) + b"??" + encode(TWO), [Frame(ONE), Noise(b"??"), Frame(TWO)]),
        (b"\r\n" + encode(ONE) + b"\r\n", [Frame(ONE)]),
        (encode(b""), [Frame(b"")]),
        (b"PID|1\rPV1|1\r", [Noise(b"PID|1PV1|1")]),
        (b"\x0b" + ONE, [Noise(ONE, NoiseReason.UNFINISHED)]),
        (b"\x0bMSH|half\x0b" + TWO + b"\x1c\r",
         [Noise(b"MSH|half", NoiseReason.UNFINISHED), Frame(TWO)]),
        (b"\x0b\x0b" + ONE + b"\x1c\r", [Noise(b"", NoiseReason.UNFINISHED), Frame(ONE)]),
    ],
)  # fmt: skip
def test_the_stream_is_found_again(data: bytes, cut: Cut, found: list[Frame | Noise]) -> None:
    assert read(data, cut) == found


def test_a_file_separator_inside_a_message_is_part_of_it() -> None:
    message = b"MSH|^~\\&|R\x1cIS\rPID|1\r"
    assert read(b"\x0b" + message + b"\x1c\r") == [Frame(message)]


def test_a_frame_without_its_last_byte_is_answered_at_once() -> None:
    decoder = Mllp()
    assert decoder.feed(b"\x0b" + ONE + b"\x1c") == [Frame(ONE)]
    assert decoder.between_frames
    assert decoder.feed(b"\r\x0b" + TWO[:5]) == []
    assert not decoder.between_frames
    assert decoder.feed(TWO[5:] + b"\x1c\r") == [Frame(TWO)]


@pytest.mark.parametrize("cut", CUTS)
def test_a_message_of_the_longest_length_is_taken(cut: Cut) -> None:
    assert read(encode(b"x" * 50), cut, 50) == [Frame(b"x" * 50)]


@pytest.mark.parametrize("cut", CUTS)
def test_a_longer_one_is_passed_over_and_the_next_is_taken(cut: Cut) -> None:
    long, short, lost = read(encode(b"MSH|" + b"x" * 47) + encode(ONE) + b"\x0b" + ONE, cut, 50)
    assert isinstance(long, Noise)
    assert long.reason is NoiseReason.TOO_LONG
    assert long.data.startswith(b"MSH|"[: len(long.data)])
    assert short == Frame(ONE)
    assert lost == Noise(ONE, NoiseReason.UNFINISHED)


def test_what_is_too_long_is_told_once_and_not_kept() -> None:
    decoder = Mllp(max_message=1 << 16)
    decoder.feed(b"\x0bMSH|")
    told = [item for _ in range(100) for item in decoder.feed(b"x" * (1 << 15))]
    assert [type(item) for item in told] == [Noise]
    assert len(told[0].data) == 4096  # type: ignore[union-attr]
    assert decoder.end() == []
    assert decoder.feed(encode(ONE)) == [Frame(ONE)]


def test_many_frames_in_one_read_are_all_found() -> None:
    assert len(read(encode(ONE) * 20_000, whole)) == 20_000


def test_a_long_message_in_small_pieces_is_one_frame() -> None:
    message = b"MSH|" + b"x" * 300_000
    assert read(encode(message), byte_by_byte, 1 << 20) == [Frame(message)]


@pytest.mark.parametrize("message", [b"a\x0bb", b"a\x1c\rb"])
def test_what_would_end_its_frame_is_not_framed(message: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be framed"):
        encode(message)
