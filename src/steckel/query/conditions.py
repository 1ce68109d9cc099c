"""From the keys of a query to conditions in SQL, each as an index serves it best."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, select

from steckel.dicom.person_name import fold
from steckel.index.kept_sets import among_kept
from steckel.index.schema import instances, patients, series, studies
from steckel.query.attributes import ORDER, TIME_OF, Matching, locate, locate_items
from steckel.query.matching import Matcher
from steckel.query.model import Key, Level, Query
from steckel.query.ranges import is_of_moments
from steckel.query.words import WordSearch

KEY_COLUMN: Final[dict[Level, ColumnElement[Any]]] = {
    Level.PATIENT: patients.c.pk,
    Level.STUDY: studies.c.pk,
    Level.SERIES: series.c.pk,
    Level.IMAGE: instances.c.pk,
}
#: Columns whose words are in `studies.search`.
_SEARCHED: Final[frozenset[ColumnElement[Any]]] = frozenset(
    {
        studies.c.patient_name,
        studies.c.patient_id,
        studies.c.accession,
        studies.c.description,
    }
)
#: What parts a pattern into texts that are in `studies.search` as they are.
_WILD = re.compile(r"[*?^=,\s]+")


class KeyConditions:
    """Makes conditions for one database."""

    def __init__(self, *, sqlite: bool) -> None:
        self._matcher = Matcher(sqlite=sqlite)
        self._words = WordSearch(sqlite=sqlite)

    def of(self, query: Query) -> Iterator[ColumnElement[bool]]:
        """Yield the conditions of all keys.

        Raises
        ------
        InvalidQuery
            A key cannot be understood at this level.
        """
        alone = not any(_is_narrow(query.level, key) for key in query.keys)
        pairs = list(_pairs(query)) if query.combined else []
        for date, time in pairs:
            yield from self._of_pair(query, date, time, alone=alone)
        paired = {key for pair in pairs for key in pair}
        for key in query.keys:
            if not key.within and key not in paired:
                yield from self._of_key(query, key, alone=alone)
        for within in dict.fromkeys(key.within for key in query.keys if key.within):
            yield self._in_items(query, within)

    def unmatched(self, query: Query) -> frozenset[int]:
        """Return the tags whose keys match everything, because the index does not hold them."""
        return frozenset(
            key.tag
            for key in query.keys
            if key.value.strip("* ")
            if not (
                locate_items(query.level, key.within[0])
                if key.within
                else locate(query.level, key.tag)
            )
        )

    def _of_key(self, query: Query, key: Key, *, alone: bool) -> Iterator[ColumnElement[bool]]:
        """Yield what a key asks for; `alone` when no other key leaves few rows."""
        found = locate(query.level, key.tag)
        if found is None or not key.value.strip("* "):
            return  # optional, and not supported for matching (PS3.4 C.2.2.1.3); or universal
        level, attribute = found
        match = partial(self._matcher.condition, key.tag, value=key.value, fuzzy=query.fuzzy)
        if ORDER[level] > ORDER[query.level]:
            first = alone or attribute.matching is Matching.UID
            yield _has_below(query.level, level, match(attribute), first=first)
            return
        if attribute.column is studies.c.modalities and alone:
            yield among_kept(
                studies.c.modalities, lambda kept: match(replace(attribute, column=kept))
            )
            return
        yield match(attribute)
        if level is Level.STUDY and attribute.column in _SEARCHED:
            if query.fuzzy and attribute.matching is Matching.NAME:
                yield from self._words.indexed(key.value)
            elif key.value.strip().startswith(("*", "?")) and "\\" not in key.value:
                yield from self._words.containing(_WILD.split(fold(key.value)))

    def _of_pair(
        self, query: Query, date: Key, time: Key, *, alone: bool
    ) -> Iterator[ColumnElement[bool]]:
        """Yield what ranges of a date and of its time ask for together."""
        on, at = locate(query.level, date.tag), locate(query.level, time.tag)
        if on is None or at is None:
            return
        level = on[0]
        condition = self._matcher.moments(date, on[1], time, at[1])
        if ORDER[level] > ORDER[query.level]:
            condition = _has_below(query.level, level, condition, first=alone)
        yield condition

    def _in_items(self, query: Query, within: tuple[int, ...]) -> ColumnElement[bool]:
        found = locate_items(query.level, within[0])
        if found is None:
            return and_(True)
        level, attribute = found
        keys = [key for key in query.keys if key.within == within]
        condition = self._matcher.in_items(attribute.column, within, keys)
        if ORDER[level] <= ORDER[query.level]:
            return condition
        return _has_below(query.level, level, condition, first=False)


def _pairs(query: Query) -> Iterator[tuple[Key, Key]]:
    """Yield the keys that are ranges of a date and of its time."""
    keys = {key.tag: key for key in query.keys if not key.within}
    for date_tag, time_tag in TIME_OF.items():
        date, time = keys.get(date_tag), keys.get(time_tag)
        if date and time and is_of_moments(date.value, time.value):
            yield date, time


def _is_narrow(level: Level, key: Key) -> bool:
    """Whether a key leaves few rows of its own level or one above, by an index."""
    found = locate(level, key.tag)
    value = key.value.strip()
    return (
        found is not None
        and ORDER[found[0]] <= ORDER[level]
        and found[1].matching in (Matching.TEXT, Matching.NAME, Matching.DATE, Matching.UID)
        and bool(value)
        and value[0] not in "*?"
    )


def _has_below(
    level: Level, below: Level, condition: ColumnElement[bool], *, first: bool
) -> ColumnElement[bool]:
    """Return "there is something below that meets the condition".

    `first` finds what is below before what is asked for: right where the
    condition is the one that leaves few rows.
    """
    if first:
        return KEY_COLUMN[level].in_(_keys_above(level, below).where(condition))
    of_study = series.c.study_pk == studies.c.pk
    of_series = instances.c.series_pk == series.c.pk
    of_patient = studies.c.patient_pk == patients.c.pk
    match level, below:
        case Level.SERIES, _:
            return exists().where(of_series, condition)
        case Level.STUDY, Level.SERIES:
            return exists().where(of_study, condition)
        case Level.STUDY, _:
            return exists().where(of_study, of_series, condition)
        case _, Level.STUDY:
            return exists().where(of_patient, condition)
        case _, Level.SERIES:
            return exists().where(of_patient, of_study, condition)
        case _:
            return exists().where(of_patient, of_study, of_series, condition)


def _keys_above(level: Level, below: Level) -> Select[Any]:
    """Return the keys at a level of what is below."""
    key = {
        Level.PATIENT: studies.c.patient_pk,
        Level.STUDY: series.c.study_pk,
        Level.SERIES: instances.c.series_pk,
    }[level]
    of_series = instances.c.series_pk == series.c.pk
    of_study = series.c.study_pk == studies.c.pk
    match level, below:
        case (Level.PATIENT, Level.STUDY) | (Level.STUDY, Level.SERIES) | (Level.SERIES, _):
            return select(key)
        case Level.PATIENT, Level.SERIES:
            return select(key).join(series, of_study)
        case Level.STUDY, _:
            return select(key).join(instances, of_series)
        case _:
            return select(key).join(series, of_study).join(instances, of_series)
