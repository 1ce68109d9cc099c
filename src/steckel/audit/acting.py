"""One act of somebody: what is done, by whom, and what it turned out to concern.

A door begins an act; the rooms that work for it say what it concerns (`concern`, `describe`),
whatever thread they are in; the first transaction that changes something writes it
(`index.witness`). An act that changes nothing in a transaction is recorded at its end.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from steckel.audit.event import Actor, Event, Part, Patient, Study, Thing, now
from steckel.audit.kinds import Action, Kind, Outcome
from steckel.audit.ledger import Ledger
from steckel.index.witness import present_witness, witnessed


@dataclass
class Act:
    """What is being done. Thread-safe."""

    event: Event
    ledger: Ledger | None = None  #: ``None``: it is not written with a change
    is_written: bool = False
    is_said: bool = False  #: whether a room said that it was done
    _pending: bool = False
    _subjects: list[tuple[Study | None, Patient | None]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def concern(self, *, study: str = "", patient: Patient | None = None) -> None:
        """Say whose data it is about."""
        subject = (Study(uid=study) if study else None, patient)
        with self._lock:
            if subject not in self._subjects:
                self._subjects.append(subject)

    def describe(self, **details: object) -> None:
        """Say more of it, such as what a value was changed to; no secrets."""
        with self._lock:
            told = {name: str(value)[:1000] for name, value in details.items()}
            self.event = replace(self.event, details={**(self.event.details or {}), **told})

    def touch(self, thing: Thing) -> None:
        """Say that an object took part."""
        with self._lock:
            if thing not in self.event.things:
                self.event = replace(self.event, things=(*self.event.things, thing))

    def by(self, name: str, *, display: str = "", via: str = "") -> None:
        """Say who it is that does it, where that turns out on the way."""
        with self._lock:
            actors = tuple(
                replace(one, name=name, display=display or one.display, via=via or one.via)
                if one.part is Part.REQUESTOR
                else one
                for one in self.event.actors
            )
            self.event = replace(self.event, actors=actors)

    def turn_into(self, kind: Kind, action: Action | None = None) -> None:
        """Say that it is something more special than it seemed."""
        with self._lock:
            self.event = replace(self.event, kind=kind, action=action or self.event.action)

    def say(self) -> None:
        """Say that it was done, where what was asked for may be a step to it only."""
        self.is_said = True

    def events(self, outcome: Outcome = Outcome.SUCCESS, reason: str = "") -> list[Event]:
        """Return what there is to record: one event for each study and patient."""
        with self._lock:
            done = replace(self.event, outcome=outcome, reason=reason or self.event.reason)
            if not self._subjects:
                return [done]
            return [
                replace(done, study=study, patient=patient or done.patient)
                for study, patient in self._subjects
            ]

    def testify(self, connection: Connection) -> None:
        """Write it with a change (`index.witness.Witness`)."""
        if self.ledger is None or self.is_written or not self.ledger.is_kept_in(connection):
            return
        self.ledger.append(connection, self.events())
        self._pending = True

    def committed(self) -> None:
        """Take note that the change was committed, and the act with it."""
        if self._pending:
            self.is_written = True


@contextmanager
def acting(act: Act) -> Iterator[Act]:
    """Do a block as an act; what it changes is recorded with the change."""
    if act.ledger is not None:
        act.ledger.open()
    with witnessed(act):
        yield act


def present_act() -> Act | None:
    """Return the act that is being done here, if somebody began one."""
    witness = present_witness()
    return witness if isinstance(witness, Act) else None


def concern(*, study: str = "", patient: Patient | None = None) -> None:
    """Say whose data is changed or looked at; nothing where nobody keeps a record."""
    act = present_act()
    if act is not None:
        act.concern(study=study, patient=patient)


def describe(**details: object) -> None:
    """Say more of what is done; nothing where nobody keeps a record."""
    act = present_act()
    if act is not None:
        act.describe(**details)


def touch(thing: Thing) -> None:
    """Say that an object takes part; nothing where nobody keeps a record."""
    act = present_act()
    if act is not None:
        act.touch(thing)


def by_account(name: str, *, display: str = "", via: str = "") -> None:
    """Say who it is that does it; nothing where nobody keeps a record."""
    act = present_act()
    if act is not None:
        act.by(name, display=display, via=via)


def say_done() -> None:
    """Say that what is done here came to its end; nothing where nobody keeps a record."""
    act = present_act()
    if act is not None:
        act.say()


def new_act(kind: Kind, action: Action, actor: Actor, ledger: Ledger | None = None) -> Act:
    """Return an act that begins now."""
    return Act(Event(kind=kind, at=now(), action=action, actors=(actor,)), ledger)
