"""Who has to do with whom: care relations, emergencies, assignments, confidential patients.

The rule: what is noted here concerns what its caller sees, with one exception. Somebody who
may open a patient in an emergency finds one whom they do not see by identifier and birth date,
both exactly, so that nobody can look around. Nothing noted is changed, only ended.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from steckel.audit.acting import concern, describe
from steckel.audit.event import Patient
from steckel.errors import InvalidQuery, NotFound
from steckel.index.access import assignments, care_relations
from steckel.index.engine import writing
from steckel.index.schema import patients, studies
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import of_patients, visible
from steckel.security.accounts import fold_name
from steckel.security.refusals import InvalidValue

#: How long an emergency opens a patient, in seconds.
EMERGENCY_SECONDS: Final = 4 * 60 * 60
_MOST: Final = 500
Clock = Callable[[], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Relation:
    """Somebody has to do with a patient. Moments: milliseconds since 1970."""

    key: str
    account: str
    kind: str  #: care, emergency
    reason: str
    granted_by: str
    since: int
    until: int | None  #: ``None``: until somebody ends it


@dataclass(frozen=True, kw_only=True, slots=True)
class Emergency:
    """A patient who was opened."""

    patient: str  #: the key
    until: int  #: milliseconds since 1970


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """A study that was given to somebody."""

    account: str
    assigned_by: str
    at: int  #: milliseconds since 1970


@dataclass(frozen=True, kw_only=True, slots=True)
class ExactPatient:
    """What a patient is called in an emergency."""

    patient_id: str
    birth_date: str  #: DICOM DA
    issuer: str = ""  #: where several patients have the identifier


class Relations:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine, clock: Clock = time.time, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._clock = clock
        self._view = view

    def seen_by(self, view: View) -> "Relations":
        """Return those of what somebody with this view sees."""
        return self if view == self._view else Relations(self._engine, self._clock, view)

    def of_patient(self, key: str) -> list[Relation]:
        """Return who has or had to do with a patient, the newest first; raises `NotFound`."""
        table = care_relations
        with self._engine.connect() as connection:
            patient = self._patient(connection, key)
            mine = or_(patients.c.pk == patient.pk, patients.c.survivor_pk == patient.pk)
            statement = (
                select(table)
                .where(table.c.patient_pk.in_(select(patients.c.pk).where(mine)))
                .order_by(table.c.pk.desc())
                .limit(_MOST)
            )
            return [_relation(row) for row in connection.execute(statement)]

    def note_care(
        self, key: str, account: str, by: str, reason: str, until: int | None = None
    ) -> Relation:
        """Note that somebody cares for a patient.

        Raises
        ------
        NotFound
            There is no such patient.
        InvalidValue
            There is no such account, or it would have ended already.
        """
        if until is not None and until <= self._now():
            raise InvalidValue("this has ended already")
        with writing(self._engine, durable=True) as connection:
            patient = self._patient(connection, key)
            values = {"account": fold_name(account), "kind": "care", "until": until}
            return self._add(connection, patient, values, by, reason)

    def end(self, key: str, relation: str, by: str) -> None:
        """End what runs between somebody and a patient; raises `NotFound`."""
        table, number = care_relations, _number(relation)
        with writing(self._engine, durable=True) as connection:
            patient = self._patient(connection, key)
            mine = or_(patients.c.pk == patient.pk, patients.c.survivor_pk == patient.pk)
            now = self._now()
            ended = connection.execute(
                update(table)
                .where(
                    table.c.pk == number,
                    table.c.patient_pk.in_(select(patients.c.pk).where(mine)),
                    or_(table.c.until.is_(None), table.c.until > now),
                )
                .values(until=now)
            )
            if ended.rowcount == 0:
                raise NotFound("nothing of this kind runs")
            describe(relation=relation, ended_by=by)

    def open_in_emergency(self, key: str, account: str, reason: str) -> Emergency:
        """Open all studies of a patient of whom something is seen; raises `NotFound`."""
        with writing(self._engine, durable=True) as connection:
            return self._open(connection, self._patient(connection, key), account, reason)

    def open_unseen(self, wanted: ExactPatient, account: str, reason: str) -> Emergency:
        """Open all studies of a patient who is known by identifier and birth date.

        Raises
        ------
        NotFound
            There is nobody with both.
        InvalidQuery
            There are several: the issuer of the identifier has to be said.
        """
        table = patients
        called = [
            table.c.patient_id == wanted.patient_id,
            table.c.birth_date == wanted.birth_date,
            table.c.patient_id != "",
            table.c.birth_date != "",
        ]
        if wanted.issuer:
            called.append(table.c.issuer == wanted.issuer)
        whose = select(func.coalesce(table.c.survivor_pk, table.c.pk)).where(*called).distinct()
        with writing(self._engine, durable=True) as connection:
            found = connection.execute(whose.limit(2)).scalars().all()
            if not found:
                raise NotFound("there is no patient with this identifier and birth date")
            if len(found) > 1:
                raise InvalidQuery("several patients have this identifier; say who issued it")
            patient = connection.execute(select(table).where(table.c.pk == found[0])).one()
            return self._open(connection, patient, account, reason)

    def is_confidential(self, key: str) -> bool:
        """Whether a patient is marked as confidential; raises `NotFound`."""
        with self._engine.connect() as connection:
            return bool(self._patient(connection, key).is_confidential)

    def mark(self, key: str, *, confidential: bool) -> None:
        """Mark a patient as confidential, or take the mark away; raises `NotFound`."""
        with writing(self._engine, durable=True) as connection:
            patient = self._patient(connection, key)
            mine = or_(patients.c.pk == patient.pk, patients.c.survivor_pk == patient.pk)
            if confidential:  # the mark of those merged stays theirs, should they be parted
                mine = patients.c.pk == patient.pk
            connection.execute(update(patients).where(mine).values(is_confidential=confidential))
            describe(confidential=confidential)

    def of_study(self, study: str) -> list[Assignment]:
        """Return to whom a study was given, the first first; raises `NotFound`."""
        table = assignments
        statement = select(table).where(table.c.study_uid == study).order_by(table.c.pk)
        with self._engine.connect() as connection:
            self._require_study(connection, study)
            return [
                Assignment(account=row.account, assigned_by=row.assigned_by, at=row.at)
                for row in connection.execute(statement)
            ]

    def assign(self, study: str, account: str, by: str) -> None:
        """Give a study to somebody, who may have it already.

        Raises
        ------
        NotFound
            There is no such study.
        InvalidValue
            There is no such account.
        """
        values = {"account": fold_name(account), "study_uid": study}
        table = assignments
        try:
            with writing(self._engine, durable=True) as connection:
                self._require_study(connection, study)
                there = select(table.c.pk).filter_by(**values)
                if connection.execute(there).first() is None:
                    new = insert(table).values(**values, assigned_by=by, at=self._now())
                    connection.execute(new)
                concern(study=study)
                describe(account=values["account"])
        except IntegrityError as error:
            raise InvalidValue("there is no such account") from error

    def take_back(self, study: str, account: str) -> None:
        """Take a study from somebody; raises `NotFound`."""
        table = assignments
        with writing(self._engine, durable=True) as connection:
            self._require_study(connection, study)
            gone = connection.execute(
                delete(table).where(
                    table.c.study_uid == study, table.c.account == fold_name(account)
                )
            )
            if gone.rowcount == 0:
                raise NotFound("the study was not given to this account")
            concern(study=study)

    def _open(
        self, connection: Connection, patient: Row[Any], account: str, reason: str
    ) -> Emergency:
        until = self._now() + EMERGENCY_SECONDS * 1000
        values = {"account": account, "kind": "emergency", "until": until}
        self._add(connection, patient, values, account, reason)
        return Emergency(patient=str(patient.pk), until=until)

    def _add(
        self,
        connection: Connection,
        patient: Row[Any],
        values: dict[str, Any],
        by: str,
        reason: str,
    ) -> Relation:
        table = care_relations
        about = {"patient_pk": patient.pk, "granted_by": by, "reason": reason}
        said = Patient(identity=patient.identity, id=patient.patient_id, issuer=patient.issuer)
        concern(patient=said)
        describe(account=values["account"], reason=reason)
        new = insert(table).values(**values, **about, since=self._now()).returning(table)
        try:
            return _relation(connection.execute(new).one())
        except IntegrityError as error:
            raise InvalidValue("there is no such account") from error

    def _patient(self, connection: Connection, key: str) -> Row[Any]:
        """Return who a patient is now, if they are seen."""
        whose = select(func.coalesce(patients.c.survivor_pk, patients.c.pk)).where(
            patients.c.pk == _number(key), *of_patients(self._view, self._clock())
        )
        pk = connection.execute(whose).scalar()
        if pk is None:
            raise NotFound("there is no such patient")
        return connection.execute(select(patients).where(patients.c.pk == pk)).one()

    def _require_study(self, connection: Connection, study: str) -> None:
        seen = visible(self._view, self._clock())
        statement = select(studies.c.pk).where(studies.c.uid == study, *seen)
        if connection.execute(statement).first() is None:
            raise NotFound("there is no such study")

    def _now(self) -> int:
        return int(self._clock() * 1000)


def _number(key: str) -> int:
    return int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else -1


def _relation(row: Any) -> Relation:
    return Relation(
        key=str(row.pk),
        account=row.account,
        kind=row.kind,
        reason=row.reason,
        granted_by=row.granted_by,
        since=row.since,
        until=row.until,
    )
