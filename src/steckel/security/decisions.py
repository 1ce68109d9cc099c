"""Which role may do what: the one table, and the one question.

A door asks `allows`; it never looks at a role itself.
"""

from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What an account is to the site."""

    ADMIN = "admin"
    USER = "user"


class Action(StrEnum):
    """What a door can ask for."""

    READ = "read"  #: find and look at studies
    STORE = "store"  #: add objects
    DELETE = "delete"  #: delete studies, series, instances
    CARE = "care"  #: decide about quarantine, conflicts and messages
    EXCHANGE = "exchange"  #: bring messages of other systems, which speak for them
    ADMINISTER = "administer"  #: accounts, everybody's tokens, application entities, status


_GRANTS: dict[Role, frozenset[Action]] = {
    Role.ADMIN: frozenset(Action),
    Role.USER: frozenset({Action.READ, Action.STORE}),
}


class HasRole(Protocol):
    """Whoever is asked about."""

    @property
    def role(self) -> Role:
        """The role."""


def allows(principal: HasRole, action: str) -> bool:
    """Whether a principal may do something; what is not in the table nobody may."""
    return action in _GRANTS[principal.role]
