"""What `steckel token create` is told about a token, as values."""

import re
import time
from collections.abc import Sequence

import orjson

from steckel.security.refusals import InvalidValue
from steckel.security.roles import actions_from
from steckel.security.sees import sees_from
from steckel.security.tokens import Scope

_UNITS = {"h": 3600.0, "d": 86_400.0, "w": 7 * 86_400.0}
_LASTING = re.compile(r"(\d{1,5})([hdw])")


def scope_of(actions: Sequence[str] | None, sees: str | None) -> Scope:
    """Return the scope of a token, or raise `InvalidValue`.

    Parameters
    ----------
    actions
        Names of actions, each alone or several with commas between them; ``None``: all.
    sees
        JSON (`security.sees`); ``None``: all that the account sees.
    """
    names = [name.strip() for each in actions or () for name in each.split(",")]
    try:
        document = None if sees is None else orjson.loads(sees)
    except orjson.JSONDecodeError as error:
        raise InvalidValue("what is seen has: everything, confidential, rules") from error
    return Scope(
        actions=None if actions is None else actions_from(names),
        sees=None if document is None else sees_from(document),
    )


def end_of(lasting: str | None) -> float | None:
    """Return when something ends that lasts so long, in seconds since 1970."""
    if lasting is None:
        return None
    found = _LASTING.fullmatch(lasting.strip())
    if found is None:
        raise InvalidValue("a time is a number with h, d or w, such as 90d")
    return time.time() + int(found[1]) * _UNITS[found[2]]
