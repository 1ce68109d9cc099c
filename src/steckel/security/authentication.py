"""From credentials to a principal.

Stands between the doors, which read credentials from their protocol, and the
repositories. Its rule: every way that takes a password is throttled, and no
answer says whether an account exists.
"""

import time
from dataclasses import dataclass

import structlog

from steckel.security.accounts import Account, Accounts, Clock, fold_name
from steckel.security.principal import Principal, Via
from steckel.security.refusals import NotAuthenticated
from steckel.security.roles import Roles
from steckel.security.secret import TOKEN_PREFIX
from steckel.security.sees import view_of
from steckel.security.sessions import Sessions
from steckel.security.throttle import LoginThrottle
from steckel.security.tokens import ApiTokens
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
        self._throttle = LoginThrottle(clock)
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

    def log_in(self, name: str, password: str, address: str) -> str:
        """Begin a session and return its identifier; raises as `authenticate` does."""
        account = self.require_password(name, password, address)
        self._accounts.note_login(account.name)
        _log.info("logged_in", account=account.name, address=address)
        return self._sessions.start(account.name)

    def require_password(self, name: str, password: str, address: str) -> Account:
        """Return the account whose password this is; raises as `authenticate` does."""
        key = fold_name(name)
        self._throttle.admit(key, address)
        account = self._accounts.verify(key, password)
        if account is None:
            # The name is not logged: people type their password into its field.
            _log.warning("login_refused", address=address)
            raise NotAuthenticated("the name or the password is wrong")
        self._throttle.succeeded(key, address)
        return account

    def _by_session(self, cookie: Cookie) -> Principal:
        live = self._sessions.find(cookie.session)
        if live is None:
            raise NotAuthenticated("the session has ended: log in again")
        return self.principal_of(live.account, Via.SESSION, session=live.digest)

    def _by_token(self, token: str) -> Principal:
        account = self._tokens.find(token)
        if account is None:
            raise NotAuthenticated("the token is wrong or was revoked")
        return self.principal_of(account, Via.TOKEN)

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
        return self.principal_of(stored.account, Via.BASIC)

    def _try(self, name: str, password: str, address: str) -> bool:
        try:
            self.require_password(name, password, address)
        except NotAuthenticated:
            return False
        return True

    def principal_of(self, account: Account, via: Via, *, session: str | None = None) -> Principal:
        """Return an account that has shown who it is, with what its role may do and see."""
        role = self._roles.find(account.role)
        return Principal(
            name=account.name,
            role=account.role,
            via=via,
            actions=role.actions,
            view=view_of(role.sees, account.own),
            display_name=account.display_name,
            session=session,
        )
