"""The shapes of what the JSON API says of HL7 messages."""

from typing_extensions import TypedDict

from steckel.web.shapes import Moment


class Message(TypedDict):
    """A message of another system."""

    id: int
    source: str
    door: str
    address: str
    certificate: str
    received: Moment
    said: Moment | None
    processed: Moment | None
    control_id: str
    type: str
    state: str
    reason: str
    location: str
    patient_id: str
    accession: str
    repeats: int
    attempts: int
    size: int


class MessagePage(TypedDict):
    """Some of the messages, newest first."""

    items: list[Message]
    next_cursor: str | None


class MessageField(TypedDict):
    """A field as it stands in the message; what is long is cut."""

    number: int
    label: str
    text: str
    cut: bool


class MessageSegment(TypedDict):
    """A segment."""

    name: str
    number: int
    label: str
    fields: list[MessageField]


class MessageContent(TypedDict):
    """The segments of a message; none where it cannot be read."""

    charset: str
    warnings: list[str]
    segments: list[MessageSegment]
    text: str
    cut: bool


class MessageDetail(Message, MessageContent):
    """A message with its segments."""


class MessageCount(TypedDict):
    """How many messages are in a state; not exact beyond a limit."""

    state: str
    count: int
    exact: bool


class MessageSummary(TypedDict):
    """How the exchange of messages is."""

    states: list[MessageCount]
    oldest_waiting: Moment | None


class Replayed(TypedDict):
    """How many messages are to be processed again."""

    replayed: int
