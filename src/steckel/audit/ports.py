"""What doors and rooms see of the audit trail."""

from typing import Protocol

from steckel.audit.event import Event


class Recorder(Protocol):
    """Takes note of what happened. Thread-safe."""

    @property
    def is_failing(self) -> bool:
        """Whether nothing can be recorded now: changes have to be refused then."""

    def record(self, event: Event) -> None:
        """Keep an event; it is durable within a second. Never waits, never raises."""

    def record_now(self, event: Event) -> None:
        """Keep an event; durable when it returns.

        Raises
        ------
        NotRecorded
            It cannot be kept.
        """

    def complete(self, event: Event) -> Event:
        """Return an event with the patient of its study, while that is there. Blocking."""
