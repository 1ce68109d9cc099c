"""Making something of one message, in the transaction of its state.

The rule: its effects and its state are committed together or not at all. What cannot be
mapped, or what we fail at, leaves no effect and waits as an error; what the database
failed at is tried again.
"""

from dataclasses import replace

import structlog
from sqlalchemy import Connection, bindparam, select, update

from steckel.errors import OutOfSpace, SteckelError, StorageFailure, places_of
from steckel.exchange.model import Interpreter, MessageFault, Outcome, Received, State
from steckel.exchange.reading import Clock, word
from steckel.exchange.schema import messages
from steckel.hl7.message import Message
from steckel.index.failures import failure_of, will_pass
from steckel.ris.events import told_by

_log = structlog.get_logger(__name__)

_REUSED = "its control id came before with another content"
_OURS = "an error of this program; its log says where"

_DONE = (
    update(messages)
    .where(messages.c.pk == bindparam("row"), messages.c.state == State.RECEIVED.value)
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("state", "reason", "location", "patient_id", "accession", "processed")
        }
    )
)
_OTHER = (
    select(messages.c.pk)
    .where(
        messages.c.source == bindparam("source"),
        messages.c.control_id == bindparam("control_id"),
        messages.c.digest != bindparam("digest"),
        # Not by the number itself: SQLite would read all that the source ever sent.
        messages.c.pk + 0 < bindparam("row"),
    )
    .limit(1)
)


_ERROR_BEFORE = (
    select(messages.c.pk)
    .where(
        messages.c.state == State.ERROR.value,
        messages.c.source == bindparam("source"),
        messages.c.patient_id.in_(bindparam("patients", expanding=True)),
        messages.c.pk < bindparam("row"),
    )
    .limit(1)
)


class TryAgain(Exception):
    """Nothing was done, and the message waits: the database failed, or it is not its turn."""


class TakenByAnother(Exception):
    """Somebody else has processed the message meanwhile; nothing was done here."""


class Processor:
    """Processes one message after another, each in a savepoint of the caller's transaction."""

    def __init__(self, interpreter: Interpreter, now: Clock) -> None:
        self._interpreter = interpreter
        self._now = now

    def keys(self, received: Received) -> frozenset[str]:
        """Return the patients that a message speaks of."""
        try:
            return self._interpreter.keys(Message.parse(received.raw))
        except Exception as problem:  # noqa: BLE001 - `process` meets it again, and says so
            _say(problem, received)
            return frozenset()

    def process(self, connection: Connection, received: Received) -> Outcome:
        """Do what a message says, and mark it.

        Raises
        ------
        TryAgain
            The database failed, or it has to wait: the transaction is to be rolled back.
        TakenByAnother
            Its state was changed by somebody else; the transaction may go on.
        """
        try:
            try:
                return self._apply(connection, received)
            except MessageFault as problem:
                fault = problem.fault
                outcome = self._error(received, fault.text, fault.location)
            except _PASS:
                raise
            except Exception as problem:  # what a message does to us ends that message only
                if will_pass(problem):
                    raise failure_of(problem) from problem
                _say(problem, received)
                outcome = self._error(received, _reason(problem))
            self._mark(connection, received, outcome)
        except (StorageFailure, OutOfSpace) as problem:
            raise TryAgain(str(problem)) from problem
        return outcome

    def _apply(self, connection: Connection, received: Received) -> Outcome:
        message = Message.parse(received.raw)
        # It may be replayed: what is thought of it now counts, not what was then.
        if (fault := self._interpreter.check(message)) is not None:
            raise MessageFault(fault)
        if self._interpreter.waits_after_error(message):
            self._require_no_error_before(connection, received)
        with connection.begin_nested():
            with told_by(connection, received.source):
                outcome = self._interpreter.apply(connection, message, received)
            outcome = self._warned(connection, received, outcome)
            self._mark(connection, received, outcome)
        return outcome

    def _error(self, received: Received, reason: str, location: str = "") -> Outcome:
        patients = patient_ids(self.keys(received))
        return Outcome(
            state=State.ERROR,
            reason=reason,
            location=location,
            patient_id=patients[0] if patients else "",
        )

    def _require_no_error_before(self, connection: Connection, received: Received) -> None:
        patients = patient_ids(self.keys(received))
        values = {"patients": patients, "row": received.pk, "source": received.source}
        if patients and connection.execute(_ERROR_BEFORE, values).first() is not None:
            raise TryAgain("an earlier message of this patient waits as an error")

    def _warned(self, connection: Connection, received: Received, outcome: Outcome) -> Outcome:
        if outcome.state is not State.PROCESSED or not received.control_id:
            return outcome
        values = {
            "source": received.source,
            "control_id": received.control_id,
            "digest": bytes.fromhex(received.digest),
            "row": received.pk,
        }
        if connection.execute(_OTHER, values).first() is None:
            return outcome
        return replace(outcome, state=State.WARNING, reason=_REUSED, location="MSH-10")

    def _mark(self, connection: Connection, received: Received, outcome: Outcome) -> None:
        values = {
            "row": received.pk,
            "new_state": outcome.state.value,
            "new_reason": word(outcome.reason),
            "new_location": word(outcome.location),
            "new_patient_id": word(outcome.patient_id),
            "new_accession": word(outcome.accession),
            "new_processed": self._now(),
        }
        if connection.execute(_DONE, values).rowcount != 1:
            raise TakenByAnother


def patient_ids(identities: frozenset[str]) -> list[str]:
    """Return the patient identifiers of identities (`index.model.patient_identity`)."""
    return sorted(identity.rpartition("\x1f")[2] for identity in identities)


_PASS = (StorageFailure, OutOfSpace, TakenByAnother, TryAgain)


def _reason(problem: Exception) -> str:
    """Return what a person may read: our own errors are written for that, others are not."""
    return str(problem) if isinstance(problem, SteckelError) else _OURS


def _say(problem: Exception, received: Received) -> None:
    _log.error(
        "message_failed",
        message=received.pk,
        control_id=received.control_id,
        type=received.type,
        error=type(problem).__name__,
        where=places_of(problem),
    )
