"""The lists of the workstation, straight from the index (`web.ports.StudyCatalogue`).

Every list is paged by key (the values of the last row), so that the thousandth
page costs what the first does; nothing counts a whole table.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, asc, desc, func, or_, select, tuple_

from steckel.errors import NotFound
from steckel.index.engine import is_sqlite
from steckel.index.schema import conflicts, instances, patients, series, studies
from steckel.query import catalogue_rows as rows
from steckel.query.catalogue_model import (
    Count,
    Page,
    PatientDetail,
    PatientRow,
    StudyDetail,
    StudyFilter,
    StudyRow,
    StudySort,
    StudySortKey,
)
from steckel.query.cursor import pack_cursor, unpack_cursor
from steckel.query.matching import Matcher
from steckel.query.words import WordSearch

COUNT_LIMIT = 10_000

_SORT: dict[StudySortKey, tuple[ColumnElement[Any], ...]] = {
    StudySortKey.DATE: (studies.c.date, studies.c.time, studies.c.pk),
    StudySortKey.NAME: (studies.c.patient_name, studies.c.pk),
    StudySortKey.RECEIVED: (studies.c.received, studies.c.pk),
    StudySortKey.MODALITY: (studies.c.modalities, studies.c.pk),
    StudySortKey.DESCRIPTION: (studies.c.description, studies.c.pk),
    StudySortKey.ACCESSION: (studies.c.accession, studies.c.pk),
    StudySortKey.PATIENT_ID: (studies.c.patient_id, studies.c.pk),
}
_STUDY = select(studies, patients.c.issuer).join(patients, studies.c.patient_pk == patients.c.pk)


class Catalogue:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._matcher = Matcher(sqlite=is_sqlite(engine))
        self._words = WordSearch(sqlite=is_sqlite(engine))

    def studies(
        self, criteria: StudyFilter, sort: StudySort, limit: int, cursor: str | None
    ) -> Page[StudyRow]:
        """Return the studies after a cursor."""
        columns = _SORT[sort.key]
        statement = self._filtered(_STUDY, criteria)
        if cursor is not None:
            after = unpack_cursor(cursor, len(columns))
            here = tuple_(*columns)
            statement = statement.where(
                here < tuple_(*after) if sort.descending else here > tuple_(*after)
            )
        way = desc if sort.descending else asc
        statement = statement.order_by(*(way(column) for column in columns)).limit(limit + 1)
        with self._engine.connect() as connection:
            found = connection.execute(statement).all()
        shown = found[:limit]
        following = None
        if len(found) > limit:
            last = shown[-1]._mapping  # noqa: SLF001 - the documented way to a row's columns
            following = pack_cursor([last[column.name] for column in columns])
        return Page(items=tuple(self._study_rows(shown)), next_cursor=following)

    def count(self, criteria: StudyFilter) -> Count:
        """Return how many studies match, counting no further than 10,000."""
        some = self._filtered(select(studies.c.pk), criteria).limit(COUNT_LIMIT + 1).subquery()
        with self._engine.connect() as connection:
            count = connection.execute(select(func.count()).select_from(some)).scalar_one()
        return Count(count=min(count, COUNT_LIMIT), exact=count <= COUNT_LIMIT)

    def study(self, uid: str) -> StudyDetail:
        """Return one study with its series, or raise `NotFound`."""
        with self._engine.connect() as connection:
            row = connection.execute(_STUDY.where(studies.c.uid == uid)).first()
        if row is None:
            raise NotFound("there is no such study")
        return self._details([row])[0]

    def patients(self, search: str, limit: int, cursor: str | None) -> Page[PatientRow]:
        """Return the patients after a cursor, by name."""
        statement = select(patients).where(patients.c.studies > 0)
        if search.strip():
            inside = self._words.conditions(search)
            statement = statement.where(
                patients.c.pk.in_(select(studies.c.patient_pk).where(*inside))
            )
        if cursor is not None:
            after = tuple_(*unpack_cursor(cursor, 2))
            statement = statement.where(tuple_(patients.c.name, patients.c.pk) > after)
        statement = statement.order_by(patients.c.name, patients.c.pk).limit(limit + 1)
        with self._engine.connect() as connection:
            found = connection.execute(statement).all()
        following = None
        if len(found) > limit:
            last = found[limit - 1]
            following = pack_cursor([last.name, last.pk])
        return Page(
            items=tuple(rows.patient_row(row) for row in found[:limit]), next_cursor=following
        )

    def patient(self, key: str) -> PatientDetail:
        """Return one patient with all studies, newest first, or raise `NotFound`."""
        if not key.isdecimal():
            raise NotFound("there is no such patient")
        of_patient = _STUDY.where(studies.c.patient_pk == int(key)).order_by(
            desc(studies.c.date), desc(studies.c.time), desc(studies.c.pk)
        )
        with self._engine.connect() as connection:
            row = connection.execute(select(patients).where(patients.c.pk == int(key))).first()
            found = connection.execute(of_patient).all()
        if row is None:
            raise NotFound("there is no such patient")
        return PatientDetail(patient=rows.patient_row(row), studies=tuple(self._details(found)))

    def _filtered(self, statement: Select[Any], criteria: StudyFilter) -> Select[Any]:
        conditions: list[ColumnElement[bool]] = []
        if criteria.search.strip():
            conditions += self._words.conditions(criteria.search)
        if criteria.patient_name.strip():
            conditions += self._words.conditions(criteria.patient_name)
            conditions.append(self._matcher.words(studies.c.patient_name, criteria.patient_name))
        conditions += [
            self._begins(column, value.strip())
            for column, value in (
                (studies.c.patient_id, criteria.patient_id),
                (studies.c.accession, criteria.accession),
            )
            if value.strip()
        ]
        if criteria.description.strip():
            conditions += self._words.conditions(criteria.description)
        if criteria.date_from:
            conditions.append(studies.c.date >= criteria.date_from)
        if criteria.date_to:
            conditions += [studies.c.date <= criteria.date_to, studies.c.date != ""]
        if criteria.modalities:
            patterns = [f"*\\{modality}\\*" for modality in criteria.modalities]
            conditions.append(
                or_(*(self._matcher.like(studies.c.modalities, pattern) for pattern in patterns))
            )
        if criteria.patient is not None:
            key = int(criteria.patient) if criteria.patient.isdecimal() else -1
            conditions.append(studies.c.patient_pk == key)
        return statement.where(*conditions)

    def _begins(self, column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
        plain = value.replace("*", "").replace("?", "")
        spellings = {plain, plain.upper(), plain.lower()}
        return or_(*(self._matcher.like(column, f"{text}*") for text in sorted(spellings)))

    def _study_rows(self, found: Iterable[Any]) -> list[StudyRow]:
        shown = list(found)
        open_conflicts = self._conflicts([row.uid for row in shown])
        return [rows.study_row(row, open_conflicts.get(row.uid, 0)) for row in shown]

    def _conflicts(self, uids: list[str]) -> dict[str, int]:
        statement = (
            select(conflicts.c.study_uid, func.count())
            .where(conflicts.c.state == "open", conflicts.c.study_uid.in_(uids))
            .group_by(conflicts.c.study_uid)
        )
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def _details(self, found: Iterable[Any]) -> list[StudyDetail]:
        shown = list(found)
        one_class = (
            select(instances.c.sop_class)
            .where(instances.c.series_pk == series.c.pk)
            .limit(1)
            .scalar_subquery()
            .label("sop_class")
        )
        statement = (
            select(series, one_class)
            .where(series.c.study_pk.in_([row.pk for row in shown]))
            .order_by(series.c.number, series.c.pk)
        )
        of_study: dict[int, list[Any]] = defaultdict(list)
        with self._engine.connect() as connection:
            for row in connection.execute(statement):
                of_study[row.study_pk].append(rows.series_row(row))
        return [
            StudyDetail(study=study, series=tuple(of_study[row.pk]))
            for row, study in zip(shown, self._study_rows(shown), strict=True)
        ]
