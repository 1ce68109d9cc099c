"""Second factors of accounts: the code of an application, and recovery codes.

The rule: whether an account has a second factor stands in the account, written in the same
transaction as the factor. Whoever gets a first factor gets recovery codes, shown this once.
"""

import secrets
import time
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Table, and_, delete, func, insert, or_, select, update

from steckel.index.engine import writing
from steckel.security import totp
from steckel.security.accounts import Clock
from steckel.security.refusals import InvalidValue
from steckel.security.secret import digest
from steckel.security.tables import account as accounts_table
from steckel.security.tables import passkey, recovery_code
from steckel.security.tables import totp as totp_table

_CODES = 10
#: Letters and digits that are not taken for one another; sixteen of them are 79 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


@dataclass(frozen=True, kw_only=True, slots=True)
class FactorState:
    """What an account has beside its password."""

    totp_since: float | None  #: seconds since 1970; `None`: no application
    passkeys: int
    recovery_codes: int  #: that are left


class SecondFactors:
    """The second factors of all accounts. Thread-safe; blocking."""

    def __init__(self, engine: Engine, clock: Clock = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def state(self, account: str) -> FactorState:
        """Return what an account has."""
        table = totp_table
        confirmed = select(table.c.created).where(
            table.c.account == account, table.c.is_confirmed.is_(True)
        )
        with self._engine.connect() as connection:
            return FactorState(
                totp_since=connection.execute(confirmed).scalar(),
                passkeys=_count(connection, passkey, account),
                recovery_codes=_count(connection, recovery_code, account),
            )

    def begin_totp(self, account: str) -> str:
        """Return a fresh secret for an application, which counts when it was confirmed.

        Raises
        ------
        InvalidValue
            The account has an application already.
        """
        secret = totp.new_secret()
        table = totp_table
        unconfirmed = and_(table.c.account == account, table.c.is_confirmed.is_(False))
        with writing(self._engine) as connection:
            connection.execute(delete(table).where(unconfirmed))
            if connection.execute(select(table).where(table.c.account == account)).first():
                raise InvalidValue("the account has an authenticator application: remove it first")
            values = {"account": account, "secret": secret, "created": self._clock()}
            connection.execute(insert(table).values(**values))
        return secret

    def confirm_totp(self, account: str, code: str) -> list[str]:
        """Let an application count that shows the right code; return new recovery codes.

        Raises
        ------
        InvalidValue
            The code is wrong, or nothing was begun.
        """
        with writing(self._engine) as connection:
            if not self._take_code(connection, account, code, is_confirmed=False):
                raise InvalidValue("the code is wrong: check the clock of the telephone")
            table = totp_table
            mine = table.c.account == account
            connection.execute(update(table).where(mine).values(is_confirmed=True))
            return note_factors(connection, account)

    def remove_totp(self, account: str) -> None:
        """Remove the application of an account."""
        with writing(self._engine) as connection:
            connection.execute(delete(totp_table).where(totp_table.c.account == account))
            note_factors(connection, account)

    def take(self, account: str, code: str) -> bool:
        """Whether a code of the application, or a recovery code, counts; it does this once."""
        with writing(self._engine) as connection:
            if self._take_code(connection, account, code, is_confirmed=True):
                return True
            table = recovery_code
            wanted = and_(table.c.account == account, table.c.digest == _digest(account, code))
            return connection.execute(delete(table).where(wanted)).rowcount > 0

    def renew_recovery_codes(self, account: str) -> list[str]:
        """Return new recovery codes; the old ones are worth nothing.

        Raises
        ------
        InvalidValue
            There is no second factor that they could stand in for.
        """
        with writing(self._engine) as connection:
            if not _has_factor(connection, account):
                raise InvalidValue("recovery codes are for accounts with a second factor")
            connection.execute(delete(recovery_code).where(recovery_code.c.account == account))
            return _issue(connection, account)

    def reset(self, account: str) -> None:
        """Remove all second factors of an account, whose owner has lost them."""
        with writing(self._engine) as connection:
            for table in (totp_table, passkey):
                connection.execute(delete(table).where(table.c.account == account))
            note_factors(connection, account)

    def _take_code(
        self, connection: Connection, account: str, code: str, *, is_confirmed: bool
    ) -> bool:
        table = totp_table
        mine = and_(table.c.account == account, table.c.is_confirmed.is_(is_confirmed))
        row = connection.execute(select(table).where(mine)).mappings().first()
        if row is None:
            return False
        step = totp.step_of(row["secret"], code, self._clock(), row["last_step"])
        if step is None:
            return False
        # Compared again as it is written: of two at once, one is too late.
        later = update(table).where(mine, table.c.last_step < step)
        return connection.execute(later.values(last_step=step)).rowcount > 0


def note_factors(connection: Connection, account: str) -> list[str]:
    """Note in the account whether it has a second factor; return recovery codes for a first one."""
    has_one = _has_factor(connection, account)
    table = accounts_table
    mine = table.c.name == account
    connection.execute(update(table).where(mine).values(has_second_factor=has_one))
    if not has_one:
        connection.execute(delete(recovery_code).where(recovery_code.c.account == account))
        return []
    return [] if _count(connection, recovery_code, account) else _issue(connection, account)


def _has_factor(connection: Connection, account: str) -> bool:
    application = and_(totp_table.c.account == account, totp_table.c.is_confirmed.is_(True))
    statement = select(
        or_(
            select(totp_table.c.account).where(application).exists(),
            select(passkey.c.digest).where(passkey.c.account == account).exists(),
        )
    )
    return bool(connection.execute(statement).scalar_one())


def _count(connection: Connection, table: Table, account: str) -> int:
    statement = select(func.count()).select_from(table).where(table.c.account == account)
    return connection.execute(statement).scalar_one()


def _issue(connection: Connection, account: str) -> list[str]:
    codes = [_new_code() for _ in range(_CODES)]
    rows = [{"digest": _digest(account, code), "account": account} for code in codes]
    connection.execute(insert(recovery_code), rows)
    return codes


def _new_code() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _digest(account: str, code: str) -> str:
    bare = "".join(letter for letter in code.lower() if letter.isalnum())
    return digest(f"{account}\0{bare}")
