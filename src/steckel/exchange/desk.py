"""The messages for a person: to find, to read, to process again.

The rule: a list never counts or reads the whole table.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
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

#: Counting stops there.
COUNTED = 10_000
#: Messages that are put back in one transaction.
_PIECE = 500
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

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(
        self, criteria: MessageFilter, limit: int, before: int | None
    ) -> tuple[list[MessageRow], int | None]:
        """Return messages, newest first, and from where the next ones go on."""
        question = _matching(select(*_COLUMNS), criteria).order_by(messages.c.pk.desc())
        if before is not None:
            question = question.where(messages.c.pk < before)
        with self._engine.connect() as connection:
            rows = [_row(row) for row in connection.execute(question.limit(limit + 1)).mappings()]
        return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None

    def message(self, pk: int) -> tuple[MessageRow, bytes]:
        """Return a message and its bytes.

        Raises
        ------
        NotFound
            There is none of this number.
        """
        question = select(*_COLUMNS, messages.c.raw).where(messages.c.pk == pk)
        with self._engine.connect() as connection:
            found = connection.execute(question).mappings().first()
        if found is None:
            raise NotFound(f"there is no message {pk}")
        return _row(found), found["raw"]

    def counts(self) -> list[StateCount]:
        """Return how many messages are in each state."""
        with self._engine.connect() as connection:
            return [_count(connection, state) for state in State]

    def oldest_waiting(self) -> int | None:
        """Return when the first message was received that nothing was made of yet."""
        question = (
            select(messages.c.received)
            .where(messages.c.state == State.RECEIVED.value)
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
                done += _put_back(connection, those[start : start + _PIECE])
        return done

    def replay_all(self, criteria: MessageFilter) -> int:
        """Have all processed again that a filter finds now; return how many."""
        with self._engine.connect() as connection:
            newest = connection.execute(select(func.max(messages.c.pk))).scalar() or 0
        done, after = 0, 0
        question = _matching(select(messages.c.pk), criteria).where(
            messages.c.pk <= newest, messages.c.state.in_(_REPLAYABLE)
        )
        while True:
            piece = question.where(messages.c.pk > after).order_by(messages.c.pk).limit(_PIECE)
            with writing(self._engine) as connection:
                those = list(connection.scalars(piece))
                if not those:
                    return done
                done += _put_back(connection, those)
            after = those[-1]


def _put_back(connection: Connection, those: Sequence[int]) -> int:
    again = (
        update(messages)
        .where(messages.c.pk.in_(those), messages.c.state.in_(_REPLAYABLE))
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


def _count(connection: Connection, state: State) -> StateCount:
    some = select(messages.c.pk).where(messages.c.state == state.value).limit(COUNTED + 1)
    count = connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    return StateCount(state=state, count=min(count, COUNTED), exact=count <= COUNTED)


def _row(found: RowMapping) -> MessageRow:
    values = {item.name: found[item.name] for item in fields(MessageRow)}
    return MessageRow(**{**values, "state": State(values["state"])})
