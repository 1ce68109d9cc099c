"""Reading a multipart body as it arrives (RFC 2046 5.1, PS3.18 8.6.1.2).

Sans-IO: bytes in, events out. The rule: what is kept between two calls is
never more than the headers of a part or a delimiter, whatever the size of a
part. Lines may end with LF alone where the first delimiter line does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from steckel.errors import InputError

#: Bytes of the headers of one part.
MAX_HEADERS = 16 << 10
#: RFC 2046 5.1.1 allows 70 characters; some clients write more.
MAX_BOUNDARY = 200

#: What follows a boundary on its line (RFC 2046 5.1.1): the closing dashes or
#: padding and a newline; and what may still become that.
_LINE_END = re.compile(rb"(--)|[ \t]*(\r\n|\n)")
_UNFINISHED = re.compile(rb"(?:-|[ \t]*\r?)\Z")


class MalformedBody(InputError):
    """A multipart body does not follow RFC 2046."""


@dataclass(frozen=True, slots=True)
class PartBegins:
    """The headers of a part were read; their names in lower case."""

    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PartData:
    """Some bytes of the content of the part."""

    data: memoryview


@dataclass(frozen=True, slots=True)
class PartEnds:
    """The part is complete."""


Event = PartBegins | PartData | PartEnds


class _State(Enum):
    PREAMBLE = auto()
    HEADERS = auto()
    BODY = auto()
    EPILOGUE = auto()


class _Line(Enum):
    """What a line that starts with the boundary is."""

    DELIMITER = auto()
    NONE = auto()  #: the boundary is only how it starts
    UNFINISHED = auto()


class MultipartReader:
    """Splits one body into its parts.

    Raises
    ------
    MalformedBody
        From the constructor for a boundary that cannot be one, from the
        methods for a body that does not follow the grammar.
    """

    def __init__(self, boundary: str) -> None:
        if not boundary or len(boundary) > MAX_BOUNDARY or not boundary.isascii():
            raise MalformedBody("the boundary parameter is missing or is no boundary")
        self._boundary = b"--" + boundary.encode("ascii")
        self._newline = b"\r\n"
        self._state = _State.PREAMBLE
        self._buffer = b""
        self._at = 0  #: how far the buffer is used up
        self._nothing_dropped = True

    def feed(self, data: bytes) -> Iterator[Event]:
        """Yield what the bytes received so far tell."""
        self._buffer = self._buffer[self._at :] + data
        self._at = 0
        while True:
            before = self._state
            yield from self._step()
            if self._state is before:
                return

    def close(self) -> None:
        """Say that the body is over."""
        if self._state is _State.PREAMBLE:
            raise MalformedBody("the boundary that Content-Type names is not in the body")
        if self._state is not _State.EPILOGUE:
            raise MalformedBody("the body ends before its closing delimiter")

    def _step(self) -> Iterator[Event]:
        """Go on until the state changes or the buffer has no more to tell."""
        match self._state:
            case _State.PREAMBLE:
                self._preamble()
            case _State.HEADERS:
                headers = self._headers()
                if headers is not None:
                    yield PartBegins(headers)
            case _State.BODY:
                yield from self._body()
            case _State.EPILOGUE:
                self._at = len(self._buffer)

    def _preamble(self) -> None:
        """Look for the first delimiter line; it also tells how lines end."""
        position = self._at
        while (start := self._buffer.find(self._boundary, position)) >= 0:
            position = start + 1
            first = start == 0 and self._nothing_dropped
            if not first and self._buffer[start - 1 : start] != b"\n":
                continue
            line = self._take_delimiter(start + len(self._boundary), learn_newline=True)
            if line is _Line.UNFINISHED:
                self._drop(max(start - 1, 0))
            if line is not _Line.NONE:
                return
        # Keep what may be the start of a delimiter, and the byte before it.
        self._drop(max(len(self._buffer) - len(self._boundary) - 1, 0))

    def _drop(self, count: int) -> None:
        self._at = count
        self._nothing_dropped = self._nothing_dropped and not count

    def _take_delimiter(self, position: int, *, learn_newline: bool = False) -> _Line:
        """Read what follows a boundary; a whole delimiter line is used up."""
        match = _LINE_END.match(self._buffer, position)
        if match is not None:
            if learn_newline and match[2]:
                self._newline = match[2]
            self._at = match.end()
            self._state = _State.EPILOGUE if match[1] else _State.HEADERS
            return _Line.DELIMITER
        if _UNFINISHED.match(self._buffer, position) is None:
            return _Line.NONE
        if len(self._buffer) - position > MAX_HEADERS:
            raise MalformedBody("a delimiter line is too long")
        return _Line.UNFINISHED

    def _headers(self) -> dict[str, str] | None:
        if self._buffer.startswith(self._newline, self._at):
            end, after = self._at, self._at + len(self._newline)
        else:
            blank = self._newline * 2
            end = self._buffer.find(blank, self._at, self._at + MAX_HEADERS)
            after = end + len(blank)
        if end < 0:
            if len(self._buffer) - self._at >= MAX_HEADERS:
                raise MalformedBody("the headers of a part are too long or never end")
            return None
        headers = _parse_headers(self._buffer[self._at : end])
        self._at = after
        self._state = _State.BODY
        return headers

    def _body(self) -> Iterator[Event]:
        """Yield content that is certain, and the end of the part."""
        delimiter = self._newline + self._boundary
        begin = position = self._at
        while (start := self._buffer.find(delimiter, position)) >= 0:
            line = self._take_delimiter(start + len(delimiter))
            if line is not _Line.NONE:
                if line is _Line.UNFINISHED:
                    self._at = start
                yield from self._content(begin, start)
                if line is _Line.DELIMITER:
                    yield PartEnds()
                return
            position = start + 1
        self._at = self._certain(delimiter)
        yield from self._content(begin, self._at)

    def _content(self, begin: int, end: int) -> Iterator[Event]:
        if end > begin:
            yield PartData(memoryview(self._buffer)[begin:end])

    def _certain(self, delimiter: bytes) -> int:
        """Return where the start of a delimiter may stand at the end of the buffer."""
        start = max(len(self._buffer) - len(delimiter) + 1, self._at)
        while (start := self._buffer.find(delimiter[:1], start)) >= 0:
            if delimiter.startswith(self._buffer[start:]):
                return start
            start += 1
        return len(self._buffer)


def _parse_headers(block: bytes) -> dict[str, str]:
    """Read the headers of a part; folded lines (RFC 5322 2.2.3) are joined."""
    headers: dict[str, str] = {}
    for line in re.sub(rb"\r?\n[ \t]+", b" ", block).splitlines():
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not name.strip():
            raise MalformedBody("a header of a part is no header")
        headers[name.strip().lower()] = value.strip()
    return headers
