"""A receiver in memory, a clock that is set, and events."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from sqlalchemy import Engine, select

from steckel.errors import StorageFailure
from steckel.exchange.outbound.courier import Chances, Courier
from steckel.exchange.outbound.desk import DeliveryFilter, DestinationDesk
from steckel.exchange.outbound.model import Address, Delivery, Destination, DestinationForm
from steckel.exchange.outbound.outbox import Outbox
from steckel.exchange.outbound.queue import Author, Queue
from steckel.exchange.outbound.subscriptions import read_subscription
from steckel.exchange.schema import deliveries
from steckel.hl7.message import Message
from steckel.hl7.write import Party
from steckel.index.engine import writing
from steckel.ris.department import Department
from steckel.ris.model import (
    OrderStatement,
    OrderStatus,
    PatientKey,
    PatientStatement,
    StepStatement,
)
from steckel.ris.registers import Moment

NOW = 1_772_366_400_000  # 2026-03-01T12:00:00Z
PATIENT = PatientKey(patient_id="P1", issuer="HOSPITAL")


class Broken(StorageFailure):
    """Stands for whatever a line may raise."""


@dataclass
class Said:
    """An acknowledgement."""

    code: str
    text: str = ""
    raw: bytes = b"MSH|^~\\&|\r"


@dataclass
class Receiver:
    """Answers what it is told to: a code; ``none`` no answer, ``down`` no connection."""

    answers: list[str] = field(default_factory=list)  #: for the next attempts; then AA
    taken: list[str] = field(default_factory=list)  #: control ids
    raws: list[bytes] = field(default_factory=list)
    opened: int = 0
    is_open: bool = True
    before_answer: Callable[[], None] = lambda: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, _destination: Destination) -> "Receiver":
        with self._lock:
            if self.answers and self.answers[0] == "down":
                self.answers.pop(0)
                raise Broken("h:1 cannot be reached (Connection refused)")
            self.opened += 1
            self.is_open = True
            return self

    def send(self, message: bytes) -> Said:
        with self._lock:
            self.taken.append(Message.parse(message).control_id)
            self.raws.append(message)
            code = self.answers.pop(0) if self.answers else "AA"
        self.before_answer()
        if code == "none":
            raise Broken("h:1 did not acknowledge (no answer in time)")
        return Said(code=code, text="because")

    def wait_for(self, control_id: str) -> Said:
        assert control_id == self.taken[-1]
        code = self.answers.pop(0) if self.answers else "AA"
        if code == "none":
            raise Broken("h:1 did not acknowledge (no answer in time)")
        return Said(code=code)

    def close(self) -> None:
        self.is_open = False


@dataclass
class Clock:
    """Stands still until it is set."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now


def form(name: str = "RIS", **options: Any) -> DestinationForm:
    return DestinationForm(
        name=name,
        address=Address(host="127.0.0.1", port=2575),
        subscription=read_subscription(options),
    )


def set_up(engine: Engine, name: str = "RIS", **options: Any) -> int:
    """Make a destination that hears of patients' changes, unless told otherwise."""
    options.setdefault("events", ["patient-changed"])
    desk = DestinationDesk(engine)
    desk.add(form(name, **options), "admin", NOW)
    return desk.get(name)[0].pk


def author(clock: Clock | None = None) -> Author:
    return Author(sender=lambda: Party(application="STECKEL"), zone=UTC, now=clock or Clock())


def fill(engine: Engine) -> None:
    queue = Queue(engine, author())
    while queue.fill():
        pass


def courier(engine: Engine, pk: int, receiver: Receiver, clock: Clock | None = None) -> Courier:
    chances = Chances(now=clock or Clock(), chance=lambda: 0.5)
    return Courier(pk, Outbox(engine), receiver, chances)


def change_patient(engine: Engine, name: str, at: int, key: PatientKey = PATIENT) -> None:
    """Have a patient be called otherwise."""
    statement = PatientStatement(
        patient=key,
        moment=Moment(at=at),
        values={"00100010": {"vr": "PN", "Value": [{"Alphabetic": f"{name}^JANE"}]}},
    )
    with writing(engine) as connection:
        Department(engine).say_patient(connection, statement)


def say_order(engine: Engine, status: OrderStatus, at: int, **changes: Any) -> None:
    values: dict[str, Any] = {
        "key": "PP-1\x1fRP1",
        "patient": PATIENT,
        "moment": Moment(at=at),
        "placer": "P-1",
        "filler": "F-1",
        "accession": "ACC1",
        "procedure_id": "RP1",
        "study_uid": "1.2.3",
        "steps": (
            StepStatement(step_id="SPS1", values={"00080060": {"vr": "CS", "Value": ["CT"]}}),
        ),
        "status": status,
    }
    statement = OrderStatement(**{**values, **changes})
    with writing(engine) as connection:
        Department(engine).say_order(connection, statement)


def messages(engine: Engine, name: str = "RIS") -> list[Message]:
    """Return all messages in a queue, oldest first."""
    with engine.connect() as connection:
        pk = DestinationDesk(engine).get(name)[0].pk
        question = select(deliveries.c.raw).where(deliveries.c.destination_pk == pk)
        rows = connection.execute(question.order_by(deliveries.c.pk)).scalars().all()
    return [Message.parse(raw) for raw in rows]


def rows(engine: Engine) -> list[Delivery]:
    """Return all deliveries, oldest first."""
    found, _ = DestinationDesk(engine).page(DeliveryFilter(), 500, None)
    return list(reversed(found))
