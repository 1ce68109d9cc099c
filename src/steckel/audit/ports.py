"""What doors and rooms see of the audit trail."""

from typing import Protocol

from steckel.audit.acting import Act
from steckel.audit.event import Event
from steckel.audit.kinds import Outcome


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

    def begin(self, event: Event, *, with_change: bool = True) -> Act:
        """Begin an act: blocking. The patient of its study is looked up now, while it is there.

        `with_change` has it written in the transaction of what it changes.
        """

    def finish(self, act: Act, outcome: Outcome = Outcome.SUCCESS, reason: str = "") -> None:
        """End an act: what was not written with a change is written now. Blocking.

        Raises
        ------
        NotRecorded
            It cannot be kept.
        """
