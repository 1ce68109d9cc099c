"""The query engine: from a `Query` to data sets in the DICOM JSON model.

One SQL statement per query, served by the index, streamed. Files are never
opened: each level has its answer ready.
"""

import time
from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Engine, Select, asc, desc, func, literal, select

from steckel.dicom import dictionary, tags
from steckel.dicom.json_model import JsonDataset, JsonElement, json_key
from steckel.errors import InvalidQuery
from steckel.index import attributes as held
from steckel.index.engine import is_sqlite
from steckel.index.schema import instances, patients, series, studies
from steckel.index.summary import values_of
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import of_patients, visible
from steckel.query.attributes import (
    COLUMNS,
    DEFAULT,
    REQUIRED,
    UNIQUE,
)
from steckel.query.conditions import KEY_COLUMN, KeyConditions
from steckel.query.model import Fields, Level, Query

_PIECE = 200

_DEFAULT_ORDER: dict[Level, tuple[ColumnElement[Any], ...]] = {
    Level.PATIENT: (patients.c.name, patients.c.pk),
    Level.STUDY: (desc(studies.c.date), desc(studies.c.time), desc(studies.c.pk)),
    Level.SERIES: (series.c.study_pk, series.c.number, series.c.pk),
    Level.IMAGE: (instances.c.series_pk, instances.c.number, instances.c.pk),
}


