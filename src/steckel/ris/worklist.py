"""The modality worklist (PS3.4 K): from keys to scheduled procedure steps.

One row of `steps` is one item with one scheduled procedure step, so that the keys in the
sequence are conditions on the same row. The rule: only steps that are open, unless
Scheduled Procedure Step Status is asked for.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    case,
    false,
    func,
    select,
    true,
)

from steckel.dicom import dictionary, tags
from steckel.dicom.json_model import JsonDataset, json_key
from steckel.index.engine import is_sqlite
from steckel.index.view import EVERYTHING, View
from steckel.query.attributes import Attribute, Matching
from steckel.query.matching import Matcher
from steckel.query.model import Key
from steckel.query.ranges import is_of_moments
from steckel.ris.model import OPEN_STEPS
from steckel.ris.schema import steps
from steckel.ris.worklist_attributes import (
    COLUMNS,
    HELD,
    HELD_IN_STEP,
    NARROW,
    PREGNANCY_STATUS,
    SCHEDULED_PROCEDURE_STEP_SEQUENCE,
    SCHEDULED_START_DATE,
    SCHEDULED_START_TIME,
    SCHEDULED_STATION_AE_TITLE,
    SCHEDULED_STEP_STATUS,
    STEP_COLUMNS,
    STEP_REQUIRED,
)
from steckel.ris.worklist_model import WorklistQuery
from steckel.ris.worklist_sight import scheduled_for

Condition = ColumnElement[bool]

_PIECE = 200
_STEP = (SCHEDULED_PROCEDURE_STEP_SEQUENCE,)
_STEP_KEY = json_key(SCHEDULED_PROCEDURE_STEP_SEQUENCE)
_REQUIRED: JsonDataset = {json_key(tag): {"vr": dictionary.vr_of(tag)} for tag in STEP_REQUIRED}


class Worklist:
    """Answers worklist queries. Thread-safe; blocking."""

    def __init__(self, engine: Engine, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._view = view
        self._sqlite = is_sqlite(engine)
        self._matcher = Matcher(sqlite=self._sqlite)

    def seen_by(self, view: View) -> "Worklist":
        """Return what is scheduled for those whom somebody with this view sees."""
        return Worklist(self._engine, view)

    def find(self, query: WorklistQuery) -> Iterator[JsonDataset]:
        """Yield one whole worklist item per match by date and time, lazily.

        Raises
        ------
        InvalidQuery
            A key cannot be understood.
        """
        # Here and not in the generator, so that a bad query fails at once.
        with self._engine.connect() as connection:
            statement = self.statement(connection, query)
        return self._rows(statement)

    def unmatched(self, query: WorklistQuery) -> frozenset[int]:
        """Return the tags whose keys match everything, because no worklist item has them."""
        return frozenset(
            key.tag for key in query.keys if not _is_universal(key) and not _is_known(key)
        )

    def _rows(self, statement: Select[Any]) -> Iterator[JsonDataset]:
        with (
            self._engine.connect() as connection,
            connection.execution_options(yield_per=_PIECE).execute(statement) as result,
        ):
            for (text,) in result:
                yield _completed(orjson.loads(text))

    # ---- conditions

    def statement(self, connection: Connection, query: WorklistQuery) -> Select[Any]:
        """Return the SQL of a query; AE titles are looked up among those that occur."""
        keys = [key for key in query.keys if not _is_universal(key) and _is_known(key)]
        in_step = {key.tag: key for key in keys if key.within == _STEP}
        status, title = in_step.get(SCHEDULED_STEP_STATUS), in_step.get(SCHEDULED_STATION_AE_TITLE)
        wanted = {True} if status is None else _openness(status.value)
        # By the beginnings of its words no index finds a name as a whole.
        exact = [k for k in keys if not (query.fuzzy and k.tag == tags.PATIENT_NAME)]
        name = None if _is_served(exact) or not self._sqlite else _name(keys)
        conditions = [
            _is_open(wanted, narrow=name is not None or any(map(_is_narrow, exact))),
            *self._conditions(keys, fuzzy=query.fuzzy),
        ]
        if name is not None:
            conditions.append(self._is_named(name, fuzzy=query.fuzzy))
        if title is not None:
            conditions.append(self._has_title(connection, title, wanted))
        conditions += scheduled_for(self._view, time.time())
        statement = select(steps.c.json).where(*conditions)
        return statement.order_by(steps.c.date, steps.c.time, steps.c.pk)

    def _conditions(self, keys: Sequence[Key], *, fuzzy: bool) -> Iterator[Condition]:
        pair = _moments(keys)
        if pair is not None:
            date, time = pair
            columns = STEP_COLUMNS[SCHEDULED_START_DATE], STEP_COLUMNS[SCHEDULED_START_TIME]
            yield self._matcher.moments(date, columns[0], time, columns[1])
        for key in (key for key in keys if key not in (pair or ())):
            column = _column(key)
            if column is not None and column.matching is not Matching.SET:
                yield self._matcher.condition(key.tag, column, key.value, fuzzy=fuzzy)
            elif column is None and not key.within:
                held = Attribute(Matching.WORDS, steps.c.json)
                yield self._matcher.condition(key.tag, held, key.value, fuzzy=fuzzy)
        for within in dict.fromkeys(key.within for key in keys if key.within):
            inner = [key for key in keys if key.within == within and _column(key) is None]
            if inner:
                yield self._matcher.in_items(steps.c.json, within, inner)

    def _is_named(self, name: Key, *, fuzzy: bool) -> Condition:
        """Return the condition on a name that begins with a wildcard once more, for SQLite.

        It reads the index of names from one end to the other, and not the much longer rows;
        PostgreSQL has trigrams.
        """
        named = steps.alias("named")
        attribute = Attribute(Matching.NAME, named.c.patient_name)
        match = self._matcher.condition(name.tag, attribute, name.value, fuzzy=fuzzy)
        return steps.c.pk.in_(select(named.c.pk).where(match))

    def _has_title(self, connection: Connection, title: Key, wanted: Iterable[bool]) -> Condition:
        """Return "the step is for one of these AE titles".

        There are few sets of titles. Which of them match is asked first, by stepping through
        the index from one to the next; so the index finds title and date together.
        """
        matching = STEP_COLUMNS[SCHEDULED_STATION_AE_TITLE].matching
        found: set[str] = set()
        for are_open in wanted:
            kept = _kept_titles(are_open=are_open)
            match = self._matcher.condition(
                title.tag, Attribute(matching, kept), title.value, fuzzy=False
            )
            found.update(connection.execute(select(kept).where(match)).scalars())
        return steps.c.aets.in_(sorted(found))


def _is_open(wanted: AbstractSet[bool], *, narrow: bool) -> Condition:
    """Return which steps are looked at, as the index that serves the query needs it.

    Where another key leaves few rows it is an expression, so that no index of all open
    steps is taken for the better one.
    """
    if len(wanted) > 1:
        return true() if narrow else steps.c.is_open.in_([true(), false()])
    is_open = steps.c.is_open == (true() if True in wanted else false())
    return case((is_open, 1), else_=0) == 1 if narrow else is_open


def _kept_titles(*, are_open: bool) -> ColumnElement[str]:
    """Return a column with each set of AE titles that occurs among open steps, or the others."""
    kept = steps.c.is_open == (true() if are_open else false())
    found = select(func.min(steps.c.aets).label("value")).where(kept).cte("titles", recursive=True)
    larger = select(func.min(steps.c.aets)).where(kept, steps.c.aets > found.c.value)
    found = found.union_all(select(larger.scalar_subquery()).where(found.c.value.is_not(None)))
    return found.c.value


def _completed(item: JsonDataset) -> JsonDataset:
    """Return an item whose steps have all that PS3.4 table K.6-1 asks for, if empty."""
    sequence = item.get(_STEP_KEY)
    if sequence is not None and sequence.get("Value"):
        sequence["Value"] = [_REQUIRED | step for step in sequence["Value"]]
    return item


def _column(key: Key) -> Attribute | None:
    if not key.within:
        return COLUMNS.get(key.tag)
    return STEP_COLUMNS.get(key.tag) if key.within == _STEP else None


def _is_known(key: Key) -> bool:
    """Whether an item may have what a key asks for."""
    path = (*key.within, key.tag)
    if path[0] != SCHEDULED_PROCEDURE_STEP_SEQUENCE:
        return path[0] in COLUMNS or path[0] in HELD
    return len(path) > 1 and (path[1] in STEP_COLUMNS or path[1] in HELD_IN_STEP)


def _is_universal(key: Key) -> bool:
    value = key.value.strip("* \0")
    # Zero is no Pregnancy Status (PS3.3 C.2.2.3.1.2): some write a number that is empty so.
    return not value or (key.tag == PREGNANCY_STATUS and value == "0")


def _is_narrow(key: Key) -> bool:
    value = key.value.strip()
    return not key.within and key.tag in NARROW and value[:1] not in ("*", "?", "=")


def _name(keys: Sequence[Key]) -> Key | None:
    return next((key for key in keys if key.tag == tags.PATIENT_NAME and not key.within), None)


def _is_served(keys: Sequence[Key]) -> bool:
    """Whether an index leaves few rows: one of a number or a name, or that of the day."""
    return any(
        _is_narrow(key) or (key.within == _STEP and key.tag == SCHEDULED_START_DATE) for key in keys
    )


def _openness(value: str) -> set[bool]:
    """Return whether steps of a status are open; both where it has a wildcard."""
    parts = [part.strip() for part in value.split("\\") if part.strip()]
    if any("*" in part or "?" in part for part in parts):
        return {True, False}
    open_names: set[str] = {status.value for status in OPEN_STEPS}
    return {part in open_names for part in parts}


def _moments(keys: Sequence[Key]) -> tuple[Key, Key] | None:
    """Return the ranges of the start date and the start time, if both are (PS3.4 table K.6-1)."""
    found = {key.tag: key for key in keys if key.within == _STEP}
    date, time = found.get(SCHEDULED_START_DATE), found.get(SCHEDULED_START_TIME)
    if date and time and is_of_moments(date.value, time.value):
        return date, time
    return None
