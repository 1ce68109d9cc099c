"""The shapes of roles, and of who has to do with whom."""

from typing import Any

from typing_extensions import TypedDict

from steckel.web.shapes import Moment


class Sees(TypedDict):
    """What a role sees: all studies, or those that meet one of the rules."""

    everything: bool
    confidential: bool
    rules: list[dict[str, Any]]


class Role(TypedDict):
    """What accounts of a kind may do and see."""

    name: str
    title: str
    actions: list[str]
    sees: Sees


class RuleTerms(TypedDict):
    """What a rule may name: lists of values, or ``own`` for some; and flags."""

    lists: list[str]
    own: list[str]
    flags: list[str]


class RoleList(TypedDict):
    """All roles, all actions, and what a rule may name."""

    items: list[Role]
    actions: list[str]
    terms: RuleTerms


class Emergency(TypedDict):
    """A patient who is open to the caller, and until when."""

    patient: str
    until: Moment


class CareRelation(TypedDict):
    """Somebody has to do with a patient."""

    id: str
    account: str
    kind: str
    reason: str
    granted_by: str
    since: Moment
    until: Moment | None


class CareRelationList(TypedDict):
    """Who has or had to do with a patient, the newest first."""

    items: list[CareRelation]


class Confidentiality(TypedDict):
    """Whether a patient is marked."""

    confidential: bool


class Assignment(TypedDict):
    """To whom a study was given."""

    account: str
    assigned_by: str
    at: Moment


class AssignmentList(TypedDict):
    """To whom a study was given, the first first."""

    items: list[Assignment]
