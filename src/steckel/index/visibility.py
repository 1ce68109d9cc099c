"""What a view means: conditions on studies, in one place for every query there is."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    and_,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    union,
)

from steckel.index.access import assignments, care_relations
from steckel.index.kept_sets import among_kept
from steckel.index.schema import patients, series, studies
from steckel.index.view import Criteria, View

Clock = Callable[[], float]


def visible(view: View, now: float, *, of_rows: bool = False) -> list[ColumnElement[bool]]:
    """Return the conditions on `studies` that hold for what is seen; none for everything.

    Parameters
    ----------
    now
        Seconds since 1970: relations that have ended open nothing.
    of_rows
        Whether the studies are looked at one by one, found by something else: then no index
        of what the view asks for is any use.
    """
    cared = _cared_for(view, now, studies.c.patient_pk)
    conditions: list[ColumnElement[bool]] = []
    if not view.anything:
        meets = _meets_as_row if of_rows else _meets
        opened = [meets(criteria) for criteria in view.any_of if not criteria.is_empty]
        conditions.append(_one_of_them([*cared, *opened], of_rows=of_rows))
    if not view.confidential:
        conditions.append(or_(studies.c.patient_pk.not_in(_confidential()), *cared))
    if view.within is not None:
        conditions += visible(view.within, now, of_rows=of_rows)
    return conditions


def of_patients(view: View, now: float) -> list[ColumnElement[bool]]:
    """Return the conditions on `patients`; none for everything.

    One is seen who has a study that is seen, or whom the account cares for; by a view of all
    studies everybody whose studies it would show. Who turned out to be another is as that other.
    """
    conditions = visible(view, now)
    if not conditions:
        return []
    whose = func.coalesce(patients.c.survivor_pk, patients.c.pk)
    cared = _cared_for(view, now, whose)
    if view.anything:
        is_open: ColumnElement[bool] = (
            true() if view.confidential else whose.not_in(_confidential())
        )
    else:
        theirs = visible(view, now, of_rows=True)
        seen = select(literal(1)).where(studies.c.patient_pk == whose, *theirs)
        is_open = seen.correlate(patients).exists()
    within = [] if view.within is None else of_patients(view.within, now)
    return [or_(is_open, *cared), *within]


def of_named_studies(view: View, now: float, uid: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """Return the conditions on rows that name a study; none for everything.

    They are seen unless the study is here and is not seen.
    """
    conditions = visible(view, now)
    if not conditions:
        return []
    hidden = select(literal(1)).where(studies.c.uid == uid, not_(and_(*conditions)))
    return [not_(hidden.correlate(uid.table).exists())]


class Sight:
    """Says whether something is seen, where no list is asked for. Thread-safe; blocking."""

    def __init__(self, engine: Engine, clock: Clock = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def sees(self, view: View, study: str) -> bool:
        """Whether a study with this Study Instance UID is there and seen."""
        return bool(self.seen(view, [study]))

    def seen(self, view: View, uids: Iterable[str]) -> frozenset[str]:
        """Return those of some studies that are there and seen."""
        listed = list(dict.fromkeys(uids))
        found: set[str] = set()
        with self._engine.connect() as connection:
            for start in range(0, len(listed), _AT_ONCE):
                piece = listed[start : start + _AT_ONCE]
                statement = select(studies.c.uid).where(
                    studies.c.uid.in_(piece), *visible(view, self._clock())
                )
                found.update(connection.execute(statement).scalars())
        return frozenset(found)

    def sees_patient(self, view: View, patient_pk: int) -> bool:
        """Whether a patient is seen."""
        statement = select(patients.c.pk).where(
            patients.c.pk == patient_pk, *of_patients(view, self._clock())
        )
        with self._engine.connect() as connection:
            return connection.execute(statement).first() is not None


#: Names in one statement; databases have limits.
_AT_ONCE = 500

# By names of their own, so that a query which reads these tables itself is not meant.
_OWN_SERIES = series.alias("seen_series")
_PATIENT = patients.alias("seen_patients")
# As the partial indexes spell them: SQLite takes no other spelling for the same.
_MARKED: ColumnElement[Any] = literal_column("seen_patients.is_confidential")
_WITHOUT_NAMES: ColumnElement[Any] = literal_column("seen_series.is_deidentified")


def _one_of_them(alternatives: list[ColumnElement[bool]], *, of_rows: bool) -> ColumnElement[bool]:
    """Return the condition that one of some holds for a study."""
    if of_rows or len(alternatives) < 2:
        return or_(false(), *alternatives)
    # Each by its own index: PostgreSQL reads all studies for alternatives that ask other tables.
    each = [select(studies.c.pk).where(one).correlate(None) for one in alternatives]
    return studies.c.pk.in_(union(*each))


def _confidential() -> Select[tuple[int]]:
    """Return who is marked; the mark of one who turned out to be another is that other's too."""
    whose = func.coalesce(_PATIENT.c.survivor_pk, _PATIENT.c.pk)
    return select(whose).where(_MARKED)


