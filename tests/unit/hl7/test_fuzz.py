"""Anything at all in a frame: a message or `NotHl7`, and an acknowledgement of either.

What takes more than linear time ends in the time limit of the suite.
"""

import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.unit.hl7.mutants import SEEDS, mutants

from steckel.errors import NotHl7
from steckel.hl7.acknowledge import (
    Code,
    Fault,
    FaultCode,
    Verdict,
    acknowledge,
    deferred,
    immediate,
)
from steckel.hl7.batch import split
from steckel.hl7.framing import Frame, Mllp, encode
from steckel.hl7.message import Message
from steckel.hl7.write import Party

AT = datetime(2026, 1, 2, tzinfo=UTC)
WE = Party(application="STECKEL", facility="HOSPITAL")
FAULT = Fault(code=FaultCode.SEGMENT_SEQUENCE_ERROR, location="MSH", text="cannot be read")


def take(raw: bytes) -> None:
    """Do with a frame everything that is done with one."""
    for part in split(raw):
        try:
            message = Message.parse(part)
        except NotHl7:
            check(acknowledge(part, Code.AR, [FAULT], sender=WE, control_id="1", at=AT), "AR")
            continue
        read_all(message)
        code = immediate(message, Verdict.ERROR) or deferred(message, Verdict.ERROR) or Code.AE
        check(acknowledge(message, code, [FAULT], sender=WE, control_id="1", at=AT), code)


def read_all(message: Message) -> None:
    assert all(warning.isprintable() for warning in message.warnings)
    assert message.type is not None
    assert message.source
    for segment in message.segments:
        for number in range(1, segment.size + 1):
            for at, field in enumerate(segment.fields(number), 1):
                assert field.components()
                assert segment.value(number, repetition=at) == field.value() or number <= 2
                field.plain()


def check(sent: bytes, code: str) -> None:
    """Check that an acknowledgement is whole: three segments, and no control character in one."""
    assert not set(sent) & (set(range(32)) - {13})
    (frame,) = Mllp().feed(encode(sent))
    assert isinstance(frame, Frame)
    read = Message.parse(frame.payload)
    # Letters of an 8-bit set can look like UTF-8 by accident.
    assert all(warning.endswith("the bytes are UTF-8") for warning in read.warnings)
    assert [segment.name for segment in read.segments] == ["MSH", "MSA", "ERR"]
    assert read.value("MSA-1") == code


@given(st.binary(max_size=300))
@example(b"MSH|^~\\&|\r\n|")
@example(b"MSH|^~\\&|\xe9|||||||1|P|2.0")
def test_any_bytes_are_a_message_or_none(raw: bytes) -> None:
    take(raw)


@given(st.text('MSHPIDZ|^~\\&#\r\n\x0b\x1c\x00 .X0é"2', max_size=200), st.sampled_from(SEEDS))
def test_any_tail_of_a_header_is_taken(tail: str, seed: bytes) -> None:
    take(b"MSH" + tail.encode())
    take(b"MSH|^~\\&" + tail.encode())
    take(seed + tail.encode("latin_1"))


def test_twenty_thousand_mutants_are_answered() -> None:
    for raw in islice(mutants(4711), 20_000):
        take(raw)


@given(st.lists(st.sampled_from(SEEDS) | st.binary(max_size=40), max_size=4), st.integers(1, 50))
def test_any_stream_leaves_the_next_frame_whole(pieces: list[bytes], size: int) -> None:
    decoder = Mllp(max_message=200)
    stream = b"\x0b".join(pieces)
    for at in range(0, len(stream), size):
        decoder.feed(stream[at : at + size])
    decoder.feed(b"\x1c\r")
    assert decoder.feed(encode(SEEDS[0][:150]))[-1:] == [Frame(SEEDS[0][:150])]


MIB = 1 << 20


@pytest.mark.parametrize(
    "tail",
    [
        b"\n", b"\r", b" ", b"\r ", b"\r\t\n", b"\\", b"\\X", b"\\X00", b"\\Z", b"\\T", b"|", b"~",
        b"^", b"MSH", b"\rMSH", b"\rMSH|", b"\rA", b"\rPID", b"\r//", b"\r/*", b"*/\r", b"\x0b",
        b"\\M2442\\", b"\xc3", b"\xe9", b"\x1b$B", b"9",
    ],
)  # fmt: skip
def test_a_long_run_of_anything_costs_what_its_length_costs(tail: bytes) -> None:
    raw = b"MSH|^~\\&|R||||||ADT^A08|1|P|2.5\rNTE|||" + tail * (MIB // len(tail))
    message = Message.parse(split(raw)[0])
    message.value("NTE-3")
    message.value("NTE-3[99999].2")
    acknowledge(message, Code.AA, sender=WE, control_id="1", at=AT)
    head = b"MSH|^~\\&|" + tail * (MIB // len(tail))
    acknowledge(head, Code.AA, sender=WE, control_id="1", at=AT)
    before = tail * (MIB // len(tail)) + b"\rMSH|^~\\&|R\r"
    take_head(split(before)[-1])
    take_head(before)


def take_head(raw: bytes) -> None:
    with suppress(NotHl7):
        Message.parse(raw)


def test_a_document_of_20_mib_takes_a_few_times_its_size() -> None:
    lines = b"\r\n".join([b"QUJD" * 19] * (20 * MIB // 78))
    raw = b"MSH|^~\\&|R||||||ORU^R01|1|P|2.5\rOBX|1|ED|X||^a^b^Base64^" + lines + b"||||||F\r"
    tracemalloc.start()
    message = Message.parse(raw)
    size = len(message.value("OBX-5.5"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == len(lines.replace(b"\r\n", b"\n"))
    assert message.value("OBX-11") == "F"
    assert peak < 8 * len(raw)
