"""Going through a container member by member, without the index.

Used by recovery after a crash, by ``verify`` and by ``reindex``.
"""

from collections.abc import Callable, Iterator, Sequence

from steckel.archive.sums import crc32
from steckel.archive.zip_format import (
    LOCAL_HEADER_ROOM,
    Member,
    central_directory,
    local_header,
    parse_local_header,
)
from steckel.errors import StorageFailure

ReadAt = Callable[[int, int], bytes]  # offset, length → bytes (fewer at the end)

_CHUNK = 4 << 20


def members_of(read_at: ReadAt, size: int) -> Iterator[Member]:
    """Yield the members that stand whole in the first `size` bytes, one after another.

    A member whose bytes are not all there ends the walk: it was being written
    when the process stopped.
    """
    position = 0
    while position < size:
        try:
            member = parse_local_header(read_at(position, LOCAL_HEADER_ROOM), position)
        except StorageFailure:
            return
        if member is None or member.end > size:
            return
        yield member
        position = member.end


def has_own_header(read_at: ReadAt, member: Member) -> bool:
    """Whether a member's local header is to the bit what it was when it was written."""
    length = member.offset - member.start
    return read_at(member.start, length) == local_header(member, pad_to=length)


def has_own_directory(read_at: ReadAt, members: Sequence[Member], size: int) -> bool:
    """Whether a sealed container ends with the directory of its members, and with nothing else."""
    end = members[-1].end if members else 0
    return read_at(end, size - end) == central_directory(members, end)


def is_intact(read_at: ReadAt, member: Member) -> bool:
    """Whether the bytes of a member are those that were written."""
    crc, position = 0, member.offset
    while position < member.end:
        piece = read_at(position, min(_CHUNK, member.end - position))
        if not piece:
            return False
        crc = crc32(piece, crc)
        position += len(piece)
    return crc == member.crc
