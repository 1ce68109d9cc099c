"""New elements among those of a data set that stay, in the order of tags.

The rule: what stays is a range of the buffer, as long as can be; it is not looked at.
"""

from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping

from steckel.dicom.frames import Fragment
from steckel.dicom.placed import Level, Placed

#: Bytes that are made here, or a range of the buffer that stays.
Piece = bytes | Fragment
#: Returns an element in another form, or ``None`` where it can stay.
Anew = Callable[[Placed], bytes | None]

_AFTER_ALL = 1 << 32


def splice(
    level: Level, new: Mapping[int, bytes], gone: Container[int], anew: Anew | None
) -> Iterator[Piece]:
    """Yield the elements of a level, without those that are gone, and the new ones.

    A new element takes the place of the first one behind which it does not belong.
    """
    pending = deque(sorted(new.items()))
    due = pending[0][0] if pending else _AFTER_ALL
    kept = level.placed[0].start if level.placed else level.end
    for placed in level.placed:
        start, element = placed
        tag = element.tag
        made: bytes | None = None
        if tag in gone:
            made = b""
        elif anew is not None:
            made = anew(placed)
        if made is None and due > tag:
            continue
        if kept < start:
            yield Fragment(kept, start - kept)
        kept = start
        while due <= tag:
            yield pending.popleft()[1]
            due = pending[0][0] if pending else _AFTER_ALL
        if made is not None:
            yield made
            kept = element.end
    if kept < level.end:
        yield Fragment(kept, level.end - kept)
    for _, piece in pending:
        yield piece
