"""API tokens: how programs show who they are. Shown once, kept as a digest, revocable."""

import secrets
import time
from dataclasses import dataclass

from sqlalchemy import Engine, RowMapping, bindparam, delete, insert, select, update

from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.security.accounts import Account, Clock, account_of
from steckel.security.refusals import InvalidValue
from steckel.security.secret import digest, new_token
from steckel.security.tables import account as accounts_table
from steckel.security.tables import api_token

_LONGEST_NAME = 128
#: ``last_used`` is written no more often than this.
_TOUCH = 60.0


_BY_DIGEST = (
    select(accounts_table, api_token.c.id, api_token.c.last_used)
    .join(api_token, api_token.c.account == accounts_table.c.name)
    .where(api_token.c.digest == bindparam("key"), accounts_table.c.disabled.is_(False))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiToken:
    """A token, without its secret."""

    id: str
    name: str
    account: str
    created: float
    last_used: float | None


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

    def issue(self, name: str, account: Account) -> IssuedToken:
        """Make a token for an account."""
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
        )
        with writing(self._engine) as connection:
            connection.execute(
                insert(api_token).values(
                    id=token.id,
                    digest=digest(secret),
                    account=token.account,
                    name=token.name,
                    created=token.created,
                )
            )
        return IssuedToken(token=token, secret=secret)

    def find(self, secret: str) -> Account | None:
        """Return whose token this is, if it counts."""
        with self._engine.connect() as connection:
            row = connection.execute(_BY_DIGEST, {"key": digest(secret)}).mappings().first()
        if row is None:
            return None
        self._touch(row["id"], row["last_used"])
        return account_of(row)

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
    )
