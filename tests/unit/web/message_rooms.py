"""The store of messages behind the web application, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.unit.web.rooms import Guard

from steckel.errors import NotFound, NotHl7
from steckel.exchange.desk import MessageFilter, MessageRow, StateCount
from steckel.exchange.model import Origin, State

RAW = (
    b"MSH|^~\\&|RIS|HOSPITAL|PACS|HOSPITAL|20260102||ADT^A08|M1|P|2.5.1\r"
    b"PID|1||P1^^^HOSPITAL||DOE^JANE\rOBX|1|ED|||" + b"x" * 5000 + b"\r"
)
ROW = MessageRow(
    pk=7,
    source="RIS^HOSPITAL",
    door="mllp",
    address="192.0.2.7",
    certificate="",
    received=1_772_366_400_000,
    control_id="M1",
    type="ADT^A08",
    state=State.ERROR,
    reason="unknown order",
    location="ORC-2",
    said=0,
    patient_id="P1",
    accession="",
    repeats=0,
    attempts=1,
    processed=1_772_366_400_500,
    size=len(RAW),
)


@dataclass
class MessageRoom(Guard):
    """Two messages, one of which cannot be read."""

    asked: list[tuple[MessageFilter, int, int | None]] = field(default_factory=list)
    replayed: list[object] = field(default_factory=list)

    def page(
        self, criteria: MessageFilter, limit: int, before: int | None
    ) -> tuple[list[MessageRow], int | None]:
        self.asked.append((criteria, limit, before))
        return [ROW], 7

    def message(self, pk: int) -> tuple[MessageRow, bytes]:
        if pk == 8:
            return ROW, b"no \xff HL7"
        if pk != 7:
            raise NotFound(f"there is no message {pk}")
        return ROW, RAW

    def counts(self) -> list[StateCount]:
        return [StateCount(state=State.ERROR, count=1, exact=True)]

    def oldest_waiting(self) -> int | None:
        return 1_772_366_400_000

    def replay(self, those: Sequence[int]) -> int:
        self.replayed.append(list(those))
        return len(those)

    def replay_all(self, criteria: MessageFilter) -> int:
        self.replayed.append(criteria)
        return 3


@dataclass
class ReceptionRoom:
    """Acknowledges whatever begins with MSH."""

    received: list[tuple[bytes, Origin]] = field(default_factory=list)
    answer: bytes = b"MSH|^~\\&|STECKEL\rMSA|AE|M1\r"

    def receive_and_wait(self, raw: bytes, origin: Origin) -> bytes:
        if not raw.startswith(b"MSH"):
            raise NotHl7("there is no HL7 version 2 message in this")
        self.received.append((raw, origin))
        return self.answer
