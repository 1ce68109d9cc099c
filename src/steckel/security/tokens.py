"""API tokens: how programs show who they are. Shown once, kept as a digest, revocable.

A token may do and see at most what its account does; it can be narrower, and end by itself.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Final

import orjson
from sqlalchemy import Engine, RowMapping, bindparam, delete, insert, or_, select, update

from steckel.audit.acting import describe
from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.security.accounts import Account, Clock, account_of
from steckel.security.refusals import InvalidValue
from steckel.security.roles import actions_from
from steckel.security.secret import digest, new_token
from steckel.security.sees import Sees, sees_from
from steckel.security.tables import account as accounts_table
from steckel.security.tables import api_token

_LONGEST_NAME = 128
#: ``last_used`` is written no more often than this.
_TOUCH = 60.0


_BY_DIGEST = (
    select(
        accounts_table,
        api_token.c.id,
        api_token.c.last_used,
        api_token.c.actions.label("scope_actions"),
        api_token.c.sees.label("scope_sees"),
    )
    .join(api_token, api_token.c.account == accounts_table.c.name)
    .where(
        api_token.c.digest == bindparam("key"),
        accounts_table.c.disabled.is_(False),
        or_(api_token.c.expires.is_(None), api_token.c.expires > bindparam("now")),
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What a token may do and see of what its account does; ``None``: all of it."""

    actions: frozenset[str] | None = None
    sees: Sees | None = None


WHOLE: Final = Scope()


@dataclass(frozen=True, kw_only=True, slots=True)
class Bearing:
    """Whose a token is, and what of that it carries."""

    account: Account
    scope: Scope


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiToken:
    """A token, without its secret."""

    id: str
    name: str
    account: str
    created: float
    last_used: float | None
    expires: float | None = None
    scope: Scope = WHOLE


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedToken:
    """A token that was just made, and the secret that is shown this once."""

    token: ApiToken
    secret: str


class ApiTokens:
    """The tokens of all accounts. Thread-safe; blocking."""

    def __init__(self, engine: Engine, clock: Clock = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def issue(
        self,
        name: str,
        account: Account,
        *,
        scope: Scope = WHOLE,
        expires: float | None = None,
    ) -> IssuedToken:
        """Make a token for an account.

        Parameters
        ----------
        expires
            Seconds since 1970 until which it counts; ``None``: until it is revoked.

        Raises
        ------
        InvalidValue
            The name cannot be taken, the scope is empty, or the end is past.
        """
        if scope.actions is not None and not actions_from(scope.actions):
            raise InvalidValue("a token that may do nothing is of no use: name an action")
        if expires is not None and expires <= self._clock():
            raise InvalidValue("the end of a token is in the future")
        label = " ".join(name.split())
        if not 0 < len(label) <= _LONGEST_NAME or not label.isprintable():
            raise InvalidValue(f"the name of a token has 1 to {_LONGEST_NAME} printable characters")
        secret = new_token()
        token = ApiToken(
            id=secrets.token_hex(6),
            name=label,
            account=account.name,
            created=self._clock(),
            last_used=None,
            expires=expires,
            scope=scope,
        )
        describe(token=token.id, name=token.name, account=token.account)
        with writing(self._engine) as connection:
            connection.execute(
                insert(api_token).values(
                    id=token.id,
                    digest=digest(secret),
                    account=token.account,
                    name=token.name,
                    created=token.created,
                    expires=expires,
                    **_columns(scope),
                )
            )
        return IssuedToken(token=token, secret=secret)

    def find(self, secret: str) -> Bearing | None:
        """Return whose token this is, if it counts."""
        wanted = {"key": digest(secret), "now": self._clock()}
        with self._engine.connect() as connection:
            row = connection.execute(_BY_DIGEST, wanted).mappings().first()
        if row is None:
            return None
        self._touch(row["id"], row["last_used"])
        scope = _scope(row["scope_actions"], row["scope_sees"])
        return Bearing(account=account_of(row), scope=scope)

    def list(self, account: str | None = None) -> list[ApiToken]:
        """Return the tokens of one account, or of all."""
        statement = select(api_token).order_by(api_token.c.created, api_token.c.id)
        if account is not None:
            statement = statement.where(api_token.c.account == account)
        with self._engine.connect() as connection:
            return [_token(row) for row in connection.execute(statement).mappings()]

    def revoke(self, token_id: str, account: str | None = None) -> None:
        """Drop a token (of this account), or raise `NotFound`."""
        statement = delete(api_token).where(api_token.c.id == token_id)
        if account is not None:
            statement = statement.where(api_token.c.account == account)
        with writing(self._engine) as connection:
            if connection.execute(statement).rowcount == 0:
                raise NotFound("there is no such token")

    def _touch(self, token_id: str, last_used: float | None) -> None:
        now = self._clock()
        if last_used is not None and now - last_used < _TOUCH:
            return
        statement = update(api_token).where(api_token.c.id == token_id).values(last_used=now)
        with writing(self._engine) as connection:
            connection.execute(statement)


def _token(row: RowMapping) -> ApiToken:
    return ApiToken(
        id=row["id"],
        name=row["name"],
        account=row["account"],
        created=row["created"],
        last_used=row["last_used"],
        expires=row["expires"],
        scope=_scope(row["actions"], row["sees"]),
    )


def _columns(scope: Scope) -> dict[str, str | None]:
    actions = None if scope.actions is None else orjson.dumps(sorted(scope.actions)).decode()
    return {"actions": actions, "sees": None if scope.sees is None else scope.sees.to_text()}


def _scope(actions: str | None, sees: str | None) -> Scope:
    return Scope(
        actions=None if actions is None else frozenset(orjson.loads(actions)),
        sees=None if sees is None else sees_from(orjson.loads(sees)),
    )
