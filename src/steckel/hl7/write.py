"""Messages of ours: values in, bytes out.

The rule: strict. Delimiters are the usual ones, every value is escaped, the character set is
declared, segments end with CR, and what the reader's character set lacks is an error and not
a question mark.

A value is a text (one component); a tuple is the components of a field, or the subcomponents
of a component; a list is repetitions::

    {3: [("4711", "", "", ("HOSPITAL", "1.2.3", "ISO"), "PI")], 5: ("DOE", "JANE")}
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from steckel.errors import NotEncodable
from steckel.hl7.character_sets import writable
from steckel.hl7.delimiters import STANDARD
from steckel.hl7.escapes import escape
from steckel.hl7.times import format_time

Component = str | tuple[str, ...]
Repetition = str | tuple[Component, ...]
Content = Repetition | list[Repetition]

_NAME: Final = re.compile(r"[A-Z][A-Z0-9]{2}\Z").match
_HEADERS: Final = frozenset({"MSH", "FHS", "BHS"})
_MAX_FIELD: Final = 500
_NULL: Final = '""'


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """Who sends or receives: application and facility, each a name or (name, OID, ``ISO``)."""

    application: Repetition = ""
    facility: Repetition = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """What MSH says of a message of ours."""

    sender: Party
    receiver: Party
    type: tuple[str, ...]  #: MSH-9: ``("ORU", "R01", "ORU_R01")``
    control_id: str
    at: datetime  #: with its zone
    processing: Repetition = "P"
    version: Repetition = "2.5.1"
    charset: str = "UNICODE UTF-8"  #: a name of table 0211
    more: Mapping[int, Content] | None = None  #: fields of MSH that are not above: 15, 16, 17, 21


def write_segment(name: str, fields: Mapping[int, Content]) -> str:
    """Return a segment without its end; `fields` by their number, as the standard counts.

    Raises
    ------
    ValueError
        The name is no segment's, or a number no field's.
    """
    if not _NAME(name):
        raise ValueError(f"{name!r} is no name of a segment")
    first = 3 if name in _HEADERS else 1
    if any(not first <= number <= _MAX_FIELD for number in fields):
        raise ValueError(f"{name} has no such field among {sorted(fields)}")
    written = [_content(fields.get(n, "")) for n in range(first, max(fields, default=0) + 1)]
    start = [name, STANDARD.encoding] if name in _HEADERS else [name]
    return STANDARD.field.join([*start, *written]).rstrip(STANDARD.field)


class Builder:
    r"""Gathers the segments of one message.

    >>> from datetime import UTC, datetime
    >>> header = Header(sender=Party(application="STECKEL"), receiver=Party(), control_id="1",
    ...                 type=("ADT", "A08", "ADT_A01"), at=datetime(2026, 1, 2, tzinfo=UTC))
    >>> Builder(header).segment("PID", {3: [("4711", "", "", "HOSPITAL")]}).build()[-24:]
    b'\\rPID|||4711^^^HOSPITAL\\r'
    """

    def __init__(self, header: Header) -> None:
        name, self._codec = writable(header.charset)
        self._lines = [write_segment("MSH", _fields(header, name))]

    def segment(self, name: str, fields: Mapping[int, Content]) -> Self:
        """Add a segment; see `write_segment`."""
        self._lines.append(write_segment(name, fields))
        return self

    def build(self) -> bytes:
        """Return the message.

        Raises
        ------
        NotEncodable
            A character is not in the character set that MSH-18 declares.
        """
        try:
            return "".join(f"{line}\r" for line in self._lines).encode(self._codec)
        except UnicodeEncodeError as error:
            raise NotEncodable(
                f"character U+{ord(error.object[error.start]):04X} is not in {self._codec}"
            ) from None


def _fields(header: Header, charset: str) -> dict[int, Content]:
    return {
        **(header.more or {}),
        3: header.sender.application,
        4: header.sender.facility,
        5: header.receiver.application,
        6: header.receiver.facility,
        7: format_time(header.at),
        9: tuple(header.type),
        10: header.control_id,
        11: header.processing,
        12: header.version,
        18: charset,
    }


def _content(content: Content) -> str:
    if isinstance(content, list):
        return STANDARD.repetition.join(map(_repetition, content))
    return _repetition(content)


def _repetition(repetition: Repetition) -> str:
    if isinstance(repetition, str):
        return escape(repetition)
    return STANDARD.component.join(map(_component, repetition)).rstrip(STANDARD.component)


def _component(component: Component) -> str:
    if isinstance(component, str):
        return escape(component)
    return STANDARD.subcomponent.join(map(escape, component)).rstrip(STANDARD.subcomponent)
