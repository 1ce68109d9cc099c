"""Segments and fields, split when they are asked.

The rule: positions are the standard's, from 1; what is not there is empty. A header segment
(MSH, FHS, BHS) has its field separator as field 1 and its encoding characters as field 2.
"""

from typing import Final

from steckel.hl7.delimiters import Delimiters, split
from steckel.hl7.escapes import unescape

#: The value that says "there is none", where an empty one says nothing (2.5.3).
NULL: Final = '""'
_HEADERS: Final = frozenset({"MSH", "FHS", "BHS"})


class Field:
    """One repetition of a field."""

    __slots__ = ("_charset", "_delimiters", "text")

    def __init__(self, text: str, delimiters: Delimiters, charset: str) -> None:
        self.text = text  #: as it stands in the message
        self._delimiters = delimiters
        self._charset = charset

    def value(self, component: int = 1, subcomponent: int = 1) -> str:
        """Return the meaning of one subcomponent."""
        part = _nth(self.text, self._delimiters.component, component)
        part = _nth(part, self._delimiters.subcomponent, subcomponent)
        return unescape(part, self._delimiters, self._charset)

    def component(self, number: int) -> str:
        """Return the meaning of a whole component: a text whose ``&`` nobody escaped."""
        part = _nth(self.text, self._delimiters.component, number)
        return unescape(part, self._delimiters, self._charset)

    def components(self) -> list[str]:
        """Return the meanings of all components, each whole."""
        parts = split(self.text, self._delimiters.component)
        return [unescape(part, self._delimiters, self._charset) for part in parts]

    def plain(self) -> str:
        """Return the meaning of the whole repetition, taken as one text."""
        return unescape(self.text, self._delimiters, self._charset)


class Segment:
    """One segment of a message; `number` is its position in it, from 1."""

    __slots__ = ("_charset", "_delimiters", "_fields", "_line", "name", "number")

    def __init__(self, line: str, number: int, delimiters: Delimiters, charset: str) -> None:
        self.name = line[:3]
        self.number = number
        self._line = line
        self._delimiters = delimiters
        self._charset = charset
        self._fields: list[str] | None = None

    @property
    def line(self) -> str:
        """Return the segment as it stands in the message."""
        return self._line

    @property
    def size(self) -> int:
        """Return the number of the last field that is there, empty or not."""
        return len(self._split()) - 1

    def raw(self, field: int) -> str:
        """Return a field with all its repetitions, as it stands in the message."""
        fields = self._split()
        return fields[field] if 0 < field < len(fields) else ""

    def text(self, field: int) -> str:
        """Return the first repetition of a field as it stands in the message."""
        return self._repetition(field, 1)

    def fields(self, field: int) -> list[Field]:
        """Return the repetitions of a field; none when it is absent or empty."""
        text = self.raw(field)
        if not text:
            return []
        parts = [text] if self._is_literal(field) else split(text, self._delimiters.repetition)
        return [Field(part, self._delimiters, self._charset) for part in parts]

    def value(
        self, field: int, component: int = 1, subcomponent: int = 1, repetition: int = 1
    ) -> str:
        """Return the meaning of one subcomponent; empty when it is absent."""
        text = self._repetition(field, repetition)
        if not text or self._is_literal(field):
            return text if component == subcomponent == repetition == 1 else ""
        delimiters = self._delimiters
        part = _nth(text, delimiters.component, component)
        part = _nth(part, delimiters.subcomponent, subcomponent)
        return unescape(part, delimiters, self._charset)

    def _repetition(self, field: int, number: int) -> str:
        text = self.raw(field)
        if self._is_literal(field):
            return text
        return _nth(text, self._delimiters.repetition, number)

    def _is_literal(self, field: int) -> bool:
        return field <= 2 and self.name in _HEADERS

    def _split(self) -> list[str]:
        fields = self._fields
        if fields is None:
            fields = self._line.split(self._delimiters.field)
            if self.name in _HEADERS:
                fields.insert(1, self._delimiters.field)
            self._fields = fields
        return fields


def _nth(text: str, separator: str, number: int) -> str:
    if not separator or separator not in text:
        return text if number == 1 else ""
    parts = text.split(separator, number) if number > 0 else []
    return parts[number - 1] if 0 < number <= len(parts) else ""
