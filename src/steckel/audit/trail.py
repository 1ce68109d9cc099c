"""Reading the audit trail: found, paged by key, newest first.

The rule: whatever is asked for, an index serves it, and a page costs the same wherever it is.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Engine, Select, or_, select, tuple_

from steckel.audit.completing import name_in
from steckel.audit.document import event_of
from steckel.audit.model import AuditFilter, KnownPatient, Record, RecordPage
from steckel.audit.schema import audit_chains, audit_events
from steckel.errors import InvalidQuery, NotFound
from steckel.index.schema import patients, studies

_MOST: Final = 1000
_CHUNK: Final = 500
_E: Final = audit_events.c
_ROWS: Final = (
    select(_E.pk, audit_chains.c.name, _E.number, _E.written, _E.at, _E.hash, _E.body)
    .select_from(audit_events)
    .join(audit_chains, audit_chains.c.pk == _E.chain_pk)
)


class AuditTrail:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, wanted: AuditFilter, limit: int, cursor: str | None = None) -> RecordPage:
        """Return the events after a cursor.

        Raises
        ------
        InvalidQuery
            The cursor is none of ours.
        """
        limit = min(limit, _MOST)
        statement = _ordered(_ROWS.where(*_conditions(wanted)), wanted, cursor).limit(limit + 1)
        with self._engine.connect() as connection:
            rows = connection.execute(statement).all()
        shown = rows[:limit]
        following = f"{shown[-1].at}.{shown[-1].pk}" if len(rows) > limit else None
        return RecordPage(records=tuple(map(_record, shown)), following=following)

    def all(self, wanted: AuditFilter) -> Iterator[Record]:
        """Yield every event that is meant, a page at a time."""
        cursor: str | None = None
        while True:
            page = self.page(wanted, _CHUNK, cursor)
            yield from page.records
            cursor = page.following
            if cursor is None:
                return

    def read(self, key: str) -> Record:
        """Return one event, or raise `NotFound`."""
        chain, _, number = key.partition(".")
        if number.isascii() and number.isdecimal() and len(number) < 19:
            here = audit_chains.c.name == chain, _E.number == int(number)
            with self._engine.connect() as connection:
                row = connection.execute(_ROWS.where(*here)).first()
            if row is not None:
                return _record(row)
        raise NotFound("there is no such event")

    def patient(self, pk: int) -> KnownPatient:
        """Return a patient with all identities that turned out to be the same person's.

        Raises
        ------
        NotFound
            There is no such patient.
        """
        with self._engine.connect() as connection:
            row = connection.execute(select(patients).where(patients.c.pk == pk)).first()
            if row is None:
                raise NotFound("there is no such patient")
            survivor = row.survivor_pk or row.pk
            same = or_(patients.c.pk == survivor, patients.c.survivor_pk == survivor)
            found = connection.execute(select(patients.c.identity).where(same)).scalars().all()
        name = name_in(row.json)
        return KnownPatient(
            identities=tuple(found), id=row.patient_id, issuer=row.issuer, name=name
        )

    def identities(self, patient_id: str) -> tuple[str, ...]:
        """Return all identities behind a Patient ID, whoever issued it, merged ones included."""
        named = select(patients.c.pk, patients.c.survivor_pk, patients.c.identity).where(
            patients.c.patient_id == patient_id
        )
        with self._engine.connect() as connection:
            rows = connection.execute(named.limit(_MOST)).all()
        found: dict[str, None] = {}
        for row in rows:
            found.update(dict.fromkeys(self.patient(row.pk).identities))
        return tuple(found) or (f"id\x1f\x1f{patient_id}",)


def of_patient(known: KnownPatient, wanted: AuditFilter | None = None) -> AuditFilter:
    """Return the question for everything about a patient and the patient's studies."""
    base = wanted or AuditFilter()
    return replace(base, patients=known.identities, of_patient=True)


def _ordered(statement: Select[Any], wanted: AuditFilter, cursor: str | None) -> Select[Any]:
    if cursor is not None:
        after = _place(cursor)
        here = tuple_(_E.at, _E.pk)
        statement = statement.where(here > after if wanted.oldest_first else here < after)
    if wanted.oldest_first:
        return statement.order_by(_E.at, _E.pk)
    return statement.order_by(_E.at.desc(), _E.pk.desc())


def _place(cursor: str) -> Any:
    at, _, pk = cursor.partition(".")
    if not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in (at, pk)):
        raise InvalidQuery("the cursor is not one of ours")
    return tuple_(int(at), int(pk))


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.kinds:
        found.append(_E.kind.in_([kind.value for kind in wanted.kinds]))
    if wanted.outcomes:
        found.append(_E.outcome.in_([int(outcome) for outcome in wanted.outcomes]))
    if wanted.account:
        found.append(_E.account == wanted.account)
    if wanted.patients:
        found.append(_of_patients(wanted))
    if wanted.study:
        found.append(_E.study == wanted.study)
    if wanted.since is not None:
        found.append(_E.at >= wanted.since)
    if wanted.until is not None:
        found.append(_E.at < wanted.until)
    return found


def _of_patients(wanted: AuditFilter) -> ColumnElement[bool]:
    named = _E.patient.in_(wanted.patients)
    if not wanted.of_patient:
        return named
    theirs = (
        select(studies.c.uid)
        .join(patients, patients.c.pk == studies.c.patient_pk)
        .where(patients.c.identity.in_(wanted.patients))
    )
    return or_(named, _E.study.in_(theirs))


def _record(row: Any) -> Record:
    return Record(
        pk=row.pk,
        chain=row.name,
        number=row.number,
        written=row.written,
        hash=row.hash,
        event=event_of(row.body),
    )
