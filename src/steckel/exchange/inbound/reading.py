"""One message being read: who reads it how, what was odd, and when it was said.

The rule: warnings name places and codes, never a value that may be a patient's.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from steckel.exchange.model import MessageFault
from steckel.exchange.profile import Profile
from steckel.hl7.acknowledge import Fault, FaultCode
from steckel.hl7.message import NULL, Field, Message, Segment
from steckel.hl7.path import Path, parse_path
from steckel.hl7.times import parse_time
from steckel.ris.registers import Moment

_DIGITS: Final = re.compile(r"[0-9]{1,20}\Z")
#: Time with at least a minute: a day alone puts nothing in order.
_PRECISE: Final = re.compile(r"\s*[0-9]{12}")
#: How far a sender's clock may be ahead; a later time is none, because nothing could follow it.
_AHEAD_MS: Final = 24 * 3600 * 1000


def fault(code: FaultCode, location: str, text: str) -> MessageFault:
    """Return what says that a message cannot be mapped; the text has no patient data."""
    return MessageFault(Fault(code=code, location=location, text=text))


@dataclass(slots=True)
class Reading:
    """A message, its source's profile, and what was noticed on the way."""

    message: Message
    profile: Profile
    received: int  #: milliseconds since 1970
    digest: str
    warnings: list[str] = field(default_factory=list)

    def warn(self, text: str) -> None:
        """Note what a person should know."""
        if text not in self.warnings:
            self.warnings.append(text)

    def moment(self, group: "Group", name: str = "moment") -> Moment:
        """Return when something was said, by a field list of the profile.

        Equal times are put in order by MSH-7, then by the number of the message.
        """
        sent = self._time(self.message.value("MSH-7"))
        for value in group.all_values(self.profile.fields[name]):
            at = self._time(value) if _PRECISE.match(value) else None
            if at is not None:
                return Moment(at=at, tie=self._tie(sent))
        self.warn("no time at which it was said: the time of receipt stands for it")
        return Moment(at=self.received, tie=self._tie(sent))

    def origin(self) -> Moment:
        """Return the moment of what is made up for want of a word: before all that is said."""
        return Moment(at=0)

    def _time(self, value: str) -> int | None:
        at = parse_time(value, self.profile.zone)
        return at if at is not None and 0 < at <= self.received + _AHEAD_MS else None

    def _tie(self, sent: int | None) -> str:
        digits = _DIGITS.search(self.message.control_id)
        number = int(digits[0]) if digits else 0
        return f"{sent or 0:014d}-{number:020d}-{self.digest}"


class Group:
    """Segments that belong together: of an order, or a whole message."""

    def __init__(self, segments: Sequence[Segment], position: int = 1) -> None:
        self.segments = segments
        self.position = position  #: among the groups of its message, from 1

    def first(self, name: str) -> Segment | None:
        """Return the first segment of a name."""
        return next((segment for segment in self.segments if segment.name == name), None)

    def all(self, name: str) -> list[Segment]:
        """Return the segments of a name in their order."""
        return [segment for segment in self.segments if segment.name == name]

    def find(self, paths: str) -> tuple[Field | None, str, Path | None]:
        """Return the first field with a value, the place where it is, and its path."""
        for spelling in paths.split("|"):
            path = parse_path(spelling)
            segment = self.first(path.segment) if path else None
            if path is None or segment is None:
                continue
            fields = segment.fields(path.field)
            at = (path.repetition or 1) - 1
            if at < len(fields) and _said(fields[at], path):
                return fields[at], spelling, path
        return None, paths.partition("|")[0], None

    def value(self, paths: str) -> str:
        """Return the first value at any of the places; empty when none has one."""
        found, _, path = self.find(paths)
        return _at(found, path) if found is not None and path is not None else ""

    def all_values(self, paths: str) -> Iterable[str]:
        """Return the values at all the places that have one."""
        for spelling in paths.split("|"):
            value = self.value(spelling)
            if value:
                yield value

    def with_segments(self, extra: Iterable[Segment]) -> "Group":
        """Return the group with more segments after its own."""
        return Group([*self.segments, *extra], self.position)


def whole(message: Message) -> Group:
    """Return a message as one group."""
    return Group(message.segments)


def stripped(value: str) -> str:
    """Return a value without blanks around it; `NULL` stays."""
    return value.strip()


def is_said(value: str) -> bool:
    """Whether a value is there and does not say that there is none."""
    return bool(value) and value != NULL


def _at(found: Field, path: Path) -> str:
    return found.value(path.component or 1, path.subcomponent or 1).strip()


def _said(found: Field, path: Path) -> bool:
    if path.component:
        return bool(_at(found, path))
    return bool(found.text.strip("^&~ "))
