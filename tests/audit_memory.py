"""A recorder in memory, for tests of doors."""

from dataclasses import dataclass, field

from steckel.audit.acting import Act
from steckel.audit.event import Event
from steckel.audit.kinds import Outcome
from steckel.audit.refusals import NotRecorded
from steckel.ingest.model import Source


@dataclass
class MemoryRecorder:
    """Keeps events (`audit.ports.Recorder`), and which senders were done."""

    events: list[Event] = field(default_factory=list)
    done: list[Source] = field(default_factory=list)
    is_failing: bool = False

    def record(self, event: Event) -> None:
        self.events.append(event)

    def record_now(self, event: Event) -> None:
        if self.is_failing:
            raise NotRecorded
        self.events.append(event)

    def begin(self, event: Event, *, with_change: bool = True) -> Act:  # noqa: ARG002  (the port)
        return Act(event)

    def finish(self, act: Act, outcome: Outcome = Outcome.SUCCESS, reason: str = "") -> None:
        self.events += act.events(outcome, reason)

    def ended(self, source: Source) -> None:
        self.done.append(source)
