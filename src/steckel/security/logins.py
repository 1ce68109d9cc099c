"""Logging in: a password, a second factor where there is one, or a passkey alone.

Stands between the pages of the workstation and the rooms of access control. The rule: a
session begins in one place here, after everything that its account has was shown; each wrong
code counts as a wrong password does, by itself.
"""

from dataclasses import dataclass
from typing import Any

import structlog

from steckel.audit.acting import by_account, say_done
from steckel.security.accounts import Account, Accounts, Clock, Kind
from steckel.security.authentication import Authenticator
from steckel.security.login_steps import LoginSteps, StepKind
from steckel.security.passkeys import Passkeys, RelyingParty
from steckel.security.principal import Principal
from steckel.security.refusals import NotAuthenticated
from steckel.security.second_factors import FactorState, SecondFactors
from steckel.security.sessions import Place, Sessions
from steckel.security.throttle import LoginThrottle

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoggedIn:
    """A session has begun."""

    account: Account
    session: str  #: its identifier, this once


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondStep:
    """The password was right; a second factor is asked for."""

    ticket: str
    methods: tuple[str, ...]  #: of ``totp``, ``passkey``, ``recovery``


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyAnswer:
    """What an authenticator answered, to which question, for which site."""

    ticket: str
    credential: dict[str, Any]
    site: RelyingParty


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyQuestion:
    """What a browser asks an authenticator."""

    ticket: str
    options: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class LoginRooms:
    """What logging in works on."""

    accounts: Accounts
    sessions: Sessions
    authenticator: Authenticator
    factors: SecondFactors
    passkeys: Passkeys
    steps: LoginSteps


class Logins:
    """Logs people in, and opens screens again. Thread-safe; blocking.

    Every method raises `NotAuthenticated` when what was shown is wrong, and `Throttled` after
    too many wrong attempts.
    """

    def __init__(self, rooms: LoginRooms, clock: Clock) -> None:
        self._rooms = rooms
        # Apart from passwords: a right password must not forgive wrong codes.
        self.code_throttle = LoginThrottle(clock)

    def with_password(self, name: str, password: str, place: Place) -> LoggedIn | SecondStep:
        """Log in, or ask for the second factor."""
        account = self._rooms.authenticator.require_password(name, password, place.address)
        if not account.has_second_factor:
            return self._enter(account, place, "password")
        methods = methods_of(self._rooms.factors.state(account.name))
        ticket = self._rooms.steps.begin(StepKind.SECOND, account.name)
        return SecondStep(ticket=ticket, methods=methods)

    def with_code(self, ticket: str, code: str, place: Place) -> LoggedIn:
        """Log in by the code of an application, or a recovery code, after the password."""
        step = self._rooms.steps.find(StepKind.SECOND, ticket)
        account = self._account(step.account)
        self.code_throttle.admit(account.name, place.address)
        if not self._rooms.factors.take(account.name, code):
            _log.warning("code_refused", account=account.name, address=place.address)
            by_account(account.name, via="code")
            raise NotAuthenticated("the code is wrong, or was used already")
        self.code_throttle.succeeded(account.name, place.address)
        self._rooms.steps.take(ticket)
        return self._enter(account, place, "password and code")

    def ask_second(self, ticket: str, site: RelyingParty) -> KeyQuestion:
        """Ask for a passkey of the account whose password came before."""
        step = self._rooms.steps.find(StepKind.SECOND, ticket)
        asked = self._rooms.passkeys.ask(step.account, site, verified=False)
        self._rooms.steps.ask(ticket, asked.challenge)
        return KeyQuestion(ticket=ticket, options=asked.options)

    def ask_anybody(self, site: RelyingParty) -> KeyQuestion:
        """Ask for any passkey of this site, that knows its user."""
        asked = self._rooms.passkeys.ask(None, site, verified=True)
        ticket = self._rooms.steps.begin(StepKind.PASSKEY, None, asked.challenge)
        return KeyQuestion(ticket=ticket, options=asked.options)

    def with_second_passkey(self, answer: KeyAnswer, place: Place) -> LoggedIn:
        """Log in by a passkey after the password."""
        owner = self._signed(StepKind.SECOND, answer, place)
        return self._enter(self._account(owner), place, "password and passkey")

    def with_passkey(self, answer: KeyAnswer, place: Place) -> LoggedIn:
        """Log in by a passkey alone."""
        owner = self._signed(StepKind.PASSKEY, answer, place)
        return self._enter(self._account(owner), place, "passkey")

    def unlock_with_password(self, caller: Principal, password: str, place: Place) -> None:
        """Open a locked screen again."""
        self._rooms.authenticator.require_password(caller.name, password, place.address)
        self._open(caller)

    def ask_to_unlock(self, caller: Principal, site: RelyingParty) -> KeyQuestion:
        """Ask for a passkey of whose screen is locked."""
        asked = self._rooms.passkeys.ask(caller.name, site, verified=False)
        ticket = self._rooms.steps.begin(StepKind.UNLOCK, caller.name, asked.challenge)
        return KeyQuestion(ticket=ticket, options=asked.options)

    def unlock_with_passkey(self, caller: Principal, answer: KeyAnswer, place: Place) -> None:
        """Open a locked screen again."""
        if self._signed(StepKind.UNLOCK, answer, place) != caller.name:
            raise NotAuthenticated("the passkey was not accepted")
        self._open(caller)

    def _signed(self, kind: StepKind, answer: KeyAnswer, place: Place) -> str:
        """Return whose key answered a question, which is taken back."""
        step = self._rooms.steps.find(kind, answer.ticket)
        self._rooms.steps.take(answer.ticket)
        try:
            asked = step.challenge, answer.site
            verified = kind is StepKind.PASSKEY
            owner = self._rooms.passkeys.verify(answer.credential, asked, verified=verified)
        except NotAuthenticated:
            _log.warning("passkey_refused", address=place.address)
            raise
        if step.account not in {None, owner}:
            raise NotAuthenticated("the passkey was not accepted")
        return owner

    def _account(self, name: str | None) -> Account:
        stored = self._rooms.accounts.stored(name or "")
        if stored is None or stored.account.disabled or stored.account.kind is Kind.SERVICE:
            raise NotAuthenticated("the name or the password is wrong")
        return stored.account

    def _enter(self, account: Account, place: Place, way: str) -> LoggedIn:
        self._rooms.accounts.note_login(account.name)
        _log.info("logged_in", account=account.name, address=place.address, way=way)
        by_account(account.name, display=account.display_name, via=way)
        say_done()
        session = self._rooms.sessions.start(account.name, place)
        return LoggedIn(account=account, session=session)

    def _open(self, caller: Principal) -> None:
        if caller.session is not None:
            self._rooms.sessions.unlock(caller.session)


def methods_of(state: FactorState) -> tuple[str, ...]:
    """Return by what an account can show its second factor."""
    has = (
        ("passkey", state.passkeys > 0),
        ("totp", state.totp_since is not None),
        ("recovery", state.recovery_codes > 0),
    )
    return tuple(name for name, there in has if there)
