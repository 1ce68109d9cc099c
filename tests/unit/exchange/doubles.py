"""An interpreter whose effects can be counted, and messages for it."""

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC

from sqlalchemy import Connection, Engine, insert, select

from steckel.errors import StorageFailure
from steckel.exchange.intake import Intake, Kept
from steckel.exchange.model import Door, MessageFault, Origin, Outcome, Received, State
from steckel.exchange.reading import Reader
from steckel.exchange.schema import messages
from steckel.hl7.acknowledge import Code, Fault, FaultCode
from steckel.hl7.message import Message
from steckel.ris.schema import events

ORIGIN = Origin(door=Door.MLLP, address="192.0.2.7")
_PATIENCE = 20.0


def raw_message(
    control_id: str,
    patient: str = "P1",
    *,
    event: str = "ADT^A08",
    order: str = "",
    header: dict[int, str] | None = None,
) -> bytes:
    """Return a message about a patient; `header` replaces fields of MSH, by number."""
    fields = ["^~\\&", "RIS", "HOSPITAL", "PACS", "HOSPITAL", "20260102030405", "", event]
    fields += [control_id, "P", "2.5.1", "", "", "", "", "", "UNICODE UTF-8"]
    for number, value in (header or {}).items():
        fields[number - 2] = value
    lines = ["MSH|" + "|".join(fields), f"PID|1||{patient}^^^HOSPITAL||DOE^JANE"]
    if order:
        lines.append(f"NTE|1||{order}")
    return "".join(f"{line}\r" for line in lines).encode()


class Counting:
    """Writes one row for each message that it applies; the text of NTE-3 orders otherwise.

    ``fault``, ``bug``, ``ignore``, ``database-fails-once``.
    """

    def __init__(self) -> None:
        self.applied: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self.pause = 0.0
        self._failed: set[str] = set()
        self._lock = threading.Lock()

    def check(self, message: Message) -> Fault | None:
        if not message.value("PID-3"):
            return Fault(
                code=FaultCode.REQUIRED_FIELD_MISSING, location="PID-3", text="no identifier"
            )
        if message.value("MSH-9") == "XXX":
            return Fault(code=FaultCode.UNSUPPORTED_MESSAGE_TYPE, location="MSH-9", text="unknown")
        return None

    def answer_to(self, _message: Message, found: Fault) -> Code:
        return Code.AR if found.code == FaultCode.UNSUPPORTED_MESSAGE_TYPE else Code.AE

    def waits_after_error(self, message: Message) -> bool:
        return message.value("NTE-4") == "wait"

    def keys(self, message: Message) -> frozenset[str]:
        return frozenset({message.value("PID-3")})

    def apply(self, connection: Connection, message: Message, received: Received) -> Outcome:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            return self._apply(connection, message, received)
        finally:
            with self._lock:
                self.at_once -= 1

    def _apply(self, connection: Connection, message: Message, received: Received) -> Outcome:
        row = {
            "kind": "counted",
            "identity": received.control_id,
            "json": json.dumps({"message": received.pk}),
            "at": 0,
        }
        connection.execute(insert(events).values(row))
        time.sleep(self.pause)
        order = message.value("NTE-3")
        if order == "fault":
            raise MessageFault(
                Fault(code=FaultCode.UNKNOWN_KEY_IDENTIFIER, location="ORC-2", text="unknown order")
            )
        if order == "bug":
            raise ZeroDivisionError("DOE^JANE")
        if order == "database-fails-once" and received.control_id not in self._failed:
            self._failed.add(received.control_id)
            raise StorageFailure("the index failed")
        with self._lock:
            self.applied.append(received.control_id)
        state = State.IGNORED if order == "ignore" else State.PROCESSED
        return Outcome(state=state, patient_id=message.value("PID-3"), accession="A1")


def make_reader(interpreter: Counting | None = None) -> Reader:
    """Return a reader with a clock that stands still."""
    return Reader(interpreter or Counting(), zone=UTC, now=lambda: 1_000)


def keep(engine: Engine, *raws: bytes, reader: Reader | None = None) -> list[Kept]:
    """Keep messages with an intake of its own."""
    reader = reader or make_reader()
    intake = Intake(engine)
    intake.start()
    try:
        return intake.keep_all([reader.read(raw, ORIGIN) for raw in raws])
    finally:
        intake.stop()


def effects(engine: Engine) -> list[str]:
    """Return the control ids of the effects, in order."""
    with engine.connect() as connection:
        return list(connection.scalars(select(events.c.identity).order_by(events.c.pk)))


def states(engine: Engine) -> dict[str, str]:
    """Return the state of each message by its control id."""
    with engine.connect() as connection:
        rows = connection.execute(select(messages.c.control_id, messages.c.state))
        return {row.control_id: row.state for row in rows}


def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds; fail if it does not come to be."""
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.005)
