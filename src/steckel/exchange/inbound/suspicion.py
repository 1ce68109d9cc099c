"""A cheap look at a message, before it is acknowledged: whether it may turn out to be unusable.

The rule: to find nothing costs microseconds; what looks odd is translated whole, so that
the sender is told at once what a person would find later.
"""

from typing import Final

from steckel.exchange.inbound.numbering import LIMIT
from steckel.hl7.message import Message, Segment

_ORDERS: Final = frozenset({"ORM", "OMG", "OMI"})
#: Where identifiers of orders stand that DICOM limits.
_LIMITED: Final = {"OBR": (18, 19, 20), "IPC": (1, 2, 4), "ORC": (2, 3)}


def looks_odd(message: Message, kind: str) -> bool:
    """Whether the whole translation should say if a message can be used."""
    if kind == "SIU":
        return not (message.value("SCH-1") or message.value("SCH-2"))
    if kind == "ADT":
        return message.first("MRG") is not None or len(message.all("PID")) > 1
    return kind in _ORDERS and _is_odd_order(message)


def _is_odd_order(message: Message) -> bool:
    if message.first("ORC") is None and message.first("OBR") is None:
        return True
    found = [segment for segment in message.segments if segment.name in _LIMITED]
    numbers = [segment for segment in found if segment.name != "IPC" and _has_number(segment)]
    return not numbers or any(_is_long(segment) for segment in found)


def _has_number(segment: Segment) -> bool:
    return bool(segment.text(2) or segment.text(3))


def _is_long(segment: Segment) -> bool:
    return any(len(segment.text(field)) > LIMIT for field in _LIMITED[segment.name])
