"""Studies that do not fit what was ordered, and what a person does about them (IHE PIR).

The rule: whatever is done is one entry of the log, holds for queries and retrieval when the
transaction ends, and is taken back the same way.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, and_, desc, func, select

from steckel.errors import InvalidQuery, NotFound
from steckel.index.engine import writing
from steckel.index.schema import patients, studies
from steckel.index.view import EVERYTHING, View
from steckel.index.visibility import of_patients, visible
from steckel.query.catalogue_model import Page
from steckel.query.cursor import pack_cursor, unpack_cursor
from steckel.ris.candidates import order_candidates, patient_candidates
from steckel.ris.corrections import REGISTERED, Correction, Corrections, read_correction
from steckel.ris.department import Department
from steckel.ris.matcher import Look, Matcher, SourceOf, done_again, lock_matching
from steckel.ris.matching_rules import Rule, accepted, assigned
from steckel.ris.mismatch_rows import MismatchState
from steckel.ris.model import MismatchKind
from steckel.ris.patients import Patients
from steckel.ris.reconciliation_model import (
    DryRun,
    MismatchRow,
    Outcome,
    StudyReconciliation,
)
from steckel.ris.reconciliation_rows import label_of, mismatch_rows, study_reconciliation
from steckel.ris.registering import register, take_back
from steckel.ris.rule_book import KeptRule
from steckel.ris.schema import mismatches, orders
from steckel.ris.seen import of_orders
from steckel.ris.surroundings import read_orders

#: Open mismatches that a dry run looks at: the newest.
_DRY_RUN: Final = 500
_Make = Callable[[Connection, Look], Correction]


class Reconciliation:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine, source_of: SourceOf, view: View = EVERYTHING) -> None:
        self._engine = engine
        self._view = view
        self._source_of = source_of
        self._matcher = Matcher(engine, source_of)
        self._corrections = Corrections(engine)
        self._department = Department(engine)
        self._patients = Patients(engine)

    def seen_by(self, view: View) -> "Reconciliation":
        """Return what somebody with this view sees of it, and can decide about."""
        return self if view == self._view else type(self)(self._engine, self._source_of, view)

    def page(
        self, kind: MismatchKind | None, state: MismatchState, limit: int, cursor: str | None
    ) -> Page[MismatchRow]:
        """Return mismatches, newest first.

        Raises
        ------
        InvalidQuery
            The cursor was not given out for this list.
        """
        statement = select(mismatches).where(mismatches.c.state == state, *self._seen())
        if kind is not None:
            statement = statement.where(mismatches.c.kind == kind)
        if cursor is not None:
            statement = statement.where(mismatches.c.pk < unpack_cursor(cursor, 1)[0])
        statement = statement.order_by(desc(mismatches.c.pk)).limit(limit + 1)
        with self._engine.connect() as connection:
            found = connection.execute(statement).all()
            rows = mismatch_rows(connection, found[:limit])
        following = pack_cursor([found[limit - 1].pk]) if len(found) > limit else None
        # A study may be deleted, and its rows not closed yet.
        return Page(items=tuple(rows), next_cursor=following)

    def counts(self) -> dict[MismatchKind, int]:
        """Return how many are open, by kind."""
        statement = (
            select(mismatches.c.kind, func.count())
            .where(mismatches.c.state == MismatchState.OPEN, *self._seen())
            .group_by(mismatches.c.kind)
        )
        with self._engine.connect() as connection:
            found = {row[0]: row[1] for row in connection.execute(statement)}
        return {kind: found.get(kind, 0) for kind in MismatchKind}

    def study(self, study_uid: str) -> StudyReconciliation:
        """Return what is known of a study, and what it may be.

        Raises
        ------
        NotFound
            There is no such study.
        """
        source = self._source_of(study_uid)
        with self._engine.connect() as connection:
            look = self._look(connection, study_uid)
            log = self._corrections.history(connection, study_uid)
            found = study_reconciliation(connection, look, log, source)
            return self._without_hidden(connection, found)

    def assign_order(self, study_uid: str, order: str, by: str, reason: str) -> None:
        """Say which order a study is for: it takes its patient and its numbers.

        Raises
        ------
        NotFound
            There is no such study or order.
        """

        def make(connection: Connection, look: Look) -> Correction:
            wanted = and_(orders.c.pk == _number(order), *of_orders(self._view, time.time()))
            found = read_orders(connection, wanted, study_uid)
            if not found:
                raise NotFound("there is no such order")
            return assigned(look.study, found[0], replace(look.history.base, attributes={}))

        self._act(study_uid, make, by, reason or "assigned to an order")

    def assign_patient(self, study_uid: str, patient: str, by: str, reason: str) -> None:
        """Say whose a study is; an order that it was linked to by hand is let go.

        Raises
        ------
        NotFound
            There is no such study or patient.
        """

        def make(connection: Connection, look: Look) -> Correction:
            statement = select(patients.c.identity).where(
                patients.c.pk == _number(patient), *of_patients(self._view, time.time())
            )
            identity = connection.execute(statement).scalar()
            if identity is None:
                raise NotFound("there is no such patient")
            return Correction(identity=identity, decisions=look.history.base.decisions)

        self._act(study_uid, make, by, reason or "assigned to a patient")

    def accept(self, study_uid: str, kind: MismatchKind, by: str, reason: str) -> None:
        """Say that a study is right as it is; of other demographics the registered ones count.

        Raises
        ------
        NotFound
            There is no such study.
        InvalidQuery
            It has no such mismatch, or more than one patient has its identifier.
        """

        def make(connection: Connection, look: Look) -> Correction:
            if kind not in look.judgement.kinds:
                raise InvalidQuery(f"the study has no mismatch of the kind {kind}")
            known = order_candidates(connection, look.study)
            people = patient_candidates(connection, look.study, known)
            correction = accepted(kind, people, look.history.base)
            if correction is None:
                raise InvalidQuery("not just one patient has this identifier: assign one")
            return correction

        self._act(study_uid, make, by, reason or f"accepted: {kind}")

    def register(self, study_uid: str, by: str, reason: str) -> None:
        """Register the patient as the images have it.

        Raises
        ------
        NotFound
            There is no such study.
        MissingValue, AlreadyThere
            The images have no identifier; a patient with it is registered.
        """

        def make(connection: Connection, look: Look) -> Correction:
            register(connection, self._department, look.study)
            base = look.history.base
            return replace(base, decisions=tuple(sorted({*base.decisions, REGISTERED})))

        self._act(study_uid, make, by, reason or "registered from the images")

    def undo(self, study_uid: str, by: str, reason: str) -> None:
        """Take the last decision about a study back.

        Raises
        ------
        NotFound
            There is no such study, or nothing was put right.
        """

        def make(connection: Connection, look: Look) -> Correction:
            before = look.history.undone
            if before is None:
                raise NotFound("nothing of this study was put right")
            last = read_correction(look.history.entries[-1].after)
            if REGISTERED in last.decisions and REGISTERED not in before.decisions:
                take_back(connection, self._patients, look.study)
            return before

        self._act(study_uid, make, by, reason or "undone")

    def dry_run(self, rule: Rule) -> DryRun:
        """Return what a rule would do to what is open now."""
        kept = KeptRule(pk=0, position=0, enabled=True, rule=rule, changed=0, by="")
        statement = (
            select(mismatches.c.study_uid)
            .where(
                mismatches.c.state == MismatchState.OPEN,
                mismatches.c.kind.in_(sorted(rule.kinds)),
                *self._seen(),
            )
            .order_by(desc(mismatches.c.pk))
            .limit(_DRY_RUN + 1)
        )
        with self._engine.connect() as connection:
            found = list(connection.execute(statement).scalars())
            looked_at = list(dict.fromkeys(found[:_DRY_RUN]))
            outcomes = [self._outcome(connection, uid, kept) for uid in looked_at]
        return DryRun(
            looked_at=len(looked_at),
            is_whole=len(found) <= _DRY_RUN,
            outcomes=tuple(one for one in outcomes if one is not None),
        )

    def _outcome(self, connection: Connection, study_uid: str, rule: KeptRule) -> Outcome | None:
        look = self._matcher.look(connection, study_uid)
        ruled = None if look is None else self._matcher.ruled(connection, look, [rule])
        if look is None or ruled is None:
            return None
        patient, order = label_of(connection, ruled[1])
        kind = next(kind for kind in look.open_kinds if kind in rule.rule.kinds)
        return Outcome(study_uid=study_uid, kind=kind, patient=patient, order=order)

    def _act(self, study_uid: str, make: _Make, by: str, reason: str) -> None:
        def act() -> None:
            with writing(self._engine, durable=True) as connection:
                lock_matching(connection, study_uid)
                look = self._look(connection, study_uid)
                correction = make(connection, look)
                self._corrections.correct(connection, study_uid, correction, by, reason)
                self._matcher.settle(connection, study_uid, by, reason)

        done_again(act)

    def _seen(self) -> list[ColumnElement[bool]]:
        """Return the conditions on `mismatches`."""
        seen = visible(self._view, time.time())
        if not seen:
            return []
        return [select(studies.c.pk).where(studies.c.uid == mismatches.c.study_uid, *seen).exists()]

    def _without_hidden(
        self, connection: Connection, found: StudyReconciliation
    ) -> StudyReconciliation:
        """Leave out the orders and patients that are not seen."""
        now = time.time()
        open_orders = of_orders(self._view, now)
        if not open_orders:
            return found
        listed = [_number(one.order.key) for one in found.orders]
        if found.order is not None:
            listed.append(_number(found.order.key))
        seen_orders = set(
            connection.execute(
                select(orders.c.pk).where(orders.c.pk.in_(listed), *open_orders)
            ).scalars()
        )
        people = [_number(one.patient.key) for one in found.patients]
        seen_people = set(
            connection.execute(
                select(patients.c.pk).where(
                    patients.c.pk.in_(people), *of_patients(self._view, now)
                )
            ).scalars()
        )
        order = found.order
        return replace(
            found,
            order=order if order is not None and _number(order.key) in seen_orders else None,
            orders=tuple(one for one in found.orders if _number(one.order.key) in seen_orders),
            patients=tuple(
                one for one in found.patients if _number(one.patient.key) in seen_people
            ),
        )

    def _look(self, connection: Connection, study_uid: str) -> Look:
        look = self._matcher.look(connection, study_uid)
        seen = visible(self._view, time.time())
        if look is not None and seen:
            wanted = select(studies.c.pk).where(studies.c.uid == study_uid, *seen)
            look = look if connection.execute(wanted).first() is not None else None
        if look is None:
            raise NotFound("there is no such study")
        return look


def _number(key: str) -> int:
    return int(key) if key.isdecimal() and len(key) < 19 else -1
