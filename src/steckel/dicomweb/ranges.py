"""The Range header (RFC 9110 14), for one range of bytes.

Sans-IO. Several ranges in one request are answered with the whole, which
RFC 9110 14.2 allows.
"""

import re
from dataclasses import dataclass

from steckel.errors import SteckelError

_ONE_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*\Z")


class UnsatisfiableRange(SteckelError):
    """The range lies behind the end."""

    def __init__(self, length: int) -> None:
        super().__init__(f"the representation has {length} bytes")
        self.length = length


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes `start` to `stop`, the latter excluded."""

    start: int
    stop: int


def parse_range(header: str | None, length: int) -> ByteRange | None:
    """Return the range asked for; ``None`` stands for the whole.

    Raises
    ------
    UnsatisfiableRange
        There is nothing in it.
    """
    match = _ONE_RANGE.match(header) if header else None
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        start, stop = max(length - int(match[2]), 0), length
    else:
        start = int(match[1])
        stop = min(int(match[2]) + 1, length) if match[2] else length
        if match[2] and int(match[2]) < start:
            return None  # not a valid range: it is ignored
    if start >= length or start >= stop:
        raise UnsatisfiableRange(length)
    return ByteRange(start, stop)
