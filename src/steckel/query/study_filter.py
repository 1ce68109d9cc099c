"""What a person typed above the study list, as conditions in SQL.

Three kinds: *narrow* ones leave few rows, each by an index of its own; the
*range* of dates is one along the list when it is sorted by date; *loose* ones
may leave many rows or hardly any.
"""

import time
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, FromClause, or_

from steckel.index.kept_sets import among_kept
from steckel.index.schema import studies
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import visible
from steckel.query.catalogue_model import StudyFilter
from steckel.query.matching import Matcher
from steckel.query.words import WordSearch

Conditions = list[ColumnElement[bool]]


class FilterConditions:
    """Makes conditions for one database and one view of it."""

    def __init__(self, *, sqlite: bool, view: View = EVERYTHING) -> None:
        self._view = view
        self._matcher = Matcher(sqlite=sqlite)
        self._words = WordSearch(sqlite=sqlite)

    def all(self, criteria: StudyFilter) -> Conditions:
        """Return all conditions, each as an index serves it."""
        return [*self.narrow(criteria), *in_range(criteria, studies), *self.loose(criteria)]

    def narrow(self, criteria: StudyFilter) -> Conditions:
        """Return conditions that leave few rows."""
        conditions = [
            self._begins(column, value.strip())
            for column, value in (
                (studies.c.patient_id, criteria.patient_id),
                (studies.c.accession, criteria.accession),
            )
            if value.strip()
        ]
        if criteria.patient is not None:
            key = int(criteria.patient) if criteria.patient.isdecimal() else -1
            conditions.append(studies.c.patient_pk == key)
        return conditions

    def loose(self, criteria: StudyFilter) -> Conditions:
        """Return conditions of which nobody knows how many rows they leave; served by indexes."""
        conditions = self.loose_in(criteria, studies, among_kept)
        for typed in _typed(criteria):
            conditions += self._words.indexed(typed)
        return conditions

    def loose_in(self, criteria: StudyFilter, rows: FromClause, among: Any = None) -> Conditions:
        """Return the same for rows that are looked at anyway, beside those of `studies`."""
        conditions = visible(self._view, time.time(), of_rows=among is None)
        conditions += [
            condition
            for typed in _typed(criteria)
            for condition in self._words.conditions(typed, rows.c.search)
        ]
        if criteria.patient_name.strip():
            conditions.append(self._matcher.words(rows.c.patient_name, criteria.patient_name))
        if criteria.modalities:
            any_of = partial(self._any_of, criteria.modalities)
            kept = rows.c.modalities
            conditions.append(among(kept, any_of) if among else any_of(kept))
        return conditions

    def _any_of(self, values: tuple[str, ...], column: ColumnElement[Any]) -> ColumnElement[bool]:
        return or_(*(self._matcher.like(column, f"*\\{value}\\*") for value in values))

    def _begins(self, column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
        plain = value.replace("*", "").replace("?", "")
        spellings = {plain, plain.upper(), plain.lower()}
        return or_(*(self._matcher.like(column, f"{text}*") for text in sorted(spellings)))


def in_range(criteria: StudyFilter, rows: FromClause) -> Conditions:
    """Return the conditions on the date."""
    conditions: Conditions = []
    if criteria.date_from:
        conditions.append(rows.c.date >= criteria.date_from)
    if criteria.date_to:
        conditions += [rows.c.date <= criteria.date_to, rows.c.date != ""]
    return conditions


def _typed(criteria: StudyFilter) -> tuple[str, ...]:
    return (criteria.search, criteria.patient_name, criteria.description)
