"""The shapes of what the JSON API says of destinations and deliveries."""

from typing import Any, Literal

from typing_extensions import TypedDict

from steckel.web.message_shapes import MessageContent
from steckel.web.shapes import Moment


class Destination(TypedDict):
    """Where messages go; counting stops at 10,000."""

    name: str
    host: str
    port: int
    tls: bool
    options: dict[str, Any]
    paused: bool
    failing_since: Moment | None
    problem: str
    waiting: int
    parked: int
    changed: Moment
    changed_by: str


class DestinationList(TypedDict):
    """All destinations."""

    items: list[Destination]


class Delivery(TypedDict):
    """A message on its way out."""

    id: int
    destination: str
    type: str
    control_id: str
    patient_id: str
    accession: str
    state: Literal["waiting", "sent", "parked", "dropped"]
    attempts: int
    next_attempt: Moment | None
    created: Moment
    sent: Moment | None
    reason: str
    size: int


class DeliveryPage(TypedDict):
    """Some of the deliveries, newest first."""

    items: list[Delivery]
    next_cursor: str | None


class DeliveryDetail(Delivery):
    """A delivery with its message, and what was answered last."""

    message: MessageContent
    answer: MessageContent | None


class Resent(TypedDict):
    """How many messages are to be sent again."""

    resent: int


class ConnectionTest(TypedDict):
    """What came of a test of a connection."""

    ok: bool
    milliseconds: float
    message: str
    code: str
