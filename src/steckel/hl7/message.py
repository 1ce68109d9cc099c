"""A message: bytes in, values on request.

The rule: anything with an MSH segment is a message. Parsing decodes the text and finds the
segments; fields are split when they are read. What had to be tolerated is in `warnings`,
which name places and never values.
"""

import re
from collections.abc import Sequence
from typing import Final, Self

from steckel.errors import NotHl7
from steckel.hl7.character_sets import Decoded, decode
from steckel.hl7.delimiters import PUNCTUATION, Delimiters, read_delimiters, split
from steckel.hl7.lines import split_segments
from steckel.hl7.path import parse_path
from steckel.hl7.segment import NULL, Field, Segment

__all__ = ["NULL", "Field", "Message", "Segment"]

_SIGN: Final = f"[{PUNCTUATION}]".encode()
_AT_LINE_START: Final = re.compile(rb"(?:\A|[\r\n\x0b])[ \t]{0,8}(MSH)" + _SIGN)
_ANYWHERE: Final = re.compile(rb"(MSH)" + _SIGN + rb"{3,7}")
_UTF_16: Final = (
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"M\0S\0H\0", "utf-16-le"),
    (b"\0M\0S\0H", "utf-16-be"),
)


class Message:
    """One HL7 version 2 message; made by `parse`."""

    __slots__ = (
        "_delimiters", "_kept", "_lines", "charset", "raw", "text", "warnings",
    )  # fmt: skip

    def __init__(self, raw: bytes, decoded: Decoded, warnings: tuple[str, ...]) -> None:
        self.raw = raw  #: as it came
        self.text = decoded.text  #: decoded, from MSH on
        self.charset = decoded.codec  #: the codec that was really used
        self._delimiters = read_delimiters(decoded.text)
        self._lines, joined = split_segments(decoded.text, self._delimiters.field)
        self._kept: dict[int, Segment] = {}
        self.warnings = (*warnings, *_deviations(self._lines, joined, decoded.warning))

    @classmethod
    def parse(cls, raw: bytes, *, default_charset: str = "utf-8") -> Self:
        """Read a message.

        Parameters
        ----------
        default_charset
            Character set of a source whose messages are neither declared nor UTF-8: a name
            of table 0211.

        Raises
        ------
        NotHl7
            There is no MSH segment with its encoding characters.
        """
        body, wide = _narrow(raw)
        start = _find_header(body)
        warnings = (f"{start} bytes before MSH",) if body[:start].strip() else ()
        body = body[start:] if start else body
        if wide:
            decoded = Decoded(text=body.decode("utf-8"), codec=wide)
        else:
            decoded = decode(body, _declared(body), default_charset)
        return cls(raw, decoded, warnings)

    @property
    def delimiters(self) -> Delimiters:
        """Return the separators that the message uses."""
        return self._delimiters

    @property
    def segments(self) -> Sequence[Segment]:
        """Return all segments in their order."""
        return [self._segment(index) for index in range(len(self._lines))]

    def first(self, name: str) -> Segment | None:
        """Return the first segment of a name."""
        for index, line in enumerate(self._lines):
            if line.startswith(name):
                return self._segment(index)
        return None

    def all(self, name: str) -> list[Segment]:
        """Return the segments of a name in their order."""
        lines = enumerate(self._lines)
        return [self._segment(index) for index, line in lines if line.startswith(name)]

    def value(self, path: str) -> str:
        """Return the value at a path such as ``PID-3[2].4.1``; empty when there is none.

        Raises
        ------
        ValueError
            The text is no path to a field.
        """
        at = parse_path(path)
        if at is None or not at.field:
            raise ValueError(f"{path!r} is no path to a field")
        found = self.all(at.segment)[at.occurrence - 1 :] if at.occurrence > 1 else None
        segment = self.first(at.segment) if found is None else (found[0] if found else None)
        if segment is None:
            return ""
        return segment.value(at.field, at.component or 1, at.subcomponent or 1, at.repetition or 1)

    @property
    def type(self) -> str:
        """Return MSH-9.1 and MSH-9.2: ``ADT^A40``."""
        event = self.value("MSH-9.2")
        return f"{self.value('MSH-9')}^{event}" if event else self.value("MSH-9")

    @property
    def structure(self) -> str:
        """Return MSH-9.3, the message structure: ``ADT_A39``."""
        return self.value("MSH-9.3")

    @property
    def control_id(self) -> str:
        """Return MSH-10."""
        return self.value("MSH-10")

    @property
    def version(self) -> str:
        """Return MSH-12.1: ``2.5``."""
        return self.value("MSH-12")

    @property
    def source(self) -> str:
        """Return MSH-3.1 and MSH-4.1, sending application and facility: ``RIS^HOSPITAL``."""
        return f"{self.value('MSH-3')}^{self.value('MSH-4')}"

    def _segment(self, index: int) -> Segment:
        segment = self._kept.get(index)
        if segment is None:
            segment = Segment(self._lines[index], index + 1, self._delimiters, self.charset)
            self._kept[index] = segment
        return segment


def _narrow(raw: bytes) -> tuple[bytes, str]:
    """Return bytes that have ASCII in single bytes, and the codec of 16-bit units, if any."""
    for mark, codec in _UTF_16:
        if raw.startswith(mark):
            try:
                return raw.decode(codec).encode(), codec
            except UnicodeError:
                raise NotHl7("the bytes begin as UTF-16 and are none") from None
    return raw, ""


def _find_header(body: bytes) -> int:
    if body.startswith(b"MSH|"):
        return 0
    match = _AT_LINE_START.search(body) or _ANYWHERE.search(body)
    if match is None:
        raise NotHl7("there is no MSH segment")
    return match.start(1)


def _declared(body: bytes) -> list[str]:
    """Return the repetitions of MSH-18."""
    end = body.find(b"\r")
    header = (body if end < 0 else body[:end]).partition(b"\n")[0].decode("latin_1")
    fields = header.split(header[3], 18)
    if len(fields) < 18:
        return []
    return split(fields[17], fields[1][1:2])


def _deviations(lines: list[str], joined: list[tuple[int, int]], charset: str) -> list[str]:
    found = [charset] if charset else []
    for index, breaks in joined[:20]:
        found.append(f"line breaks inside {lines[index][:3]} (segment {index + 1}): {breaks}")
    if len(joined) > 20:
        found.append(f"line breaks inside {len(joined) - 20} more segments")
    if sum(line.startswith("MSH") for line in lines) > 1:
        found.append("several MSH segments in one message")
    return found
