"""The modality worklist (PS3.4 K): from keys to scheduled procedure steps.

One row of `steps` is one item with one scheduled procedure step, so that the keys in the
sequence are conditions on the same row. The rule: only steps that are open, unless
Scheduled Procedure Step Status is asked for.
"""

from collections.abc import Iterator, Sequence
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

from steckel.dicom import dictionary
from steckel.dicom.json_model import JsonDataset, json_key
from steckel.index.engine import is_sqlite
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
    SCHEDULED_PROCEDURE_STEP_SEQUENCE,
    SCHEDULED_START_DATE,
    SCHEDULED_START_TIME,
    SCHEDULED_STATION_AE_TITLE,
    SCHEDULED_STEP_STATUS,
    STEP_COLUMNS,
    STEP_REQUIRED,
)
from steckel.ris.worklist_model import WorklistQuery

Condition = ColumnElement[bool]

_PIECE = 200
_STEP = (SCHEDULED_PROCEDURE_STEP_SEQUENCE,)
_STEP_KEY = json_key(SCHEDULED_PROCEDURE_STEP_SEQUENCE)
_REQUIRED: JsonDataset = {json_key(tag): {"vr": dictionary.vr_of(tag)} for tag in STEP_REQUIRED}


class Worklist:
    """Answers worklist queries. Thread-safe; blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._matcher = Matcher(sqlite=is_sqlite(engine))

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
        status = next(
            (k for k in keys if (k.within, k.tag) == (_STEP, SCHEDULED_STEP_STATUS)), None
        )
        conditions = [*self._is_open(status, narrow=any(map(_is_narrow, keys)))]
        conditions += self._conditions(keys, fuzzy=query.fuzzy)
        titles = [k for k in keys if (k.within, k.tag) == (_STEP, SCHEDULED_STATION_AE_TITLE)]
        for title in titles:
            conditions.append(self._has_title(connection, title))
        statement = select(steps.c.json).where(*conditions)
        return statement.order_by(steps.c.date, steps.c.time, steps.c.pk)

    def _is_open(self, status: Key | None, *, narrow: bool) -> Iterator[Condition]:
        """Yield which steps are looked at, as the index that serves the query needs it."""
        wanted = {True} if status is None else _openness(status.value)
        if narrow:
            # In an expression, so that no index of all open steps is taken for the better one.
            if len(wanted) == 1:
                yield case((steps.c.is_open == true(), 1), else_=0) == int(wanted.pop())
            return
        literals = [true() if one else false() for one in sorted(wanted)]
        yield (
            steps.c.is_open == literals[0] if len(literals) == 1 else steps.c.is_open.in_(literals)
        )

    def _conditions(self, keys: Sequence[Key], *, fuzzy: bool) -> Iterator[Condition]:
        pair = _moments(keys)
        if pair is not None:
            date, time = pair
            columns = STEP_COLUMNS[SCHEDULED_START_DATE], STEP_COLUMNS[SCHEDULED_START_TIME]
            yield self._matcher.moments(date, columns[0], time, columns[1])
        for key in keys:
            column = _column(key)
            if (
                column is not None
                and column.matching is not Matching.SET
                and key not in (pair or ())
            ):
                yield self._matcher.condition(key.tag, column, key.value, fuzzy=fuzzy)
            elif column is None and not key.within:
                held = Attribute(Matching.WORDS, steps.c.json)
                yield self._matcher.condition(key.tag, held, key.value, fuzzy=fuzzy)
        for within in dict.fromkeys(key.within for key in keys if key.within):
            inner = [key for key in keys if key.within == within and _column(key) is None]
            if inner:
                yield self._matcher.in_items(steps.c.json, within, inner)

    def _has_title(self, connection: Connection, title: Key) -> Condition:
        """Return "the step is for one of these AE titles".

        There are few sets of titles. Which of them match is asked first, by stepping through
        the index from one to the next; so the index finds title and date together.
        """
        attribute = STEP_COLUMNS[SCHEDULED_STATION_AE_TITLE]
        kept = _kept_titles()
        match = self._matcher.condition(
            title.tag, Attribute(attribute.matching, kept), title.value, fuzzy=False
        )
        found = connection.execute(select(kept).where(match)).scalars().all()
        return steps.c.aets.in_(sorted(set(found)))


def _kept_titles() -> ColumnElement[str]:
    """Return a column with each set of AE titles that occurs, of open steps and of others."""
    start = [
        select(func.min(steps.c.aets).label("value"), flag.label("is_open")).where(
            steps.c.is_open == flag
        )
        for flag in (true(), false())
    ]
    titles = start[0].union_all(start[1]).cte("titles", recursive=True)
    larger = (
        select(func.min(steps.c.aets))
        .where(steps.c.is_open == titles.c.is_open, steps.c.aets > titles.c.value)
        .scalar_subquery()
    )
    titles = titles.union_all(select(larger, titles.c.is_open).where(titles.c.value.is_not(None)))
    return titles.c.value


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
    return not key.value.strip("* \0")


def _is_narrow(key: Key) -> bool:
    value = key.value.strip()
    return not key.within and key.tag in NARROW and value[:1] not in ("*", "?", "=")


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
