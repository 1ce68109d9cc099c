"""What is found out about a message before it is kept: whose it is, and whether it is taken.

The rule: whatever came is kept. What cannot be read, or is refused, is kept as an error.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

import structlog

from steckel.errors import NotHl7, OutOfSpace, StorageFailure, places_of
from steckel.exchange.model import Interpreter, Origin, State
from steckel.hl7.acknowledge import Code, Fault, FaultCode
from steckel.hl7.message import Message
from steckel.hl7.times import parse_time

#: Characters of a value in a column; the message itself has all of it.
_LONGEST = 200
_OURS = Fault(
    code=FaultCode.APPLICATION_INTERNAL_ERROR, text="an error of this program; its log says where"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")

_log = structlog.get_logger(__name__)

Clock = Callable[[], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A message that is to be kept."""

    raw: bytes
    message: Message | None  #: none where the bytes are no HL7
    origin: Origin
    digest: bytes
    received: int  #: milliseconds since 1970
    source: str
    control_id: str
    type: str
    said: int  #: MSH-7, milliseconds since 1970; zero where it says none
    fault: Fault | None  #: why it is not taken
    refusal: Code  #: of the original mode, where there is a fault

    @property
    def state(self) -> State:
        """The state in which it is kept."""
        return State.RECEIVED if self.fault is None else State.ERROR


class Reader:
    """Reads what came; thread-safe."""

    def __init__(self, interpreter: Interpreter, *, zone: tzinfo, now: Clock) -> None:
        self._interpreter = interpreter
        self._zone = zone
        self._now = now

    def read(self, raw: bytes, origin: Origin) -> Reading:
        """Read a message; what it is found to lack is in the reading.

        Raises
        ------
        StorageFailure
            The database failed, in which it is said how messages are read.
        """
        try:
            message = Message.parse(raw)
        except NotHl7 as problem:
            return self._unreadable(raw, origin, str(problem))
        fault, refusal = self._judge(message)
        return Reading(
            raw=raw,
            message=message,
            origin=origin,
            digest=hashlib.sha256(raw).digest(),
            received=self._now(),
            source=word(message.source),
            control_id=word(message.control_id),
            type=word(message.type),
            said=parse_time(message.value("MSH-7.1"), self._zone) or 0,
            fault=fault,
            refusal=refusal,
        )

    def _judge(self, message: Message) -> tuple[Fault | None, Code]:
        try:
            fault = self._interpreter.check(message)
            return fault, Code.AA if fault is None else self._interpreter.answer_to(message, fault)
        except (StorageFailure, OutOfSpace):
            raise
        except Exception as problem:  # noqa: BLE001 - one message must not end a connection
            _log.error(
                "message_check_failed", error=type(problem).__name__, where=places_of(problem)
            )
            return _OURS, Code.AE

    def _unreadable(self, raw: bytes, origin: Origin, reason: str) -> Reading:
        return Reading(
            raw=raw,
            message=None,
            origin=origin,
            digest=hashlib.sha256(raw).digest(),
            received=self._now(),
            source="",
            control_id="",
            type="",
            said=0,
            fault=Fault(code=FaultCode.SEGMENT_SEQUENCE_ERROR, location="MSH", text=reason),
            refusal=Code.AR,
        )


def word(text: str) -> str:
    """Return a value as a column takes it: one line, not endless."""
    return _CONTROL.sub(" ", text)[:_LONGEST].encode(errors="replace").decode()
