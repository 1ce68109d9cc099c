"""Messages of other systems, and those for them."""

from collections.abc import Sequence
from typing import Any, Protocol

from steckel.exchange.desk import MessageFilter, MessageRow, StateCount
from steckel.exchange.dry_run import Trial
from steckel.exchange.model import Origin
from steckel.exchange.outbound.desk import DeliveryFilter
from steckel.exchange.outbound.model import (
    Address,
    Delivery,
    Destination,
    DestinationForm,
    Probe,
    QueueLength,
)
from steckel.exchange.outbound.subscriptions import Subscription
from steckel.exchange.profile import Profile
from steckel.exchange.profiles import KeptProfile


class MessageStore(Protocol):
    """Messages of other systems."""

    def page(
        self, criteria: MessageFilter, limit: int, before: int | None
    ) -> tuple[list[MessageRow], int | None]:
        """Return messages, newest first, and from where the next ones go on."""

    def message(self, pk: int) -> tuple[MessageRow, bytes]:
        """Return a message and its bytes."""

    def counts(self) -> list[StateCount]:
        """Return how many messages are in each state."""

    def oldest_waiting(self) -> int | None:
        """Return when the first was received that waits, in milliseconds since 1970."""

    def replay(self, those: Sequence[int]) -> int:
        """Have messages processed again; return how many."""

    def replay_all(self, criteria: MessageFilter) -> int:
        """Have all processed again that a filter finds; return how many."""


class ProfileStore(Protocol):
    """Profiles of message sources."""

    def all(self) -> Sequence[KeptProfile]:
        """Return the newest version of each profile, by name."""

    def versions(self, name: str) -> Sequence[KeptProfile]:
        """Return all versions of a profile, the newest first."""

    def in_force(self, source: str) -> Profile:
        """Return what messages of a source (``APP^FACILITY``) are read by now."""

    def save(self, name: str, body: str, *, by: str, at: int) -> KeptProfile:
        """Keep a new version and have it in force; or raise `InvalidProfile`."""

    def activate(self, name: str, version: int, *, by: str, at: int) -> KeptProfile:
        """Have an older version in force again, as a new one."""

    def retire(self, name: str, *, by: str, at: int) -> KeptProfile:
        """Have no version in force any more."""

    def stored(self, message: int) -> Trial:
        """Return a message of the store to try a profile on."""

    def try_out(self, trial: Trial, name: str, body: str) -> dict[str, Any]:
        """Return what a message means now, and what it would mean by a document."""


class MessageReceiver(Protocol):
    """Keeps messages and acknowledges them."""

    def receive_and_wait(self, raw: bytes, origin: Origin) -> bytes:
        """Keep one message or a batch, and return what acknowledges it.

        Raises
        ------
        NotHl7
            There is no message in it.
        """


class Destinations(Protocol):
    """Where messages go, and their queues."""

    def list(self) -> list[tuple[Destination, QueueLength]]:
        """Return all destinations by name."""

    def get(self, name: str) -> tuple[Destination, QueueLength]:
        """Return one."""

    def add(self, form: DestinationForm, by: str, at: int) -> None:
        """Set up a destination; `AlreadyExists` is raised where there is one of this name."""

    def change(self, form: DestinationForm, by: str, at: int) -> None:
        """Set a destination up anew; its queue stays."""

    def remove(self, name: str) -> None:
        """Drop a destination with its queue."""

    def pause(self, name: str) -> None:
        """Send nothing to a destination; its queue grows."""

    def resume(self, name: str) -> None:
        """Send again, at once."""

    def resend_parked(self, name: str) -> int:
        """Send all parked messages of a destination again; return how many."""


class Deliveries(Protocol):
    """Messages on their way out."""

    def page(
        self, criteria: DeliveryFilter, limit: int, before: int | None
    ) -> tuple[Sequence[Delivery], int | None]:
        """Return deliveries, newest first, and from where the next ones go on."""

    def delivery(self, pk: int) -> tuple[Delivery, bytes, bytes]:
        """Return a delivery, its message, and the last answer to it."""

    def resend(self, pk: int) -> None:
        """Send a message again; `InvalidValue` is raised where it waits already."""

    def drop(self, pk: int) -> None:
        """Give a message up; `InvalidValue` is raised where it was sent."""


class Probes(Protocol):
    """Tries connections to destinations out."""

    def probe(self, address: Address, subscription: Subscription) -> Probe:
        """Send a message that is about nobody; failure is an answer, not an error."""
