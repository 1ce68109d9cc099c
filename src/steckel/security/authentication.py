"""From credentials to a principal.

Stands between the doors, which read credentials from their protocol, and the
repositories. Its rules: every way that takes a password is throttled, and no
answer says whether an account exists; where nobody can be asked for a second
factor, the password of an account that has one is not enough.
"""

import time
from dataclasses import dataclass, replace

import structlog

from steckel.audit.acting import by_account
from steckel.index.view import NOTHING
from steckel.security.accounts import Account, Accounts, Clock, fold_name
from steckel.security.principal import Principal, Standing, Via
from steckel.security.refusals import NotAuthenticated
from steckel.security.roles import Role, Roles
from steckel.security.secret import TOKEN_PREFIX
from steckel.security.sees import Self, view_of
from steckel.security.sessions import Sessions
from steckel.security.throttle import LoginThrottle
from steckel.security.tokens import WHOLE, ApiTokens, Scope
from steckel.security.verified import VerifiedPasswords

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Basic:
    """A name with a password or a token (RFC 7617)."""

    name: str
    password: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bearer:
    """A token (RFC 6750)."""

    token: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Cookie:
    """The identifier of a session."""

    session: str


Credentials = Basic | Bearer | Cookie


class Authenticator:
    """Says who is asking. Thread-safe; blocking."""

    def __init__(
        self,
        accounts: Accounts,
        roles: Roles,
        sessions: Sessions,
        tokens: ApiTokens,
        clock: Clock = time.time,
    ) -> None:
        self._accounts = accounts
        self._roles = roles
        self._sessions = sessions
        self._tokens = tokens
        self.throttle = LoginThrottle(clock)
        self._verified = VerifiedPasswords(clock)

    def authenticate(self, credentials: Credentials, address: str) -> Principal:
        """Return who is asking.

        Raises
        ------
        NotAuthenticated
            The credentials are wrong, expired or revoked.
        Throttled
            Too many wrong passwords came before.
        """
        if isinstance(credentials, Cookie):
            return self._by_session(credentials)
        if isinstance(credentials, Bearer):
            return self._by_token(credentials.token)
        if credentials.password.startswith(TOKEN_PREFIX):
            return self._by_named_token(credentials)
        return self._by_password(credentials, address)

    def require_password(self, name: str, password: str, address: str) -> Account:
        """Return the account whose password this is; raises as `authenticate` does."""
        key = fold_name(name)
        self.throttle.admit(key, address)
        account = self._accounts.verify(key, password)
        if account is None:
            # A name that is none is neither logged nor recorded: people type their password
            # into its field.
            stored = self._accounts.stored(key)
            if stored is not None:
                by_account(stored.account.name, via="password")
            _log.warning("login_refused", address=address)
            raise NotAuthenticated("the name or the password is wrong")
        self.throttle.succeeded(key, address)
        return account

    def _by_session(self, cookie: Cookie) -> Principal:
        live = self._sessions.find(cookie.session)
        if live is None:
            raise NotAuthenticated("the session has ended: log in again")
        principal = self.principal_of(live.account, Via.SESSION, session=live.digest)
        return _barred(principal, Standing.LOCKED) if live.is_locked else principal

    def _by_token(self, token: str) -> Principal:
        bearing = self._tokens.find(token)
        if bearing is None:
            raise NotAuthenticated("the token is wrong or was revoked")
        principal = self.principal_of(bearing.account, Via.TOKEN)
        return _narrowed(principal, bearing.scope, bearing.account.own)

    def _by_named_token(self, basic: Basic) -> Principal:
        principal = self._by_token(basic.password)
        if principal.name != fold_name(basic.name):
            raise NotAuthenticated("the token is wrong or was revoked")
        return principal

    def _by_password(self, basic: Basic, address: str) -> Principal:
        name = fold_name(basic.name)
        stored = self._accounts.stored(name)
        known_hash = stored.password_hash if stored else ""
        key = self._verified.key(name, basic.password, known_hash)
        right = self._verified.check(key, lambda: self._try(name, basic.password, address))
        if not right or stored is None or stored.account.disabled:
            raise NotAuthenticated("the name or the password is wrong")
        self._require_password_enough(stored.account)
        return self.principal_of(stored.account, Via.BASIC)

    def _require_password_enough(self, account: Account) -> None:
        if account.has_second_factor or self._roles.find(account.role).needs_second_factor:
            raise NotAuthenticated("this account has to use a token here, not its password")
        if self._accounts.must_change_password(account):
            raise NotAuthenticated("the password has to be changed first, in the workstation")

    def _try(self, name: str, password: str, address: str) -> bool:
        try:
            self.require_password(name, password, address)
        except NotAuthenticated:
            return False
        return True

    def principal_of(self, account: Account, via: Via, *, session: str | None = None) -> Principal:
        """Return an account that has shown who it is, with what its role may do and see."""
        role = self._roles.find(account.role)
        principal = Principal(
            name=account.name,
            role=account.role,
            via=via,
            actions=role.actions,
            view=view_of(role.sees, account.own),
            display_name=account.display_name,
            session=session,
        )
        standing = self._standing(account, role) if via is Via.SESSION else Standing.OPEN
        return _barred(principal, standing)

    def _standing(self, account: Account, role: Role) -> Standing:
        if self._accounts.must_change_password(account):
            return Standing.PASSWORD
        if role.needs_second_factor and not account.has_second_factor:
            return Standing.SECOND_FACTOR
        return Standing.OPEN


def _barred(principal: Principal, standing: Standing) -> Principal:
    if standing is Standing.OPEN:
        return principal
    return replace(principal, standing=standing, actions=frozenset(), view=NOTHING)


def _narrowed(principal: Principal, scope: Scope, own: Self) -> Principal:
    """Return a principal with what its token carries: never more than the account has."""
    if scope == WHOLE:
        return principal
    actions = principal.actions if scope.actions is None else principal.actions & scope.actions
    view = principal.view
    if scope.sees is not None:
        # Without its account: care relations must not widen what a token shows.
        view = replace(view, within=replace(view_of(scope.sees, own), account=""))
    return replace(principal, actions=actions, view=view)
