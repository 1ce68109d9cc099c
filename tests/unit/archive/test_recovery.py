"""What a crash leaves in the ``open`` folder is brought to a clean state, wherever it struck."""

import fcntl
import os
import random
import zipfile
import zlib
from collections.abc import Sequence

import pytest

from steckel.archive import scan
from steckel.archive.layout import Layout
from steckel.archive.recovery import recover
from steckel.archive.sealed import SealedFiles
from steckel.archive.sums import digest_of
from steckel.archive.zip_format import Member, Provenance, local_header, local_header_length

_NAME = "abcdef-012345"
_FILES = [bytes([number]) * (150 + number) for number in range(1, 5)]


def _container() -> tuple[bytes, list[Member]]:
    """Return an open container of four files, and its members."""
    content, members = b"", list[Member]()
    for number, file in enumerate(_FILES, 1):
        head = local_header_length("dimse:CT1", len(file))
        member = Member(
            number=number,
            start=len(content),
            offset=len(content) + head,
            length=len(file),
            crc=zlib.crc32(file),
            provenance=Provenance(
                dataset_offset=0,
                digest=digest_of(file),
                received=1_700_000_000_000,
                source="dimse:CT1",
            ),
        )
        content += local_header(member) + file
        members.append(member)
    return content, members


_CONTENT, _MEMBERS = _container()


class _Index:
    """Knows the members up to a number; takes the rest."""

    def __init__(self, known: int = 0) -> None:
        self._known = known
        self.taken: list[bytes] = []

    def unknown(self, container: str, members: Sequence[Member]) -> Sequence[Member]:
        assert container == _NAME
        return [member for member in members if member.number > self._known]

    def index(self, container: str, members: Sequence[Member], read_at: scan.ReadAt) -> None:
        assert container == _NAME
        self.taken += [read_at(member.offset, member.length) for member in members]


def _recover(layout: Layout, content: bytes, index: _Index) -> list[bytes]:
    """Recover one container; return the files in what was sealed."""
    layout.open_path(_NAME).write_bytes(content)
    names = recover(layout, SealedFiles(layout), unknown=index.unknown, index=index.index)
    assert not list(layout.open.iterdir())
    if not names:
        assert not list(layout.sealed.rglob("*.zip"))
        return []
    path = layout.sealed_path(_NAME)
    with zipfile.ZipFile(path) as sealed:
        assert sealed.testzip() is None
        files = [sealed.read(name) for name in sealed.namelist()]
    path.unlink()
    return files


def _whole_before(cut: int) -> list[bytes]:
    return [file for member, file in zip(_MEMBERS, _FILES, strict=True) if member.end <= cut]


def test_wherever_the_tail_is_torn_what_is_whole_is_kept(layout: Layout) -> None:
    ends = {member.end + by for member in _MEMBERS for by in (-1, 0, 1, 29, 30, 31, 60)}
    for cut in sorted({*range(0, len(_CONTENT), 23), *ends, len(_CONTENT)}):
        index = _Index()
        files = _recover(layout, _CONTENT[:cut], index)
        assert files == index.taken == _whole_before(cut), cut


@pytest.mark.parametrize("seed", range(10))
def test_garbage_behind_the_last_member_is_cut_off(layout: Layout, seed: int) -> None:
    generator = random.Random(seed)
    garbage = [
        generator.randbytes(generator.randrange(1, 3000)),
        b"PK\3\4" + generator.randbytes(generator.randrange(1, 3000)),
        bytes(4096),  # a file that was made longer, and whose pages never came to the disk
    ]
    for tail in garbage:
        index = _Index()
        assert _recover(layout, _CONTENT + tail, index) == index.taken == _FILES


def test_a_member_whose_pages_never_came_to_the_disk_ends_the_container(layout: Layout) -> None:
    third = _MEMBERS[2]
    torn = _CONTENT[: third.offset] + bytes(third.length) + _CONTENT[third.end :]
    index = _Index(known=2)

    assert _recover(layout, torn, index) == _FILES[:2]
    assert index.taken == []


def test_a_member_that_was_acknowledged_is_kept_even_if_it_is_damaged(layout: Layout) -> None:
    """`verify` tells of it; recovery must not be what removes it, or those after it."""
    second = _MEMBERS[1]
    content = bytearray(_CONTENT)
    content[second.offset] ^= 1
    layout.open_path(_NAME).write_bytes(content)
    index = _Index(known=3)

    recover(layout, SealedFiles(layout), unknown=index.unknown, index=index.index)

    assert index.taken == [_FILES[3]]
    with zipfile.ZipFile(layout.sealed_path(_NAME)) as sealed:
        assert len(sealed.namelist()) == len(_FILES)


def test_a_damaged_time_of_arrival_stops_nothing(layout: Layout) -> None:
    content = bytearray(_CONTENT)
    content[_MEMBERS[0].offset - len("dimse:CT1") - 1 - 32 - 1] ^= 0x80  # the highest of u64

    assert _recover(layout, bytes(content), _Index(known=4)) == _FILES


@pytest.mark.parametrize("damaged", [0, 1])
def test_what_was_acknowledged_is_kept_behind_a_damaged_local_header(
    layout: Layout, damaged: int
) -> None:
    content = bytearray(_CONTENT)
    content[_MEMBERS[damaged].start] ^= 1
    layout.open_path(_NAME).write_bytes(content + b"torn")
    index = _Index(known=4)

    recover(
        layout,
        SealedFiles(layout),
        unknown=index.unknown,
        index=index.index,
        known_end=lambda _: _MEMBERS[-1].end,
    )

    sealed = layout.sealed_path(_NAME).read_bytes()
    last = _MEMBERS[-1]
    assert sealed[last.offset : last.end] == _FILES[-1]
    assert sealed[: last.end] == content
    assert b"torn" not in sealed


def test_a_container_whose_directory_was_half_written_is_sealed_anew(layout: Layout) -> None:
    layout.open_path(_NAME).write_bytes(_CONTENT)
    recover(layout, SealedFiles(layout), unknown=_Index(4).unknown, index=_Index().index)
    whole = layout.sealed_path(_NAME).read_bytes()
    for cut in range(len(_CONTENT), len(whole), 41):
        assert _recover(layout, whole[:cut], _Index(known=4)) == _FILES


def test_what_a_living_process_holds_is_left_alone(layout: Layout) -> None:
    path, spool = layout.open_path(_NAME), layout.open / "0123.spool"
    for one in (path, spool):
        one.write_bytes(_CONTENT)
    held = [os.open(one, os.O_RDWR) for one in (path, spool)]
    for descriptor in held:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    index = _Index()

    assert recover(layout, SealedFiles(layout), unknown=index.unknown, index=index.index) == []
    assert path.read_bytes() == spool.read_bytes() == _CONTENT
    for descriptor in held:
        os.close(descriptor)

    assert _recover(layout, _CONTENT, index) == _FILES


def test_spooled_objects_of_a_dead_process_are_removed(layout: Layout) -> None:
    (layout.open / "0123.spool").write_bytes(b"half an object")

    recover(layout, SealedFiles(layout), unknown=_Index().unknown, index=_Index().index)

    assert not list(layout.open.iterdir())