def _cared_for(view: View, now: float, patient: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    if not view.account:
        return []
    table = care_relations
    theirs = (
        select(func.coalesce(_PATIENT.c.survivor_pk, _PATIENT.c.pk))
        .join(table, table.c.patient_pk == _PATIENT.c.pk)
        .where(
            table.c.account == view.account,
            or_(table.c.until.is_(None), table.c.until > int(now * 1000)),
        )
    )
    return [patient.in_(theirs)]


def _meets(criteria: Criteria) -> ColumnElement[bool]:
    """Return what a study has to be; each condition is served by an index."""
    of_series, conditions = _OWN_SERIES.c, _named(criteria)
    _one_of(conditions, studies.c.institution, criteria.institutions)
    _one_of(conditions, studies.c.referring, criteria.referring)
    _one_of(conditions, studies.c.uid, criteria.studies)
    if criteria.departments:
        theirs = select(of_series.study_pk).where(of_series.department.in_(criteria.departments))
        conditions.append(studies.c.pk.in_(theirs))
    if criteria.modalities:
        conditions.append(among_kept(studies.c.modalities, _any_modality(criteria)))
    if criteria.deidentified:
        some = select(of_series.study_pk).where(_WITHOUT_NAMES)
        conditions += [studies.c.pk.in_(some), _has_no_names()]
    return and_(*conditions)


def _meets_as_row(criteria: Criteria) -> ColumnElement[bool]:
    """Return the same for a study that is looked at anyway."""
    conditions = _named(criteria)
    # As expressions, so that no index of theirs is tried.
    _one_of(conditions, studies.c.institution + "", criteria.institutions)
    _one_of(conditions, studies.c.referring + "", criteria.referring)
    _one_of(conditions, studies.c.uid + "", criteria.studies)
    if criteria.departments:
        conditions.append(_has_series(_OWN_SERIES.c.department.in_(criteria.departments)))
    if criteria.modalities:
        conditions.append(_any_modality(criteria)(studies.c.modalities))
    if criteria.deidentified:
        conditions.append(_has_no_names())
    return and_(*conditions)


def _named(criteria: Criteria) -> list[ColumnElement[bool]]:
    """Return what names patients and studies themselves."""
    conditions: list[ColumnElement[bool]] = []
    if criteria.patients:
        survivors = select(func.coalesce(_PATIENT.c.survivor_pk, _PATIENT.c.pk)).where(
            _PATIENT.c.pk.in_(criteria.patients)
        )
        conditions.append(studies.c.patient_pk.in_(survivors))
    if criteria.assigned_to:
        given = select(assignments.c.study_uid).where(assignments.c.account == criteria.assigned_to)
        conditions.append(studies.c.uid.in_(given))
    return conditions


def _any_modality(criteria: Criteria) -> Callable[[ColumnElement[Any]], ColumnElement[bool]]:
    def condition(column: ColumnElement[Any]) -> ColumnElement[bool]:
        return or_(
            *(column.contains(f"\\{value}\\", autoescape=True) for value in criteria.modalities)
        )

    return condition


def _has_no_names() -> ColumnElement[bool]:
    return ~_has_series(_OWN_SERIES.c.is_deidentified.is_(False))


def _has_series(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    of_study = _OWN_SERIES.c.study_pk == studies.c.pk
    return select(literal(1)).where(of_study, condition).correlate(studies).exists()


def _one_of(
    conditions: list[ColumnElement[bool]], column: ColumnElement[Any], values: tuple[str, ...]
) -> None:
    if values:
        conditions.append(column.in_(values))
