"""Going through a container member by member, without the index.

Used by recovery after a crash, by ``verify`` and by ``reindex``.
"""

import zlib
from collections.abc import Callable, Iterator

from steckel.archive.zip_format import LOCAL_HEADER_ROOM, Member, parse_local_header
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


def is_intact(read_at: ReadAt, member: Member) -> bool:
    """Whether the bytes of a member are those that were written."""
    crc, position = 0, member.offset
    while position < member.end:
        piece = read_at(position, min(_CHUNK, member.end - position))
        if not piece:
            return False
        crc = zlib.crc32(piece, crc)
        position += len(piece)
    return crc == member.crc
