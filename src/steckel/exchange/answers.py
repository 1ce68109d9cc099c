"""What the sender of a message is told: acknowledgements at once, and after processing."""

import secrets
from collections.abc import Callable
from datetime import datetime

from steckel.exchange.intake import Kept
from steckel.exchange.model import Outcome, State
from steckel.exchange.reading import Reading
from steckel.hl7.acknowledge import (
    Code,
    Fault,
    FaultCode,
    Verdict,
    acknowledge,
    deferred,
    immediate,
)
from steckel.hl7.message import Message
from steckel.hl7.write import Party

_NOT_KEPT = Fault(
    code=FaultCode.APPLICATION_INTERNAL_ERROR,
    text="the message could not be kept: send it again later",
)
_TOO_LONG = Fault(
    code=FaultCode.APPLICATION_INTERNAL_ERROR, text="the message is longer than is accepted"
)


class Answers:
    """Writes acknowledgements in our name."""

    def __init__(self, sender: Party, now: Callable[[], datetime]) -> None:
        self._sender = sender
        self._now = now

    def at_once(self, reading: Reading, kept: Kept) -> bytes | None:
        """Return what answers a message that was kept, or was not; ``None`` where none is wanted.

        A message that was taken before is acknowledged again, whatever is thought of it now.
        """
        verdict, fault = _judge(reading, kept)
        if reading.message is None:
            return self._write(reading.raw, Code(f"A{verdict.value}"), fault)
        code = immediate(reading.message, verdict)
        return None if code is None else self._write(reading.message, code, fault)

    def wants_later(self, reading: Reading) -> bool:
        """Whether the sender asks for an acknowledgement after processing, in some case."""
        message = reading.message
        return message is not None and any(deferred(message, verdict) for verdict in Verdict)

    def later(self, reading: Reading, outcome: Outcome) -> bytes | None:
        """Return the acknowledgement after processing, where the sender wants it."""
        failed = outcome.state is State.ERROR
        assert reading.message is not None
        code = deferred(reading.message, Verdict.ERROR if failed else Verdict.ACCEPTED)
        if code is None:
            return None
        fault = Fault(
            code=FaultCode.APPLICATION_INTERNAL_ERROR,
            location=outcome.location,
            text=outcome.reason,
        )
        return self._write(reading.message, code, fault if failed else None)

    def not_kept(self, raw: bytes) -> bytes:
        """Return what answers a message that could not even be looked at."""
        return self._write(raw, Code.AR, _NOT_KEPT)

    def too_long(self, head: bytes) -> bytes:
        """Return what answers a message that was not read to its end."""
        return self._write(head, Code.AR, _TOO_LONG)

    def _write(self, original: Message | bytes, code: Code, fault: Fault | None) -> bytes:
        return acknowledge(
            original,
            code,
            () if fault is None else (fault,),
            sender=self._sender,
            control_id=secrets.token_hex(10),
            at=self._now(),
        )


def _judge(reading: Reading, kept: Kept) -> tuple[Verdict, Fault | None]:
    if kept.error is not None:
        return Verdict.REJECTED, _NOT_KEPT
    fault = reading.fault
    if kept.state is not State.ERROR or fault is None:
        return Verdict.ACCEPTED, None
    return Verdict(reading.refusal.value[1]), fault
