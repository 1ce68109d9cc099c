"""What the couriers need of who can speak with another system."""

from typing import Protocol

from steckel.exchange.outbound.model import Destination


class Answer(Protocol):
    """An acknowledgement of the message that was sent."""

    @property
    def code(self) -> str:
        """MSA-1."""

    @property
    def text(self) -> str:
        """What it says, for a person."""

    @property
    def raw(self) -> bytes:
        """Its bytes."""


class Line(Protocol):
    """A connection to a destination. Blocking.

    The calls that speak raise a `SteckelError` where that fails; then the line is of no more use.
    """

    @property
    def is_open(self) -> bool:
        """Whether it can still be used, as far as can be seen."""

    def send(self, message: bytes) -> Answer:
        """Send a message, and wait for its first acknowledgement."""

    def wait_for(self, control_id: str) -> Answer:
        """Wait for one more acknowledgement of a message."""

    def close(self) -> None:
        """Close it."""


class Connect(Protocol):
    """Opens lines."""

    def __call__(self, destination: Destination) -> Line:
        """Open a line; a `SteckelError` says why there is none."""
