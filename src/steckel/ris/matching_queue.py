"""Which studies are to be matched: those that arrive, and those that a changed order may be for.

Follows three streams: changes of the index by their number, orders by when they changed,
patients by the events that tell of them. The rule: what is written down as seen has been
matched and, for a study, was quiet; after a restart nothing is left out, and little is done twice.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from steckel.index.engine import writing
from steckel.index.projecting import Projector
from steckel.index.schema import corrections, patients, studies
from steckel.query.catalogue_model import ChangeKind, StudyChange
from steckel.query.changes import Changes
from steckel.ris import clock
from steckel.ris.matching import EARLIEST, LATEST, moment
from steckel.ris.model import EventKind
from steckel.ris.schema import events, matching_progress, orders
from steckel.ris.surroundings import same_patient

_MOST: Final = 500
#: Clocks of several machines differ, and a transaction ends after the time it writes.
_OVERLAP_MS: Final = 60_000
#: How long a missing number may belong to a transaction that has not ended.
_GAP_SECONDS: Final = 60.0
_NOTE_SECONDS: Final = 5.0
_OF_PATIENTS: Final = (
    EventKind.PATIENT_CHANGED,
    EventKind.PATIENT_MERGED,
    EventKind.PATIENT_UNMERGED,
)


@dataclass(slots=True)
class _Numbers:
    """Numbers that come nearly in order: up to which all were seen, and which beyond."""

    floor: int
    seen: set[int] = field(default_factory=set)
    waiting_since: float | None = None

    def see(self, found: list[int], now: float) -> None:
        """Take numbers; a gap is waited for, but not for ever."""
        self.seen.update(found)
        before = self.floor
        self._close()
        if self.floor != before or not self.seen:
            self.waiting_since = now if self.seen else None
        elif self.waiting_since is None:
            self.waiting_since = now
        elif now - self.waiting_since >= _GAP_SECONDS:
            self.floor = min(self.seen) - 1
            self._close()
            self.waiting_since = now if self.seen else None

    def _close(self) -> None:
        while self.floor + 1 in self.seen:
            self.floor += 1
            self.seen.discard(self.floor)


class MatchingQueue:
    """Called by one thread; `now` are seconds of a clock that never goes back."""

    def __init__(self, engine: Engine, changes: Changes, *, quiet_seconds: float) -> None:
        self._engine = engine
        self._changes = changes
        self._quiet = quiet_seconds
        self._projector = Projector(engine)
        row = _progress(engine, changes)
        #: milliseconds since 1970; what arrived before is not told of
        self.begun: int = row.begun
        self._change = min(row.change, changes.latest())
        self._events = _Numbers(row.event)
        self._orders = row.orders
        self._known_orders: dict[int, int] = {}
        #: what arrives: the number of its last change, and when that was seen
        self._arriving: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._written = (row.change, row.event, row.orders)
        self._noted_at = 0.0

    def due(self, now: float) -> Iterator[str]:
        """Yield studies that something happened to; all of them are to be matched."""
        found = dict.fromkeys(self._changed_studies(now))
        with self._engine.connect() as connection:
            found |= dict.fromkeys(self._studies_of_patients(connection, now))
            found |= dict.fromkeys(self._studies_of_orders(connection))
        yield from found

    def quiet(self, now: float) -> list[str]:
        """Return studies that nothing more came to for a while."""
        return [uid for uid, (_, at) in self._arriving.items() if now - at >= self._quiet]

    def done(self, study_uid: str) -> None:
        """Say that it was told of a quiet study."""
        self._arriving.pop(study_uid, None)

    def note(self, now: float, *, at_once: bool = False) -> None:
        """Write down how far everything was matched, now and then."""
        if not at_once and now - self._noted_at < _NOTE_SECONDS:
            return
        self._noted_at = now
        first = next(iter(self._arriving.values()), None)
        change = self._change if first is None else min(self._change, first[0] - 1)
        place = (change, self._events.floor, self._orders)
        if place != self._written:
            with writing(self._engine) as connection:
                connection.execute(
                    update(matching_progress).values(
                        change=place[0], event=place[1], orders=place[2]
                    )
                )
            self._written = place

    def _changed_studies(self, now: float) -> Iterator[str]:
        for change in self._changes.changes_since(self._change):
            self._change = change.sequence
            if not isinstance(change, StudyChange):
                continue
            self._arriving.pop(change.uid, None)
            if change.kind is not ChangeKind.DELETED:
                self._arriving[change.uid] = (change.sequence, now)
            yield change.uid

    def _studies_of_patients(self, connection: Connection, now: float) -> Iterator[str]:
        rows = connection.execute(
            select(events.c.pk, events.c.kind, events.c.identity)
            .where(events.c.pk > self._events.floor)
            .order_by(events.c.pk)
            .limit(_MOST + len(self._events.seen))
        ).all()
        new = [row for row in rows if row.pk not in self._events.seen]
        self._events.see([row.pk for row in new], now)
        changed = {row.identity for row in new if row.kind in _OF_PATIENTS}
        for identity in sorted(changed):
            yield from self._studies_of(connection, identity)

    def _studies_of(self, connection: Connection, identity: str) -> Iterator[str]:
        """Return the studies that what is known of a patient has a say in."""
        patient_id = identity.rpartition("\x1f")[2]
        cursor = connection.connection.cursor()
        try:
            found = self._projector.studies_of(cursor, identity, patient_id)
        finally:
            cursor.close()
        yield from connection.execute(
            select(studies.c.uid).where(studies.c.pk.in_(found)).order_by(studies.c.pk)
        ).scalars()

    def _studies_of_orders(self, connection: Connection) -> Iterator[str]:
        rows = connection.execute(
            select(orders)
            .where(orders.c.changed > self._orders - _OVERLAP_MS)
            .order_by(orders.c.changed)
            .limit(_MOST + len(self._known_orders))
        ).all()
        new = [row for row in rows if self._known_orders.get(row.pk) != row.changed]
        for row in new:
            self._known_orders[row.pk] = row.changed
            self._orders = max(self._orders, row.changed)
            yield from studies_of_order(connection, row)
        oldest = self._orders - _OVERLAP_MS
        self._known_orders = {pk: at for pk, at in self._known_orders.items() if at > oldest}


def studies_of_order(connection: Connection, row: Row[Any]) -> list[str]:
    """Return the studies that an order may have to do with: by number, link, and patient."""
    linked = select(corrections.c.study_uid).where(corrections.c.order_key == row.key)
    found = [row.study_uid, *connection.execute(linked).scalars()]
    if row.accession:
        # Each by its own index: joined by OR, a database may read all studies.
        named = select(studies.c.uid).where(studies.c.accession == row.accession)
        found += connection.execute(named).scalars()
    there = select(studies.c.uid).where(studies.c.uid.in_(found))
    return [*connection.execute(there).scalars(), *_around(connection, row)]


def _around(connection: Connection, row: Row[Any]) -> list[str]:
    """Return the studies of the order's patient from when it was planned."""
    scheduled: str = row.scheduled
    at = moment(scheduled[:8], scheduled[8:])
    if at is None:
        return []
    survivor = patients.alias()
    owner = connection.execute(
        select(func.coalesce(survivor.c.identity, patients.c.identity))
        .outerjoin(survivor, patients.c.survivor_pk == survivor.c.pk)
        .where(patients.c.identity == row.identity)
    ).scalar()
    if owner is None:
        return []
    first, last = at + EARLIEST, at + LATEST
    of_patient = (
        select(studies.c.uid)
        .join(patients, studies.c.patient_pk == patients.c.pk)
        .where(
            patients.c.identity.in_(same_patient(connection, owner)),
            studies.c.date >= f"{first:%Y%m%d}",
            studies.c.date <= f"{last:%Y%m%d}",
        )
    )
    return list(connection.execute(of_patient).scalars())


def _progress(engine: Engine, changes: Changes) -> Row[Any]:
    """Return how far things were matched.

    On the first start the studies that are there count as seen: an archive of years does
    not flood the list. What was said of patients and orders is looked at from its beginning.
    """
    with writing(engine) as connection:
        row = connection.execute(select(matching_progress)).first()
        if row is not None:
            return row
        now = clock.now()
        connection.execute(
            insert(matching_progress).values(
                pk=1,
                begun=now,
                change=changes.latest(),
                event=0,
                orders=0,
            )
        )
        return connection.execute(select(matching_progress)).one()
