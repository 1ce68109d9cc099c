"""From events to messages in the queues: each event once for each destination.

The rule: the messages and the position up to which the events were read are one transaction,
which is durable, and which another reader's makes fail. So it does not matter when this process
is killed, nor whether two of them read.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

import orjson
import structlog
from sqlalchemy import Connection, Engine, func, insert, select, update

from steckel.errors import OutOfSpace, StorageFailure, places_of
from steckel.exchange.outbound.envelope import Stamp
from steckel.exchange.outbound.gaps import Gaps
from steckel.exchange.outbound.model import DeliveryState, Destination
from steckel.exchange.outbound.outbox import destination_of
from steckel.exchange.outbound.render import Rendered, is_wanted, render
from steckel.exchange.outbound.sources import Event, find_occasion
from steckel.exchange.schema import deliveries, destinations
from steckel.hl7.write import Party
from steckel.index.engine import writing
from steckel.index.failures import failure_of, will_pass
from steckel.ris.model import EventKind
from steckel.ris.schema import events

_log = structlog.get_logger(__name__)

#: Events read in one transaction.
_PIECE: Final = 100
_KINDS: Final = frozenset(kind.value for kind in EventKind)


@dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    """Who writes the messages, and by which clock; `now` in milliseconds since 1970."""

    sender: Callable[[], Party]
    zone: tzinfo
    now: Callable[[], int]


class Queue:
    """Fills the queues; used by one thread."""

    def __init__(self, engine: Engine, author: Author) -> None:
        self._engine = engine
        self._author = author
        self._gaps = Gaps(engine)

    def fill(self) -> bool:
        """Read some events for each destination; whether there may be more.

        Raises
        ------
        StorageFailure
            The database failed; nothing was lost or done twice.
        """
        with self._engine.connect() as connection:
            rows = connection.execute(select(destinations).order_by(destinations.c.pk)).all()
            newest = connection.execute(select(func.max(events.c.pk))).scalar() or 0
        behind = [row for row in rows if row.seen < newest]
        more = [self._fill(destination_of(row), row.seen) for row in behind]
        return any(more)

    def _fill(self, destination: Destination, seen: int) -> bool:
        with self._engine.connect() as connection:
            found = self._gaps.settled(connection, seen, _PIECE)
            made = [
                message
                for row in found
                if (message := self._message(connection, destination, row)) is not None
            ]
        if not found:
            return False
        upto = found[-1].pk
        with writing(self._engine, durable=bool(made)) as connection:
            if self._advance(connection, destination.pk, seen, upto) and made:
                connection.execute(insert(deliveries), made)
        return len(found) == _PIECE

    def _advance(self, connection: Connection, pk: int, seen: int, upto: int) -> bool:
        """Move the position on; `False` where somebody else has done that."""
        moving = (
            update(destinations)
            .where(destinations.c.pk == pk, destinations.c.seen == seen)
            .values(seen=upto)
        )
        return connection.execute(moving).rowcount == 1

    def _message(
        self, connection: Connection, destination: Destination, row: Any
    ) -> dict[str, Any] | None:
        """Return the row of a message; `None` where the event is of no interest there."""
        if row.kind not in _KINDS or row.kind not in destination.subscription.events:
            return None
        try:
            rendered = self._rendered(connection, destination, row)
        except (StorageFailure, OutOfSpace):
            raise
        except Exception as problem:  # an event that we fail at is put aside, and no other waits
            if will_pass(problem):
                raise failure_of(problem) from problem
            _say(problem, destination, row.pk)
            return self._row(destination.pk, _unmade(row.kind))
        return None if rendered is None else self._row(destination.pk, rendered)

    def _rendered(
        self, connection: Connection, destination: Destination, row: Any
    ) -> Rendered | None:
        facts = orjson.loads(row.json)
        event = Event(
            pk=row.pk, kind=EventKind(row.kind), identity=row.identity, facts=facts, at=row.at
        )
        subscription = destination.subscription
        occasion = find_occasion(connection, event, subscription.report_statuses)
        if occasion is None or not is_wanted(occasion, subscription):
            return None
        return render(occasion, subscription, self._stamp())

    def _stamp(self) -> Stamp:
        author = self._author
        at = datetime.fromtimestamp(author.now() / 1000, UTC).astimezone(author.zone)
        # 20 characters, the most that MSH-10 has before version 2.7.
        return Stamp(control_id=secrets.token_hex(10), at=at, sender=author.sender())

    def _row(self, destination_pk: int, rendered: Rendered) -> dict[str, Any]:
        state = DeliveryState.PARKED if rendered.problem else DeliveryState.WAITING
        return {
            "destination_pk": destination_pk,
            "type": rendered.type,
            "control_id": rendered.control_id,
            "patient_id": rendered.patient_id,
            "accession": rendered.accession,
            "raw": rendered.raw,
            "state": state.value,
            "created": self._author.now(),
            "reason": rendered.problem,
        }


def _unmade(kind: str) -> Rendered:
    """Return what stands in the queue for a message that could not be made."""
    return Rendered(
        type=kind,
        control_id="",
        raw=b"",
        patient_id="",
        accession="",
        problem="it could not be made: an error of this program; its log says where",
    )


def _say(problem: Exception, destination: Destination, event: int) -> None:
    _log.error(
        "message_not_made",
        destination=destination.name,
        event_number=event,
        error=type(problem).__name__,
        where=places_of(problem),
    )