class QueryEngine:
    """Answers queries (`query.ports.Finder`). Thread-safe; blocking."""

    def __init__(self, engine: Engine, *, aet: str, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._conditions = KeyConditions(sqlite=is_sqlite(engine))
        self._aet = aet
        self._view = view

    def seen_by(self, view: View) -> "QueryEngine":
        """Return the engine as it answers somebody with this view."""
        if view == self._view:
            return self
        return QueryEngine(self._engine, aet=self._aet, view=view)

    def find(self, query: Query) -> Iterator[JsonDataset]:
        """Yield one data set per match, lazily.

        Raises
        ------
        InvalidQuery
            A key cannot be understood at this level.
        """
        # Compiled here, not in the generator, so that a bad query fails at once.
        return self._rows(self.statement(query), query)

    def statement(self, query: Query) -> Select[Any]:
        """Return the SQL of a query."""
        seen = of_patients if query.level is Level.PATIENT else visible
        statement = _columns(query.level).add_columns(*_patient_counts(query, self._view))
        statement = statement.where(*self._conditions.of(query), *seen(self._view, time.time()))
        statement = statement.order_by(*_order(query))
        if query.limit is not None:
            statement = statement.limit(query.limit)
        if query.offset:
            if query.limit is None:
                statement = statement.limit(1 << 40)
            statement = statement.offset(query.offset)
        return statement

    def unmatched(self, query: Query) -> frozenset[int]:
        """Return the tags whose keys match everything, because the index does not hold them."""
        return self._conditions.unmatched(query)

    def _rows(self, statement: Select[Any], query: Query) -> Iterator[JsonDataset]:
        wanted, required = _wanted(query), _required(query)
        above: Any = None
        shared: JsonDataset = {}
        put_right: JsonDataset = {}
        with (
            self._engine.connect() as connection,
            connection.execution_options(yield_per=_PIECE).execute(statement) as result,
        ):
            for row in result:
                if query.level is not Level.IMAGE:
                    yield _chosen(required | self._dataset(query, row), wanted)
                    continue
                # Instances of a series come together, and share all but their own.
                if row[1:] != above:
                    above = row[1:]
                    shared = _chosen(required | self._dataset(query, row), wanted)
                    put_right = _chosen(_put_right(row.coercion, _OF_IMAGE), wanted)
                yield shared | _chosen(orjson.loads(row[0]), wanted) | put_right

    def _dataset(self, query: Query, row: Any) -> JsonDataset:
        """Return what a row says of its patient, study and series."""
        level = query.level
        dataset: JsonDataset = orjson.loads(row.json)
        if _counts_patient(query):
            for tag in _OF_PATIENT:
                _add_number(dataset, tag, getattr(row, f"n{tag}") or 0)
        if level is not Level.PATIENT:
            _add_study(dataset, row)
        if level in (Level.SERIES, Level.IMAGE):
            dataset.update(orjson.loads(row.series_json))
            dataset.update(_put_right(row.coercion, _OF_SERIES))
            _add_number(dataset, tags.NUMBER_OF_SERIES_RELATED_INSTANCES, row.series_instances)
        dataset[json_key(tags.RETRIEVE_AE_TITLE)] = {"vr": "AE", "Value": [self._aet]}
        dataset[json_key(tags.INSTANCE_AVAILABILITY)] = {"vr": "CS", "Value": ["ONLINE"]}
        return dataset


#: What a series and an instance say themselves; the rest is in the row of their study.
_OF_SERIES = frozenset(map(json_key, held.SERIES))
_OF_IMAGE = frozenset(map(json_key, held.IMAGE))


def _put_right(coercion: str | None, of_level: frozenset[str]) -> JsonDataset:
    """Return what of a level leaves in another form than its images have it."""
    if coercion is None:
        return {}
    found: JsonDataset = orjson.loads(coercion)
    return {key: element for key, element in found.items() if key in of_level}


#: What is counted of a patient (PS3.4 C.6.1.1.2, C.6.2.1.2), and how.
_THEIRS = studies.alias("of_patient")
_OF_PATIENT: dict[int, ColumnElement[Any]] = {
    tags.NUMBER_OF_PATIENT_RELATED_STUDIES: func.count(),
    tags.NUMBER_OF_PATIENT_RELATED_SERIES: func.sum(_THEIRS.c.series),
    tags.NUMBER_OF_PATIENT_RELATED_INSTANCES: func.sum(_THEIRS.c.instances),
}


def _counts_patient(query: Query) -> bool:
    """Whether the patient's counts are wanted; below the patient only by name."""
    named = frozenset() if isinstance(query.fields, Fields) else query.fields
    return query.level is Level.PATIENT or not _OF_PATIENT.keys().isdisjoint(named | query.include)


def _patient_counts(query: Query, view: View) -> list[ColumnElement[Any]]:
    if not _counts_patient(query):
        return []
    patient = patients.c.pk if query.level is Level.PATIENT else studies.c.patient_pk
    counted = [_THEIRS.c.patient_pk == patient]
    if seen := visible(view, time.time(), of_rows=True):
        shown = select(literal(1)).where(studies.c.pk == _THEIRS.c.pk, *seen)
        counted.append(shown.correlate(_THEIRS).exists())
    return [
        select(count).where(*counted).scalar_subquery().label(f"n{tag}")
        for tag, count in _OF_PATIENT.items()
    ]


def _columns(level: Level) -> Select[Any]:
    if level is Level.PATIENT:
        return select(patients.c.json).where(patients.c.studies > 0)
    columns: list[Any] = [
        studies.c.json,
        studies.c.modalities,
        studies.c.sop_classes,
        studies.c.series.label("study_series"),
        studies.c.instances.label("study_instances"),
    ]
    if level is Level.STUDY:
        return select(*columns)
    columns += [
        studies.c.coercion,
        series.c.json.label("series_json"),
        series.c.instances.label("series_instances"),
    ]
    if level is Level.SERIES:
        return select(*columns).select_from(series.join(studies, series.c.study_pk == studies.c.pk))
    return select(instances.c.json.label("instance_json"), *columns).select_from(
        instances.join(series, instances.c.series_pk == series.c.pk).join(
            studies, series.c.study_pk == studies.c.pk
        )
    )


def _order(query: Query) -> list[ColumnElement[Any]]:
    chosen: list[ColumnElement[Any]] = []
    for order in query.order:
        attribute = COLUMNS[query.level].get(order.tag)
        if attribute is None:
            raise InvalidQuery(f"results cannot be sorted by {tags.show(order.tag)}")
        chosen.append(desc(attribute.column) if order.descending else asc(attribute.column))
    if chosen:
        return [*chosen, KEY_COLUMN[query.level]]
    return list(_DEFAULT_ORDER[query.level])


def _wanted(query: Query) -> frozenset[str] | None:
    """Return the keys to return, or ``None`` for all."""
    if query.fields is Fields.ALL:
        return None
    named = DEFAULT[query.level] if query.fields is Fields.DEFAULT else query.fields
    named = named | query.include | UNIQUE[query.level]
    return frozenset(json_key(tag) for tag in (*named, tags.RETRIEVE_AE_TITLE))


def _chosen(dataset: JsonDataset, wanted: frozenset[str] | None) -> JsonDataset:
    if wanted is None:
        return dataset
    return {key: element for key, element in dataset.items() if key in wanted}


def _required(query: Query) -> JsonDataset:
    """Return, empty, what is returned even if there is no value."""
    if query.fields is not Fields.DEFAULT:
        return {}
    return {json_key(tag): {"vr": dictionary.vr_of(tag)} for tag in REQUIRED[query.level]}


def _add_study(dataset: JsonDataset, row: Any) -> None:
    _add_values(dataset, tags.MODALITIES_IN_STUDY, "CS", values_of(row.modalities))
    _add_values(dataset, tags.SOP_CLASSES_IN_STUDY, "UI", values_of(row.sop_classes))
    _add_number(dataset, tags.NUMBER_OF_STUDY_RELATED_SERIES, row.study_series)
    _add_number(dataset, tags.NUMBER_OF_STUDY_RELATED_INSTANCES, row.study_instances)


def _add_number(dataset: JsonDataset, tag: int, value: int) -> None:
    _add_values(dataset, tag, "IS", [int(value)])


def _add_values(dataset: JsonDataset, tag: int, vr: str, values: list[Any]) -> None:
    element: JsonElement = {"vr": vr, "Value": values} if values else {"vr": vr}
    dataset[json_key(tag)] = element
