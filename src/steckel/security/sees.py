"""What a role sees, as an administrator says it, and what that is for one account.

Spelled in JSON:
``{"everything": false, "confidential": false, "rules": [{"modalities": ["CT"]}, …]}``.
A study is seen if one rule is met; a rule is met if all that it names is. The word
``"own"`` in the place of a list means what the account has itself.
"""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from steckel.dicom import person_name
from steckel.index.view import Criteria, View
from steckel.security.refusals import InvalidValue

OWN: Final = "own"
#: What a rule may name: lists of values, those for which ``"own"`` may stand, and flags.
LISTS: Final = ("institutions", "departments", "modalities", "referring")
OWNED: Final = ("institutions", "departments", "referring")
FLAGS: Final = ("assigned", "deidentified")
_MOST_RULES = 50
_MOST_VALUES = 200
_LONGEST_VALUE = 64

Rule = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sees:
    """What a role sees."""

    everything: bool = False  #: all studies
    confidential: bool = False  #: those of confidential patients as well
    rules: tuple[Rule, ...] = ()

    def to_text(self) -> str:
        """Return it as JSON."""
        parts = {"everything": self.everything, "confidential": self.confidential}
        return orjson.dumps({**parts, "rules": list(self.rules)}).decode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Self:
    """What ``own`` means for an account."""

    account: str
    person: str = ""  #: name as DICOM spells it (PN)
    institutions: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


def sees_from(document: Any) -> Sees:
    """Return what a role sees from its JSON.

    Raises
    ------
    InvalidValue
        It is spelled in another way; the message says what.
    """
    if not isinstance(document, dict) or not document.keys() <= {
        "everything",
        "confidential",
        "rules",
    }:
        raise InvalidValue("what is seen has: everything, confidential, rules")
    rules = document.get("rules", [])
    if not isinstance(rules, list) or len(rules) > _MOST_RULES:
        raise InvalidValue(f"rules are a list of at most {_MOST_RULES}")
    return Sees(
        everything=document.get("everything", False) is True,
        confidential=document.get("confidential", False) is True,
        rules=tuple(_rule(rule) for rule in rules),
    )


def view_of(sees: Sees, own: Self) -> View:
    """Return what an account of this role sees."""
    return View(
        anything=sees.everything,
        confidential=sees.confidential,
        any_of=tuple(_criteria(rule, own) for rule in sees.rules),
        account=own.account,
    )


def _rule(rule: Any) -> Rule:
    if not isinstance(rule, dict) or not rule:
        raise InvalidValue("a rule names at least one thing that a study must have")
    for key, value in rule.items():
        if key in FLAGS:
            if value is not True:
                raise InvalidValue(f"{key} is true, or left out")
        elif key in LISTS:
            _require_list(key, value)
        else:
            raise InvalidValue(f"a rule knows no {key!r}")
    return dict(rule)


def _require_list(key: str, value: Any) -> None:
    if value == OWN and key in OWNED:
        return
    fits = isinstance(value, list) and 0 < len(value) <= _MOST_VALUES
    if not fits or not all(isinstance(one, str) and len(one.strip()) > 0 for one in value):
        raise InvalidValue(f"{key} is a list of texts, or 'own'")
    if any(len(one) > _LONGEST_VALUE for one in value):
        raise InvalidValue(f"a value of {key} has at most {_LONGEST_VALUE} characters")


def _criteria(rule: Rule, own: Self) -> Criteria:
    """Return what a rule asks of a study; of an empty ``own`` nothing can be met."""
    named = {key: _values(rule, key, own) for key in LISTS if key in rule}
    if not all(named.values()):
        return Criteria()
    return Criteria(
        institutions=named.get("institutions", ()),
        departments=named.get("departments", ()),
        modalities=named.get("modalities", ()),
        referring=named.get("referring", ()),
        assigned_to=own.account if rule.get("assigned") else "",
        deidentified=bool(rule.get("deidentified")),
    )


def _values(rule: Rule, key: str, own: Self) -> tuple[str, ...]:
    value = rule[key]
    if key == "referring":
        names = [own.person] if value == OWN else value
        return tuple(person_name.normalise(name) for name in names if name)
    if value == OWN:
        return own.institutions if key == "institutions" else own.departments
    return tuple(one.strip() for one in value)
