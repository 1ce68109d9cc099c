"""Which segments of an order message belong together.

A group begins at an ORC, or at an OBR where the group has one already. What stands before the
first ORC and belongs to an order is the first one's (senders put IPC before PID); a ZDS behind
the last one is of all that have none.
"""

from typing import Final

from steckel.exchange.inbound.reading import Group
from steckel.hl7.message import Message, Segment

#: Segments that describe an order, wherever they stand.
_OF_ORDERS: Final = frozenset({"IPC", "ZDS", "TQ1", "TQ2"})
#: Segments of the message that orders are read with.
_SHARED: Final = ("MSH", "EVN", "PID", "PV1", "PV2")


def order_groups(message: Message) -> list[Group]:
    """Return the groups of orders of a message; each sees the segments before the first too."""
    head: list[Segment] = []
    bodies: list[list[Segment]] = []
    for segment in message.segments:
        if _begins(segment, bodies):
            bodies.append(_inherited(segment, bodies))
        (bodies[-1] if bodies else head).append(segment)
    if bodies:
        bodies[0] += [segment for segment in head if segment.name in _OF_ORDERS]
    shared = [segment for segment in head if segment.name in _SHARED]
    studies = message.all("ZDS")
    groups = [Group([*body, *shared], at) for at, body in enumerate(bodies, 1)]
    if len(studies) != 1:
        return groups
    return [group if group.first("ZDS") else group.with_segments(studies) for group in groups]


def _begins(segment: Segment, bodies: list[list[Segment]]) -> bool:
    if segment.name == "ORC":
        return True
    if segment.name != "OBR":
        return False
    return not bodies or any(one.name == "OBR" for one in bodies[-1])


def _inherited(segment: Segment, bodies: list[list[Segment]]) -> list[Segment]:
    """Return what an OBR without an ORC of its own has from the group before: ORC and timing."""
    if segment.name != "OBR" or not bodies:
        return []
    return [one for one in bodies[-1] if one.name in ("ORC", "TQ1")]
