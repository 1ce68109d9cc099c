"""Rules that put mismatches right without a person: data, and what follows from them.

The rule of rules: each condition that is named has to hold, and just one order or patient has to
be left. Where two are, a person decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import orjson

from steckel.dicom import tags
from steckel.dicom.json_model import first_text, json_key
from steckel.errors import InvalidRule
from steckel.ris.candidates import OrderCandidate, PatientCandidate
from steckel.ris.corrections import Correction
from steckel.ris.likeness import Difference
from steckel.ris.matching import Order, Study, knowledge
from steckel.ris.model import MismatchKind

_OF_PATIENT = frozenset(
    {MismatchKind.UNKNOWN_PATIENT, MismatchKind.WRONG_PATIENT, MismatchKind.DEMOGRAPHICS}
)


class RuleAction(StrEnum):
    """What a rule does."""

    ASSIGN = "assign"  #: to the one patient or order that is left
    ACCEPT = "accept"  #: as it is


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Conditions and what is done; an empty condition says nothing.

    Raises
    ------
    InvalidRule
        It would assign what nothing speaks for.
    """

    name: str
    action: RuleAction
    kinds: tuple[MismatchKind, ...]
    sources: tuple[str, ...] = ()  #: AE titles that sent the study
    modalities: tuple[str, ...] = ()
    id_differs: tuple[Difference, ...] = ()  #: identifiers differ in one of these only
    same_person: bool = False  #: name and birth date are the same
    same_day: bool = False  #: an order of the patient fits in modality and time

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.kinds:
            raise InvalidRule("a rule needs a name and at least one kind of mismatch")
        if self.action is RuleAction.ACCEPT:
            if self.id_differs or self.same_person or self.same_day:
                raise InvalidRule("a rule that accepts compares with no patient and no order")
            return
        if set(self.kinds) & _OF_PATIENT and not (self.id_differs or self.same_person):
            raise InvalidRule("a rule that assigns a patient has to compare identifier or name")
        if set(self.kinds) - _OF_PATIENT and not self.same_day:
            raise InvalidRule("a rule that assigns an order has to compare day and modality")

    @property
    def body(self) -> str:
        """All but the name, as the table keeps it."""
        names = ("action", "kinds", "sources", "modalities", "id_differs")
        more = ("same_person", "same_day")
        return orjson.dumps({name: getattr(self, name) for name in names + more}).decode()


def read_rule(name: str, body: str | dict[str, Any]) -> Rule:
    """Return a rule from what the table keeps, or what a person said.

    Raises
    ------
    InvalidRule
        It is none.
    """
    try:
        said = orjson.loads(body) if isinstance(body, str) else body
        return Rule(
            name=name,
            action=RuleAction(said["action"]),
            kinds=tuple(MismatchKind(kind) for kind in said["kinds"]),
            sources=tuple(said.get("sources", ())),
            modalities=tuple(said.get("modalities", ())),
            id_differs=tuple(Difference(one) for one in said.get("id_differs", ())),
            same_person=bool(said.get("same_person", False)),
            same_day=bool(said.get("same_day", False)),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise InvalidRule("the rule has a key or a value that is wrong") from problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A mismatch with all that a rule looks at."""

    kind: MismatchKind
    study: Study
    source: str  #: AE title that sent it; empty where nobody knows
    patients: Sequence[PatientCandidate]
    orders: Sequence[OrderCandidate]


def apply_rule(rule: Rule, case: Case, base: Correction) -> Correction | None:
    """Return what a rule makes of a mismatch; ``None`` where it says nothing."""
    if case.kind not in rule.kinds or (rule.sources and case.source not in rule.sources):
        return None
    if rule.modalities and not case.study.acquired & set(rule.modalities):
        return None
    if rule.action is RuleAction.ACCEPT:
        return accepted(case.kind, case.patients, base)
    if case.kind in _OF_PATIENT:
        fitting = [one for one in case.patients if _fits(rule, one, case)]
        if len(fitting) != 1:
            return None
        return replace(base, identity=fitting[0].person.identity)
    free = [one for one in case.orders if _is_for(rule, one, case)]
    return assigned(case.study, free[0].order, base) if len(free) == 1 else None


def accepted(
    kind: MismatchKind, known: Sequence[PatientCandidate], base: Correction
) -> Correction | None:
    """Return that a study is accepted as it is.

    Other demographics are accepted as those of the registered patient with that identifier;
    ``None`` where there is more than one.
    """
    if kind is not MismatchKind.DEMOGRAPHICS:
        return replace(base, decisions=tuple(sorted({*base.decisions, kind})))
    same = [one for one in known if "identifier" in one.reasons]
    return replace(base, identity=same[0].person.identity) if len(same) == 1 else None


def assigned(study: Study, order: Order, base: Correction) -> Correction:
    """Return that a study is for an order: of its patient, with its numbers.

    Study ID is the modality's own number, where it gave one.
    """
    known = knowledge(order)
    if first_text(study.own, tags.STUDY_ID):
        known.pop(json_key(tags.STUDY_ID), None)
    return replace(
        base,
        identity=order.patient.identity,
        order_key=order.key,
        attributes={**base.attributes, **known},
    )


def _fits(rule: Rule, one: PatientCandidate, case: Case) -> bool:
    if rule.id_differs and not one.differences & set(rule.id_differs):
        return False
    if rule.same_person and not one.is_same:
        return False
    mine = [
        order
        for order in case.orders
        if order.is_same_day and order.order.patient.identity == one.person.identity
    ]
    return not rule.same_day or any(not order.order.is_taken for order in mine)


def _is_for(rule: Rule, one: OrderCandidate, case: Case) -> bool:
    if one.order.is_taken or not one.is_same_day:
        return False
    if one.order.patient.identity != case.study.owner:
        return False
    return not rule.same_person or one.is_same
