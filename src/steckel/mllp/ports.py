"""What the MLLP door needs of the rooms behind it."""

from collections.abc import Callable
from typing import Protocol

from steckel.exchange.model import Origin

Answer = Callable[[bytes | None], None]
Later = Callable[[bytes], None]


class Receiver(Protocol):
    """Keeps and answers what comes in a frame; never waits. Thread-safe."""

    def receive(self, raw: bytes, origin: Origin, answer: Answer, later: Later) -> None:
        """Keep what a frame holds.

        `answer` is called once, with what to answer or with nothing; `later` with what is to
        be said after processing, where the sender wants that. Both come from other threads.
        """

    def too_long(self, head: bytes) -> bytes:
        """Return what answers a message that is longer than is read."""


class Meter(Protocol):
    """Takes note of how long answers took."""

    def observe(self, seconds: float) -> None:
        """Note the time from the end of a frame to its answer."""
