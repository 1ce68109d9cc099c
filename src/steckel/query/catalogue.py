"""The lists of the workstation, straight from the index (`web.ports.archive.StudyCatalogue`).

Every list is paged by key (the values of the last row), so that the thousandth
page costs what the first does; nothing counts a whole table.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Select,
    asc,
    desc,
    func,
    select,
    tuple_,
)

from steckel.errors import NotFound
from steckel.index.engine import is_sqlite
from steckel.index.schema import conflicts, instances, patients, series, studies
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import of_patients, visible
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
from steckel.query.study_filter import FilterConditions, in_range

COUNT_LIMIT = 10_000
#: Rows of a list that are looked at one by one before an index is asked for all that match.
_NEAR = 4_000
#: Studies that are looked up by their names at once.
_NAMED = 200

_SORT: dict[StudySortKey, tuple[Column[Any], ...]] = {
    StudySortKey.DATE: (studies.c.date, studies.c.time, studies.c.pk),
    StudySortKey.NAME: (studies.c.patient_name, studies.c.pk),
    StudySortKey.RECEIVED: (studies.c.received, studies.c.pk),
    StudySortKey.MODALITY: (studies.c.modalities, studies.c.pk),
    StudySortKey.DESCRIPTION: (studies.c.description, studies.c.pk),
    StudySortKey.ACCESSION: (studies.c.accession, studies.c.pk),
    StudySortKey.PATIENT_ID: (studies.c.patient_id, studies.c.pk),
}
_ISSUER = (
    select(patients.c.issuer)
    .where(patients.c.pk == studies.c.patient_pk)
    .scalar_subquery()
    .label("issuer")
)
#: Not a join: a database may then think of reading all patients first.
_STUDY = select(studies, _ISSUER)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A page that is asked for."""

    criteria: StudyFilter
    sort: StudySort
    limit: int
    after: list[Any] | None
    is_whole: bool  #: whether nothing of the list is hidden, or hardly anything

    @property
    def by_date(self) -> bool:
        return self.sort.key is StudySortKey.DATE

    @property
    def walked(self) -> bool:
        """Whether the next rows of the list are the page, by nothing but its order."""
        asked = self.criteria
        loose = asked.search or asked.patient_name or asked.description or asked.modalities
        return self.is_whole and not loose and (self.by_date or not in_range(asked, studies))

    def looked_at(self) -> list[Column[Any]]:
        """Return the columns by which it is decided whether a row is on the page."""
        asked = (studies.c.search, studies.c.patient_name, studies.c.modalities, studies.c.date)
        return list(dict.fromkeys((*_SORT[self.sort.key], *asked)))

    def order(self, rows: FromClause = studies) -> list[ColumnElement[Any]]:
        way = desc if self.sort.descending else asc
        return [way(rows.c[column.name]) for column in _SORT[self.sort.key]]

    def computed_order(self) -> list[ColumnElement[Any]]:
        """Return the same order in such a way that no index is read along it."""
        way = desc if self.sort.descending else asc
        first, *others = _SORT[self.sort.key]
        nothing = 0 if isinstance(first.type, BigInteger) else ""
        return [way(first + nothing), *map(way, others)]

    def beyond(self) -> list[ColumnElement[bool]]:
        """Return the condition that a row comes after the cursor."""
        if self.after is None:
            return []
        here, after = tuple_(*_SORT[self.sort.key]), tuple_(*self.after)
        return [here < after if self.sort.descending else here > after]


