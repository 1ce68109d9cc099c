"""Access control of one site, put together over one database."""

import time
from dataclasses import dataclass

from sqlalchemy import Engine

from steckel.security.accounts import Accounts, Clock
from steckel.security.authentication import Authenticator
from steckel.security.passwords import Passwords
from steckel.security.peers import PeerDirectory
from steckel.security.roles import Roles
from steckel.security.sessions import Sessions
from steckel.security.tokens import ApiTokens


@dataclass(frozen=True, kw_only=True)
class Security:
    """The rooms of access control."""

    accounts: Accounts
    roles: Roles
    sessions: Sessions
    tokens: ApiTokens
    peers: PeerDirectory
    authenticator: Authenticator


def open_security(
    engine: Engine, passwords: Passwords | None = None, clock: Clock = time.time
) -> Security:
    """Return access control over a database that has its tables."""
    accounts = Accounts(engine, passwords or Passwords(), clock)
    roles = Roles(engine)
    sessions = Sessions(engine, clock)
    tokens = ApiTokens(engine, clock)
    return Security(
        accounts=accounts,
        roles=roles,
        sessions=sessions,
        tokens=tokens,
        peers=PeerDirectory(engine),
        authenticator=Authenticator(accounts, roles, sessions, tokens, clock),
    )
