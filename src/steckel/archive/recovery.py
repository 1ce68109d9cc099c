"""After a crash: what the last process left in the ``open`` folder.

The rule: what a running process holds is locked and left alone. The rest is
brought to a clean state: whole members are kept and given to the index, a torn
tail is cut off, and the container is sealed.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from steckel.archive import scan
from steckel.archive.disk import translate_errors, write_at
from steckel.archive.layout import CONTAINER_SUFFIX, SPOOL_SUFFIX, Layout
from steckel.archive.ports import SealedContainers
from steckel.archive.zip_format import Member, central_directory

#: Given a container and its members, says which of them the index does not know.
Unknown = Callable[[str, Sequence[Member]], Sequence[Member]]
#: Given a container, members to index and a reader of its bytes, indexes them durably.
Index = Callable[[str, Sequence[Member], scan.ReadAt], None]
#: Given a container, says where the last member ends that the index knows; 0 if none.
KnownEnd = Callable[[str], int]


def _knows_nothing(_container: str) -> int:
    return 0


def recover(
    layout: Layout,
    sealed: SealedContainers,
    *,
    unknown: Unknown,
    index: Index,
    known_end: KnownEnd = _knows_nothing,
) -> list[str]:
    """Bring the ``open`` folder to a clean state; return the containers sealed.

    What the index knows is never cut off, whatever stands before it: it was
    acknowledged, and can be read without its local header.
    """
    for file in layout.open.glob(f"*{SPOOL_SUFFIX}"):
        with _locked(file) as descriptor:
            if descriptor is not None:
                file.unlink(missing_ok=True)
    recovered: list[str] = []
    for file in sorted(layout.open.glob(f"*{CONTAINER_SUFFIX}")):
        with _locked(file) as descriptor:
            if descriptor is None:
                continue
            acknowledged = known_end(file.stem)
            if _recover_one(file, descriptor, acknowledged, unknown=unknown, index=index):
                sealed.put(file.stem, file)
                recovered.append(file.stem)
            else:
                file.unlink(missing_ok=True)
    return recovered


def _recover_one(
    file: Path, descriptor: int, acknowledged: int, *, unknown: Unknown, index: Index
) -> bool:
    """Index what is whole, cut what is torn, close the container; whether anything is left."""

    def read_at(offset: int, length: int) -> bytes:
        return os.pread(descriptor, length, offset)

    size = os.fstat(descriptor).st_size
    members = list(scan.members_of(read_at, size))
    suspects = {member.number for member in unknown(file.stem, members)}
    whole: list[Member] = []
    for member in members:
        if member.number in suspects and not scan.is_intact(read_at, member):
            break
        whole.append(member)
    end = max(whole[-1].end if whole else 0, min(acknowledged, size))
    if not end:
        return False
    with translate_errors():
        os.ftruncate(descriptor, end)
        os.fdatasync(descriptor)
    index(file.stem, [member for member in whole if member.number in suspects], read_at)
    directory = central_directory(whole, end)
    write_at(descriptor, end, [directory])
    with translate_errors():
        os.fdatasync(descriptor)
    return True


@contextmanager
def _locked(file: Path) -> Iterator[int | None]:
    """Open and lock a file; ``None`` when a living process holds it or it is gone."""
    try:
        descriptor = os.open(file, os.O_RDWR)
    except FileNotFoundError:
        yield None
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield descriptor
    finally:
        os.close(descriptor)
