"""Matching the studies of the index: reads, decides (`matching`), writes what follows.

Called again whenever something changed that has a say; a second call changes nothing. It
looks first without holding the database, and takes its one lock only to write.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, func, select

from steckel.errors import StorageFailure
from steckel.index.engine import writing
from steckel.index.failures import will_pass
from steckel.index.schema import studies
from steckel.ris.availability import forget_availability
from steckel.ris.candidates import order_candidates, patient_candidates
from steckel.ris.correction_history import MATCHING, RULE, Entry, History, history_of
from steckel.ris.corrections import Correction, Corrections
from steckel.ris.matching import Judgement, Study, judge
from steckel.ris.matching_rules import Case, apply_rule
from steckel.ris.mismatch_rows import (
    MismatchState,
    changed_states,
    close_all,
    kept_states,
    states_of,
    write_states,
)
from steckel.ris.model import MismatchKind
from steckel.ris.orders import refresh_orders
from steckel.ris.rule_book import KeptRule, read_rules
from steckel.ris.surroundings import read_study, read_surroundings

#: Returns the AE title that sent a study; empty where nobody knows.
SourceOf = Callable[[str], str]

#: A rule gives matching something to do, and that another rule: but not for ever.
_ROUNDS: Final = 8
_ATTEMPTS: Final = 4
#: Of the advisory lock on PostgreSQL that all who match take one after the other.
_LOCK: Final = 0x5143_0005


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A study, what is in force about it, and what should be."""

    study: Study
    history: History
    held: Correction
    judgement: Judgement

    @property
    def states(self) -> dict[str, MismatchState]:
        """What its mismatches should be."""
        return states_of(self.judgement.kinds, self.history.base.decisions)

    @property
    def open_kinds(self) -> list[MismatchKind]:
        """What waits for a person."""
        return [MismatchKind(k) for k, s in self.states.items() if s is MismatchState.OPEN]

    @property
    def wanted(self) -> Correction:
        """What should be in force."""
        return self.held if self.history.refused else self.judgement.correction


class Matcher:
    """Thread-safe; blocking."""

    def __init__(self, engine: Engine, source_of: SourceOf) -> None:
        self._engine = engine
        self._corrections = Corrections(engine)
        self._source_of = source_of

    def match(self, study_uid: str) -> bool:
        """Bring all that follows for a study up to date; whether anything was not."""
        with self._engine.connect() as connection:
            if not self._is_due(connection, study_uid):
                return False

        def settle() -> None:
            with writing(self._engine) as connection:
                lock_matching(connection, study_uid)
                self.settle(connection, study_uid, MATCHING, "")

        done_again(settle)
        return True

    def settle(self, connection: Connection, study_uid: str, by: str, resolution: str) -> None:
        """Do so in the caller's transaction; `by` whom what is closed now was put right."""
        self._corrections.project(connection, study_uid)
        look = self.look(connection, study_uid)
        if look is None:
            self._forget(connection, study_uid)
            return
        for _ in range(_ROUNDS):
            if look.wanted != look.held:
                reason = look.judgement.way or "unmatched"
                self._corrections.correct(connection, study_uid, look.wanted, MATCHING, str(reason))
            elif (ruled := self.ruled(connection, look, read_rules(connection))) is not None:
                rule, correction = ruled
                by, resolution = f"{RULE}{rule.rule.name}", rule.rule.action.value
                self._corrections.correct(connection, study_uid, correction, by, resolution)
            else:
                break
            again = self.look(connection, study_uid)
            assert again is not None
            look = again
        states = changed_states(kept_states(connection, study_uid), look.states)
        write_states(connection, study_uid, states, by, resolution)

    def look(self, connection: Connection, study_uid: str) -> Look | None:
        """Return what is known of a study and what follows; ``None`` if there is no such study."""
        study = read_study(connection, study_uid)
        if study is None:
            return None
        history = self.history(connection, study_uid)
        held = self._corrections.of_study(connection, study_uid)
        base = history.base
        around = read_surroundings(connection, study, base.order_key, refused=history.refused)
        return Look(
            study=study, history=history, held=held, judgement=judge(study, around, base, held)
        )

    def history(self, connection: Connection, study_uid: str) -> History:
        """Return what of the log of a study is in force."""
        log = self._corrections.history(connection, study_uid)
        return history_of(Entry(before=row.before, after=row.after, by=row.by) for row in log)

    def ruled(
        self, connection: Connection, look: Look, rules: list[KeptRule]
    ) -> tuple[KeptRule, Correction] | None:
        """Return the first rule that says something of a study, and what."""
        kinds = look.open_kinds
        enabled = [one for one in rules if one.enabled and not {*kinds}.isdisjoint(one.rule.kinds)]
        if not enabled or look.history.refused:
            return None
        known = order_candidates(connection, look.study)
        source = self._source_of(look.study.uid) if any(one.rule.sources for one in enabled) else ""
        people = patient_candidates(connection, look.study, known)
        base = look.history.base
        for rule in enabled:
            for kind in kinds:
                case = Case(
                    kind=kind, study=look.study, source=source, patients=people, orders=known
                )
                correction = apply_rule(rule.rule, case, base)
                if correction is not None and correction != base:
                    return rule, correction
        return None

    def _is_due(self, connection: Connection, study_uid: str) -> bool:
        look = self.look(connection, study_uid)
        kept = kept_states(connection, study_uid)
        if look is None or not self._corrections.is_projected(connection, study_uid):
            return True
        if look.wanted != look.held or changed_states(kept, look.states):
            return True
        return self.ruled(connection, look, read_rules(connection)) is not None

    def _forget(self, connection: Connection, study_uid: str) -> None:
        """Close what waits about a study that was deleted; its order has no images any more."""
        close_all(connection, study_uid, MATCHING, "deleted")
        forget_availability(connection, study_uid)
        held = self._corrections.of_study(connection, study_uid)
        if held.order_key:
            refresh_orders(connection, [held.order_key])


def lock_matching(connection: Connection, study_uid: str) -> None:
    """Have one at a time match or put right; on SQLite whoever writes is alone anyway.

    The study's row comes before the clock, as it does when instances are written.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        row = select(studies.c.pk).where(studies.c.uid == study_uid)
        connection.execute(row.with_for_update())


def done_again(work: Callable[[], None]) -> None:
    """Do a transaction once more that the database ended for the sake of another.

    Raises
    ------
    StorageFailure
        It was ended again and again, or for another reason.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return work()
        except StorageFailure as problem:
            if problem.__cause__ is None or not will_pass(problem.__cause__):
                raise
    return work()
