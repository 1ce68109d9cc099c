"""Metadata of deeply nested sequences costs what their length says, not its square."""

from struct import pack

import pytest

from steckel.dicom import elements
from steckel.dicom.elements import read_element
from steckel.dicom.to_json import MAX_DEPTH, Reading, dataset_to_json
from steckel.dicom.transfer_syntax import EXPLICIT_LITTLE

_UNDEFINED = 0xFFFFFFFF
_LEAF = pack("<HH2sH4s", 0x0008, 0x0100, b"SH", 4, b"LEAF")


def nested(depth: int) -> bytes:
    """Return sequences of undefined length, one in the other."""
    content = _LEAF
    for _ in range(depth):
        opening = pack("<HH2sHI", 0x0040, 0xA730, b"SQ", 0, _UNDEFINED)
        item = pack("<HHI", 0xFFFE, 0xE000, _UNDEFINED)
        end = pack("<HHI", 0xFFFE, 0xE00D, 0) + pack("<HHI", 0xFFFE, 0xE0DD, 0)
        content = opening + item + content + end
    return content


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often an element's header is read."""
    reads: list[int] = []

    def counting(buffer: elements.Buffer, position: int, *rest: object) -> tuple[object, ...]:
        reads.append(position)
        return read_element(buffer, position, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(elements, "read_element", counting)
    return reads


def read(content: bytes) -> object:
    reading = Reading(encoding=EXPLICIT_LITTLE)
    return dataset_to_json(content, 0, len(content), reading)


def test_each_element_is_read_once_however_deep(counted: list[int]) -> None:
    read(nested(MAX_DEPTH))
    assert len(counted) == len(set(counted)) == 2 * MAX_DEPTH + 1


def test_what_is_nested_deeper_than_anything_real_is_passed_over_in_one_go(
    counted: list[int],
) -> None:
    read(nested(1000))
    assert len(counted) <= 2 * 1000 + 3


def test_the_items_are_all_there() -> None:
    found = read(nested(3))
    for _ in range(3):
        assert isinstance(found, dict)
        found = found["0040A730"]["Value"][0]
    assert found == {"00080100": {"vr": "SH", "Value": ["LEAF"]}}


def test_a_sequence_that_is_never_closed_ends_the_document_before_it() -> None:
    first = pack("<HH2sH4s", 0x0008, 0x0050, b"SH", 4, b"ACC1")
    assert read(first + nested(2)[:-4]) == {"00080050": {"vr": "SH", "Value": ["ACC1"]}}
