"""What somebody may do who has to do something else first.

The rule: a session that is locked, or whose account has to choose a password or to set up a
second factor, reaches the few addresses that let it out of this, written here one by one.
"""

from collections.abc import Mapping
from typing import Final

from steckel.security.principal import Principal, Standing
from steckel.security.refusals import Barred

_Way = tuple[str, str]

#: To see how one stands, and to leave.
_ALWAYS: Final[frozenset[_Way]] = frozenset(
    {("GET", "/api/session"), ("HEAD", "/api/session"), ("POST", "/api/logout")}
)
_OUT: Final[Mapping[Standing, frozenset[_Way]]] = {
    Standing.LOCKED: frozenset(
        {
            ("POST", "/api/session/unlock"),
            ("POST", "/api/session/unlock/passkey"),
            ("POST", "/api/session/unlock/passkey/options"),
        }
    ),
    Standing.PASSWORD: frozenset(
        {("POST", "/api/session/password"), ("PATCH", "/api/session/preferences")}
    ),
    Standing.SECOND_FACTOR: frozenset(
        {
            ("GET", "/api/session/factors"),
            ("POST", "/api/session/factors/totp"),
            ("POST", "/api/session/factors/totp/confirm"),
            ("POST", "/api/session/factors/passkeys"),
            ("POST", "/api/session/factors/passkeys/options"),
            ("PATCH", "/api/session/preferences"),
        }
    ),
}
_WHY: Final[Mapping[Standing, str]] = {
    Standing.LOCKED: "the screen is locked",
    Standing.PASSWORD: "another password has to be chosen first",
    Standing.SECOND_FACTOR: "a second factor has to be set up first",
}


def barring(principal: Principal, method: str, path: str) -> Barred | None:
    """Return why a request is refused of somebody who is known, if it is."""
    standing = principal.standing
    if standing is Standing.OPEN or (method, path) in _ALWAYS | _OUT[standing]:
        return None
    return Barred(_WHY[standing])
