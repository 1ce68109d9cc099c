"""Sends the messages of one destination, in order.

The rule: a message counts as sent when its acknowledgement is in the database. Between the two
this process may be killed; then it is sent once more, with the same control identifier, by which
the receiver knows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from steckel.errors import SteckelError
from steckel.exchange.outbound.model import Destination
from steckel.exchange.outbound.outbox import Attempt, Head, Outbox
from steckel.exchange.outbound.ports import Answer, Connect, Line
from steckel.exchange.outbound.rules import Decision, Health, Result, decide, pause_after, result_of

_log = structlog.get_logger(__name__)

#: Milliseconds between two looks into a queue in which nothing waits.
IDLE: Final = 1_000
_NO_CODE: Final = "its answer has no acknowledgement code"


@dataclass(frozen=True, kw_only=True, slots=True)
class Chances:
    """Time and chance: `now` in milliseconds since 1970, `chance` from 0 to 1."""

    now: Callable[[], int]
    chance: Callable[[], float]


class Courier:
    """One destination's; used by one thread."""

    def __init__(
        self, destination_pk: int, outbox: Outbox, connect: Connect, chances: Chances
    ) -> None:
        self._pk = destination_pk
        self._outbox = outbox
        self._connect = connect
        self._chances = chances
        self._line: Line | None = None
        self._address: object = None
        self._failures = 0

    def step(self) -> int:
        """Send the head of the queue, if it is time; return milliseconds until the next step."""
        destination = self._outbox.destination(self._pk)
        if destination is None or destination.is_paused:
            self.close()
            return IDLE
        head = self._outbox.head(self._pk)
        if head is None:
            return IDLE
        wait = head.next_attempt - self._chances.now()
        if wait > 0:
            return min(wait, IDLE)
        return self._attempt(destination, head)

    def close(self) -> None:
        """Close the connection."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _attempt(self, destination: Destination, head: Head) -> int:
        result, answer, problem = self._send(destination, head)
        decision = decide(result, head.refusals, destination.subscription)
        pause = self._pause(decision)
        now = self._chances.now()
        self._outbox.note(
            head,
            Attempt(
                state=decision.state,
                was_sent=result is not Result.UNREACHED,
                was_refused=result is Result.ERROR,
                next_attempt=now + pause if decision.pauses else 0,
                answer=answer.raw if answer else None,
                reason=problem,
                at=now,
            ),
        )
        self._say(destination, head, decision, problem)
        return min(pause, IDLE)

    def _pause(self, decision: Decision) -> int:
        if not decision.pauses:
            self._failures = 0
            return 0
        self._failures += 1
        return pause_after(self._failures, self._chances.chance())

    def _send(self, destination: Destination, head: Head) -> tuple[Result, Answer | None, str]:
        try:
            line = self._open(destination)
        except SteckelError as problem:
            return Result.UNREACHED, None, str(problem)
        try:
            answer = line.send(head.raw)
            wants_second = destination.subscription.acknowledgement == "application"
            if wants_second and answer.code.strip().upper() == "CA":
                answer = line.wait_for(head.control_id)
        except (SteckelError, ValueError) as problem:
            self.close()  # what comes late on it is of another message
            return Result.UNANSWERED, None, str(problem)
        result = result_of(answer.code)
        if result is Result.UNANSWERED:
            self.close()
            return result, answer, _NO_CODE
        text = "" if result is Result.ACCEPTED else f"{answer.code}: {answer.text}".rstrip(": ")
        return result, answer, text

    def _open(self, destination: Destination) -> Line:
        if self._line is not None and (
            not self._line.is_open or self._address != destination.address
        ):
            self.close()
        if self._line is None:
            self._line = self._connect(destination)
            self._address = destination.address
        return self._line

    def _say(self, destination: Destination, head: Head, decision: Decision, problem: str) -> None:
        """Tell of what a person should know: once when it begins, once when it ends."""
        outbox, name = self._outbox, destination.name
        facts = {"destination": name, "delivery": head.pk, "control_id": head.control_id}
        if decision.health is Health.WORKS:
            if destination.failing_since and outbox.works(self._pk):
                _log.info("destination_works_again", destination=name)
            if decision.state == "parked":
                _log.warning("delivery_parked", **facts)
            return
        if decision.health is Health.STOPPED:
            outbox.stop(self._pk)
            self.close()
        if outbox.begins_to_fail(self._pk, problem, self._chances.now()):
            _log.error("destination_fails", **facts, stopped=decision.health is Health.STOPPED)
