"""Access control of one site, put together over one database."""

import time
from dataclasses import dataclass

from sqlalchemy import Engine

from steckel.security.access_rules import AccessRules
from steckel.security.accounts import Accounts, Clock
from steckel.security.authentication import Authenticator
from steckel.security.login_steps import LoginSteps
from steckel.security.logins import LoginRooms, Logins
from steckel.security.passkeys import Passkeys
from steckel.security.passwords import Passwords
from steckel.security.peers import PeerDirectory
from steckel.security.relations import Relations
from steckel.security.roles import Roles
from steckel.security.second_factors import SecondFactors
from steckel.security.sessions import Sessions
from steckel.security.tokens import ApiTokens


@dataclass(frozen=True, kw_only=True)
class Security:
    """The rooms of access control."""

    accounts: Accounts
    roles: Roles
    relations: Relations
    sessions: Sessions
    tokens: ApiTokens
    peers: PeerDirectory
    authenticator: Authenticator
    factors: SecondFactors
    passkeys: Passkeys
    steps: LoginSteps
    logins: Logins
    rules: AccessRules


def open_security(
    engine: Engine,
    passwords: Passwords | None = None,
    clock: Clock = time.time,
    rules: AccessRules | None = None,
) -> Security:
    """Return access control over a database that has its tables."""
    rules = rules or AccessRules()
    accounts = Accounts(engine, passwords or Passwords(), clock, rules.passwords)
    roles = Roles(engine)
    sessions = Sessions(engine, clock, rules.sessions)
    tokens = ApiTokens(engine, clock)
    login = LoginRooms(
        accounts=accounts,
        sessions=sessions,
        authenticator=Authenticator(accounts, roles, sessions, tokens, clock),
        factors=SecondFactors(engine, clock),
        passkeys=Passkeys(engine, clock),
        steps=LoginSteps(engine, clock),
    )
    return Security(
        accounts=accounts,
        roles=roles,
        relations=Relations(engine, clock),
        sessions=sessions,
        tokens=tokens,
        peers=PeerDirectory(engine),
        authenticator=login.authenticator,
        factors=login.factors,
        passkeys=login.passkeys,
        steps=login.steps,
        logins=Logins(login, clock),
        rules=rules,
    )