class Catalogue:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._conditions = FilterConditions(sqlite=is_sqlite(engine), view=view)
        self._view = view

    def seen_by(self, view: View) -> "Catalogue":
        """Return the lists as somebody with this view sees them."""
        if view == self._view:
            return self
        return Catalogue(self._engine, view)

    def studies(
        self, criteria: StudyFilter, sort: StudySort, limit: int, cursor: str | None
    ) -> Page[StudyRow]:
        """Return the studies after a cursor."""
        columns = _SORT[sort.key]
        after = None if cursor is None else unpack_cursor(cursor, len(columns))
        is_whole = self._view.anything and self._view.within is None
        wanted = _Wanted(criteria, sort, limit, after, is_whole=is_whole)
        with self._engine.connect() as connection:
            found = self._near(connection, wanted)
            if found is None:
                found = connection.execute(self._anywhere(wanted)).all()
        shown = found[:limit]
        following = None
        if len(found) > limit:
            last = shown[-1]._mapping  # noqa: SLF001 - the documented way to a row's columns
            following = pack_cursor([last[column.name] for column in columns])
        return Page(items=tuple(self._study_rows(shown)), next_cursor=following)

    def _near(self, connection: Connection, wanted: "_Wanted") -> Sequence[Any] | None:
        """Look at the next rows of the list; ``None`` if those do not fill the page.

        What is frequent is found here, before an index would have gathered all
        of it; what is rare is left to the index.
        """
        if wanted.walked:
            return None
        criteria = wanted.criteria
        along = in_range(criteria, studies) if wanted.by_date else ()
        near = (
            select(*wanted.looked_at())
            .where(*self._conditions.narrow(criteria), *along, *wanted.beyond())
            .order_by(*wanted.order())
            .limit(_NEAR)
            .subquery("near")
        )
        page = (
            _STUDY.join(near, studies.c.pk == near.c.pk)
            .where(*self._conditions.loose_in(criteria, near), *in_range(criteria, near))
            .order_by(*wanted.order(near))
            .limit(wanted.limit + 1)
        )
        found = connection.execute(page).all()
        if len(found) > wanted.limit:
            return found
        looked_at = select(func.count()).select_from(near)
        return found if connection.execute(looked_at).scalar_one() < _NEAR else None

    def _anywhere(self, wanted: "_Wanted") -> Select[Any]:
        """Return the list from the index that serves its criteria."""
        conditions = self._conditions.all(wanted.criteria)
        order = wanted.order() if wanted.walked else wanted.computed_order()
        return _STUDY.where(*conditions, *wanted.beyond()).order_by(*order).limit(wanted.limit + 1)

    def count(self, criteria: StudyFilter) -> Count:
        """Return how many studies match, counting no further than 10,000."""
        matching = select(studies.c.pk).where(*self._conditions.all(criteria))
        some = matching.limit(COUNT_LIMIT + 1).subquery()
        with self._engine.connect() as connection:
            count = connection.execute(select(func.count()).select_from(some)).scalar_one()
        return Count(count=min(count, COUNT_LIMIT), exact=count <= COUNT_LIMIT)

    def study(self, uid: str) -> StudyDetail:
        """Return one study with its series, or raise `NotFound`."""
        with self._engine.connect() as connection:
            row = connection.execute(_STUDY.where(studies.c.uid == uid, *self._seen())).first()
        if row is None:
            raise NotFound("there is no such study")
        return self._details([row])[0]

    def named_studies(self, uids: Sequence[str], accessions: Sequence[str]) -> Sequence[StudyRow]:
        """Return the studies with one of these UIDs or accession numbers, the newest first.

        Of studies that share accession numbers, no more than 200.
        """
        found: list[Any] = []
        with self._engine.connect() as connection:
            for column, values in ((studies.c.uid, uids), (studies.c.accession, accessions)):
                if values:  # one index serves one of them
                    listed = _STUDY.where(column.in_(values), *self._seen()).order_by(
                        desc(studies.c.date + ""), desc(studies.c.time), desc(studies.c.pk)
                    )
                    found += connection.execute(listed.limit(_NAMED)).all()
        return self._study_rows({row.pk: row for row in found}.values())

    def patients(self, search: str, limit: int, cursor: str | None) -> Page[PatientRow]:
        """Return the patients after a cursor, by name."""
        statement = select(patients).where(
            patients.c.studies > 0, *of_patients(self._view, time.time())
        )
        if cursor is not None:
            after = tuple_(*unpack_cursor(cursor, 2))
            statement = statement.where(tuple_(patients.c.name, patients.c.pk) > after)
        statement = statement.order_by(patients.c.name, patients.c.pk)
        with self._engine.connect() as connection:
            found = self._patients(connection, statement, search, limit + 1)
        following = None
        if len(found) > limit:
            last = found[limit - 1]
            following = pack_cursor([last.name, last.pk])
        return Page(
            items=tuple(rows.patient_row(row) for row in found[:limit]), next_cursor=following
        )

    def _patients(
        self, connection: Connection, listed: Select[Any], search: str, most: int
    ) -> Sequence[Any]:
        """Return patients with such a study: first of the next rows, else by the index."""
        if not search.strip():
            return connection.execute(listed.limit(most)).all()
        criteria = StudyFilter(search=search)
        near = listed.limit(_NEAR).subquery("near")
        theirs = select(studies.c.pk).where(
            studies.c.patient_pk == near.c.pk, *self._conditions.loose_in(criteria, studies)
        )
        page = select(near).where(theirs.exists()).order_by(near.c.name, near.c.pk).limit(most)
        found = connection.execute(page).all()
        if len(found) == most:
            return found
        owners = select(studies.c.patient_pk).where(*self._conditions.loose(criteria))
        return connection.execute(listed.where(patients.c.pk.in_(owners)).limit(most)).all()

    def patient(self, key: str) -> PatientDetail:
        """Return one patient with all studies that are seen, newest first, or raise `NotFound`.

        Of a patient who was merged into another, that other is returned.
        """
        if not key.isdecimal():
            raise NotFound("there is no such patient")
        with self._engine.connect() as connection:
            wanted = select(patients).where(
                patients.c.pk == int(key), *of_patients(self._view, time.time())
            )
            row = connection.execute(wanted).first()
            if row is not None and row.survivor_pk is not None:
                survivor = select(patients).where(patients.c.pk == row.survivor_pk)
                row = connection.execute(survivor).first()
            if row is None:
                raise NotFound("there is no such patient")
            of_patient = _STUDY.where(studies.c.patient_pk == row.pk, *self._seen()).order_by(
                desc(studies.c.date), desc(studies.c.time), desc(studies.c.pk)
            )
            found = connection.execute(of_patient).all()
        return PatientDetail(patient=rows.patient_row(row), studies=tuple(self._details(found)))

    def _seen(self) -> list[ColumnElement[bool]]:
        return visible(self._view, time.time())

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
