"""Acknowledgements: which one a sender wants, and its bytes.

Original mode answers AA, AE or AR; enhanced mode, which MSH-15 or MSH-16 turns on, answers CA,
CE or CR when the message is safe, and AA, AE or AR when it has been worked on (HL7 v2.5.1
2.9.2, 2.9.3). The rule: an acknowledgement is always valid and echoes no control character,
whatever came; what is echoed is what the sender needs to find its message again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum, StrEnum
from typing import Final, Literal

from steckel.errors import NotHl7
from steckel.hl7.character_sets import writable
from steckel.hl7.escapes import without_controls
from steckel.hl7.message import Message
from steckel.hl7.path import parse_path
from steckel.hl7.times import format_time
from steckel.hl7.write import Content, Party, Repetition, write_segment


class Code(StrEnum):
    """Acknowledgement code (table 0008)."""

    AA = "AA"
    AE = "AE"
    AR = "AR"
    CA = "CA"
    CE = "CE"
    CR = "CR"


class Verdict(Enum):
    """What became of a message."""

    ACCEPTED = "A"
    ERROR = "E"  #: its content is wrong: the same again will not do
    REJECTED = "R"  #: not its content: type, version, or a failure of ours


class FaultCode(IntEnum):
    """Message error condition (table 0357)."""

    SEGMENT_SEQUENCE_ERROR = 100
    REQUIRED_FIELD_MISSING = 101
    DATA_TYPE_ERROR = 102
    TABLE_VALUE_NOT_FOUND = 103
    UNSUPPORTED_MESSAGE_TYPE = 200
    UNSUPPORTED_EVENT_CODE = 201
    UNSUPPORTED_PROCESSING_ID = 202
    UNSUPPORTED_VERSION_ID = 203
    UNKNOWN_KEY_IDENTIFIER = 204
    DUPLICATE_KEY_IDENTIFIER = 205
    APPLICATION_RECORD_LOCKED = 206
    APPLICATION_INTERNAL_ERROR = 207

    @property
    def text(self) -> str:
        """Return its words in the table."""
        return self.name.replace("_", " ").capitalize()


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with a message; neither location nor text has patient data."""

    code: FaultCode
    location: str = ""  #: a path, ``PID-3``, or as ERR-2 spells it, ``PID^1^3``
    text: str = ""
    severity: Literal["E", "W"] = "E"


def immediate(message: Message, verdict: Verdict) -> Code | None:
    """Return the code to answer with at once, on the same connection; ``None``: none is wanted."""
    accept, application = _conditions(message)
    if not accept and not application:
        return Code(f"A{verdict.value}")
    if accept and accept != "NE":
        return Code(f"C{verdict.value}") if _wanted(accept, verdict) else None
    return Code(f"A{verdict.value}") if _wanted(application, verdict) else None


def deferred(message: Message, verdict: Verdict) -> Code | None:
    """Return the code of the application acknowledgement that follows an accept one, if any."""
    accept, application = _conditions(message)
    if not accept or accept == "NE" or not _wanted(application, verdict):
        return None
    return Code(f"A{verdict.value}")


def _conditions(message: Message) -> tuple[str, str]:
    return message.value("MSH-15").strip(), message.value("MSH-16").strip()


def _wanted(condition: str, verdict: Verdict) -> bool:
    """Return whether a condition of table 0155 holds; an unknown one counts as "always"."""
    if condition == "ER":
        return verdict is not Verdict.ACCEPTED
    if condition == "SU":
        return verdict is Verdict.ACCEPTED
    return condition not in ("", "NE")


def acknowledge(
    original: Message | bytes,
    code: Code,
    faults: Sequence[Fault] = (),
    *,
    sender: Party,
    control_id: str,
    at: datetime,
) -> bytes:
    """Return an acknowledgement of a message, or of bytes that are none (their beginning will do).

    Parameters
    ----------
    sender
        Ourselves, for MSH-3 and MSH-4.
    control_id
        Of the acknowledgement itself (MSH-10).
    at
        When it is made, with its zone.
    """
    head = original if isinstance(original, Message) else _recover(original)
    version = _version(head)
    declared = _value(head, "MSH-18")
    is_declared = bool(declared) or version >= _WITH_COMPONENTS
    charset, codec = writable(declared) if is_declared else ("", "ascii")
    lines = [
        write_segment("MSH", _msh(head, version, sender, (control_id, at, charset))),
        write_segment("MSA", _msa(head, code, faults, version)),
        *_errors(faults, version),
    ]
    return "".join(f"{line}\r" for line in lines).encode(codec, "replace")


