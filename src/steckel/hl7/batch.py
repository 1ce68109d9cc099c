"""Files and frames with several messages: FHS/BHS batches, or one message after another.

The rule: a message begins with an MSH at the beginning of a line and ends where the next one,
or a segment of the envelope, begins. What people put between the messages of a test file
(``// comments``, ``/* comments */``, blank lines) is no part of them.
"""

import re
from typing import Final

from steckel.hl7.delimiters import PUNCTUATION

_BOUNDARY: Final = re.compile(
    rb"(?:\A|(?<=[\r\n])|\x0b)[ \t]{0,8}(?:(MSH)[" + PUNCTUATION.encode() + rb"]"
    rb"|(?:FHS|BHS|BTS|FTS)(?:[" + PUNCTUATION.encode() + rb"]|[\r\n]|\Z))"
)


def split(raw: bytes) -> list[bytes]:
    """Return the messages in `raw`; without any boundary between messages, `raw` itself.

    An envelope without any message gives none.
    """
    found = list(_BOUNDARY.finditer(raw))
    if not found or (len(found) == 1 and found[0][1]):
        return [raw]
    ends = [*(match.start() for match in found[1:]), len(raw)]
    return [
        _without_comments(raw[match.start(1) : end])
        for match, end in zip(found, ends, strict=True)
        if match[1]
    ]


def _without_comments(message: bytes) -> bytes:
    """Return a message without the blank and comment lines that follow it."""
    lines = message.splitlines(keepends=True)
    end = len(lines)
    while end > 1:
        line = lines[end - 1].strip()
        if line.endswith(b"*/"):
            start = _comment_start(lines, end)
            if not start:
                break
            end = start
        elif line and not line.startswith(b"//"):
            break
        else:
            end -= 1
    return b"".join(lines[:end])


def _comment_start(lines: list[bytes], end: int) -> int:
    """Return the index of the line that opens the comment that ends before `end`, or 0."""
    for index in range(end - 1, 0, -1):
        if lines[index].lstrip().startswith(b"/*"):
            return index
    return 0
