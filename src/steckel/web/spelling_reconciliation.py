"""Orders and mismatches in the shapes of the JSON API."""

from steckel.ris.matching_rules import Rule
from steckel.ris.reconciliation_model import (
    DryRun,
    MismatchRow,
    OrderRow,
    OwnRow,
    StudyReconciliation,
)
from steckel.ris.rule_book import KeptRule
from steckel.web import shapes_reconciliation as shapes
from steckel.web.answers import moment
from steckel.web.spelling import spell_study, spell_study_patient


def spell_order(row: OrderRow) -> shapes.Order:
    """Spell an order."""
    return {
        "key": row.key,
        "patient": spell_study_patient(row.patient),
        "accession": row.accession,
        "procedure_id": row.procedure_id,
        "description": row.description,
        "modality": row.modality,
        "priority": row.priority,
        "status": row.status,
        "date": row.date,
        "time": row.time,
        "stations": list(row.stations),
        "study_uid": row.study_uid,
    }


def spell_own(own: OwnRow) -> shapes.Own:
    """Spell what images say."""
    return {
        "patient": spell_study_patient(own.patient),
        "accession": own.accession,
        "study_id": own.study_id,
    }


def spell_mismatch(row: MismatchRow) -> shapes.Mismatch:
    """Spell why a study waits."""
    return {
        "id": row.id,
        "kind": row.kind.value,
        "state": row.state,  # type: ignore[typeddict-item]
        "study": spell_study(row.study),
        "own": spell_own(row.own),
        "at": moment(row.at),
        "changed": moment(row.changed),
        "by": row.by,
        "resolution": row.resolution,
    }


def spell_reconciliation(found: StudyReconciliation) -> shapes.StudyReconciliation:
    """Spell all that a person needs to put a study right."""
    return {
        "study": spell_study(found.study),
        "own": spell_own(found.own),
        "source": found.source,
        "kinds": [kind.value for kind in found.kinds],
        "order": None if found.order is None else spell_order(found.order),
        "orders": [
            {
                "order": spell_order(one.order),
                "score": one.score,
                "reasons": list(one.reasons),
                "is_taken": one.is_taken,
            }
            for one in found.orders
        ],
        "patients": [
            {
                "patient": spell_study_patient(one.patient),
                "score": one.score,
                "reasons": list(one.reasons),
            }
            for one in found.patients
        ],
        "decisions": [
            {
                "at": moment(one.at),
                "by": one.by,
                "reason": one.reason,
                "patient": one.patient,
                "order": one.order,
                "accepted": list(one.accepted),
            }
            for one in found.decisions
        ],
        "can_undo": found.can_undo,
        "can_register": found.can_register,
    }


def spell_rule(kept: KeptRule) -> shapes.MatchingRule:
    """Spell a rule."""
    return {
        **_spell_facts(kept.rule),
        "id": str(kept.pk),
        "position": kept.position,
        "enabled": kept.enabled,
        "changed": moment(kept.changed),
        "by": kept.by,
    }


def spell_dry_run(found: DryRun) -> shapes.RuleDryRun:
    """Spell what a rule would do."""
    return {
        "looked_at": found.looked_at,
        "is_whole": found.is_whole,
        "outcomes": [
            {
                "study_uid": one.study_uid,
                "kind": one.kind.value,
                "patient": one.patient,
                "order": one.order,
            }
            for one in found.outcomes
        ],
    }


def _spell_facts(rule: Rule) -> shapes.RuleFacts:
    return {
        "name": rule.name,
        "action": rule.action.value,
        "kinds": [kind.value for kind in rule.kinds],
        "sources": list(rule.sources),
        "modalities": list(rule.modalities),
        "id_differs": [one.value for one in rule.id_differs],
        "same_person": rule.same_person,
        "same_day": rule.same_day,
    }
