"""The messages for a person: to find, to read, to process again.

The rule: a list never counts or reads the whole table.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    and_,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.sql import Select

from steckel.errors import NotFound
from steckel.exchange.model import State
from steckel.exchange.schema import messages
from steckel.index.engine import writing
from steckel.index.view import EVERYTHING, View
from steckel.ris.seen import of_identifier

#: Counting stops there.
COUNTED = 10_000
#: Messages that are put back in one transaction.
_PIECE = 500
#: Trigger events of a type that are looked for one by one.
_KINDS = 100
#: How far the times of receipt may be out of the order of the numbers: clocks are put right.
_DISORDER_MS = 3_600_000
_REPLAYABLE = tuple(state.value for state in State if state is not State.RECEIVED)

_COLUMNS = (
    *(messages.c.pk, messages.c.source, messages.c.door, messages.c.address),
    *(messages.c.certificate, messages.c.received, messages.c.control_id, messages.c.type),
    *(messages.c.state, messages.c.reason, messages.c.location, messages.c.said),
    *(messages.c.patient_id, messages.c.accession, messages.c.repeats, messages.c.attempts),
    *(messages.c.processed, func.length(messages.c.raw).label("size")),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageFilter:
    """Which messages are meant; what is empty does not restrict."""

    state: State | None = None
    type: str = ""  #: ``ADT`` or ``ADT^A40``
    source: str = ""  #: ``APP^FACILITY``
    text: str = ""  #: a whole control id, patient identifier or accession number
    since: int | None = None  #: received, milliseconds since 1970
    until: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageRow:
    """A message in a list; times in milliseconds since 1970, zero where there is none."""

    pk: int
    source: str
    door: str
    address: str
    certificate: str
    received: int
    control_id: str
    type: str
    state: State
    reason: str
    location: str
    said: int
    patient_id: str
    accession: str
    repeats: int
    attempts: int
    processed: int
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StateCount:
    """How many messages are in a state; counting stops at `COUNTED`."""

    state: State
    count: int
    exact: bool


class MessageDesk:
    """Looks into the store of messages."""

    def __init__(self, engine: Engine, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._view = view

    def seen_by(self, view: View) -> "MessageDesk":
        """Return the messages about patients whom somebody with this view sees."""
        return self if view == self._view else MessageDesk(self._engine, view)

    def page(
        self, criteria: MessageFilter, limit: int, before: int | None
    ) -> tuple[list[MessageRow], int | None]:
        """Return messages, newest first, and from where the next ones go on."""
        with self._engine.connect() as connection:
            limits = [*_limits(connection, criteria), *self._seen()]
            if before is not None:
                limits.append(messages.c.pk < before)
            rows: list[MessageRow] = []
            for kind in _kinds(connection, criteria.type):
                question = _matching(select(*_COLUMNS), replace(criteria, type=kind))
                newest = question.where(*limits).order_by(messages.c.pk.desc()).limit(limit + 1)
                rows += [_row(row) for row in connection.execute(newest).mappings()]
        rows.sort(key=lambda row: row.pk, reverse=True)
        return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None

    def message(self, pk: int) -> tuple[MessageRow, bytes]:
        """Return a message and its bytes.

        Raises
        ------
        NotFound
            There is none of this number.
        """
        question = select(*_COLUMNS, messages.c.raw).where(messages.c.pk == pk, *self._seen())
        with self._engine.connect() as connection:
            found = connection.execute(question).mappings().first()
        if found is None:
            raise NotFound(f"there is no message {pk}")
        return _row(found), found["raw"]

    def counts(self) -> list[StateCount]:
        """Return how many messages are in each state."""
        with self._engine.connect() as connection:
            return [_count(connection, state, self._seen()) for state in State]

    def oldest_waiting(self) -> int | None:
        """Return when the first message was received that nothing was made of yet."""
        question = (
            select(messages.c.received)
            .where(messages.c.state == State.RECEIVED.value, *self._seen())
            .order_by(messages.c.pk)
            .limit(1)
        )
        with self._engine.connect() as connection:
            return connection.execute(question).scalar()

    def replay(self, those: Sequence[int]) -> int:
        """Have messages processed again, in the order of their arrival; return how many."""
        done = 0
        for start in range(0, len(those), _PIECE):
            with writing(self._engine) as connection:
                done += _put_back(connection, those[start : start + _PIECE], self._seen())
        return done

    def replay_all(self, criteria: MessageFilter) -> int:
        """Have all processed again that a filter finds now; return how many."""
        with self._engine.connect() as connection:
            newest = connection.execute(select(func.max(messages.c.pk))).scalar() or 0
        done, after = 0, 0
        question = _matching(select(messages.c.pk), criteria).where(
            messages.c.pk <= newest, messages.c.state.in_(_REPLAYABLE), *self._seen()
        )
        while True:
            piece = question.where(messages.c.pk > after).order_by(messages.c.pk).limit(_PIECE)
            with writing(self._engine) as connection:
                those = list(connection.scalars(piece))
                if not those:
                    return done
                done += _put_back(connection, those, ())
            after = those[-1]

    def _seen(self) -> list[ColumnElement[bool]]:
        return of_identifier(self._view, time.time(), messages.c.patient_id)


def _put_back(
    connection: Connection, those: Sequence[int], seen: Iterable[ColumnElement[bool]]
) -> int:
    again = (
        update(messages)
        .where(messages.c.pk.in_(those), messages.c.state.in_(_REPLAYABLE), *seen)
        .values(
            state=State.RECEIVED.value,
            reason="",
            location="",
            attempts=messages.c.attempts + 1,
        )
    )
    return connection.execute(again).rowcount


def _matching(question: Select[Any], criteria: MessageFilter) -> Select[Any]:
    return question.where(*_conditions(criteria))


def _kinds(connection: Connection, kind: str) -> list[str]:
    """Return the types that a filter means and that came: each is served by the index of types."""
    if not kind or "^" in kind:
        return [kind]
    exact = select(messages.c.type).where(messages.c.type == kind).limit(1)
    found = list(connection.execute(exact).scalars())
    after = messages.c.type >= f"{kind}^"
    while len(found) < _KINDS:
        following = select(func.min(messages.c.type)).where(after, messages.c.type < f"{kind}_")
        here = connection.execute(following).scalar()
        if here is None:
            return found
        found.append(here)
        after = messages.c.type > here
    return [kind]  # somebody makes types up: all of them together


def _limits(connection: Connection, criteria: MessageFilter) -> list[ColumnElement[bool]]:
    """Return between which numbers all messages of a time are: they come nearly in order."""
    found: list[ColumnElement[bool]] = []
    received = messages.c.received
    if criteria.until is not None:
        later = select(messages.c.pk).where(received > criteria.until + _DISORDER_MS)
        pk = connection.execute(later.order_by(received).limit(1)).scalar()
        found += [] if pk is None else [messages.c.pk < pk]
    if criteria.since is not None:
        earlier = select(messages.c.pk).where(received < criteria.since - _DISORDER_MS)
        pk = connection.execute(earlier.order_by(received.desc()).limit(1)).scalar()
        found += [] if pk is None else [messages.c.pk > pk]
    return found


def _conditions(criteria: MessageFilter) -> list[ColumnElement[bool]]:
    columns = messages.c
    found: list[ColumnElement[bool]] = []
    if criteria.state is not None:
        found.append(columns.state == criteria.state.value)
    if criteria.type:
        # Everything that begins with ``ADT^``: ``_`` is the character after ``^``.
        kind = criteria.type
        found.append(
            columns.type == kind
            if "^" in kind
            else or_(
                columns.type == kind, and_(columns.type >= f"{kind}^", columns.type < f"{kind}_")
            )
        )
    if criteria.source:
        found.append(columns.source == criteria.source)
    if text := criteria.text.strip():
        found.append(
            or_(columns.control_id == text, columns.patient_id == text, columns.accession == text)
        )
    if criteria.since is not None:
        found.append(columns.received >= criteria.since)
    if criteria.until is not None:
        found.append(columns.received <= criteria.until)
    return found


def _count(connection: Connection, state: State, seen: Iterable[ColumnElement[bool]]) -> StateCount:
    some = select(messages.c.pk).where(messages.c.state == state.value, *seen).limit(COUNTED + 1)
    count = connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    return StateCount(state=state, count=min(count, COUNTED), exact=count <= COUNTED)


def _row(found: RowMapping) -> MessageRow:
    values = {item.name: found[item.name] for item in fields(MessageRow)}
    return MessageRow(**{**values, "state": State(values["state"])})
