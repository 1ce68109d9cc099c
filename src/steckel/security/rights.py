"""What an application entity may do, in the words of its services (PS3.4).

The rule: a right is of an application entity, an action is of an account; where both speak
with us at once, a service needs both.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from steckel.security.decisions import Action
from steckel.security.principal import Principal
from steckel.security.refusals import InvalidValue


class Right(StrEnum):
    """What services can ask for; C-ECHO asks for none."""

    STORE = "store"  #: C-STORE, storage commitment, performed procedure steps
    QUERY = "query"  #: C-FIND of studies and worklists, N-GET of performed procedure steps
    RETRIEVE = "retrieve"  #: C-MOVE, C-GET


ALL_RIGHTS: Final = frozenset(Right)

_ACTIONS: Final = {
    Right.STORE: Action.STORE,
    Right.QUERY: Action.READ,
    Right.RETRIEVE: Action.EXPORT,
}


def rights_of(principal: Principal) -> frozenset[Right]:
    """Return what somebody may do through services."""
    return frozenset(right for right, action in _ACTIONS.items() if principal.may(action))


def rights_from(names: Iterable[str]) -> frozenset[Right]:
    """Return rights by their names.

    Raises
    ------
    InvalidValue
        One of them is none.
    """
    try:
        return frozenset(Right(name.strip()) for name in names)
    except ValueError:
        raise InvalidValue(f"rights are: {', '.join(Right)}") from None
