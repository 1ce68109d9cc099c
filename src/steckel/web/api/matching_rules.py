"""``/api/matching-rules``: how mismatches are put right without a person."""

from typing import Annotated

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from steckel.errors import NotFound
from steckel.index.view import Guarded
from steckel.ris.likeness import Difference
from steckel.ris.matching_rules import Rule, RuleAction
from steckel.ris.model import MismatchKind
from steckel.web import shapes_reconciliation as shapes
from steckel.web.answers import Json, no_content
from steckel.web.api.callers import Administrator
from steckel.web.ports.orders import MatchingRules, Reconciliation
from steckel.web.spelling_reconciliation import spell_dry_run, spell_rule

_log = structlog.get_logger(__name__)

_Words = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=64)], ...], Field()]


class RuleForm(BaseModel):
    """A rule as a person writes it. Each condition that is given has to hold."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100)]
    action: RuleAction
    kinds: Annotated[tuple[MismatchKind, ...], Field(min_length=1)]
    sources: _Words = ()
    modalities: _Words = ()
    id_differs: tuple[Difference, ...] = ()
    same_person: bool = False
    same_day: bool = False

    def rule(self) -> Rule:
        """Return the rule, or raise `InvalidRule`."""
        return Rule(
            name=self.name.strip(),
            action=self.action,
            kinds=self.kinds,
            sources=self.sources,
            modalities=self.modalities,
            id_differs=self.id_differs,
            same_person=self.same_person,
            same_day=self.same_day,
        )


class KeptRuleForm(RuleForm):
    """A rule with its place; the last one unless it says another."""

    enabled: bool = True
    position: Annotated[int | None, Field(ge=1, le=10_000)] = None


class MatchingRuleDoor:
    """Lets an administrator write rules, and see first what they would do."""

    def __init__(self, rules: MatchingRules, desk: Guarded[Reconciliation]) -> None:
        self._rules = rules
        self._desk = desk

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/matching-rules", tags=["matching rules"])
        router.get("", response_model=shapes.MatchingRuleList)(self.all)
        router.post("", response_model=shapes.MatchingRule, status_code=201)(self.add)
        router.post("/dry-run", response_model=shapes.RuleDryRun)(self.dry_run)
        router.put("/{rule_id}", response_model=shapes.MatchingRule)(self.replace)
        router.delete("/{rule_id}", status_code=204)(self.remove)
        return router

    def all(self, _caller: Administrator) -> Response:
        """List rules in the order in which they are tried."""
        return Json({"items": [spell_rule(kept) for kept in self._rules.rules()]})

    def add(self, form: KeptRuleForm, caller: Administrator) -> Response:
        """Add a rule; it is applied to what arrives, and to what waits when it is matched again."""
        kept = self._rules.add(form.rule(), form.position, enabled=form.enabled, by=caller.name)
        _log.info("matching_rule_added", rule=kept.pk, by=caller.name)
        return Json(spell_rule(kept), 201)

    def replace(self, rule_id: str, form: KeptRuleForm, caller: Administrator) -> Response:
        """Put another rule in the place of one."""
        kept = self._rules.replace(
            _number(rule_id), form.rule(), form.position, enabled=form.enabled, by=caller.name
        )
        _log.info("matching_rule_replaced", rule=kept.pk, by=caller.name)
        return Json(spell_rule(kept))

    def remove(self, rule_id: str, caller: Administrator) -> Response:
        """Remove a rule; what it put right stays."""
        self._rules.remove(_number(rule_id))
        _log.info("matching_rule_removed", rule=rule_id, by=caller.name)
        return no_content()

    def dry_run(self, form: RuleForm, caller: Administrator) -> Response:
        """Say what a rule would do to what is open now; nothing is changed."""
        return Json(spell_dry_run(self._desk.seen_by(caller.view).dry_run(form.rule())))


def _number(rule_id: str) -> int:
    if not rule_id.isdecimal() or len(rule_id) > 18:
        raise NotFound("there is no such rule")
    return int(rule_id)
