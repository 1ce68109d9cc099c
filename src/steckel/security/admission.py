"""Who may open an association, and what it is good for (PS3.8 7.1, PS3.7 D.3.3.7).

Stands between the DIMSE door and the directory of application entities. Its rule: whoever
is registered has what was registered, wherever it calls from. An application entity that nobody
has registered may call from this machine alone, and may do everything there. A user that is
named has to be allowed as well; it never opens what the application entity may not.
"""

import time
from dataclasses import dataclass, replace

from steckel.errors import NotFound
from steckel.index.view import EVERYTHING, View
from steckel.security.accounts import Account, Accounts, Clock, fold_name
from steckel.security.authentication import Authenticator, Basic
from steckel.security.certificates import Certificate
from steckel.security.peers import PeerDirectory, is_loopback
from steckel.security.principal import Principal, Via
from steckel.security.refusals import NotAuthenticated, NotRecognized
from steckel.security.rights import ALL_RIGHTS, Right, rights_of
from steckel.security.sees import Self, view_of
from steckel.security.throttle import LoginThrottle


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """Who is said to use an application entity; without a passcode it is not proved."""

    name: str
    passcode: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request for an association."""

    aet: str
    address: str
    certificate: Certificate | None = None  #: shown in TLS, and verified
    user: User | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Admitted:
    """What an association is good for."""

    rights: frozenset[Right]
    view: View
    account: str = ""  #: of the user, if one was named


class Admission:
    """Decides about associations. Thread-safe; blocking; asked anew each time."""

    def __init__(
        self,
        peers: PeerDirectory,
        accounts: Accounts,
        authenticator: Authenticator,
        *,
        require_user: bool,
        clock: Clock = time.time,
    ) -> None:
        self._peers = peers
        self._accounts = accounts
        self._authenticator = authenticator
        self._require_user = require_user
        self._throttle = LoginThrottle(clock)

    def admit(self, call: Call) -> Admitted:
        """Return what an association is good for.

        Raises
        ------
        NotRecognized
            This application entity may not call, or not from there, or not without its certificate.
        NotAuthenticated
            The user is not who it says, or none is named where one has to be.
        Throttled
            Too many wrong passcodes, or names that are none, came before.
        """
        entity = self._of_entity(call)
        if call.user is None:
            if self._require_user:
                raise NotAuthenticated("a user and a passcode are asked for here")
            return entity
        principal = self._principal(call.user, call.address)
        return Admitted(
            rights=entity.rights & rights_of(principal),
            view=both(principal.view, entity.view),
            account=principal.name,
        )

    def _of_entity(self, call: Call) -> Admitted:
        entity = self._peers.lookup(call.aet)
        if entity is None:
            if not is_loopback(call.address):
                raise NotRecognized("no application entity of this title is registered")
            return Admitted(rights=ALL_RIGHTS, view=EVERYTHING)
        if not entity.calls_from(call.address):
            raise NotRecognized("this application entity may not call from this address")
        shown = call.certificate
        if entity.certificate and (shown is None or not shown.is_agreed(entity.certificate)):
            raise NotRecognized("this application entity has to show its certificate")
        return Admitted(rights=entity.rights, view=view_of(entity.sees, Self(account="")))

    def _principal(self, user: User, address: str) -> Principal:
        if user.passcode is not None:
            basic = Basic(name=user.name, password=user.passcode)
            return self._authenticator.authenticate(basic, address)
        if self._require_user:
            raise NotAuthenticated("a user has to give a passcode here")
        account = self._named(user.name, address)
        return self._authenticator.principal_of(account, Via.BASIC)

    def _named(self, name: str, address: str) -> Account:
        """Return the account of a name that comes alone; who tries out names has to wait."""
        key = fold_name(name)
        self._throttle.admit(key, address)
        try:
            account = self._accounts.get(key)
        except NotFound:
            account = None
        if account is None or account.disabled:
            raise NotAuthenticated("there is no such user")
        self._throttle.succeeded(key, address)
        return account


def both(one: View, other: View) -> View:
    """Return the view of what both show."""
    if one.is_everything:
        return other
    if other.is_everything:
        return one
    return replace(one, within=other if one.within is None else both(one.within, other))
