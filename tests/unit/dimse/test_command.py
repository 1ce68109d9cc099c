"""Command sets: there and back, and what is none."""

import contextlib
from struct import pack

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steckel.dimse.wire.command import (
    RESPONSE,
    Command,
    MalformedCommand,
    Operation,
    decode_command,
    encode_command,
)
from steckel.dimse.wire.message import MAX_COMMAND_LENGTH, CommandAssembler
from steckel.upperlayer.pdu import Fragment

numbers = st.one_of(st.none(), st.integers(0, 65535))
texts = st.text(st.sampled_from("ABC_12.-"), max_size=16)
commands = st.builds(
    Command,
    field=st.integers(0, 65535),
    affected_sop_class_uid=texts,
    requested_sop_class_uid=texts,
    message_id=numbers,
    responded_to=numbers,
    move_destination=texts,
    priority=numbers,
    has_dataset=st.booleans(),
    status=numbers,
    error_comment=texts,
    affected_sop_instance_uid=texts,
    remaining=numbers,
    completed=numbers,
    failed=numbers,
    warning=numbers,
    move_originator_aet=texts,
    move_originator_message_id=numbers,
    error_id=numbers,
    requested_sop_instance_uid=texts,
    event_type_id=numbers,
    attributes=st.lists(st.integers(0, 0xFFFFFFFF), max_size=5).map(tuple),
    action_type_id=numbers,
)


@given(command=commands)
def test_a_command_set_is_read_as_it_was_written(command: Command) -> None:
    assert decode_command(encode_command(command)) == command


@given(command=commands, size=st.integers(1, 50))
def test_a_command_set_may_come_in_any_fragments(command: Command, size: int) -> None:
    raw, assembler, found = encode_command(command), CommandAssembler(), []
    for start in range(0, len(raw), size):
        last = start + size >= len(raw)
        found.append(assembler.add(Fragment(7, True, last, raw[start : start + size])))
    assert found[:-1] == [None] * (len(found) - 1)
    assert found[-1] is not None
    assert (found[-1].context_id, found[-1].command) == (7, command)
    assert assembler.is_empty


def test_another_implementation_reads_our_command_set() -> None:
    raw = encode_command(
        Command(
            field=Operation.C_STORE | RESPONSE,
            responded_to=5,
            status=0xA700,
            affected_sop_instance_uid="1.2.3",
            error_comment="no room",
        )
    )
    dataset = pydicom.filereader.read_dataset(
        pydicom.filebase.DicomBytesIO(raw), is_implicit_VR=True, is_little_endian=True
    )
    assert dataset[0x00000000].value == len(raw) - 12
    assert dataset[0x00000100].value == 0x8001
    assert dataset[0x00000120].value == 5
    assert dataset[0x00000800].value == 0x0101
    assert dataset[0x00000900].value == 0xA700
    assert dataset[0x00000902].value == "no room"
    assert dataset[0x00001000].value == "1.2.3"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 7,
        pack("<HHIH", 8, 5, 2, 1),  # not of group 0000
        pack("<HHI", 0, 0x100, 2),  # no value
        pack("<HHI", 0, 0x110, 0xFFFFFFFF),
        pack("<HHIH", 0, 0x110, 2, 1),  # no Command Field
    ],
)
def test_what_is_no_command_set_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedCommand):
        decode_command(raw)


@given(raw=st.binary(max_size=200))
def test_random_bytes_are_a_command_set_or_refused(raw: bytes) -> None:
    with contextlib.suppress(MalformedCommand):
        decode_command(raw)


@pytest.mark.parametrize(
    "fragments",
    [
        [Fragment(1, False, True, b"data")],
        [Fragment(1, True, False, b"ab"), Fragment(3, True, True, b"cd")],
        [Fragment(1, True, False, bytes(MAX_COMMAND_LENGTH)), Fragment(1, True, False, b"x")],
    ],
)
def test_fragments_that_make_no_command_set_are_refused(fragments: list[Fragment]) -> None:
    assembler = CommandAssembler()
    for fragment in fragments[:-1]:
        assert assembler.add(fragment) is None
    with pytest.raises(MalformedCommand):
        assembler.add(fragments[-1])