_HEADER: Final = re.compile(rb"MSH[^\r\n]{0,4000}")
_LONGEST: Final = 250
_UNSAID: Final = (2, 5)  # the version of a sender that says none
_WITH_COMPONENTS: Final = (2, 3)  # the first version whose header has fields of several parts


def _recover(raw: bytes) -> Message | None:
    """Return the header of bytes that could not be read, if something like it is there."""
    found = _HEADER.search(raw)
    try:
        return Message.parse(found[0]) if found else None
    except NotHl7:
        return None


def _version(head: Message | None) -> tuple[int, ...]:
    numbers = re.match(r"[0-9]+(?:\.[0-9]+){1,2}", _value(head, "MSH-12"), re.ASCII)
    return tuple(int(n) for n in numbers[0].split(".")) if numbers else _UNSAID


def _value(head: Message | None, path: str) -> str:
    return _clean(head.value(path)) if head else ""


def _clean(text: str) -> str:
    return without_controls(text)[:_LONGEST].strip()


def _msh(
    head: Message | None,
    version: tuple[int, ...],
    sender: Party,
    own: tuple[str, datetime, str],
) -> dict[int, Content]:
    control_id, at, charset = own
    fields: dict[int, Content] = {
        3: sender.application,
        4: sender.facility,
        5: _echo(head, 3),
        6: _echo(head, 4),
        7: format_time(at),
        9: _type(head, version),
        10: control_id,
        11: _echo(head, 11) or "P",
        12: _echo(head, 12) or "2.5",
        18: charset,
    }
    if version >= _WITH_COMPONENTS:
        return fields
    # Their time has no offset, and their names no components.
    fields[7] = at.strftime("%Y%m%d%H%M%S")
    return {number: _first_component(content) for number, content in fields.items()}


def _first_component(content: Content) -> str:
    while not isinstance(content, str):
        content = content[0] if content else ""
    return content


def _echo(head: Message | None, number: int) -> Repetition:
    """Return a field of the sender's header, to be written with our delimiters."""
    header = head.first("MSH") if head else None
    fields = header.fields(number) if header else []
    components = tuple(map(_clean, fields[0].components()[:3])) if fields else ()
    return components if any(components) else ""


def _type(head: Message | None, version: tuple[int, ...]) -> Repetition:
    event = _value(head, "MSH-9.2")
    if not event or version < _WITH_COMPONENTS:
        return "ACK"
    return ("ACK", event, "ACK") if version >= (2, 3, 1) else ("ACK", event)


def _msa(
    head: Message | None, code: Code, faults: Sequence[Fault], version: tuple[int, ...]
) -> dict[int, Content]:
    fields: dict[int, Content] = {1: code.value, 2: _control_id(head)}
    if faults and version < (2, 7):
        fields[3] = _clean(faults[0].text or faults[0].code.text)[:80]
    return fields


def _control_id(head: Message | None) -> str:
    """Return the whole of MSH-10, even with separators in it: the sender looks for that."""
    header = head.first("MSH") if head else None
    if head is None or header is None:
        return ""
    text = head.delimiters.repetition.join(field.plain() for field in header.fields(10))
    return without_controls(text)[:_LONGEST]


def _errors(faults: Sequence[Fault], version: tuple[int, ...]) -> list[str]:
    if version >= (2, 5):
        return [write_segment("ERR", _error(fault)) for fault in faults]
    if not faults:
        return []
    return [write_segment("ERR", {1: [_old_error(fault) for fault in faults]})]


def _error(fault: Fault) -> dict[int, Content]:
    return {
        2: _location(fault.location),
        3: (str(fault.code.value), fault.code.text, "HL70357"),
        4: fault.severity,
        7: _clean(fault.location),
        8: _clean(fault.text or fault.code.text),
    }


def _old_error(fault: Fault) -> Repetition:
    """Return ERR-1 of versions before 2.5: segment, sequence, field, and the code."""
    segment, sequence, field = (*_location(fault.location), "", "", "")[:3]
    return (segment, sequence, field, (str(fault.code.value), fault.code.text, "HL70357"))


def _location(text: str) -> tuple[str, ...]:
    """Return segment, sequence, field, repetition, component and subcomponent (ERL)."""
    path = parse_path(text)
    if path is None:
        return tuple(_clean(part) for part in text.split("^"))[:6] if text else ()
    numbers = [path.occurrence or 1]
    if path.field:
        numbers += [path.field, path.repetition or 1, path.component, path.subcomponent]
    while not numbers[-1]:
        numbers.pop()
    return (path.segment, *map(str, numbers))
